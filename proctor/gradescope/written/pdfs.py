"""The PDFs of a class: the same pages for everybody, and a map of what stands where."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from tqdm import tqdm

from proctor.notebooks.assignment import Assignment, AssignmentError
from proctor.notebooks.submission import load_submission
from proctor.tables import Cell, write_table

from .answers import Answer, Passage, Question, answers, questions
from .chromium import NotPrinted
from .sheets import Sheet, SheetExporter

#: Characters of one answer that are printed: about thirty pages.
LONGEST = 100_000
#: Entry of a PDF's metadata that says what it was made from.
MADE_FROM = "/ProctorSheets"


class NoWrittenAnswers(AssignmentError):
    """Nothing in the assignment is graded by hand."""


@dataclass(frozen=True)
class Student:
    """Whose submission lies in ``folder``; ``name`` may be empty."""

    id: str
    name: str
    folder: Path


@dataclass(frozen=True)
class Place:
    """Where a question stands in every PDF: from page ``first`` to page ``last``, counted from 1."""

    question: Question
    first: int
    last: int

    @property
    def pages(self) -> str:
        return _pages(self.first, self.last)


@dataclass(frozen=True)
class PageMap:
    """The pages of every PDF: a cover, then the questions."""

    cover: int
    places: tuple[Place, ...]

    @property
    def pages(self) -> int:
        """How many pages a PDF has, without an appendix."""
        return self.places[-1].last


@dataclass(frozen=True)
class Printed:
    """What became of a class: how many PDFs were made, left alone, and not made. ``remarks`` are for staff."""

    folder: Path
    page_map: PageMap
    made: int
    unchanged: int
    failed: int
    remarks: tuple[str, ...]


def print_class(
    assignment: Assignment, students: tuple[Student, ...], out: Path, exporter: SheetExporter, room: int
) -> Printed:
    """Write ``out/students/ID.pdf`` for each student, ``out/template.pdf`` and ``out/pages.csv``.

    ``room`` is the number of pages of a question whose text fills one page or less; a longer
    one gets as many more. A PDF whose contents have not changed is left alone; each appears
    whole or not at all. Raises chromium.NoBrowser, and NoWrittenAnswers.
    """
    asked = questions(assignment)
    if not asked:
        raise NoWrittenAnswers(
            f"{assignment.name} has no written answers. Mark cells as 'Manually graded answer' or 'Manually graded "
            "task' in JupyterLab's Create Assignment panel."
        )
    paper = _Paper(assignment.name, exporter, _page_map(assignment.name, asked, exporter, room))
    (out / "students").mkdir(parents=True, exist_ok=True)
    paper.write(out / "template.pdf", Student("", "", Path()), None, [])
    write_table(out / "pages.csv", _table(paper.page_map))
    made, failed, remarks = 0, 0, []
    for student in tqdm(students, unit=" PDF", desc="Written answers"):
        path = out / "students" / f"{student.id}.pdf"
        given = answers(asked, assignment, load_submission(student.folder, assignment))
        said: list[str] = []
        try:
            made += paper.write(path, student, given, said)
            pages = len(PdfReader(path).pages)
            if pages > paper.page_map.pages:
                where = _pages(paper.page_map.pages + 1, pages)
                said.append(f"an answer is too long: there is an appendix, page {where}")
        except NotPrinted as error:
            failed += 1
            said.append(f"there is no PDF: {error}. Run this again.")
        remarks += [f"{student.id}: {words}" for words in said]
    written = {f"{student.id}.pdf" for student in students}
    left = sorted(path.stem for path in (out / "students").glob("*.pdf") if path.name not in written)
    remarks += [f"{name}: this PDF is of an earlier run; there is no submission any more" for name in left]
    return Printed(out, paper.page_map, made, len(students) - made - failed, failed, tuple(remarks))


def _page_map(name: str, asked: tuple[Question, ...], exporter: SheetExporter, room: int) -> PageMap:
    """Print the questions by themselves to see how many pages they take."""
    nobody = Student("", "", Path())
    unplaced = PageMap(1, tuple(Place(question, 1, 1) for question in asked))
    cover = len(_printed(_cover(name, unplaced, nobody), exporter))
    places, last = [], cover
    for question in asked:
        first = last + 1
        last += len(_printed(Sheet("", "", 1, 1, question=question), exporter)) + room - 1
        places.append(Place(question, first, last))
    return PageMap(cover, tuple(places))


def _cover(name: str, page_map: PageMap, student: Student) -> Sheet:
    rows = []
    for place in page_map.places:
        asked = place.question
        rows.append((f"{asked.number}. {asked.title}", asked.notebook, f"{asked.points:g}", place.pages))
    return Sheet(
        left=_whose(name, student),
        right="Cover",
        pages=page_map.cover,
        first_page=1,
        title=name,
        name=student.name,
        student_id=student.id,
        rows=tuple(rows),
    )


def _whose(name: str, student: Student) -> str:
    who = f"{student.name} ({student.id})" if student.name else student.id
    return f"{who if len(who) <= 60 else who[:59] + '…'} · {name}" if who else name


def _pages(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _printed(sheet: Sheet, exporter: SheetExporter) -> list[PageObject]:
    return _pages_of(exporter.html(sheet), exporter)


def _pages_of(html: str, exporter: SheetExporter) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(exporter.run_playwright(html))).pages)


@dataclass(frozen=True)
class _Paper:
    """Writes the PDFs of one assignment."""

    name: str
    exporter: SheetExporter
    page_map: PageMap

    def write(self, path: Path, student: Student, given: tuple[Answer, ...] | None, remarks: list[str]) -> bool:
        """Write a PDF, unless it is there already; whether it was written. ``given`` None leaves the answers blank.

        Adds what staff should know to ``remarks``. Raises NotPrinted if Chromium fails for no fault of an answer.
        """
        sheets = [self._as_html(sheet, remarks) for sheet in self._sheets(student, given)]
        contents = "\0".join(html for _, html in sheets)
        digest = hashlib.sha256(contents.encode(errors="surrogatepass")).hexdigest()
        if _made_from(path) == digest:
            return False
        writer = PdfWriter()
        for page in self._all_pages(sheets, remarks):
            writer.add_page(page)
        if _needs_fonts(contents) and any("\0" in page.extract_text() for page in writer.pages):
            remarks.append(
                "some characters have no font on this machine. Debian: apt-get install fonts-noto-core fonts-noto-cjk "
                f"fonts-noto-color-emoji, then remove {path.name} and run this again"
            )
        writer.add_metadata({"/Title": _whose(self.name, student), MADE_FROM: digest})
        buffer = io.BytesIO()
        writer.write(buffer)
        _write(path, buffer.getvalue())
        return True

    def _sheets(self, student: Student, given: tuple[Answer, ...] | None) -> Iterator[Sheet]:
        yield _cover(self.name, self.page_map, student)
        for index, place in enumerate(self.page_map.places):
            yield Sheet(
                left=_whose(self.name, student),
                right=f"Question {place.question.number} of {len(self.page_map.places)}",
                pages=place.last - place.first + 1,
                first_page=place.first,
                question=place.question,
                answer=None if given is None else _capped(given[index]),
            )

    def _as_html(self, sheet: Sheet, remarks: list[str]) -> tuple[Sheet, str]:
        """The sheet and its HTML; an answer of which none can be made is shown as its source."""
        try:
            return sheet, self.exporter.html(sheet)
        except Exception as error:  # whatever Markdown makes of what a student typed
            if sheet.answer is None or sheet.question is None:
                raise
            problem = f"{type(error).__name__}: {error}"
            remarks.append(f"question {sheet.question.number} is printed as its source: {problem}")
        sheet = replace(sheet, answer=_as_source(sheet.answer))
        return sheet, self.exporter.html(sheet)

    def _all_pages(self, sheets: list[tuple[Sheet, str]], remarks: list[str]) -> Iterator[PageObject]:
        """As many pages of each sheet as it has; an answer that needs more is repeated behind them all, whole."""
        appendix: list[PageObject] = []
        for laid_out, html in sheets:
            sheet, pages = self._as_pages(laid_out, html, remarks)
            if len(pages) > sheet.pages:
                start = self.page_map.pages + len(appendix) + 1
                whole = replace(
                    sheet, question=None, appendix=True, pages=1, first_page=start, right=f"Appendix to {sheet.right}"
                )
                appendix += _printed(whole, self.exporter)
                where = _pages(start, self.page_map.pages + len(appendix))
                note = f"Too long for {sheet.pages} pages. The whole answer is in the appendix, page {where}."
                pages = _printed(replace(sheet, note=note), self.exporter)
            yield from pages[: sheet.pages]
        yield from appendix

    def _as_pages(self, sheet: Sheet, html: str, remarks: list[str]) -> tuple[Sheet, list[PageObject]]:
        """The sheet and its pages; an answer that Chromium cannot print gives way to its source, and that to a line."""
        try:
            return sheet, _pages_of(html, self.exporter)
        except NotPrinted as error:
            if sheet.answer is None or sheet.question is None:
                raise
            number = sheet.question.number
            remarks.append(f"question {number} is printed as its source: {error}")
        sheet = replace(sheet, answer=_as_source(sheet.answer))
        try:
            return sheet, _printed(sheet, self.exporter)
        except NotPrinted as error:
            remarks.append(f"question {number} could not be printed: {error}")
        sheet = replace(sheet, answer=Answer((), "This answer could not be printed. It is in the notebook."))
        return sheet, _printed(sheet, self.exporter)


def _capped(answer: Answer) -> Answer:
    """The answer, or its first LONGEST characters and a note that says so."""
    left, kept = LONGEST, []
    for passage in answer.passages:
        kept.append(replace(passage, source=passage.source[:left]))
        left = max(0, left - len(passage.source))
    together = sum(len(passage.source) for passage in answer.passages)
    if together <= LONGEST:
        return answer
    note = f"Cut here: the answer has {together:,} characters, of which {LONGEST:,} are printed. The notebook has all."
    return Answer(tuple(passage for passage in kept if passage.source), note)


def _as_source(answer: Answer) -> Answer:
    return replace(answer, passages=tuple(Passage("raw", passage.source) for passage in answer.passages))


def _needs_fonts(text: str) -> bool:
    """Whether there are letters beyond Latin, Greek and Cyrillic, or emoji: looking for missing ones takes time."""
    return any((char > "\u052f" and char.isalpha()) or char >= "\U0001f000" for char in set(text))


def _made_from(path: Path) -> str | None:
    """What a PDF says it was made from; None if there is none that can be read."""
    try:
        metadata = PdfReader(path).metadata
        return None if metadata is None else metadata.get(MADE_FROM)
    except (OSError, PyPdfError, ValueError):
        return None


def _table(page_map: PageMap) -> Iterator[tuple[Cell, ...]]:
    yield ("question", "title", "notebook", "cell", "points", "first_page", "last_page")
    for place in page_map.places:
        asked = place.question
        points = f"{asked.points:g}"
        yield (asked.number, asked.title, asked.notebook, asked.grade_id, points, place.first, place.last)


def _write(path: Path, contents: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after Ctrl-C."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(contents)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
