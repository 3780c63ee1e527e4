"""The matrix: for each answer what it lost, where, and whether what students read names the mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from .trial import Verdict

_WIDTH = 160  # characters of a message


def is_sound(verdicts: Iterable[Verdict]) -> bool:
    """Whether each wrong answer lost what it should have and nothing else, and each right one nothing."""
    return not any(each.kept or each.elsewhere for each in verdicts)


def matrix(verdicts: Sequence[Verdict]) -> str:
    """The verdicts of one notebook on wrong answers, a line for each, below their cells."""
    lines = []
    for cell, group in groupby(verdicts, key=lambda each: each.answer.cell):
        lines.append(f"  {cell}")
        for each in group:
            lost = ", ".join(f"{loss.test} −{loss.points:g}" for loss in each.losses)
            lines.append(f"    {_word(each):<11} {each.answer.name}  [{lost}]")
            lines += _remarks(each)
    return "\n".join(lines)


def hurt(verdicts: Sequence[Verdict]) -> str:
    """The right answers that lost points, and what their authors would read."""
    return "\n".join(
        f"    HURT        {each.answer.name} ({each.answer.cell})  "
        + "; ".join(f"{loss.test} −{loss.points:g}: {_cut(loss.message)}" for loss in each.losses)
        for each in verdicts
        if each.losses
    )


def summary(wrong: Sequence[Verdict], right: Sequence[Verdict]) -> str:
    """How many of what, in two lines."""
    caught = [each for each in wrong if not each.survives]
    named = sum(each.named for each in caught)
    share = f" ({named / len(caught):.0%})" if caught else ""
    return (
        f"{len(wrong)} wrong answers: {len(caught)} caught, {named} of them named{share}, "
        f"{sum(not each.in_sight for each in caught)} by hidden tests alone; "
        f"{sum(each.survives for each in wrong)} survive, {sum(bool(each.kept) for each in wrong)} keep points "
        f"that they should lose, {sum(bool(each.elsewhere) for each in wrong)} lose others.\n"
        f"{len(right)} right answers: {sum(not each.losses for each in right)} keep full marks, "
        f"{sum(bool(each.losses) for each in right)} are hurt."
    )


def survivors(verdicts: Sequence[Verdict]) -> str:
    """Machine-made answers that lost nothing, for a person to look at."""
    lines = [f"    {each.answer.cell:<20} {each.answer.name}" for each in verdicts if each.survives]
    return "\n".join([f"  {len(verdicts)} machine-made answers, {len(lines)} of them lose nothing:", *lines])


def _word(each: Verdict) -> str:
    if each.survives:
        return "SURVIVES"
    if each.kept or each.elsewhere:
        return "UNEXPECTED"
    return ("named" if each.named else "only wrong") if each.in_sight else ("named late" if each.named else "silent")


def _remarks(each: Verdict) -> list[str]:
    remarks = [f"kept points in {kept}" for kept in each.kept] if not each.survives else []
    remarks += [f"lost points in {elsewhere}" for elsewhere in each.elsewhere]
    if each.losses and not each.named:
        wanted = f"wanted “{each.answer.says}”, " if each.answer.says else ""
        remarks.append(f"{wanted}reads: {_cut(each.losses[0].message)}")
    return [f"{'':16}{remark}" for remark in remarks]


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
