"""Which values a cell changes, as far as reading tells."""

import pytest

from proctor.notebooks.changes import changed_names

CHANGES = [
    ('answers["q"] = 4', {"answers"}),
    ('answers["q"] += 4', {"answers"}),
    ("answers.q.r = 4", {"answers"}),
    ('del answers["q"]', {"answers"}),
    ("del answers", {"answers"}),
    ("answers += [4]", {"answers"}),
    ("answers.update(q=4)", {"answers"}),
    ('answers.setdefault("q", []).append(4)', {"answers"}),
    ("weights.fill_(3)", {"weights"}),
    ("nn.init.zeros_(weights)", {"weights", "nn"}),
    ("rng.shuffle(order)", {"order"}),
    ("np.add(a, b, out=total)", {"total", "np"}),
    ("setattr(answers, 'q', 4)", {"answers"}),
    ('globals()["k"] = 5', {"k"}),
    ("if True:\n    for _ in range(3):\n        answers[0] = 1", {"answers"}),
    ("try:\n    answers[0] = 1\nfinally:\n    with lock:\n        others.clear()", {"answers", "others"}),
    ('mine = answers\nmine["q"] = 4', {"mine", "answers"}),
    ("for row in table:\n    row.append(1)", {"row", "table"}),
    ("for i, row in enumerate(table):\n    row[0] = i", {"row", "table"}),
    ("[row.append(1) for row in table]", {"row", "table"}),
    ("(mine := answers).append(2)", {"answers"}),
    ("def f(x):\n    log.append(x)\n    return x", {"log"}),
    ("def f():\n    global count\n    count += 1", {"count"}),
    ("class A:\n    def f(self):\n        self.x = 1\n        log.append(self)", {"log"}),
    ("later = lambda x: log.append(x)", {"log"}),
    ("%time answers.append(4)\n!ls\nothers.append(5)", {"others"}),
    ("%%time\nanswers.append(4)", {"answers"}),
]


@pytest.mark.parametrize(("source", "changed"), CHANGES)
def test_a_cell_changes(source, changed):
    assert changed_names(source) == changed


@pytest.mark.parametrize(
    "source",
    [
        "plt.plot(x)\nprint(x)\ny = x[0]\nz = sorted(x)\nw = x.copy()",
        "def f(x):\n    x.append(1)\n    y = []\n    y.append(x)\n    return y",
        "k = 5",
        "model.train()\noptimizer.step()\nlosses = [loss.item() for loss in found]",
        "with open('f') as file:\n    file.write('x')",
        "this is no Python",
        "",
    ],
)
def test_a_cell_that_only_reads_changes_nothing(source):
    assert not changed_names(source)


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ("def submit(q, v):\n    answers[q] = v", "submit('q', 4)"),
        ("def submit(q, v):\n    store(answers, q, v)\ndef store(d, q, v):\n    d[q] = v", "submit('q', 4)"),
        ("def fill(d):\n    e = d\n    e['q'] = 4", "fill(answers)"),
        ("def fill(d):\n    for row in d:\n        row.clear()", "fill(d=answers)"),
        ("def even(d, n):\n    odd(d, n - 1)\ndef odd(d, n):\n    even(d, n - 1)\n    d.pop()", "even(answers, 4)"),
    ],
)
def test_functions_of_other_cells_change_what_they_are_given(given, source):
    assert changed_names(source, [given]) == {"answers"}
