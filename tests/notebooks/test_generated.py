"""What nbgrader makes of a notebook before students get it is what is graded: tests of AUTOTEST lines, headers."""

import nbformat
import pytest
from small_assignment import cell, notebook
from traitlets.config import Config

from proctor.notebooks.assignment import NoTests, OtherLanguage, load_assignment
from proctor.notebooks.generated import generated_from

LINES = "assert one\n### AUTOTEST one; two\nassert two"
MADE = (
    'assert one\nassert str(one) == """1""", "one"\nassert str(two) == """2""", "two"\n\nassert two\nprint("Success!")'
)
SOLUTION = cell("code", "solution", "numbers", "### BEGIN SOLUTION\none, two = 1, 2\n### END SOLUTION")


def course(folder, tests: str = LINES, made: str | None = MADE, solution=SOLUTION):
    """source/hw with an AUTOTEST line, and source_with_tests/hw as nbgrader has written it."""
    for place, text in (("source", tests), ("source_with_tests", made)):
        (folder / place / "hw").mkdir(parents=True)
        if text is not None:
            cells = (cell("markdown", "plain", "about", place), solution, cell("code", "test", "test-one", text, 2))
            nbformat.write(notebook(*cells), folder / place / "hw" / "lab.ipynb")
    return folder / "source" / "hw"


def test_the_tests_that_nbgrader_has_made_are_the_assignments(tmp_path):
    (book,) = load_assignment(course(tmp_path)).notebooks
    assert book.cells[2].source == MADE and book.cells[2].points == 2
    assert book.release.cells[2].source == MADE
    assert book.cells[0].source == "source", "all else is the source's"


def test_points_may_change_without_new_tests(tmp_path):
    source = course(tmp_path)
    book = nbformat.read(source / "lab.ipynb", 4)
    book.cells[2].metadata.nbgrader.points = 5
    nbformat.write(book, source / "lab.ipynb")
    assert load_assignment(source).notebooks[0].cells[2].points == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.cells[1].update(source="### BEGIN SOLUTION\none, two = 1, 3\n### END SOLUTION"),
        lambda book: book.cells[2].update(source=LINES.replace("two\nassert", "three\nassert")),
        lambda book: book.cells[2].update(source=LINES.replace("assert two", "assert not two")),
        lambda book: book.cells.append(cell("code", "plain", "more", "one = 7")),
    ],
)
def test_tests_of_a_notebook_that_has_changed_since_are_refused_with_the_command(tmp_path, change):
    source = course(tmp_path)
    book = nbformat.read(source / "lab.ipynb", 4)
    change(book)
    nbformat.write(book, source / "lab.ipynb")
    with pytest.raises(NoTests, match="nbgrader generate_assignment hw --source_with_tests --force"):
        load_assignment(source)


def test_lines_without_tests_are_refused_with_the_command(tmp_path):
    with pytest.raises(NoTests, match=r"lab.ipynb has AUTOTEST lines.* --source_with_tests --force"):
        load_assignment(course(tmp_path, made=None))


def test_the_courses_own_word_for_automatic_tests_counts(tmp_path):
    config = Config({"InstantiateTests": {"autotest_delimiter": "MAKE TESTS"}})
    source = course(tmp_path, tests="### MAKE TESTS one", made=None)
    with pytest.raises(NoTests, match="MAKE TESTS lines"):
        load_assignment(source, config)
    other = course(tmp_path / "other", tests="### AUTOTEST is no word of theirs", made=None)
    assert load_assignment(other, config).notebooks


def test_cells_of_header_and_footer_stand_around_the_assignments(tmp_path):
    source = course(tmp_path, tests="assert one", made=None)
    for name in ("head", "foot"):
        nbformat.write(notebook(cell("code", "readonly", name, f"{name} = 1")), tmp_path / "source" / f"{name}.ipynb")
    ends = {"header": "source/head.ipynb", "footer": "source/foot.ipynb"}
    config = Config({"IncludeHeaderFooter": ends, "CourseDirectory": {"root": str(tmp_path)}})
    (book,) = load_assignment(source, config).notebooks
    assert [each.id for each in book.cells] == ["head", "about", "numbers", "test-one", "foot"]
    assert [each.role for each in book.cells][::4] == ["shared", "shared"]
    assert {path.name for path in generated_from(source, config)} == {"head.ipynb", "foot.ipynb"}


def test_a_header_that_is_not_there_is_named(tmp_path):
    config = Config({"IncludeHeaderFooter": {"header": "gone.ipynb"}})
    with pytest.raises(NoTests, match=r"c.IncludeHeaderFooter.header names .*gone.ipynb"):
        load_assignment(course(tmp_path, tests="assert one", made=None), config)


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        ({"name": "ir", "display_name": "R", "language": "R"}, r"R \(kernel ir\)"),
        ({"name": "java", "display_name": "Java"}, r"java \(kernel java\)"),
    ],
)
def test_a_notebook_for_another_language_is_refused_with_the_setting_that_leaves_it_to_nbgrader(
    tmp_path, kernel, words
):
    source = course(tmp_path, tests="assert one", made=None)
    book = nbformat.read(source / "lab.ipynb", 4)
    book.metadata = {"kernelspec": kernel} | ({} if "language" in kernel else {"language_info": {"name": "java"}})
    nbformat.write(book, source / "lab.ipynb")
    with pytest.raises(OtherLanguage, match=rf"lab.ipynb is written for {words}.*c.Exam.stock = \[\"hw\"\]"):
        load_assignment(source)


@pytest.mark.parametrize("kernel", [{}, {"name": "conda-env-x-py", "display_name": "x"}, {"name": "python3"}])
def test_kernels_that_nobody_knows_here_are_taken_for_python(tmp_path, kernel):
    source = course(tmp_path, tests="assert one", made=None)
    book = nbformat.read(source / "lab.ipynb", 4)
    book.metadata = {"kernelspec": {"display_name": "Python", **kernel}} if kernel else {}
    nbformat.write(book, source / "lab.ipynb")
    assert load_assignment(source).notebooks
