"""The report as one HTML page that needs nothing else: no network, no script, no other file."""

import math
from html import escape
from pathlib import Path

import numpy as np

from hw4_helpers.fashion import CLASSES
from hw4_helpers.trained import CHECKPOINT

from .facts import Confusion, Facts
from .figures import curve_image, strip_image
from .writing import written

TITLE = "Homework 4 · A CNN for Fashion-MNIST"
_LONGEST_TABLE = 12  # epochs
#: What a checkpoint says of its training, and what it is called here.
_TOLD = {"epochs": "epochs", "best_epoch": "saved after epoch", "seed": "seed", "data": "checksum of the data"}


def document(facts: Facts) -> str:
    """A whole page."""
    title = f"{TITLE} · {facts.name}" if facts.name else TITLE
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="checkpoint" content="{facts.trained.digest}">\n'
        f"<title>{escape(title)}</title>\n<style>body {{ margin: 0; background: #fff }}</style>\n</head>\n"
        f"<body>\n{fragment(facts)}\n</body>\n</html>\n"
    )


def fragment(facts: Facts) -> str:
    """The same as a part of another page, such as a notebook's."""
    css = Path(__file__).with_name("report.css").read_text("utf-8")
    parts = (_head, _curves, _network, _classes, _confusion, _mistakes, _analysis)
    body = "\n".join(part(facts) for part in parts)
    return f'<style>\n{css}</style>\n<main class="hw4-report">\n{body}\n</main>'


def _head(facts: Facts) -> str:
    n = int(facts.matrix.sum())
    half = 1.96 * math.sqrt(facts.accuracy * (1 - facts.accuracy) / n)
    order = np.argsort(facts.class_accuracy, kind="stable")
    worst, best = (f"{CLASSES[i]}<small>{_percent(facts.class_accuracy[i])}</small>" for i in order[[0, -1]])
    key = {
        "test accuracy": f"{_percent(facts.accuracy, 2)}<small>± {_percent(half)}, 95% interval for {n:,} pictures</small>",
        "parameters": f"{facts.parameters:,}<small>{len(_weighted(facts))} layers with weights</small>",
        "hardest class": worst,
        "easiest class": best,
    }
    boxes = "".join(f"<div><dt>{title}</dt><dd>{value}</dd></div>" for title, value in key.items())
    by = f'<p class="by">{escape(facts.name)}</p>' if facts.name else ""
    return (
        f"<h1>{TITLE}</h1>\n{by}\n<dl class=key>{boxes}</dl>\n"
        f"<p>Computed from <code>{CHECKPOINT}</code> and the {n:,} test pictures when this page was made. The curves are "
        "those that the training wrote to <code>runs/</code>.</p>"
    )


def _curves(facts: Facts) -> str:
    together, words = facts.together
    belongs = f"<p>{escape(words)}</p>" if together else f'<p class="note">{escape(words)}</p>'
    if not facts.curves:
        return f"<h2>Training</h2>\n{_note('There are no curves of training and validation in <code>runs/</code>.')}"
    figures = "".join(
        f"<figure>{curve_image(facts.curves, tag)}<figcaption>{tag.capitalize()} per epoch</figcaption></figure>"
        for tag in ("accuracy", "loss")
        if all(tag in facts.curves[run] for run in ("train", "validation"))
    )
    return f"<h2>Training</h2>\n<div class=curves>{figures}</div>\n{belongs}\n{_epochs(facts.curves)}"


def _epochs(curves: dict) -> str:
    """The same numbers as a table; of a long training the first, the last, and some between."""
    columns = [("train", "loss"), ("validation", "loss"), ("train", "accuracy"), ("validation", "accuracy")]
    values = {(run, tag): curves[run].get(tag, []) for run, tag in columns}
    count = min(len(v) for v in values.values())
    if not count:
        return ""
    shown = sorted({round(e) for e in np.linspace(1, count, min(count, _LONGEST_TABLE))})
    rows = "".join(
        f"<tr><th scope=row class=number>{epoch}</th>"
        + "".join(f"<td class=number>{_value(tag, values[run, tag][epoch - 1])}</td>" for run, tag in columns)
        + "</tr>"
        for epoch in shown
    )
    head = (
        "<tr><th rowspan=2 scope=col class=number>epoch</th><th colspan=2 scope=colgroup class=group>loss</th>"
        "<th colspan=2 scope=colgroup class=group>accuracy</th></tr><tr>"
        + 2 * "<th scope=col class=number>training</th><th scope=col class=number>validation</th>"
        + "</tr>"
    )
    return f"<table class=even><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _value(tag: str, value: float) -> str:
    return _percent(value) if tag == "accuracy" else f"{value:.3f}"


def _network(facts: Facts) -> str:
    rows = "".join(
        f"<tr><td>{escape(layer.kind)}</td><td>{' × '.join(map(str, layer.shape[1:]))}</td>"
        f"<td class=number>{f'{layer.parameters:,}' if layer.parameters else '–'}</td></tr>"
        for layer in facts.layers
    )
    layers = (
        "<table><caption>Layers, first to last (without what is written as a function, such as <code>F.relu</code>)"
        "</caption><thead><tr><th scope=col>layer</th>"
        "<th scope=col>output</th><th scope=col class=number>parameters</th></tr></thead>"
        f"<tbody><tr><td>input</td><td>1 × 28 × 28</td><td class=number>–</td></tr>{rows}"
        f"<tr class=total><th scope=row colspan=2>together</th><td class=number>{facts.parameters:,}</td></tr></tbody></table>"
    )
    about = facts.trained.about
    choices = {name: _plain(value) for name, value in (facts.trained.settings or {}).items()}
    choices |= {title: _plain(about[name])[:16] for name, title in _TOLD.items() if name in about}
    if "epochs" not in about and facts.curves:
        choices["epochs"] = f"{len(facts.curves['validation']['accuracy'])} (points of the curves)"
    chosen = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in choices.items()
    )
    source = "the checkpoint" if "settings" in about else "the notebook; the checkpoint does not say them"
    return (
        f"<h2>Network and settings</h2>\n<div class=two><div>{layers}</div><div><table>"
        f"<caption>Settings, from {source}</caption><tbody>{chosen}</tbody></table></div></div>\n"
        f'<p class="fine">{CHECKPOINT}, SHA-256 {facts.trained.digest}</p>'
    )


def _weighted(facts: Facts) -> list:
    return [layer for layer in facts.layers if layer.parameters]


def _classes(facts: Facts) -> str:
    mistakes = np.where(np.eye(10, dtype=bool), 0, facts.matrix)
    rows = ""
    for index, name in enumerate(CLASSES):
        often = [i for i in np.argsort(-mistakes[index], kind="stable")[:2] if mistakes[index, i]]
        taken = ", ".join(f"{CLASSES[i]}&nbsp;({mistakes[index, i]})" for i in often) or "–"
        share = facts.class_accuracy[index]
        rows += (
            f'<tr><th scope=row>{name}</th><td class="number hide-narrow">{facts.matrix[index, index]:,} of {facts.matrix[index].sum():,}</td>'
            f"<td class=number>{_percent(share)}</td>"
            f'<td class="hide-narrow"><span class=bar aria-hidden=true><span style="width: {share:.1%}"></span></span></td>'
            f"<td>{taken}</td></tr>"
        )
    mean = facts.class_accuracy.mean()
    return (
        '<h2>Accuracy by class</h2>\n<table class=classes><thead><tr><th scope=col>class</th><th scope=col class="number hide-narrow">right</th>'
        '<th scope=col class=number>accuracy</th><th scope=col class="hide-narrow" style="width: 7rem"><span hidden>bar</span></th>'
        f"<th scope=col>most often taken for</th></tr></thead><tbody>{rows}"
        f'<tr class=total><th scope=row>all</th><td class="number hide-narrow">{facts.matrix.trace():,} of {facts.matrix.sum():,}</td>'
        f'<td class=number>{_percent(facts.accuracy, 2)}</td><td class="hide-narrow"></td>'
        f"<td>mean of the classes: {_percent(mean, 2)}</td></tr></tbody></table>"
    )


def _confusion(facts: Facts) -> str:
    mistakes = np.where(np.eye(10, dtype=bool), 0, facts.matrix)
    most = max(int(mistakes.max()), 1)
    head = "".join(f"<th scope=col><span>{name}</span></th>" for name in CLASSES)
    rows = ""
    for true, name in enumerate(CLASSES):
        cells = "".join(
            f"<td class=right>{count:,}</td>" if true == predicted else f"<td{_shade(count / most)}>{count or '·'}</td>"
            for predicted, count in enumerate(facts.matrix[true])
        )
        rows += f"<tr><th scope=row>{name}</th>{cells}</tr>"
    return (
        "<h2>Confusion matrix</h2>\n<div class=wide><table class=confusion>"
        "<caption>Rows: the true class. Columns: the network’s answer. The darker a cell, the more mistakes; "
        "framed: right answers.</caption>"
        f'<thead><tr><td class="names" style="border: 0"></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _shade(share: float) -> str:
    """A cell's colour: one hue from white to dark, so that grey print and every eye keep the order."""
    if share == 0:
        return ""
    light, dark = np.array([255, 247, 236]), np.array([127, 39, 4])
    colour = light + share**0.7 * (dark - light)
    luminance = ((colour / 255) ** 2.2) @ [0.2126, 0.7152, 0.0722]
    ink = "#fff" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.06 else "#1a1a1a"  # the greater contrast
    red, green, blue = colour.astype(int)
    return f' style="background: rgb({red},{green},{blue}); color: {ink}"'


def _mistakes(facts: Facts) -> str:
    if not facts.confusions:
        return ""
    figures = ""
    for confusion in facts.confusions:
        figures += (
            f"<figure class=strip><figcaption><b>{confusion.true}</b> taken for <b>{confusion.predicted}</b>, "
            f"{_times(confusion.count)}; {_sure(confusion)}</figcaption>{strip_image(confusion)}</figure>"
        )
    return (
        "<h2>What it gets wrong</h2>\n<p>The most frequent confusions, and of each the pictures that the network "
        f"was surest of.</p>\n{figures}"
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _sure(confusion: Confusion) -> str:
    """The probabilities of the wrong answers that are shown, never rounded up to certainty."""
    least, most = (min(round(100 * value), 99) for value in confusion.sure[[-1, 0]])
    return f"here with a probability of {f'{most}%' if least == most else f'{most}% down to {least}%'}"


def _analysis(facts: Facts) -> str:
    if not facts.analysis:
        return f"<h2>Analysis</h2>\n{_note('Not written yet.')}"
    return f"<h2>Analysis</h2>\n{written(facts.analysis, facts.attachments, facts.folder)}"


def _note(words: str) -> str:
    return f'<p class="note">{words}</p>'


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}%"


def _plain(value: object) -> str:
    """A setting in words: yes and no, tuples as people write them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_plain, value))})"
    return str(value)
