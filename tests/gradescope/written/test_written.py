"""Written answers as PDFs: the same pages for everybody, everything that was written, and nothing else."""

import base64
import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from PIL import Image
from pypdf import PdfReader

from proctor.cli import main
from proctor.config import nbgrader_config
from proctor.gradescope.written import chromium
from proctor.gradescope.written.course import print_course
from proctor.gradescope.written.pdfs import Printed

ROOT = Path(__file__).parents[3]
SAMPLE = ("blank", "broken", "half-done", "reference", "report", "typical")
ANSWERS = {"derivation": "backpropagation", "item-5": "convolution", "analysis": "fashion_mnist"}

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, chromium.NAMES)), reason="no Chromium here (Debian: apt-get install chromium)"
)


@dataclass(frozen=True)
class Course:
    """A course folder of its own, the class printed once, and what the printing loaded from the network."""

    folder: Path
    printed: Printed
    loaded: tuple[str, ...]

    def pdf(self, name: str) -> PdfReader:
        return PdfReader(self.printed.folder / "students" / f"{name}.pdf")

    def text(self, name: str, question: int) -> str:
        """What stands on the pages that the map gives to a question."""
        place = self.printed.page_map.places[question - 1]
        return text(self.pdf(name).pages[place.first - 1 : place.last])


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Iterator[Course]:
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "source", folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with Website() as website:
        for student in SAMPLE:
            shutil.copytree(ROOT / "examples" / student / "hw4", folder / "submitted" / student / "hw4")
        hand_in(folder, "long", {"analysis": LONG})
        hand_in(folder, "huge", {"item-5": "words " * 20_000})
        hand_in(folder, "hostile", {"analysis": HOSTILE.replace("WEBSITE", website.url)})
        hand_in(folder, "world", {"item-5": "Emoji 😀 and 深度学习, שלום עולם, مرحبا; Ω ≤ Я."})
        hand_in(folder, "photo", {"derivation": "![mine](attachment:my%20photo.png)"}, {"my photo.png": RED})
        hand_in(folder, "colab", {"derivation": f"![mine](data:image/png;base64,{RED})"})
        hand_in(folder, "continued", {"derivation": "First half."}, next_cell="Second half, in a cell of my own.")
        hand_in(folder, "mangled", {"analysis": "Shirts, because of their outline."}, forget_metadata=True)
        hand_in(folder, "tables", {"analysis": TABLE, "item-5": WIDE})
        hand_in(folder, "unreadable", {"item-5": "Fewer parameters."})
        (folder / "submitted" / "unreadable" / "hw4" / "fashion_mnist.ipynb").write_text("{ this is no notebook")
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
            gradebook.add_student("report", first_name="Ada", last_name='"Love" </style>lace \\')
        before = Path.cwd()
        os.chdir(folder)
        try:
            printed = print_course("hw4", nbgrader_config())
            yield Course(folder, printed, tuple(website.asked))
        finally:
            os.chdir(before)


@pytest.fixture
def small_course(tmp_path, monkeypatch) -> Path:
    """The working folder is a course in which nobody has handed in anything."""
    for name in ("source", "nbgrader_config.py"):
        os.symlink(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# The page map


def test_everybody_has_the_same_pages_for_each_question(course):
    assert [(place.question.grade_id, place.first, place.last) for place in course.printed.page_map.places] == [
        ("derivation", 2, 3),
        ("item-5", 4, 5),
        ("analysis", 6, 7),
    ]
    for name in students(course):
        if name not in ("long", "huge"):
            assert len(course.pdf(name).pages) == 7, name
        for place in course.printed.page_map.places:
            for page in range(place.first, place.last + 1):
                heading = f"Question {place.question.number} of 3, page {page - place.first + 1} of 2"
                assert heading in text([course.pdf(name).pages[page - 1]]), (name, page)


def test_the_map_lies_beside_the_pdfs(course):
    with (course.printed.folder / "pages.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "question": "1",
        "title": "The derivation",
        "notebook": "backpropagation",
        "cell": "derivation",
        "points": "8",
        "first_page": "2",
        "last_page": "3",
    }
    assert sum(float(row["points"]) for row in rows) == 18


def test_the_template_has_the_questions_and_room_for_name_and_answers(course):
    template = PdfReader(course.printed.folder / "template.pdf")
    assert len(template.pages) == 7
    said = text(template.pages)
    assert "Derive, with all intermediate steps" in said
    assert "No answer" not in said and "YOUR ANSWER HERE" not in said


def test_a_page_has_the_size_that_it_has_in_the_template(course):
    sizes = {tuple(page.mediabox) for name in students(course) for page in course.pdf(name).pages}
    assert sizes == {tuple(PdfReader(course.printed.folder / "template.pdf").pages[0].mediabox)}


def test_the_cover_says_who_it_is_whatever_the_name(course):
    assert 'Ada "Love" </style>lace \\' in text(course.pdf("report").pages[:1])
    assert "blank" in text(course.pdf("blank").pages[:1])


# What stands on the pages


def test_answers_stand_on_the_pages_of_their_question(course):
    written = cells("report")
    for number, (grade_id, notebook) in enumerate(ANSWERS.items(), 1):
        words = written[notebook, grade_id].split("$")[0].split("*")[-1].split()[:4]
        assert words and " ".join(words) in course.text("report", number)


def test_nobody_sees_a_marking_scheme(course):
    for pages in (PdfReader(course.printed.folder / "template.pdf").pages, course.pdf("reference").pages):
        assert "Which classes are problematic" in text(pages)
        assert "Common errors" not in text(pages) and "strong answer" not in text(pages).lower()


def test_questions_without_an_answer_say_so(course):
    for number in (1, 2, 3):
        assert "No answer." in course.text("blank", number)
    assert "No answer." in course.text("half-done", 1)
    assert "No answer." not in course.text("half-done", 2)


def test_a_notebook_that_cannot_be_read_costs_its_own_answers_only(course):
    assert "Fewer parameters." in course.text("unreadable", 2)
    assert "restore an older version" in course.text("unreadable", 3)


def test_an_answer_is_found_without_metadata(course):
    assert "Shirts, because of their outline." in course.text("mangled", 3)


def test_an_answer_that_goes_on_in_the_next_cell_is_printed_whole(course):
    said = course.text("continued", 1)
    assert said.index("First half.") < said.index("Second half, in a cell of my own.")


def test_formulas_are_drawn_without_a_script(course):
    said = course.text("reference", 1)
    assert "∂𝐿 ∂𝑊1 = 𝑋⊤𝛿1" in said
    assert "\\frac" not in said and "\\top" not in said


@pytest.mark.parametrize("student", ["photo", "colab"])
def test_pictures_in_an_answer_are_printed(course, student):
    pictures = [picture.image for page in course.pdf(student).pages[1:3] for picture in page.images]
    assert [picture.convert("RGB").getpixel((5, 5)) for picture in pictures] == [(200, 30, 30)]


def test_a_long_answer_keeps_its_pages_and_stands_whole_in_the_appendix(course):
    pages = course.pdf("long").pages
    assert len(pages) > 7 + 20
    assert "Too long for 2 pages. The whole answer is in the appendix, page 8–" in course.text("long", 3)
    assert "Paragraph 0." in course.text("long", 3) and "Paragraph 99." not in course.text("long", 3)
    appendix = text(pages[7:])
    assert "Appendix to Question 3 of 3, page 1" in appendix
    assert all(f"Paragraph {i}." in appendix for i in range(100))
    assert "long: an answer is too long: there is an appendix, page 8–" in "\n".join(course.printed.remarks)


def test_a_huge_answer_ends_with_a_note(course):
    said = text(course.pdf("huge").pages[7:])
    assert said.count("words") == 100_000 // len("words ")
    assert said.endswith(
        "Cut here: the answer has 120,000 characters, of which 100,000 are printed. The notebook has all."
    )


def test_other_scripts_come_out_or_staff_are_told_which_fonts_are_missing(course):
    said = course.text("world", 2)
    assert "Ω ≤ Я" in said
    complete = "😀" in said and "深度学习" in said
    assert complete or any(r.startswith("world:") and "no font" in r for r in course.printed.remarks)


def test_nothing_in_an_answer_runs_or_is_loaded(course):
    said = course.text("hostile", 3)
    assert "Before the script" in said and "after it." in said
    assert "REPLACED" not in said.replace("document.body.textContent='REPLACED'", "")
    assert "root:" not in said, "a file of this machine"
    assert "not in the notebook" in said, "the reader knows that a picture is missing"
    assert course.loaded == ()


def test_nothing_in_an_answer_hides_itself_or_fills_pages(course):
    said = course.text("hostile", 3)
    assert "folded away" in said and "written in white" in said
    assert len(course.pdf("hostile").pages) == 7


def test_the_headings_have_the_numbers_of_the_outline(course):
    for number, place in enumerate(course.printed.page_map.places, 1):
        assert f"{number} · {place.question.title}" in course.text("report", number)
    with (course.printed.folder / "pages.csv").open() as file:
        pages = [(row["question"], int(row["first_page"])) for row in csv.DictReader(file)]
    assert pages == [("1", 2), ("2", 4), ("3", 6)], "the order of the pages is that of the outline"


def test_words_in_a_table_stay_whole_while_they_fit(course):
    said = course.text("tables", 3)
    for word in (*TABLE.replace("|", " ").split()[:4], "parameters", "hyperparameters", "convolution"):
        assert word in said.split(), word
    assert WIDE_WORD in course.text("tables", 2).replace(" ", ""), "all of it, broken somewhere"


# Running it again


def test_only_what_changed_is_printed_again(small_course):
    hand_in(small_course, "one", {})
    hand_in(small_course, "two", {"item-5": "Fewer parameters."})
    first = print_course("hw4", nbgrader_config())
    before = times(first)
    hand_in(small_course, "two", {"item-5": "Fewer numbers to learn."})
    second = print_course("hw4", nbgrader_config())
    assert (first.made, second.made, second.unchanged) == (2, 1, 1)
    assert {name for name, time in times(second).items() if time != before[name]} == {"two.pdf"}
    assert "Fewer numbers" in text(PdfReader(second.folder / "students" / "two.pdf").pages)


def test_an_interrupted_run_leaves_whole_pdfs_and_says_how_to_go_on(course, tmp_path):
    for name in ("source", "submitted", "nbgrader_config.py"):
        os.symlink(course.folder / name, tmp_path / name)
    out = tmp_path / "dist" / "hw4-written" / "students"
    code = "import sys; from proctor.cli import main; sys.exit(main(['gradescope', 'written', 'hw4']))"
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (a shell's background is deaf to it)
    )
    while run.poll() is None and not any(out.glob("*.pdf")):
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
    said = run.communicate(timeout=60)[1]
    assert run.returncode == 130, said
    assert "Traceback" not in said and "run it again" in said
    assert {path.suffix for path in out.iterdir()} == {".pdf"}
    assert all(len(PdfReader(path).pages) >= 7 for path in out.iterdir())


@pytest.mark.slow
def test_one_answer_that_stops_the_browser_costs_only_its_layout(small_course, monkeypatch):
    monkeypatch.setattr(chromium, "DEADLINE", 3.0)
    hand_in(small_course, "stubborn", {"item-5": "Fewer parameters. " + "<br>" * 24_000, "analysis": "Shirts."})
    printed = print_course("hw4", nbgrader_config())
    assert any(remark.startswith("stubborn: question 2 is printed as its source") for remark in printed.remarks)
    pages = PdfReader(printed.folder / "students" / "stubborn.pdf").pages
    assert "Fewer parameters. <br><br>" in text(pages[3:5])
    assert "Shirts." in text(pages[5:7])


# The command


def test_the_command_prints_the_map_with_as_many_pages_as_one_asks_for(small_course, capsys):
    hand_in(small_course, "blank", {})
    assert main(["gradescope", "written", "hw4", "--pages", "3"]) == 0
    said = capsys.readouterr().out
    assert "  5–7       4  2. Item 5" in said
    assert "10 pages each" in said
    assert len(PdfReader(small_course / "dist" / "hw4-written" / "students" / "blank.pdf").pages) == 10


def test_without_submissions_it_says_where_it_looked(small_course, capsys):
    assert main(["gradescope", "written", "hw4"]) == 1
    assert f"there is no folder {small_course}/submitted/STUDENT/hw4" in capsys.readouterr().err


def test_without_a_browser_it_says_what_to_install(small_course, monkeypatch, capsys):
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser",))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(small_course))
    hand_in(small_course, "blank", {})
    assert main(["gradescope", "written", "hw4"]) == 1
    assert "apt-get install chromium" in capsys.readouterr().err


# What is handed in


def hand_in(
    folder: Path,
    student: str,
    answers: dict[str, str],
    pictures: dict[str, str] | None = None,
    next_cell: str = "",
    forget_metadata: bool = False,
) -> None:
    """The release's notebooks with these answers, as ``student`` submits them."""
    target = folder / "submitted" / student / "hw4"
    target.mkdir(parents=True, exist_ok=True)
    for path in (ROOT / "examples" / "blank" / "hw4").glob("*.ipynb"):
        notebook = nbformat.read(path, 4)
        for index, cell in reversed(list(enumerate(notebook.cells))):
            if cell.id in answers and ANSWERS[cell.id] == path.stem:
                cell.source = answers[cell.id]
                cell.attachments = {name: {"image/png": data} for name, data in (pictures or {}).items()}
                if next_cell:
                    notebook.cells.insert(index + 1, new_markdown_cell(next_cell))
        if forget_metadata:
            for number, cell in enumerate(notebook.cells):
                cell.metadata, cell.id = {}, f"new-{number}"
        nbformat.write(notebook, target / path.name)


def red_picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (300, 120), (200, 30, 30)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


RED = red_picture()
#: In narrow columns of text, which ask for all of the width, and columns of words.
TABLE = "| parameters | hyperparameters | convolution | what it does |\n|---|---|---|---|\n" + "\n".join(
    f"| parameters | hyperparameters {i} | convolution | {'a long text about what it does and why ' * 8} |"
    for i in (1, 2)
)
WIDE_WORD = "antidisestablishmentarianism" * 4
WIDE = f"| a | b |\n|---|---|\n| {WIDE_WORD} | {WIDE_WORD} |"
LONG = "\n\n".join(f"Paragraph {i}. " + "Many words stand here and say little. " * 25 for i in range(100))
HOSTILE = """Before the script, <script>document.body.textContent='REPLACED'</script>
<img src=x onerror="document.body.textContent='REPLACED'"> after it.

![](WEBSITE/a.png) <img src="WEBSITE/b.png"> <iframe src="file:///etc/passwd"></iframe>
<object data="WEBSITE/c"></object>
<img src="file:///etc/passwd"> <link rel="stylesheet" href="WEBSITE/d.css"> <style>@import url(WEBSITE/e.css);</style>
<meta http-equiv="refresh" content="0; url=WEBSITE/f"> <b style="background: url(WEBSITE/g.png)">bold</b>

$\\href{WEBSITE/h}{x} \\text{<img src=WEBSITE/i.png><script>document.body.textContent='REPLACED'</script>}$

<details><summary>more</summary>folded away</details> <span style="color: white; font-size: 0">written in white</span>

<div style="height: 100000px">tall</div>
"""


class Website:
    """A server on this machine that remembers what it was asked for."""

    def __enter__(self) -> "Website":
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


def students(course: Course) -> list[str]:
    return sorted(folder.name for folder in (course.folder / "submitted").iterdir())


def times(printed: Printed) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (printed.folder / "students").iterdir()}


def text(pages) -> str:
    """The pages' text, each run of white space as one space."""
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def cells(student: str) -> dict[tuple[str, str], str]:
    paths = (ROOT / "examples" / student / "hw4").glob("*.ipynb")
    return {(path.stem, cell.id): cell.source for path in paths for cell in nbformat.read(path, 4).cells}
