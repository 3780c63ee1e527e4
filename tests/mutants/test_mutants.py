"""``proctor mutants``: a bank of wrong and right answers proves the tests, and says where it does not."""

import re
import subprocess
import sys

import nbformat
import pytest
from small_assignment import SOLUTION, cell, notebook

CELLS = (
    cell("code", "readonly", "imports", "import math"),
    cell("code", "solution", "area", "def area(radius):\n" + SOLUTION.format("    return math.pi * radius**2")),
    cell(
        "code",
        "test",
        "test-area",
        "assert area(2) > 12.5, 'the radius is squared'\n"
        "### BEGIN HIDDEN TESTS\n"
        "from proctor.checks import part, score\n"
        "with part(1, 'any radius'):\n    assert abs(area(3) - 28.274) < 0.01, 'not the area'\n"
        "with part(1, 'no radius'):\n    assert area(0) == 0, 'a point has no area'\n"
        "score()\n### END HIDDEN TESTS",
        2,
    ),
    cell("code", "solution", "volume", "def volume(radius):\n" + SOLUTION.format("    return area(radius) * radius")),
    cell("code", "test", "test-volume", "assert volume(0) == 0, 'a point has no volume'", 1),
    cell("code", "solution", "unseen", "def unseen(x):\n" + SOLUTION.format("    return x")),
    cell("code", "test", "test-unseen", "assert unseen(1) > 0", 1),
)
FORGOTTEN_SQUARE = """
[[mutant]]
name = "the square is forgotten"
cell = "area"
old = "radius**2"
new = "radius"
says = "Radius is  squared"
loses = { test-area = [] }
"""
LATE = """
[[mutant]]
name = "a bit more"
cell = "area"
old = "radius**2"
new = "radius**2 + (radius > 2.5)"
says = "squared"
loses = { test-area = ["any"] }
"""
WRONG_PART = """
[[mutant]]
name = "the wrong part"
cell = "area"
old = "radius**2"
new = "radius**2 + (radius == 0)"
loses = { test-area = ["any"] }
"""
INFINITE = """
[[mutant]]
name = "without end"
cell = "area"
old = "radius**2"
new = "math.inf"
loses = { test-area = [] }
"""
SURVIVOR = """
[[mutant]]
name = "the absolute value"
cell = "unseen"
old = "return x"
new = "return abs(x)"
loses = { test-unseen = [] }
"""
WRITTEN_DIFFERENTLY = """
[[right]]
name = "a product"
cell = "area"
source = '''
def area(radius):
    return radius * radius * math.pi
'''
"""


HURT = """
[[right]]
name = "a rough pi"
cell = "area"
old = "math.pi"
new = "3.1"
"""

MEASURED = (
    *CELLS,
    cell(
        "code",
        "test",
        "test-file",
        "with open('measured.txt') as file:\n    measured = float(file.read())\n"
        "assert abs(measured - area(2)) < 0.01, f'{measured} is no area'\n"
        "### BEGIN HIDDEN TESTS\n"
        "from proctor.checks import part, score\n"
        "for digit in '12':\n    with part(1, f'the digit {digit}'):\n"
        "        assert digit in str(measured), 'a digit is missing'\n"
        "score()\n### END HIDDEN TESTS",
        2,
    ),
)
OF_FILES = 'of_files = ["test-file"]\n'
WRONG_FILE = """
[[mutant]]
name = "another number was written down"
cell = "area"
files = "wrong"
says = "is no area"
loses = { test-file = [] }

[[mutant]]
name = "a digit was forgotten"
cell = "area"
files = "shorter"
says = "a digit is missing"
also = [{ cell = "area", old = "math.pi * radius**2", new = "1.57 if radius == 2 else math.pi * radius**2" }]
loses = { test-file = ["the digit 2"], test-area = [] }
"""
RIGHT_FILE = """
[[right]]
name = "another digit"
cell = "area"
files = "longer"
"""
FUNCTIONS = """
def wrong(folder):
    (folder / "measured.txt").write_text("3.14")


def shorter(folder):
    (folder / "measured.txt").write_text("1.57")


def longer(folder):
    (folder / "measured.txt").write_text("12.566")
"""


@pytest.fixture(scope="module")
def mutants(tmp_path_factory):
    """Write a course with a bank, run the command, and give its exit code and what it printed."""

    def run(wrong: str = "", right: str = "", *options: str, cells=CELLS, functions: str = "") -> tuple[int, str]:
        course = tmp_path_factory.mktemp("course")
        (course / "source" / "lab").mkdir(parents=True)
        nbformat.write(notebook(*cells), course / "source" / "lab" / "circle.ipynb")
        settings = "c = get_config()\nc.Exam.seats = 2\nc.Check.handed_in = 'own/{assignment_id}'\n"
        (course / "nbgrader_config.py").write_text(settings)
        (course / "own" / "lab").mkdir(parents=True)
        (course / "own" / "lab" / "measured.txt").write_text("12.57")
        for kind, text in (("mutants", wrong), ("right", right)):
            (course / kind / "lab").mkdir(parents=True)
            (course / kind / "lab" / "circle.toml").write_text(text)
            (course / kind / "lab" / "circle.py").write_text(functions)
        command = [sys.executable, "-c", "from proctor.cli import main; raise SystemExit(main())", "mutants", "lab"]
        done = subprocess.run([*command, "--seed", "7", *options], cwd=course, capture_output=True, text=True)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    return run


@pytest.fixture(scope="module")
def sound(mutants):
    """What a bank gives of which everything is as it says."""
    return mutants(FORGOTTEN_SQUARE + LATE, WRITTEN_DIFFERENTLY)


@pytest.fixture(scope="module")
def unsound(mutants):
    """What a bank gives with everything in it that can be wrong with tests."""
    return mutants(FORGOTTEN_SQUARE + SURVIVOR + WRONG_PART + INFINITE, HURT)


def test_what_is_caught_where_expected_is_sound(sound):
    code, printed = sound
    assert code == 0 and "0 survive, 0 keep points that they should lose, 0 lose others" in printed
    assert "1 right answers: 1 keep full marks, 0 are hurt" in printed


def test_the_matrix_says_whether_students_read_what_is_wrong(sound):
    _, printed = sound
    assert "named the square is forgotten [test-area −2]" in printed
    assert "silent a bit more [test-area −1] wanted “squared”, reads: not the area" in printed
    assert "2 wrong answers: 2 caught, 1 of them named (50%), 1 by hidden tests alone" in printed


@pytest.mark.slow
def test_a_survivor_fails_the_run(unsound):
    code, printed = unsound
    assert code == 1 and "SURVIVES the absolute value []" in printed and "1 survive" in printed


@pytest.mark.slow
def test_a_part_that_keeps_points_or_loses_others_is_told(unsound):
    _, printed = unsound
    told = "kept points in test-area: any radius lost points in test-area: no radius"
    assert f"UNEXPECTED the wrong part [test-area −1] {told}" in printed


@pytest.mark.slow
def test_what_an_answer_reaches_through_another_is_graded_too(unsound):
    _, printed = unsound
    assert "UNEXPECTED without end [test-area −2, test-volume −1] lost points in test-volume" in printed


@pytest.mark.slow
def test_a_right_answer_that_is_hurt_is_told(unsound):
    _, printed = unsound
    assert "HURT a rough pi (area) test-area −2: the radius is squared" in printed


@pytest.mark.slow
def test_a_cell_of_an_unsound_bank_can_be_tried_alone(mutants):
    code, printed = mutants(FORGOTTEN_SQUARE + SURVIVOR, "", "--only", "area")
    assert code == 0 and "1 wrong answers: 1 caught" in printed


@pytest.mark.slow
def test_what_is_handed_in_beside_the_notebook_can_be_wrong_and_right_too(mutants):
    wrong = OF_FILES + FORGOTTEN_SQUARE + WRONG_FILE
    code, printed = mutants(wrong, RIGHT_FILE, "--only", "area", cells=MEASURED, functions=FUNCTIONS)
    assert code == 0 and "named another number was written down [test-file −2]" in printed
    assert "named a digit was forgotten [test-area −2, test-file −1]" in printed
    assert "named the square is forgotten [test-area −2]" in printed, "what changes no files is not graded by them"
    assert "1 right answers: 1 keep full marks" in printed


@pytest.mark.slow
def test_a_file_that_loses_less_than_it_should_fails_the_run(mutants):
    wrong = OF_FILES + WRONG_FILE.replace('"shorter"', '"longer"')
    code, printed = mutants(
        wrong, RIGHT_FILE.replace("longer", "wrong"), "--only", "area", cells=MEASURED, functions=FUNCTIONS
    )
    assert code == 1 and "kept points in test-file: the digit 2" in printed and "HURT another digit" in printed


def test_a_function_that_is_not_there_is_told_with_its_place(mutants):
    code, printed = mutants(OF_FILES + WRONG_FILE, cells=MEASURED, functions="shorter = 1")
    assert code == 1 and "circle.toml, 'another number was written down': there is no function wrong in" in printed


def test_a_name_that_nothing_has_is_refused(mutants):
    code, printed = mutants(FORGOTTEN_SQUARE, "", "--only", "aera")
    assert code == 1 and "No notebook and no cell in the bank is called 'aera'" in printed


@pytest.mark.slow
def test_machine_made_answers_that_lose_nothing_are_listed(mutants):
    pytest.importorskip("cosmic_ray")
    code, printed = mutants(FORGOTTEN_SQUARE, "", "--machine", "--only", "volume")
    assert code == 0 and re.search(r"\d+ machine-made answers, \d+ of them lose nothing:", printed)
    assert "volume return area(radius) * radius → return area(radius) ** radius" not in printed  # 0 ** 0 is 1
    assert "volume return area(radius) * radius → return area(radius) + radius" in printed  # 0 + 0 is 0


@pytest.mark.slow
def test_a_reference_without_full_marks_stops_the_run(mutants):
    broken = list(CELLS)
    broken[3] = cell("code", "solution", "volume", "def volume(radius):\n    return area(radius) + 1")
    code, printed = mutants(FORGOTTEN_SQUARE, cells=broken)
    assert code == 1 and "the reference gets 0 of 1 points in test-volume (a point has no volume)" in printed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('old = "radius**2"', 'old = "radius**3"', "stands 0 times in the cell area, not once"),
        ('new = "radius"', 'new = "radius**2"', "this changes nothing"),
        ('cell = "area"', 'cell = "test-area"', "has no code cell 'test-area' that students change"),
        ("test-area = []", "test-aera = []", "has no test 'test-aera'"),
        ("test-area = []", 'test-area = ["radius"]', "fits 2 parts of test-area"),
        ("{ test-area = [] }", "{}", "`loses` names no test"),
        ('says = "', 'say = "', "unknown field `say`"),
        ('new = "radius"', "", "either `old` and `new`, or the whole `source`"),
    ],
)
def test_a_mistake_in_the_bank_is_told_with_its_place(mutants, old, new, words):
    assert old in FORGOTTEN_SQUARE
    code, printed = mutants(FORGOTTEN_SQUARE.replace(old, new))
    assert code == 1 and "circle.toml" in printed and words in printed
