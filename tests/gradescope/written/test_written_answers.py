"""What counts as a written answer."""

from pathlib import Path

import pytest
from small_assignment import ANSWERS, PRISTINE, STUB, cell, handed_in, notebook, own, position, student

from proctor.gradescope.written.answers import Passage, answers, questions
from proctor.gradescope.written.sheets import css_text
from proctor.notebooks.assignment import Assignment, assignment_notebook
from proctor.notebooks.submission import Problem, Submission

LAB = Assignment("lab", Path(), (PRISTINE,), ())
ASKED = questions(LAB)


def written(cells, assignment: Assignment = LAB) -> list[list[str]]:
    """The sources of each question's answer, for a student who hands in these cells."""
    submission = Submission((student(cells),), ())
    return [[p.source for p in answer.passages] for answer in answers(questions(assignment), assignment, submission)]


def test_the_question_is_the_text_above_the_answer_and_a_task_is_its_own():
    assert [(q.number, q.grade_id, q.points, q.title) for q in ASKED] == [
        (1, "why-answer", 4, "Why does weight sharing help?"),
        (2, "how-answer", 4, "How would you measure it?"),
        (3, "explore", 5, "Explore on your own."),
    ]
    assert ASKED[2].text.source.strip() == "Explore on your own.", "without the marking scheme"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("## 2 · The derivation (8 points)\n\nDerive …", "The derivation"),
        ("Some words.\n\n### 3.1. **Bold** `code` (1.5 pts)", "Bold code"),
        ("2021 was a year.", "2021 was a year."),
        ("# " + "long " * 30, "long " * 11 + "long…"),
    ],
)
def test_a_title_is_the_heading_without_its_number_and_points(heading, title):
    book = assignment_notebook(
        "a", notebook(cell("markdown", "plain", "q", heading), cell("markdown", "manual", "a", "Because.", 1))
    )
    assert questions(Assignment("a", Path(), (book,), ()))[0].title == title


@pytest.mark.parametrize(
    ("heading", "renumbered"),
    [
        ("## 9 · Item 5 (4 points)\n\nGive **2** advantages.", "## 1 · Item 5 (4 points)\n\nGive **2** advantages."),
        ("Some words.\n\n### 3.1. Bold\n### 3.2. Other", "Some words.\n\n### 1. Bold\n### 3.2. Other"),
        ("## 2021 was a year", "## 2021 was a year"),
        ("9 · no heading", "9 · no heading"),
    ],
)
def test_a_question_has_the_number_that_the_outline_gives_it(heading, renumbered):
    book = assignment_notebook(
        "a", notebook(cell("markdown", "plain", "q", heading), cell("markdown", "manual", "a", "Because.", 1))
    )
    assert questions(Assignment("a", Path(), (book,), ()))[0].text.source == renumbered


def test_answers_are_what_the_student_wrote():
    assert written(handed_in()) == [[ANSWERS["why-answer"]], [ANSWERS["how-answer"]], []]
    assert written(handed_in({})) == [[], [], []]


def test_own_cells_beside_an_answer_belong_to_it():
    cells = handed_in()
    cells.insert(position(cells, "why-answer") + 1, own("And one more reason.", "markdown"))
    cells.insert(position(cells, "how-answer"), own("count(model)", "code"))
    assert written(cells)[:2] == [
        [ANSWERS["why-answer"], "And one more reason."],
        ["count(model)", ANSWERS["how-answer"]],
    ]


def test_own_cells_are_the_answer_to_a_task():
    cells = [*handed_in(), own("## My exploration", "markdown"), own("plot(1)"), own("It grows.", "markdown")]
    assert written(cells)[2] == ["## My exploration", "plot(1)", "It grows."]


def test_a_tasks_answer_ends_where_the_assignment_goes_on():
    book = assignment_notebook(
        "lab",
        notebook(
            cell("markdown", "task", "task", "Look around.", 2),
            cell("code", "plain", "room", "# write here"),
            cell("markdown", "plain", "next", "## Something else"),
            cell("code", "plain", "demo", "print(1)"),
        ),
    )
    lab = Assignment("lab", Path(), (book,), ())
    cells = handed_in({}, book)
    cells[position(cells, "room")] = own("look()", id="room")
    cells.insert(position(cells, "next"), own("I see.", "markdown"))
    assert written([*cells, own("print(2)")], lab) == [["look()", "I see."]]


def test_code_that_a_person_grades_is_printed_from_the_cell_that_has_it():
    solution = "def sketch():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    book = assignment_notebook(
        "lab",
        notebook(
            cell("markdown", "plain", "q", "Sketch it."),
            cell("code", "manual", "sketch", solution, 3),
            cell("code", "solution", "other", solution.replace("sketch", "other")),
        ),
    )
    lab = Assignment("lab", Path(), (book,), ())
    both = "def other():\n    return 2\n\ndef sketch():\n    return 3"
    cells = handed_in({"sketch": f"def sketch():\n    {STUB}".replace("\n", "\n    "), "other": both}, book)
    assert written(cells, lab) == [[both]]


def test_a_missing_notebook_says_why():
    lost = Submission((), (Problem("missing", "lab.ipynb was eaten by a dog.", "", "lab"),))
    assert {answer.note for answer in answers(ASKED, LAB, lost)} == {"lab.ipynb was eaten by a dog."}


def test_pictures_in_the_text_do_not_count_as_words():
    cells = handed_in(ANSWERS | {"why-answer": "See ![x](data:image/png;base64,aGVsbG8=)."})
    (passage,) = answers(ASKED, LAB, Submission((student(cells),), ()))[0].passages
    assert passage == Passage("markdown", "See ![x](attachment:inline-0).", (("inline-0", "image/png", "aGVsbG8="),))


def test_a_name_cannot_end_a_string_of_css():
    assert css_text('Zoë "</\n') == '"Zoë\\000020\\000022\\00003c\\00002f\\00000a"'
