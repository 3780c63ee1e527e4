"""What reading an assignment finds: one small broken assignment for each finding."""

import pytest
from author.broken import AREA, CHECK, HIDDEN, IMPORTS, ROOT, TEST, assignment, code, found, the_one
from small_assignment import cell

from proctor.author.findings import Weight
from proctor.author.reading import read
from proctor.config import nbgrader_config


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch):
    monkeypatch.chdir(ROOT)  # whose nbgrader_config.py holds


def test_a_sound_assignment_has_no_finding(tmp_path):
    assert found(tmp_path, IMPORTS, AREA, TEST) == ()


def test_hw4_has_no_finding():
    assert read(ROOT / "source" / "hw4", nbgrader_config()).findings == ()


# Markers


@pytest.mark.parametrize(
    "marker",
    [
        "### BEGIN HIDDEN TEST",
        "### BEGIN HIDEN TESTS",
        "###BEGIN HIDDEN_TESTS",
        "# begin hidden tests",
        "### BEGIN TESTS",
        "### START HIDDEN TESTS",
    ],
)
def test_a_misspelt_marker_would_release_the_test(tmp_path, marker):
    source = CHECK + HIDDEN.replace("### BEGIN HIDDEN TESTS", marker)
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 2)))
    assert finding.weight is Weight.LEAK
    assert finding.where == "lab.ipynb, cell test-area, line 2"
    assert marker in finding.what and "### BEGIN HIDDEN TESTS" in finding.remedy


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("END HIDDEN TESTS", "END HIDDEN TEST"), ("END HIDDEN TESTS", "END HIDDENTESTS")],
)
def test_a_misspelt_end_of_hidden_tests_is_named(tmp_path, right, wrong):
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", HIDDEN.replace(right, wrong), 2)))
    assert wrong in finding.what and right in finding.remedy


def test_a_misspelt_solution_would_leave_an_empty_cell(tmp_path):
    source = AREA.source.replace("BEGIN SOLUTION", "BEGIN SOLUTON").replace("END SOLUTION", "END SOLUTON")
    findings = found(tmp_path, IMPORTS, code("solution", "area", source), TEST)
    assert [finding.line for finding in findings] == [2, 4]
    assert {finding.weight for finding in findings} == {Weight.WRONG}
    assert "empty" in findings[0].what


def test_a_misspelt_marking_scheme_would_be_released(tmp_path):
    text = "Why?\n### BEGIN MARKING SCHEME\n2 points for anything.\n### END MARKING SCHEME"
    findings = found(tmp_path, IMPORTS, AREA, TEST, cell("markdown", "readonly", "why", text))
    assert [finding.line for finding in findings] == [2, 4]
    assert {finding.weight for finding in findings} == {Weight.LEAK}


@pytest.mark.parametrize(
    "comment",
    ["# begin with the tests", "# the solution", "# hidden layer", "# at the end of a solution", "# BEGIN HERE"],
)
def test_a_comment_is_no_marker(tmp_path, comment):
    assert found(tmp_path, IMPORTS, AREA, code("test", "test-area", f"{comment}\n{CHECK}{HIDDEN}", 2)) == ()


def test_hidden_tests_without_an_end_are_named_with_their_cell(tmp_path):
    source = HIDDEN.replace("### END HIDDEN TESTS", "")
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 2)))
    assert finding.where == "lab.ipynb, cell test-area, line 1" and "END HIDDEN TESTS" in finding.remedy


def test_an_end_without_a_beginning_would_release_the_test(tmp_path):
    source = HIDDEN.replace("### BEGIN HIDDEN TESTS\n", "")
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 2)))
    assert finding.weight is Weight.LEAK and "### BEGIN HIDDEN TESTS" in finding.remedy


def test_hidden_tests_in_a_cell_that_is_no_test_are_named(tmp_path):
    hidden = code("readonly", "helper", "### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS")
    finding = the_one(found(tmp_path, IMPORTS, AREA, TEST, hidden))
    assert finding.cell == "helper" and "Autograder tests" in finding.remedy


# Tests and code


def test_parts_that_do_not_add_up_to_the_cells_points_are_named(tmp_path):
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", TEST.source, 3)))
    assert finding.cell == "test-area" and "2 points together, the cell has 3" in finding.what


def test_parts_that_only_running_counts_are_left_to_the_trial(tmp_path):
    source = CHECK + HIDDEN.replace('with part(1, "no radius"):', 'for i in range(2):\n  with part(1, f"{i}"):')
    assert found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 9)) == ()


def test_an_assert_of_a_pair_is_always_true(tmp_path):
    source = "x = area(1)\nassert (x > 3, 'more than 3')"
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 1)))
    assert finding.line == 2 and "always true" in finding.what


def test_a_name_that_nobody_defines_is_named_with_its_line(tmp_path):
    source = "\n\ndef helper():\n    return aera(1)\nassert helper() > 3"
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 1)))
    assert finding.where == "lab.ipynb, cell test-area, line 4" and "aera is defined by nobody" in finding.what


@pytest.mark.parametrize(
    "answer", ["# YOUR CODE HERE\nraise NotImplementedError()", "'your code'", "# write area here"]
)
def test_what_students_are_to_define_is_not_missed_where_the_source_has_no_solution(tmp_path, answer):
    unsolved = code("solution", "area", answer)
    assert found(tmp_path, IMPORTS, unsolved, code("test", "test-area", "assert area(1) > 3", 1)) == ()
    typo = code("test", "test-pi", "assert pie > 3", 1)
    assert "pie" in the_one(found(tmp_path, IMPORTS, typo, unsolved)).what, "nobody has been asked for anything yet"


@pytest.mark.parametrize("brings", ["from math import *", "%run helpers.py", "exec('aera = area')"])
def test_no_name_is_missed_where_reading_cannot_tell_all_names(tmp_path, brings):
    source = f"{brings}\nassert aera(1) > 3"
    assert found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 1)) == ()


def test_a_cell_that_is_no_python_is_named(tmp_path):
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", "x = 1\nassert area(1) > > 3", 1)))
    assert finding.where == "lab.ipynb, cell test-area, line 2"


@pytest.mark.parametrize("source", ["%%html\n<b>no Python", "%%time\nx = area(1)\nx > 3", "!ls\nx = %pwd\narea?"])
def test_magics_are_no_mistakes(tmp_path, source):
    assert found(tmp_path, IMPORTS, AREA, code("plain", "show", source), TEST) == ()


def test_a_package_that_is_not_installed_is_named(tmp_path):
    imports = code("readonly", "imports", "import math\nfrom nowhere.at_all import thing")
    finding = the_one(found(tmp_path, imports, AREA, TEST))
    assert finding.line == 2 and finding.what.startswith("nowhere is imported")


def test_a_package_that_a_file_beside_the_notebook_imports_is_named(tmp_path):
    finding = the_one(found(tmp_path, IMPORTS, AREA, TEST, helpers_py="import math\nimport nowhere"))
    assert finding.where == "helpers.py, line 2"


def test_a_package_that_the_notebook_can_do_without_is_no_mistake(tmp_path):
    imports = code(
        "readonly", "imports", "import math\ntry:\n    import nowhere\nexcept ImportError:\n    nowhere = None"
    )
    assert found(tmp_path, imports, AREA, TEST) == ()


def test_a_module_beside_the_notebook_is_a_package(tmp_path):
    imports = code("readonly", "imports", "import math\nimport helpers")
    assert found(tmp_path, imports, AREA, TEST, helpers_py="PI = 3") == ()


# Chance


def test_hidden_tests_that_draw_nothing_at_random_are_a_doubt(tmp_path):
    source = "### BEGIN HIDDEN TESTS\nassert area(2) > 12\n### END HIDDEN TESTS"
    finding = the_one(found(tmp_path, IMPORTS, AREA, code("test", "test-area", source, 1)))
    assert finding.weight is Weight.DOUBT and "reference.area" in finding.remedy


def test_hidden_tests_that_draw_by_a_helper_are_none(tmp_path):
    helper = code("readonly", "helper", "import random\ndef radius():\n    return random.uniform(1, 9)")
    source = "### BEGIN HIDDEN TESTS\nassert area(radius()) > 3\n### END HIDDEN TESTS"
    assert found(tmp_path, IMPORTS, helper, AREA, code("test", "test-area", source, 1)) == ()


def test_hidden_tests_of_a_value_have_nothing_to_draw(tmp_path):
    value = code("solution", "volume", "output_volume = (25, 25, 64)")
    source = "### BEGIN HIDDEN TESTS\nassert output_volume == (25, 25, 64)\n### END HIDDEN TESTS"
    assert found(tmp_path, value, code("test", "test-volume", source, 1)) == ()


# Texts

SYMPY = code("readonly", "imports", "import sympy\nfrom sympy import Matrix, simplify, sympify")
DERIVATIVE = code(
    "solution",
    "derivative",
    "def derivative(f):\n" + "    ### BEGIN SOLUTION\n    return f.diff()\n    ### END SOLUTION",
)


@pytest.mark.parametrize(
    ("source", "line", "value"),
    [
        ("got = derivative(1)\nassert sympify(got) == 0", 2, "got"),
        ("assert simplify(derivative(1)) == 0", 1, "derivative(1)"),
        ("assert sympy.parsing.sympy_parser.parse_expr(candidate.derivative(1)) == 0", 1, "candidate.derivative(1)"),
        ("for got in derivative(1):\n    assert Matrix([got, 1])[0] == 0", 2, "[got, 1]"),
        ("got, rest = derivative(1)\nagain = got[0]\nassert sympy.lambdify('x', again)(1) == 0", 3, "again"),
        ("got = derivative(1)\nassert isinstance(got, (str, sympy.Basic))\nassert sympify(got) == 0", 3, "got"),
        ("got = derivative(1)\nassert sympify(got) == 0\nassert isinstance(got, sympy.Basic)", 2, "got"),
        ("got = derivative(1)\nassert eval(got) == 0", 2, "got"),
    ],
)
def test_a_students_text_that_would_run_beside_the_tests_is_a_doubt(tmp_path, source, line, value):
    finding = the_one(found(tmp_path, SYMPY, DERIVATIVE, code("test", "test-derivative", source, 1)))
    assert finding.weight is Weight.DOUBT and f"`{value}` is a student's: it may be text" in finding.what
    assert finding.where == f"lab.ipynb, cell test-derivative, line {line}"


@pytest.mark.parametrize(
    "source",
    [
        "got = derivative(1)\nassert isinstance(got, sympy.Basic), 'no expression'\nassert sympify(got) == 0",
        "got = derivative(1)\nassert simplify(got - sympify('x')) == 0",
        "got = derivative(1)\nassert sympify(float(got)) == 0",
        "assert sympify(str(len('x'))) == derivative(1)",
        "got = sympify(1)\nassert derivative(got) == 0",
    ],
)
def test_what_cannot_be_text_may_be_read_by_sympy(tmp_path, source):
    assert found(tmp_path, SYMPY, DERIVATIVE, code("test", "test-derivative", source, 1)) == ()


def test_a_function_of_the_authors_own_is_not_sympys(tmp_path):
    own = code("readonly", "helper", "def simplify(value):\n    return value")
    assert (
        found(tmp_path, own, DERIVATIVE, code("test", "test-derivative", "assert simplify(derivative(1)) == 0", 1))
        == ()
    )


# Files


def test_a_file_beside_the_notebooks_that_holds_a_solution_is_named(tmp_path):
    line = "    return math.pi * radius**2  # the area of a circle, by its radius"
    solved = code("solution", "area", f"def area(radius):\n    ### BEGIN SOLUTION\n{line}\n    ### END SOLUTION")
    finding = the_one(found(tmp_path, IMPORTS, solved, TEST, old_txt=f"def area(radius):\n{line}\n"))
    assert finding.weight is Weight.LEAK and finding.file == "old.txt"


def test_a_damaged_notebook_is_a_finding(tmp_path):
    source = assignment(tmp_path, IMPORTS, AREA, TEST)
    (source / "lab.ipynb").write_text("{")
    reading = read(source, nbgrader_config())
    assert reading.assignment is None and "is not a valid notebook" in the_one(reading.findings).what


def test_what_stops_grading_is_one_line_and_doubts_do_not(tmp_path):
    grave = assignment(tmp_path / "grave", IMPORTS, AREA, code("test", "t", "assert (area(1), '')\nassert aera", 1))
    stop = read(grave, nbgrader_config()).stop
    assert "\n" not in stop and "always true" in stop and stop.endswith("(and 1 more)")
    doubtful = "### BEGIN HIDDEN TESTS\nassert area(2) > 12\n### END HIDDEN TESTS"
    reading = read(assignment(tmp_path / "doubt", IMPORTS, AREA, code("test", "t", doubtful, 1)), nbgrader_config())
    assert reading.findings and reading.stop == ""
