"""A test that looks at the student's figures has their pyplot; one that draws has its own."""

import pytest

IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\ndef current(): return plt.gca()"
ANSWERS = """
import matplotlib.pyplot as plt
import numpy as np
def draw():
    plt.plot([1, 2, 3], [1, 4, 9], "r--", label="squares")
    plt.title("Squares"); plt.xlabel("n"); plt.legend()
def draw_on(ax, n=3):
    ax.plot(range(n), range(n))
    ax.set_title("on")
def bars():
    fig, ax = plt.subplots()
    ax.bar(["a", "b"], [3, 5])
    return ax
"""
LOOKS = {
    "the current axes": "draw()\nax = plt.gca()\nassert ax.get_title() == 'Squares' and ax.get_xlabel() == 'n' and len(ax.lines) == 1",
    "data of a line": "draw()\nline = plt.gca().lines[0]\nassert np.allclose(line.get_ydata(), [1, 4, 9]) and line.get_color() == 'r'",
    "a legend": "draw()\nassert plt.gca().get_legend() and [t.get_text() for t in plt.gca().get_legend().get_texts()] == ['squares']",
    "the current figure": "assert plt.get_fignums() == []\ndraw()\nassert len(plt.gcf().axes) == 1 and plt.get_fignums() == [1]\nplt.close('all')",
    "axes handed over": "fig, ax = plt.subplots()\ndraw_on(ax, n=2)\nassert ax.get_title() == 'on' and ax.lines[0].get_xydata().shape == (2, 2)\nplt.close(fig)",
    "several axes": "fig, axes = plt.subplots(1, 2)\ndraw_on(axes[1])\nassert not axes[0].lines and axes[1].get_title() == 'on'",
    "imported in the test": "from matplotlib import pyplot\nimport matplotlib, matplotlib.pyplot as plots\ndraw()\nassert plots.gca().get_title() == pyplot.gca().get_title() == 'Squares' and matplotlib.__version__",
    "beside a file": "draw()\nopen\nassert plt.gca().get_title() == 'Squares'",
    "a helper that looks": "draw()\nplt.gcf()\nassert current().get_title() == 'Squares'",
    "bars given back": "ax = bars()\nassert [p.get_height() for p in ax.patches] == [3, 5] and plt.get_fignums()",
}
#: Right only with a pyplot of the test's own.
DRAWS = {
    "what is wanted": "fig, want = plt.subplots()\nwant.plot([1, 2], [3, 4])\nassert want.lines[0].get_ydata().tolist() == [3, 4]\n"
    "assert type(want).__module__.startswith('matplotlib') and plt.gca() is want",
    "a class": "assert isinstance(plt.figure(), plt.Figure)",
}


def test_tests_see_the_students_figures(notebook):
    notebook.shared_cell(IMPORTS)
    notebook.student_cell(ANSWERS)
    for name, check in {**LOOKS, **DRAWS}.items():
        notebook.test_cell(check, id=name)
    results = notebook.sit(reference=IMPORTS + ANSWERS)
    assert {name: results[name].points for name in results if name in LOOKS | DRAWS} == dict.fromkeys(
        LOOKS | DRAWS, 1
    ), [result.staff_message for result in results.values() if result.staff_message]


def test_who_draws_nothing_earns_nothing(notebook):
    notebook.shared_cell(IMPORTS)
    notebook.student_cell("def draw(): pass\ndef draw_on(ax, n=3): pass\ndef bars(): pass")
    for name, check in LOOKS.items():
        notebook.test_cell(check, id=name)
    results = notebook.sit(reference=IMPORTS + ANSWERS)
    assert {name: results[name].points for name in LOOKS} == dict.fromkeys(LOOKS, 0)


def test_what_a_test_draws_never_reaches_the_student(notebook):
    """Whose pyplot would be asked for both figures."""
    notebook.shared_cell(IMPORTS)
    notebook.student_cell("import matplotlib.pyplot as plt\ndef draw(): plt.title('wrong')")
    test = notebook.test_cell(
        "draw()\ngot = plt.gca().get_title()\nplt.figure()\nplt.plot([4711])\nplt.title('right')\nassert plt.gca().get_title() == got"
    )
    result = notebook.sit(reference=IMPORTS + ANSWERS)[test]
    assert result.points == 0 and "since the test draws too" in result.staff_message


WANTED = {
    "by a helper": "draw()\ngot = plt.gca().get_title()\nassert got == wanted()",
    "by a helper of a helper": "draw()\ngot = plt.gca().get_title()\nassert got == rather_wanted()",
    "by the solution": "draw()\ngot = plt.gca().get_title()\nreference.draw()\nassert got == plt.gca().get_title()",
    "on axes": "draw()\ngot = plt.gca().get_title()\nfig, ax = plt.subplots()\nax.set_title('right')\nassert got == ax.get_title()",
}


@pytest.mark.parametrize("how", WANTED)
def test_who_says_what_is_drawn_says_nothing_of_what_is_wanted(notebook, how):
    helpers = "\ndef wanted():\n    plt.figure()\n    plt.title('right')\n    return plt.gca().get_title()\ndef rather_wanted(): return wanted()"
    notebook.shared_cell(IMPORTS + helpers)
    notebook.student_cell("import matplotlib.axes\nmatplotlib.axes.Axes.get_title = lambda self: 'x'\ndef draw(): pass")
    test = notebook.test_cell(WANTED[how])
    assert notebook.sit(reference=IMPORTS + helpers + ANSWERS)[test].points == 0


@pytest.mark.parametrize("pyplot", ["5", "types.SimpleNamespace(pyplot=5)", "types.SimpleNamespace(close=5)"])
def test_a_pyplot_that_is_none_costs_one_test(notebook, pyplot):
    notebook.shared_cell(IMPORTS)
    notebook.student_cell(f"import matplotlib, sys, types\nmatplotlib.pyplot = {pyplot}\ndef draw(): pass")
    looks = notebook.test_cell(LOOKS["the current axes"])
    other = notebook.test_cell("assert True")
    results = notebook.sit(reference=IMPORTS + ANSWERS)
    assert (results[looks].points, results[looks].outcome.name, results[other].points) == (0, "FAILED", 1)
