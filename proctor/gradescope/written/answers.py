"""Which questions an assignment has for a person to grade, and what a student answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from proctor.notebooks.assignment import Assignment, AssignmentNotebook, is_unanswered
from proctor.notebooks.submission import StudentNotebook, Submission
from proctor.notebooks.transplant import Transplanted, transplant


@dataclass(frozen=True)
class Passage:
    """Text or code to be printed. ``attachments`` are its pictures: (file name, media type, base64)."""

    cell_type: str
    source: str
    attachments: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Question:
    """A manually graded answer or a task of the assignment, numbered from 1 through all notebooks.

    ``text`` is what students were given, without the marking scheme; a number in its heading is this one, not that of
    the section in its notebook: two notebooks may both have a section 9.
    """

    number: int
    title: str
    notebook: str
    grade_id: str
    points: float
    text: Passage


@dataclass(frozen=True)
class Answer:
    """What a student wrote; ``note`` says why there are no passages."""

    passages: tuple[Passage, ...]
    note: str = ""


def questions(assignment: Assignment) -> tuple[Question, ...]:
    """The assignment's written questions, in the order of its notebooks."""
    found: list[Question] = []
    for book in assignment.notebooks:
        for index, cell in enumerate(book.cells):
            if cell.role in ("manual", "task"):
                text = _passage(book.release.cells[_question_cell(book, index)])
                name = cell.grade_id or cell.id
                title, number = _title(text.source) or name, len(found) + 1
                text = replace(text, source=_renumbered(text.source, number))
                found.append(Question(number, title, book.name, name, cell.points, text))
    return tuple(found)


def answers(asked: tuple[Question, ...], assignment: Assignment, submission: Submission) -> tuple[Answer, ...]:
    """A student's answers, one for each question, wherever in the student's notebooks they stand."""
    books = {}
    for book in assignment.notebooks:
        if any(question.notebook == book.name for question in asked):
            student = submission.notebook(book.name)
            books[book.name] = (book, student, transplant(book, student))
    return tuple(_answer(question, *books[question.notebook], submission) for question in asked)


def _question_cell(book: AssignmentNotebook, index: int) -> int:
    """A task is its own question; that of an answer is the assignment's text closest above it."""
    if book.cells[index].role == "task":
        return index
    above = (i for i in reversed(range(index)) if book.cells[i].cell_type == "markdown")
    return next((i for i in above if book.cells[i].role in ("shared", "ordinary")), index)


def _passage(cell: NotebookNode) -> Passage:
    attachments = [
        (name, media, data) for name, forms in cell.get("attachments", {}).items() for media, data in forms.items()
    ]
    return _without_inline_pictures(Passage(cell.cell_type, cell.source, tuple(attachments)))


def _without_inline_pictures(passage: Passage) -> Passage:
    """Pictures that stand in the text itself, as Colab puts them there, become attachments: they are not words."""
    if passage.cell_type != "markdown":
        return passage
    attachments = list(passage.attachments)

    def attach(match: re.Match) -> str:
        attachments.append((f"inline-{len(attachments)}", match[1], match[2]))
        return f"attachment:{attachments[-1][0]}"

    source = re.sub(r"data:(image/[\w.+-]+);base64,([A-Za-z0-9+/=]+)", attach, passage.source)
    return Passage(passage.cell_type, source, tuple(attachments))


def _title(source: str) -> str:
    """The first heading of a question, else its first line: plain, at most 60 characters, without number and points."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith("#")), lines[0] if lines else "")
    plain = re.sub(r"[*`#]+", "", first).strip()
    plain = re.sub(r"^\d+(\.\d+)*\s*[·.:)–-]\s+", "", plain)
    plain = re.sub(r"\s*\([\d.]+ (points?|pts?)\)$", "", plain)
    return plain if len(plain) <= 60 else plain[:59].rstrip() + "…"


def _renumbered(source: str, number: int) -> str:
    """A question's text, its first heading with this number if it has one."""
    heading = re.search(r"(?m)^ {0,3}#{1,6}.*$", source)
    if heading is None:
        return source
    new = re.sub(r"^( {0,3}#+\s+)\d+(\.\d+)*(?=\s*[·.:)–-]\s)", rf"\g<1>{number}", heading[0])
    return source[: heading.start()] + new + source[heading.end() :]


def _answer(
    question: Question,
    book: AssignmentNotebook,
    student: StudentNotebook | None,
    found: Transplanted,
    submission: Submission,
) -> Answer:
    if student is None:
        why = [problem.message for problem in submission.problems if problem.notebook in (book.name, None)]
        return Answer((), " ".join(why) or f"{book.name}.ipynb was not handed in.")
    cell = next(cell for cell in found.cells if cell.id == question.grade_id)
    if cell.role == "task":
        passages = tuple(_in_own_cells(book, found, cell.index))
    else:
        passages = tuple(_in_its_cell(student, found, cell.index))
    return Answer(passages, "" if passages else "No answer.")


def _in_own_cells(book: AssignmentNotebook, found: Transplanted, task: int) -> Iterator[Passage]:
    """A task's answer: the student's own cells, and those that the assignment left open, until its text goes on."""
    released = {cell.id: cell for cell in book.cells if cell.role == "ordinary"}
    for cell in found.cells[task + 1 :]:
        unchanged = cell.role == "ordinary" and is_unanswered(released[cell.id], cell.source)
        goes_on = unchanged and cell.cell_type == "markdown" and cell.source.strip()
        if goes_on or cell.role not in ("extra", "ordinary"):
            return
        if not unchanged:
            yield _passage(found.notebook.cells[cell.index])


def _in_its_cell(student: StudentNotebook, found: Transplanted, index: int) -> Iterator[Passage]:
    """What stands in the answer's cell and in own cells beside it: students go on in the next, or begin one before."""
    cells = found.cells
    first, end = index, index + 1
    while first > 0 and cells[first - 1].role == "extra":
        first -= 1
    while end < len(cells) and cells[end].role == "extra":
        end += 1
    if first > 0 and cells[first - 1].cell_type == "code":
        first = index  # own cells below the assignment's code are for trying it out
    for cell in cells[first:end]:
        if cell.role == "extra":
            yield _passage(found.notebook.cells[cell.index])
        elif not cell.unanswered:
            yield _whole(student, found, index) or _passage(found.notebook.cells[index])


def _whole(student: StudentNotebook, found: Transplanted, index: int) -> Passage | None:
    """The student's cell that holds this answer beside another; the transplanted one has only what runs here."""
    match = next(match for match in found.matches if match.grade_id == found.cells[index].id)
    if match.how != "merged":
        return None
    holder = next(cell for cell in student.cells if cell.index == match.student_index)
    return _without_inline_pictures(Passage(holder.cell_type, holder.source, holder.attachments))
