"""However a notebook comes back, the answers in it end up where the assignment asks for them."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import determine_grade
from small_assignment import (
    ANSWERS,
    FULL_MARKS,
    PRISTINE,
    SOLUTION,
    STUB,
    by_id,
    cell,
    earned,
    handed_in,
    notebook,
    own,
    position,
    source_of,
    student,
)
from traitlets.config import Config

from proctor.notebooks.assignment import CellType, assignment_notebook, load_assignment
from proctor.notebooks.submission import StudentCell
from proctor.notebooks.transplant import transplant

NO_MARKS = dict.fromkeys(FULL_MARKS, 0.0)
# The homework's marking schemes stand in the cells of the answers that they are for.
HW4 = load_assignment(
    Path(__file__).parents[2] / "source" / "hw4", Config({"ClearMarkScheme": {"enforce_metadata": False}})
)


def graft(cells, pristine=PRISTINE):
    return transplant(pristine, student(cells))


def bare(cells):
    """The cells without grade_ids and ids, as some editors save them."""
    return [replace(c, id=None, grade_id=None) for c in cells]


def match(result, grade_id):
    return next(m for m in result.matches if m.grade_id == grade_id)


def released(name, pristine=PRISTINE):
    return next(c.release_source for c in pristine.cells if c.id == name)


def order(result, *sources):
    """Positions of cells with these sources, to compare their order."""
    texts = [c.source for c in result.cells]
    return [texts.index(source) for source in sources]


def test_answers_are_carried_over_and_everything_else_is_the_assignments():
    result = graft(handed_in())
    for c in PRISTINE.cells:
        expected = ANSWERS.get(c.grade_id or "", c.source if c.role != "ordinary" else c.release_source)
        assert source_of(result, c.id) == expected
    assert earned(result) == FULL_MARKS
    assert {m.how for m in result.matches} == {"grade_id"}
    assert "area(0) == 0" in source_of(result, "test-area"), "hidden tests are in place"


def test_the_result_is_a_notebook_that_nbgrader_accepts():
    result = graft([own("1 + 1"), *handed_in(), own("raw", "raw"), own("text", "markdown")])
    nbformat.validate(result.notebook)
    MetadataValidator().validate_nb(result.notebook)
    assert [c.id for c in result.cells if c.role != "extra"] == [c.id for c in PRISTINE.cells]
    assert [(node.cell_type, node.source) for node in result.notebook.cells] == [
        (c.cell_type, c.source) for c in result.cells
    ]
    assert [c.index for c in result.cells] == list(range(len(result.cells)))
    for node, c in zip(result.notebook.cells, result.cells, strict=True):
        if c.role == "extra":
            assert node.metadata == {"proctor": {"by_student": True}}


def test_nothing_handed_in_gives_the_released_stubs_and_no_points():
    result = transplant(PRISTINE, None)
    assert [c.id for c in result.cells] == [c.id for c in PRISTINE.cells]
    assert source_of(result, "area") == released("area")
    assert earned(result) == NO_MARKS
    assert {m.how for m in result.matches} == {"none"}
    assert all(by_id(result, name).unanswered for name in ANSWERS)


def test_an_untouched_written_answer_gets_nbgraders_automatic_zero_and_a_changed_one_does_not():
    result = graft(handed_in({**ANSWERS, "why-answer": "YOUR  ANSWER HERE\n\n"}))
    cells = {node.id: node for node in result.notebook.cells}
    assert determine_grade(cells["why-answer"]) == (0, 4)
    assert determine_grade(cells["how-answer"]) == (None, 4)
    assert by_id(result, "why-answer").unanswered
    assert not by_id(result, "how-answer").unanswered


def test_the_arguments_are_not_changed_and_the_result_is_always_the_same():
    given_notebook = student(bare(handed_in()))
    before = json.dumps(PRISTINE.notebook), copy.deepcopy(given_notebook)
    first = transplant(PRISTINE, given_notebook)
    first.notebook.cells[3].metadata["x"] = 1
    first.notebook.metadata["x"] = 1
    second = transplant(PRISTINE, given_notebook)
    assert (json.dumps(PRISTINE.notebook), given_notebook) == before
    assert second.cells == first.cells
    assert "x" not in second.notebook.metadata


def test_each_part_of_an_exam_runs_where_nbgraders_cell_type_says():
    where = {c.id: c.runs_as for c in graft([*handed_in(), own("1")]).cells}
    assert where["imports"] == "shared"
    assert where["test-area"] == "test"
    assert where["area"] == where["picture"] == where["student-17"] == "student"
    assert where["intro"] is where["why-answer"] is None


# Lost metadata


def test_a_notebook_without_metadata_and_ids_keeps_its_score_and_its_written_answers():
    result = graft(bare(handed_in()))
    assert earned(result) == FULL_MARKS
    for name, text in ANSWERS.items():
        assert source_of(result, name) == text
    assert not [c for c in result.cells if c.role == "extra"]


def test_written_answers_are_told_apart_by_their_place_when_one_of_them_is_empty():
    for answered, empty in (("why-answer", "how-answer"), ("how-answer", "why-answer")):
        result = graft(bare(handed_in({answered: ANSWERS[answered]})))
        assert source_of(result, answered) == ANSWERS[answered]
        assert by_id(result, empty).unanswered


def test_two_written_answers_in_a_row_keep_their_order_without_metadata():
    pristine = assignment_notebook(
        "lab",
        notebook(
            cell("markdown", "plain", "questions", "Two questions."),
            cell("markdown", "manual", "first", "a", 1),
            cell("markdown", "manual", "second", "b", 1),
        ),
    )
    for answers in ({"first": "Because."}, {"second": "Because."}, {"first": "Because.", "second": "Therefore."}):
        result = graft(bare(handed_in(answers, pristine)), pristine)
        assert {c.id: c.source for c in result.cells if c.id in answers} == answers


def test_ids_alone_are_enough():
    stripped = [replace(c, grade_id=None) for c in handed_in()]
    result = graft(list(reversed(stripped)))
    assert {name: source_of(result, name) for name in ANSWERS} == ANSWERS
    assert match(result, "why-answer").how == "id"


# Duplicated cells


def test_of_a_duplicated_answer_the_last_that_answers_counts_and_the_others_stay_as_own_cells():
    cells = handed_in()
    better = "def area(radius):\n    return math.pi * radius**2"
    at = position(cells, "area")
    cells.insert(at + 1, replace(cells[at], id="copy", source=better))
    result = graft(cells)
    assert source_of(result, "area") == better
    assert order(result, ANSWERS["area"], better) == sorted(order(result, ANSWERS["area"], better))
    assert "2 cells have this grade_id" in match(result, "area").note


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(released("area"), id="the released stub"),
        pytest.param("def area(radius):\n    '''Mine.'''\n    raise NotImplementedError", id="another stub"),
        pytest.param("def area(radius:\n    return", id="something that does not parse"),
        pytest.param("print('trying out')", id="something else"),
        pytest.param("", id="nothing"),
    ],
)
@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize("claims", [{"grade_id": "area"}, {"id": "area"}, {}])
def test_a_copy_that_does_not_answer_takes_nothing_from_the_one_that_does(copied, behind, claims):
    cells = handed_in()
    cells.insert(position(cells, "area") + behind, own(copied, **claims))
    result = graft(cells)
    assert source_of(result, "area") == ANSWERS["area"]
    assert earned(result) == FULL_MARKS


@pytest.mark.parametrize("claims", [{"grade_id": "why-answer"}, {"id": "why-answer"}, {}])
def test_an_empty_copy_of_a_written_answer_does_not_replace_it(claims):
    cells = handed_in()
    for text in (released("why-answer"), " "):
        for behind in (True, False):
            left = list(cells)
            left.insert(position(cells, "why-answer") + behind, own(text, "markdown", **claims))
            assert source_of(graft(left), "why-answer") == ANSWERS["why-answer"]
            assert source_of(graft(bare(left)), "why-answer") == ANSWERS["why-answer"]


def test_copied_tests_do_no_harm():
    cells = handed_in()
    test = cells[position(cells, "test-twice")]
    for copied in (test, replace(test, grade_id=None, id=None), replace(test, source="assert twice(4) == 9")):
        result = graft([*cells[:3], copied, *cells[3:], copied])
        assert earned(result) == FULL_MARKS
        assert source_of(result, "test-twice") == test.source


# Split, merged, moved, deleted


@pytest.mark.parametrize("claims", [{}, {"grade_id": "twice"}])
def test_an_answer_split_over_cells_keeps_its_pieces_in_order(claims):
    cells = handed_in()
    at = position(cells, "twice")
    pieces = [
        "FACTOR = 2",
        "def double(x):\n    return FACTOR * x",
        "def twice(x):\n    return double(x)",
        "last = twice(1)",
    ]
    cells[at : at + 1] = [own(piece, **claims) for piece in pieces]
    result = graft(cells)
    assert source_of(result, "twice") == pieces[2]
    assert order(result, *pieces) == sorted(order(result, *pieces))
    assert earned(result) == FULL_MARKS


def test_two_answers_in_the_first_cell_are_not_undone_by_the_stub_of_the_second():
    both = ANSWERS["area"] + "\n\n" + ANSWERS["twice"]
    for remaining in (released("twice"), "", None):
        cells = handed_in({**ANSWERS, "area": both, "twice": remaining or ""})
        if remaining is None:
            del cells[position(cells, "twice")]
        for mangled in (cells, bare(cells)):
            result = graft(mangled)
            assert source_of(result, "area") == both
            assert "NotImplementedError" not in source_of(result, "twice")
            assert earned(result) == FULL_MARKS
            assert match(result, "twice").how == "merged"


def test_a_stub_of_the_students_own_wording_does_not_undo_an_answer_elsewhere():
    both = ANSWERS["area"] + "\n\n" + ANSWERS["twice"]
    stub = 'def twice(x):\n    """See above."""\n    raise NotImplementedError'
    assert earned(graft(handed_in({**ANSWERS, "area": both, "twice": stub}))) == FULL_MARKS
    assert source_of(graft(handed_in({**ANSWERS, "twice": stub})), "twice") == stub


@pytest.mark.parametrize("remark", ["# see the end", "def twice(x:\n    return"])
def test_an_answer_at_the_end_replaces_a_remark_or_a_broken_try_in_its_place(remark):
    result = graft([*handed_in({**ANSWERS, "twice": remark}), own(ANSWERS["twice"])])
    assert source_of(result, "twice") == ANSWERS["twice"]
    assert earned(result) == FULL_MARKS
    assert remark in [c.source for c in result.cells if c.role == "extra"]


def test_two_answers_in_the_second_cell_also_answer_the_first():
    both = "import math as m\n" + ANSWERS["area"] + "\n\n" + ANSWERS["twice"] + "\nprint(twice(area(1)))"
    cells = handed_in({**ANSWERS, "area": released("area"), "twice": both})
    result = graft(cells)
    assert source_of(result, "twice") == both, "the cell that holds both stays whole"
    assert "print" not in source_of(result, "area"), "only definitions are repeated, not what they are used for"
    assert earned(result) == FULL_MARKS


def test_given_code_in_a_merged_answer_survives():
    pristine = assignment_notebook(
        "lab",
        notebook(
            cell("code", "solution", "one", "def one():\n" + SOLUTION.format("    return 1")),
            cell("code", "solution", "two", "START = 1\ndef two():\n" + SOLUTION.format("    return START + 1")),
            cell("code", "test", "test", "assert two() == 2", 1),
        ),
    )
    answers = {"one": "def one():\n    return 1\ndef two():\n    return one() + START"}
    assert earned(graft(handed_in(answers, pristine), pristine)) == {"test": 1}


def test_reordered_cells_return_to_the_assignments_order():
    cells = handed_in()
    for moved in (cells[::-1], cells[8:] + cells[:8], bare(cells[8:] + cells[:8])):
        result = graft(moved)
        assert [c.id for c in result.cells] == [c.id for c in PRISTINE.cells]
        assert earned(result) == FULL_MARKS
    assert earned(graft(bare(cells)[::-1])) == FULL_MARKS


@pytest.mark.parametrize("leftover", ["stub", "blank", "gone"])
def test_an_answer_in_a_cell_of_the_students_own_is_found_by_what_it_defines(leftover):
    cells = handed_in({**ANSWERS, "twice": released("twice") if leftover == "stub" else ""})
    if leftover == "gone":
        del cells[position(cells, "twice")]
    result = graft([*cells, own(ANSWERS["twice"])])
    assert source_of(result, "twice") == ANSWERS["twice"]
    assert match(result, "twice").how == "names"
    assert match(result, "twice").student_index == len(cells)
    assert earned(result) == FULL_MARKS


def test_deleting_everything_but_the_answers_costs_nothing():
    cells = [c for c in handed_in() if c.id in ("area", "twice", "volume")]
    for mangled in (cells, bare(cells)):
        result = graft(mangled)
        assert earned(result) == FULL_MARKS
        assert {c.id for c in PRISTINE.cells} - {c.id for c in result.cells} == {"picture"}


def test_a_deleted_answer_is_a_stub_and_costs_only_its_own_points():
    cells = handed_in()
    del cells[position(cells, "twice")]
    result = graft(cells)
    assert source_of(result, "twice") == released("twice")
    assert match(result, "twice").how == "none"
    assert earned(result) == {**FULL_MARKS, "test-twice": 0}


def test_deleted_ordinary_code_leaves_its_definitions_but_does_not_run_again():
    pristine = assignment_notebook(
        "lab",
        notebook(
            cell("code", "plain", "helpers", "import math\ndef half(x):\n    return x / 2\nslow = half(half(9))"),
            cell("code", "solution", "quarter", "def quarter(x):\n" + SOLUTION.format("    return half(half(x))")),
            cell("code", "test", "test", "assert quarter(4) == 1", 1),
        ),
    )
    answer = {"quarter": "def quarter(x):\n    return half(math.fabs(half(x)))"}
    result = graft(handed_in(answer, pristine)[1:], pristine)
    assert source_of(result, "helpers") == "import math\ndef half(x):\n    return x / 2"
    assert earned(result) == {"test": 1}
    moved = graft([*handed_in(answer, pristine)[1:], own("def half(x):\n    return x * 0.5")], pristine)
    assert source_of(moved, "helpers") == "import math", "what the student defines instead is not undone"


# Cells of the student's own


def test_own_cells_stay_behind_the_cell_they_follow():
    cells = handed_in()
    for name in ("area", "test-area", "intro"):
        cells.insert(position(cells, name) + 1, own(f"after = '{name}'"))
    cells.insert(0, own("first = True"))
    ids = [c.source if c.role == "extra" else c.id for c in graft(cells).cells]
    assert ids[:2] == ["first = True", "intro"]
    for name in ("area", "test-area", "intro"):
        assert ids[ids.index(name) + 1] == f"after = '{name}'"


def test_ids_of_own_cells_collide_with_nothing():
    pristine = assignment_notebook(
        "lab", notebook(cell("code", "plain", "student-1", "x = 1"), cell("code", "test", "student-2", "1", 1))
    )
    for id_, grade_id in ((None, None), ("student-1", None), ("student-2", "other")):
        cells = [*handed_in({}, pristine), *(own(f"y = {i}", id=id_, grade_id=grade_id) for i in range(3))]
        ids = [node.id for node in graft(cells[1:], pristine).notebook.cells]
        assert len(set(ids)) == len(ids)


def test_an_edited_ordinary_cell_is_the_students():
    cells = handed_in({**ANSWERS})
    at = position(cells, "picture")
    cells[at] = replace(cells[at], source="heights = [twice(i) for i in range(30)]\nprint(max(heights))")
    for mangled in (cells, bare(cells)):
        result = graft(mangled)
        assert source_of(result, "picture") == cells[at].source
        assert not [c for c in result.cells if c.role == "extra"]


def test_magics_and_prompts_do_not_hide_what_a_cell_defines():
    for answer in (
        "%%time\n" + ANSWERS["twice"],
        "%matplotlib inline\n!ls\n" + ANSWERS["twice"],
        "files = !ls\ntwice?\n" + ANSWERS["twice"],
    ):
        cells = bare(handed_in({**ANSWERS, "twice": ""}))
        result = graft([*cells, own(answer)])
        assert source_of(result, "twice") == answer


def test_own_cells_of_magics_and_remarks_are_kept():
    sources = ["%matplotlib inline", "!ls", "area?", "# to do", "pass", "files = !ls -la | sort"]
    result = graft([*handed_in(), *(own(source) for source in sources)])
    assert [c.source for c in result.cells if c.role == "extra"] == sources


def test_shell_output_added_to_a_read_only_cell_is_kept_whole():
    result = graft(handed_in({**ANSWERS, "imports": "import math\nRATE = 2\nfiles = !ls -la | sort"}))
    assert [c.source for c in result.cells if c.role == "extra"] == ["files = !ls -la | sort"]


def test_raw_cells_and_empty_cells_are_no_answers():
    result = graft([*handed_in(), own(ANSWERS["area"], "raw"), own("  \n")])
    assert [c.cell_type for c in result.cells if c.role == "extra"] == ["raw"]


# Cells that were not the student's to change


def test_edited_tests_and_read_only_cells_are_the_assignments_again():
    cells = handed_in({"test-twice": "assert True", "imports": "import math\nRATE = 3"})
    result = graft(cells)
    assert source_of(result, "test-twice") == "assert twice(4) == 8"
    assert source_of(result, "imports") == "import math\nRATE = 2"
    assert "edited" in match(result, "test-twice").note
    assert not [c for c in result.cells if c.role == "extra"]


def test_an_import_added_to_a_read_only_cell_still_serves_the_answers():
    answers = {**ANSWERS, "twice": "def twice(x):\n    return operator.mul(RATE, x)"}
    cells = handed_in({**answers, "imports": "import math\nimport operator\nRATE = 3\nprint('hi')"})
    result = graft(cells)
    assert [c.source for c in result.cells if c.role == "extra"] == ["import operator"]
    assert earned(result) == FULL_MARKS


def test_each_import_added_to_a_read_only_cell_has_a_cell_of_its_own():
    """One that is not installed where this is graded must not take the others along."""
    answers = {**ANSWERS, "twice": "def twice(x):\n    return operator.mul(RATE, x)"}
    added = "import math\nimport seaborn_of_nobody\nimport operator\nfrom os import path\nRATE = 3"
    result = graft(handed_in({**answers, "imports": added}))
    extra = [c for c in result.cells if c.role == "extra"]
    assert [c.source for c in extra] == ["import seaborn_of_nobody", "import operator", "from os import path"]
    assert len({c.id for c in extra}) == 3
    assert earned(result) == FULL_MARKS


def test_an_answer_written_into_its_test_cell_counts():
    in_test = ANSWERS["twice"] + "\nassert twice(4) == 8"
    cells = handed_in({**ANSWERS, "twice": released("twice"), "test-twice": in_test})
    assert earned(graft(cells)) == FULL_MARKS
    cells = handed_in({**ANSWERS, "test-twice": "def twice(x):\n    return 0\nassert twice(4) == 0"})
    assert earned(graft(cells)) == FULL_MARKS, "but it does not replace the answer given in its place"


def test_text_written_into_a_task_is_kept_beside_it():
    text = "Explore on your own.\nI found that more filters help."
    result = graft(handed_in({**ANSWERS, "explore": text}))
    assert "MARK SCHEME" in source_of(result, "explore")
    assert [c.source for c in result.cells if c.role == "extra"] == [text]


def test_a_changed_cell_type_is_changed_back():
    cells = handed_in()
    types: dict[str, CellType] = {"area": "markdown", "why-answer": "code", "test-area": "raw", "twice": "raw"}
    for name, wrong in types.items():
        at = position(cells, name)
        cells[at] = replace(cells[at], cell_type=wrong)
    result = graft(cells)
    assert {name: source_of(result, name) for name in ANSWERS} == ANSWERS
    assert earned(result) == FULL_MARKS
    assert "type was changed" in match(result, "area").note


def test_pictures_in_written_answers_survive():
    picture = ("plot.png", "image/png", "iVBORw0KGgo=")
    cells = handed_in({**ANSWERS, "why-answer": "See ![plot](attachment:plot.png)"})
    at = position(cells, "why-answer")
    cells[at] = replace(cells[at], attachments=(picture,))
    for mangled in (cells, bare(cells)):
        node = next(node for node in graft(mangled).notebook.cells if node.id == "why-answer")
        assert node.attachments == {"plot.png": {"image/png": "iVBORw0KGgo="}}


def test_the_assignments_own_pictures_come_back():
    """Colab drops attachments."""
    nb = copy.deepcopy(PRISTINE.notebook)
    nb.cells[2].attachments = {"circle.png": {"image/png": "iVBORw0KGgo="}}
    for cells in (handed_in(), []):
        result = transplant(assignment_notebook("lab", nb), student(cells))
        (node,) = (node for node in result.notebook.cells if node.id == "about-area")
        assert node.attachments == nb.cells[2].attachments


# Hostile sources


@pytest.mark.parametrize(
    "source",
    [
        "(" * 100_000, "-" * 100_000 + "1", "1" + "+1" * 50_000, "a" + ".b" * 50_000, "x = \0", "9" * 5_000,
        "\ufeffx = 1", "%" * 5_000, "!ls\n" * 3_000, "%%time", "%%time\n", "'''", "\\", "\f\f\v", "def f(\n",
        "x = '\\d'", "a = " * 2_000 + "1", "é = 1; def ü(): pass",
    ],
    ids=range(18),
)  # fmt: skip
def test_no_source_stops_the_transplant(source):
    cells = [*bare(handed_in({**ANSWERS, "twice": ""})), own(source), own(source, "markdown"), own(ANSWERS["twice"])]
    cells[1] = replace(cells[1], source=source)
    result = graft(cells)
    assert earned(result) == FULL_MARKS


# Anything at all

SUBJECTS = {"lab": (PRISTINE, handed_in())} | {
    nb.name: (nb, handed_in({c.grade_id or c.id: c.source for c in nb.cells if c.role in ("answer", "manual")}, nb))
    for nb in HW4.notebooks
}


@st.composite
def mangled(draw, cells: list[StudentCell]) -> list[StudentCell]:
    """The cells permuted, with some deleted, some duplicated, and claims lost or renewed."""
    cells = draw(st.permutations(cells)) if draw(st.booleans()) else list(cells)
    fates = draw(st.lists(st.sampled_from("kkkkdgiGxs"), min_size=len(cells), max_size=len(cells)))
    result = []
    for index, (c, fate) in enumerate(zip(cells, fates, strict=True)):
        fresh = f"{index:08x}"
        match fate:
            case "k":
                result.append(c)
            case "d":
                result += [c, replace(c, id=fresh)]
            case "g":
                result.append(replace(c, grade_id=None))
            case "i":
                result.append(replace(c, id=fresh))
            case "G":
                result.append(replace(c, grade_id=None, id=fresh))
            case "s":
                result += [replace(c, grade_id=None, id=None), own(f"note_{index} = {index}")]
            case "x":
                pass
    return result


@pytest.mark.parametrize("name", SUBJECTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_answer_that_is_still_in_the_notebook_is_kept_exactly(name, data):
    pristine, cells = SUBJECTS[name]
    left = data.draw(mangled(cells))
    result = graft(left, pristine)
    nbformat.validate(result.notebook)
    ids = [c.id for c in result.cells]
    assert len(set(ids)) == len(ids)
    placed = {c.id: c.source for c in result.cells}
    for c, original in zip(pristine.cells, cells, strict=True):
        if c.role not in ("answer", "manual"):
            assert c.role == "ordinary" or placed[c.id if c.grade_id is None else c.grade_id] == c.source
            continue
        copies = [other for other in left if other.source == original.source]
        claimed = any(other.grade_id == c.grade_id or other.id == c.id for other in copies)
        # Moved written text without any claim could be anyone's; code is known by what it defines.
        if claimed or (copies and c.asks):
            assert placed[c.grade_id] == original.source
    for source in {other.source for other in left if other.source.startswith("note_")}:
        assert sum(c.source == source for c in result.cells) == 1, "own cells are kept, once"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_points_follow_the_answers_that_are_left(data):
    left = data.draw(mangled(handed_in()))
    sources = {c.source for c in left}
    expected = {
        test: points if ANSWERS[test.removeprefix("test-")] in sources else 0 for test, points in FULL_MARKS.items()
    }
    assert earned(graft(left)) == expected


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_real_notebook_without_any_metadata_keeps_every_answer(name):
    pristine, cells = SUBJECTS[name]
    result = graft(bare(cells), pristine)
    placed = {c.id: c.source for c in result.cells}
    for c, original in zip(pristine.cells, cells, strict=True):
        if c.grade_id is not None:
            assert placed[c.grade_id] == (original.source if c.role in ("answer", "manual") else c.source)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.builds(
    StudentCell, st.just(0), st.sampled_from(["code", "markdown", "raw"]), st.text(max_size=40),
    st.none() | st.sampled_from(["area", "intro", "x"]) | st.text(max_size=5),
    st.none() | st.sampled_from(["area", "test-area", "why-answer"]) | st.text(max_size=5),
), max_size=12))  # fmt: skip
def test_any_cells_at_all_give_a_valid_notebook_with_all_of_the_assignments_tests(cells):
    result = graft(cells)
    nbformat.validate(result.notebook)
    assert [c.id for c in result.cells if c.role == "test"] == list(FULL_MARKS)
    assert earned(transplant(PRISTINE, student([*cells, *handed_in()])))["test-volume"] in (0, 1)


def test_the_stub_is_what_the_tests_think_it_is():
    assert released("volume") == STUB
