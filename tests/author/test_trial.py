"""What the trial finds: each notebook of one assignment is broken in one way, and all are tried in one room."""

import pytest
from author.broken import AREA, CHECK, HIDDEN, IMPORTS, TEST, assignment, code

from proctor.author.findings import Weight
from proctor.author.trial import Tried, try_out
from proctor.notebooks.assignment import load_assignment

NOTEBOOKS = {
    "sound": (IMPORTS, AREA, TEST),
    "raises": (code("readonly", "imports", "import math\nassert math.pi > 4, 'small'"), AREA, TEST),
    "stops": (IMPORTS, AREA, code("plain", "show", "print(area(1))\nprint(area('x'))"), TEST),
    "meant": (IMPORTS, AREA, code("plain", "show", "print(area('x'))"), TEST),
    "impossible": (IMPORTS, AREA, code("test", "test-area", "class Dog: pass\n\narea(Dog())", 1)),
    "wrong": (IMPORTS, AREA, code("test", "test-area", CHECK + HIDDEN.replace("area(0), 0", "area(0), 7"), 2)),
    "seed": (IMPORTS, AREA, code("test", "test-area", CHECK + HIDDEN.replace("area(0), 0", "radius > 5, True"), 2)),
    "free": (IMPORTS, AREA, TEST, code("test", "test-free", "x = 1\nassert x", 1)),
    "sums": (
        IMPORTS,
        AREA,
        code("test", "test-area", CHECK + HIDDEN.replace("with part(1, 'no", "if True:\n  with part(1, 'no"), 1),
    ),
    "given": (IMPORTS, AREA, code("test", "test-file", "assert open('made.txt').read() == 'by training'", 1)),
}
NOTEBOOKS["meant"][2].metadata["tags"] = ["raises-exception"]
NOTEBOOKS["sums"][2].source = CHECK + HIDDEN.replace('with part(1, "no radius"):', 'if True:\n  with part(1, "none"):')


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> dict[str, Tried]:
    folder = tmp_path_factory.mktemp("trial")
    for name, cells in NOTEBOOKS.items():
        source = assignment(folder, *cells, name=name)
    handed_in = folder / "handed_in"
    handed_in.mkdir()
    (handed_in / "made.txt").write_text("by training")
    return {each.name: each for each in try_out(load_assignment(source), handed_in, (), seats=2)}


def one(tried: Tried):
    (finding,) = tried.findings
    return finding


def test_a_sound_notebook_has_no_finding_full_points_and_nothing_for_the_release(tried):
    sound = tried["sound"]
    assert (sound.findings, sound.solution, sound.possible, sound.release) == ((), 2, 2, 0)


def test_a_read_only_cell_that_raises_is_named_with_its_line(tried):
    raising = [finding for finding in tried["raises"].findings if finding.cell == "imports"]
    assert raising and raising[0].line == 2 and "AssertionError: small" in raising[0].what


def test_a_cell_of_the_authors_that_stops_is_named(tried):
    assert one(tried["stops"]).cell == "show" and "TypeError" in one(tried["stops"]).what


def test_a_cell_that_is_meant_to_raise_may(tried):
    assert tried["meant"].findings == ()


def test_a_test_that_asks_for_the_impossible_is_told_with_its_line_and_what_to_write_instead(tried):
    finding = one(tried["impossible"])
    assert finding.where == "impossible.ipynb, cell test-area, line 3"
    assert "an argument of type Dog cannot cross" in finding.what and "Pass plain values" in finding.what


def test_a_test_that_the_own_solution_fails_says_what_was_got_and_wanted(tried):
    finding = one(tried["wrong"])
    assert finding.weight is Weight.WRONG and "1 of its 2 points" in finding.what
    assert "the area is 0, but should be 7" in finding.what


def test_a_test_that_depends_on_the_seed_is_named_with_a_seed_that_repeats_it(tried):
    finding = one(tried["seed"])
    assert "depends on the seed" in finding.what and "--seed" in finding.remedy


def test_a_test_that_the_release_passes_is_named(tried):
    finding = one(tried["free"])
    assert finding.cell == "test-free" and "without any answer, gets 1 of its 1" in finding.what


def test_parts_that_only_running_counts_must_add_up_too(tried):
    assert "2 points together, the cell has 1" in one(tried["sums"]).what


def test_what_students_hand_in_beside_their_notebooks_is_there_for_the_own_solution(tried):
    assert tried["given"].findings == () and tried["given"].release == 0
