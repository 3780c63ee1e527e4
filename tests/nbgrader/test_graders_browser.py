"""A grader opens a submission that tries to change its grade, in a real browser and a running formgrader.

Each promise is also broken on purpose: without the line of ``nbgrader_config.py`` that keeps it, the grade changes.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import nbformat
import pytest
from browsers import needs_chromium
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page
from running_course import ROOT, TOKEN, Course, Formgrader, running_formgrader
from small_assignment import CELLS, notebook

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: What formgrader asks of MathJax, which it loads from elsewhere.
MATHJAX = "window.MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest(f) { f('End') }}}}}"

pytestmark = [pytest.mark.slow, needs_chromium]


def script(route: str) -> str:
    """Tells that it ran, and gives this submission all points and more, as formgrader's own page would."""
    return (
        f"fetch('/formgrader/attack/{route}');"
        "fetch('/formgrader/api/grades?submission_id='+submission_id).then(r=>r.json()).then(g=>g.forEach("
        "x=>fetch('/formgrader/api/grade/'+x.id,{method:'PUT',headers:{'X-CSRFToken':document.cookie.match("
        "/_xsrf=([^;]*)/)[1]},body:JSON.stringify({manual_score:x.max_score,extra_credit:50})})))"
    )


def as_address(text: str, kind: str = "text/html") -> str:
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"


def in_html(route: str) -> str:
    """Every way that HTML has to run something or to ask for something."""
    run, page = script(route), f"<script>{script(route)}</script>"
    ask = f"/formgrader/attack/{route}"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{run}\"><image href='{ask}-svg'/></svg>"
    return f"""<table><tr><td background="{ask}-td">honest table</td></tr></table>
<script>{run}</script><img src="{ask}-img" onerror="{run}"><img src=x onerror="{run}">
<a href="javascript:{run}">javascript</a> <a href="evil.html">file</a> <a href="{ask}-link">link</a>
<a href="/formgrader/?path=/tmp">another course</a> <a href="{as_address(page)}">data</a>
<iframe src="{ask}-frame"></iframe><iframe srcdoc='<script src="{ask}-srcdoc"></script>'></iframe>
<iframe src="{as_address(page)}"></iframe><object data="{ask}-object"></object><embed src="{ask}-embed">
<form action="{ask}-form"><button>Submit</button><input autofocus onfocus="{run}"></form>
<meta http-equiv="refresh" content="1;url={ask}-refresh"><link rel="stylesheet" href="{ask}-css">
<style>@import url({ask}-import); body {{ background: url({ask}-background) }}</style>
<p style="background-image: url({ask}-style); width: 9px">p</p><p style='list-style: \\75 rl({ask}-escape)'>p</p>
<video src="{ask}-video" onerror="{run}"></video><audio src="{ask}-audio"></audio><base href="/formgrader/attack/">
<details ontoggle="{run}" open>d</details><body onload="{run}"><svg onload="{run}"></svg>{svg}
<noscript><p title="</noscript><img src=x onerror={run}>"></noscript><template><img src="{ask}-template"></template>
<span class="full-credit">click</span><div class="comment score">pose</div><img src="photo.png">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={run}&gt;">
"""


def outputs(route: str) -> list[tuple[dict, dict]]:
    """Every MIME type that a browser shows, with metadata that turn into attributes."""
    page = in_html(route)
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{script(route)}\"><script>{script(route)}</script></svg>"
    png = base64.b64encode(PNG).decode()
    live = f"1 onload={script(route)}"
    view = "application/vnd.jupyter.widget-view+json"
    return [
        ({"text/html": page}, {}),
        ({"text/html": page}, {"text/html": {"isolated": True}}),
        ({"text/markdown": page + f"\n\n[j](javascript:{script(route)}) ![i](/formgrader/attack/{route}-md)"}, {}),
        ({"image/svg+xml": svg}, {}),
        ({"application/javascript": script(route)}, {}),
        ({"text/latex": f"$\\href{{javascript:{script(route)}}}{{x}}$<script>{script(route)}</script>"}, {}),
        ({view: {"model_id": f"</script><script>{script(route)}</script>", "version_major": 2}}, {}),
        ({"image/png": png}, {"image/png": {"width": live, "height": live}, "width": live}),
        ({"image/jpeg": png}, {"image/jpeg": {"width": live, "height": live}}),
        ({"image/png": png}, {"filenames": {"image/png": f"/formgrader/attack/{route}-filename"}}),
        ({"image/png": f'"><script>{script(route)}</script>'}, {}),
        ({"text/plain": f"\x1b[31m</pre><script>{script(route)}</script>"}, {}),
        ({"text/vnd.mermaid": f"graph TD; A--><script>{script(route)}</script>"}, {}),
    ]


@dataclass(frozen=True)
class Lab:
    """A course whose formgrader runs: what a grader sees of a student, and what became of the points."""

    course: Course
    formgrader: Formgrader
    browser: Browser

    def submission(self, student: str) -> str:
        (found,) = (s for s in self.formgrader.get("/submitted_notebooks/lab/lab") if s["student"] == student)
        return found["id"]

    def points(self, student: str) -> float:
        (found,) = (s for s in self.formgrader.get("/submitted_notebooks/lab/lab") if s["student"] == student)
        return found["score"]

    @contextmanager
    def page(self, student: str) -> Iterator[tuple[Page, set[str]]]:
        """The page of a submission, everything on it that a student wrote clicked on, and what was asked for."""
        context = self.browser.new_context()
        context.route(lambda url: "127.0.0.1" not in url, lambda route: route.abort())
        context.route("**/mathjax/**", lambda route: route.fulfill(body=MATHJAX, content_type="text/javascript"))
        asked: set[str] = set()
        context.on("request", lambda request: asked.add(re.sub(r"[0-9a-f]{32}", "ID", request.url)))
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.dismiss())
        try:
            page.goto(f"{self.formgrader.url}/manage_assignments?token={TOKEN}")
            page.goto(f"{self.formgrader.url}/submissions/{self.submission(student)}/?index=0")
            page.wait_for_function("typeof formgrader === 'undefined' || formgrader.loaded")  # or led away
            page.wait_for_load_state("networkidle")
            page.evaluate(
                "document.querySelectorAll('.text_cell_render *, .output *, .input_area *').forEach(e => ['click', "
                "'mouseover', 'focus', 'toggle', 'auxclick'].forEach(k => e.dispatchEvent(new MouseEvent(k, "
                "{bubbles: true, cancelable: true}))))"
            )
            page.wait_for_timeout(2500)  # a refresh takes one second
            yield page, {url for url in asked if not url.startswith("data:image/")}
        finally:
            context.close()


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Course:
    """Really autograded: an honest student, an attacker, and one whose work an older proctor let in as it was."""
    folder = tmp_path_factory.mktemp("browser") / "course"
    (folder / "source" / "lab").mkdir(parents=True)
    nbformat.write(notebook(*CELLS), folder / "source" / "lab" / "lab.ipynb")
    course = configured(Course(folder, ("attacker", "honest", "older")), "")
    course.nbgrader("generate_assignment", "lab")
    for student in course.students:
        hand_in(course, student)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:  # as proctor gradescope collect enrols them
        for student in ("attacker", "older"):
            name = f"<script>{script('name')}</script><img src=/formgrader/attack/name-img>"
            gradebook.update_or_create_student(student, first_name=name, last_name=f'O"Neil {name}')
    course.nbgrader("autograde", "lab")
    path = folder / "autograded" / "older" / "lab" / "lab.ipynb"
    book = nbformat.read(path, 4)
    shown = next(cell for cell in book.cells if cell.source.startswith("# shows"))
    shown.outputs = [new_output("display_data", data, metadata=metadata) for data, metadata in outputs("older")]
    for cell in book.cells:
        if "~~~" in cell.source:
            cell.source = in_html("older-text")
    path.write_text(json.dumps(book))
    return course


def configured(course: Course, line: str) -> Course:
    """The course with the repository's configuration and a line more."""
    (course.folder / "nbgrader_config.py").write_text(
        f"load_subconfig('nbgrader_config.py', path={str(ROOT)!r})\n"
        f"get_config().CourseDirectory.root = {str(course.folder)!r}\n{line}\n"
    )
    return course


def hand_in(course: Course, student: str) -> None:
    folder = course.folder / "submitted" / student / "lab"
    folder.mkdir(parents=True)
    book = nbformat.read(course.folder / "release" / "lab" / "lab.ipynb", 4)
    answers = {cell.id: cell for cell in book.cells}
    answers["area"].source = "def area(radius):\n    return math.pi * radius**2"
    answers[
        "why-answer"
    ].source = "Fewer *parameters*, and $a<b$.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![p](photo.png)"
    (folder / "photo.png").write_bytes(PNG)
    if student == "honest":
        source = (
            "import matplotlib.pyplot as plt\nfrom IPython.display import *\nplt.plot([1, 2])\nplt.show()\n"
            'frame = \'<table border="1" class="dataframe"><thead><tr><th>hon</th></tr></thead><td>1</td></table>\'\n'
            "display(HTML(frame), Markdown('**bold**'), HTML('<b style=\"color: red\">red</b>'))"
        )
    else:
        (folder / "evil.html").write_text(f"<script>{script('file')}</script>")
        answers["how-answer"].source = in_html("answer") + "\n![a](attachment:a.png) [f](evil.html)"
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{script('attachment')}\"></svg>"
        answers["how-answer"].attachments = {
            "a.png": {"image/svg+xml": base64.b64encode(svg.encode()).decode(), "text/html": "PHNjcmlwdD4="}
        }
        book.cells.append(new_markdown_cell(in_html("cell")))
        source = (
            f"# shows {student}\nfrom IPython.display import display\n"
            f"for data, metadata in {outputs('output')!r}:\n    display(data, metadata=metadata, raw=True)"
        )
    book.cells.append(new_code_cell(source))
    nbformat.write(book, folder / "lab.ipynb")


@pytest.fixture(scope="module")
def lab(graded, browser) -> Iterator[Lab]:
    with running_formgrader(graded) as formgrader:
        yield Lab(graded, formgrader, browser)


@pytest.fixture(scope="module")
def unprotected(graded, browser, tmp_path_factory) -> Iterator[Lab]:
    """The same course and notebooks, without the line that protects formgrader."""
    copied = replace(graded, folder=shutil.copytree(graded.folder, tmp_path_factory.mktemp("bare") / "course"))
    course = configured(copied, "get_config().HTMLExporter.preprocessors = []")
    with running_formgrader(course) as formgrader:
        yield Lab(course, formgrader, browser)


@pytest.mark.parametrize("student", ["attacker", "older"])
def test_no_submission_asks_the_graders_server_for_anything_or_changes_a_grade(lab, student):
    before = lab.points(student)
    with lab.page("honest") as (_, usual):
        pass
    with lab.page(student) as (_, asked):
        assert asked - usual == set(), "requests that an honest submission's page does not make"
    assert lab.points(student) == before


def test_without_the_setting_it_would(unprotected):
    before = unprotected.points("older")
    with unprotected.page("older") as (_, asked):
        attacks = {url.rsplit("/", 1)[1] for url in asked if "/attack/" in url}
        assert attacks >= {"older", "older-text-img", "name", "name-img"}
    assert unprotected.points("older") > before


@pytest.mark.parametrize("student", ["attacker", "honest"])
def test_a_graded_notebook_that_is_trusted_in_jupyterlab_asks_for_nothing(lab, student):
    path = f"autograded/{student}/lab/lab.ipynb"
    subprocess.run(
        [sys.executable, "-m", "jupyter", "trust", path], cwd=lab.course.folder, env=lab.course.environment()
    )
    with closing(lab.browser.new_context(viewport={"width": 1200, "height": 12_000})) as context:
        asked: set[str] = set()
        context.on("request", lambda request: asked.add(request.url))
        page = context.new_page()
        page.goto(lab.formgrader.url.replace("formgrader", f"lab/tree/{path}?reset&token={TOKEN}"))
        page.wait_for_selector(".jp-OutputArea-output img", timeout=90_000)  # among the last things shown
        page.wait_for_timeout(4000)
        assert not [url for url in asked if "/attack/" in url or "evil" in url or "?path" in url]


def test_graders_see_honest_work_and_give_points_and_comments(lab):
    with lab.page("honest") as (page, _):
        assert page.locator("td:has-text('1')").count() >= 2
        assert page.locator(".output_html table.dataframe th:has-text('hon')").count() == 1
        assert page.locator(".output_html strong:has-text('bold')").count() == 1
        assert page.locator("b[style*='red']").count() == 1
        assert page.locator(".output_png img").count() == 1
        photo = page.locator(".text_cell_render img[src^='data:image/png']")
        assert photo.evaluate("image => image.complete && image.naturalWidth") == 1
        page.locator("input#why-answer").fill("3.5")
        page.locator("textarea#why-answer-comment").fill("Well said.")
        page.locator("input#how-answer").fill("1")
        page.locator("textarea#how-answer-comment").click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
    with Gradebook(f"sqlite:///{lab.course.folder}/gradebook.db") as gradebook:
        book = gradebook.find_submission_notebook("lab", "lab", "honest")
        assert {grade.name: grade.manual_score for grade in book.grades if grade.manual_score is not None} == {
            "why-answer": 3.5,
            "how-answer": 1,
        }
        assert "Well said." in [comment.comment for comment in book.comments]


def test_pages_that_students_hand_in_are_not_served_to_graders(lab):
    copied = {path.name for path in (lab.course.folder / "autograded" / "attacker" / "lab").iterdir() if path.is_file()}
    assert copied == {"lab.ipynb", "photo.png"}


def test_feedback_of_all_three_is_made_and_runs_nothing(lab):
    lab.course.nbgrader("generate_feedback", "lab")
    for student in lab.course.students:
        page = lab.browser.new_page()
        asked: set[str] = set()
        page.on("request", lambda request, asked=asked: asked.add(request.url))
        page.goto(f"file://{lab.course.folder}/feedback/{student}/lab/lab.html", wait_until="commit")
        page.wait_for_timeout(1500)
        assert not [url for url in asked if "/attack/" in url or url.startswith(("data:text", "javascript"))]
        page.close()


def test_graded_notebooks_hold_no_active_outputs(lab):
    book = nbformat.read(lab.course.folder / "autograded" / "attacker" / "lab" / "lab.ipynb", 4)
    shown = next(cell for cell in book.cells if cell.source.startswith("# shows"))
    said = json.dumps(shown.outputs)
    assert len(shown.outputs) == len(outputs("output"))
    kinds = {kind for output in shown.outputs for kind in output.get("data", {})}
    assert kinds <= {"text/html", "text/plain", "text/latex", "image/png"}
    for word in ("onerror=", "onload=", "<script", "<iframe", "javascript:", "isolated", "filenames"):
        assert word not in "".join(
            output.data.get("text/html", "") + json.dumps(output.metadata) for output in shown.outputs
        )
    assert "honest table" in said
