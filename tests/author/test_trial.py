"""What the trial finds: a sound notebook, and two with mistakes, tried in one room."""

import pytest
from author.broken import AREA, CHECK, HIDDEN, IMPORTS, TEST, assignment, code

from proctor.author.findings import Finding, Weight
from proctor.author.trial import Tried, try_out
from proctor.notebooks.assignment import load_assignment

IN_A_BRANCH = HIDDEN.replace('with part(1, "no radius"):', 'if True:\n  with part(1, "no radius"):')
BROKEN = (
    IMPORTS,
    AREA,
    code("plain", "stops", "print(area(1))\nprint(area('x'))"),
    code("plain", "meant", "print(area('x'))"),
    code("plain", "shows", "print(area('y'))"),
    code("test", "impossible", "class Dog: pass\n\narea(Dog())", 1),
    code("test", "wrong", CHECK + HIDDEN.replace("area(0), 0", "area(0), 7"), 2),
    code("test", "seed", CHECK + HIDDEN.replace("area(0), 0", "radius > 5, True"), 2),
    code("test", "free", "x = 1\nassert x", 1),
    code("test", "branch", CHECK + IN_A_BRANCH, 1),
    code("test", "given", "area(1)\nassert open('made.txt').read() == 'by training'", 1),
)
BROKEN[3].metadata["tags"] = ["raises-exception"]
BROKEN[4].metadata["tags"] = ["demo"]


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> dict[str, Tried]:
    folder = tmp_path_factory.mktemp("trial")
    assignment(folder, IMPORTS, AREA, TEST, name="sound")
    assignment(
        folder, code("readonly", "raises", "import math\nassert math.pi > 4, 'small'"), AREA, TEST, name="raising"
    )
    source = assignment(folder, *BROKEN, name="broken")
    handed_in = folder / "handed_in"
    handed_in.mkdir()
    (handed_in / "made.txt").write_text("by training")
    return {each.name: each for each in try_out(load_assignment(source), handed_in, (), seats=2)}


@pytest.fixture
def about(tried):
    """The one finding about a cell of the broken notebook."""

    def about(cell: str) -> Finding:
        (finding,) = [finding for finding in tried["broken"].findings if finding.cell == cell]
        return finding

    return about


def test_a_sound_notebook_has_no_finding_full_points_and_nothing_for_the_release(tried):
    sound = tried["sound"]
    assert (sound.findings, sound.solution, sound.possible, sound.release) == ((), 2, 2, 0)


def test_a_read_only_cell_that_raises_is_named_with_its_line(tried):
    (finding,) = [finding for finding in tried["raising"].findings if finding.cell == "raises"]
    assert finding.line == 2 and "AssertionError: small" in finding.what


def test_a_cell_of_the_authors_that_stops_is_named_unless_it_is_meant_to(tried, about):
    assert "TypeError" in about("stops").what and "TypeError" in about("shows").what
    assert not [finding for finding in tried["broken"].findings if finding.cell == "meant"]


def test_a_test_that_asks_for_the_impossible_is_told_with_its_line_and_what_to_write_instead(about):
    finding = about("impossible")
    assert finding.where == "broken.ipynb, cell impossible, line 3"
    assert "an argument of type Dog cannot cross" in finding.what and "Pass plain values" in finding.what


def test_a_test_that_the_own_solution_fails_says_what_was_got_and_wanted(about):
    finding = about("wrong")
    assert finding.weight is Weight.WRONG and "1 of its 2 points" in finding.what
    assert "the area is 0, but should be 7" in finding.what


def test_a_test_that_depends_on_the_seed_is_named_with_a_seed_that_repeats_it(about):
    assert "depends on the seed" in about("seed").what and "--seed" in about("seed").remedy


def test_a_test_that_the_release_passes_is_named(about):
    assert "without any answer, gets 1 of its 1" in about("free").what


def test_parts_that_only_running_counts_must_add_up_too(about):
    assert "2 points together, the cell has 1" in about("branch").what


def test_what_students_hand_in_beside_their_notebooks_is_there_for_the_own_solution(tried):
    assert not [finding for finding in tried["broken"].findings if finding.cell == "given"]
