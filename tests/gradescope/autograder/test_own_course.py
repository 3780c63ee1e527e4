"""A bundle of a course of one's own: bad settings are refused, and its packages and its data come along."""

import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from gradescope.autograder_folder import CONFIG
from small_assignment import CELLS, cell, notebook

from proctor.cli import main
from proctor.config import nbgrader_config
from proctor.gradescope.autograder.bundle import Bundle, BundleError, bundle

SETUP = Path(__file__).parents[3] / "proctor/gradescope/autograder/image/setup.sh"


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """The working folder is a course with one small assignment, ``lab``, and without data."""
    root = tmp_path / "course"
    (root / "source" / "lab").mkdir(parents=True)
    monkeypatch.chdir(root)
    write_notebook(root)
    configure(root)
    return root


def write_notebook(course: Path, *more) -> None:
    nbformat.write(notebook(*CELLS, *more), course / "source" / "lab" / "lab.ipynb")


def configure(course: Path, *lines: str) -> None:
    (course / "nbgrader_config.py").write_text(CONFIG + "\n".join(lines) + "\n")


def bundled(course: Path) -> tuple[Bundle, dict[str, str]]:
    made = bundle("lab", nbgrader_config(), course / "dist" / "lab.zip")
    with zipfile.ZipFile(made.path) as opened:
        return made, {name: opened.read(name).decode(errors="replace") for name in opened.namelist()}


def test_a_small_course_needs_no_settings_and_is_told_its_points(course, capsys):
    assert main(["gradescope", "bundle", "lab"]) == 0
    said = capsys.readouterr().out
    assert "Points to enter on Gradescope: autograder points 6. With manual grading on: 13 more, 19 in all." in said
    assert "  lab           6       13\n" in said and "!" not in said


# Settings

WORDS = "'visible', 'after_due_date', 'after_published', 'hidden'"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c.Gradescope.hidden_visibility = 'never'", f"= 'never' is not possible: it takes one of {WORDS}."),
        ("c.Gradescope.seconds = 'ten'", "= 'ten' is not possible: it takes a number of at least 1."),
        ("c.Gradescope.seconds = -5", "= -5 is not possible: it takes a number of at least 1."),
        ("c.Gradescope.seconds = float('nan')", "= nan is not possible: it takes a number of at least 1."),
        ("c.Gradescope.seconds = float('inf')", "= inf is not possible: it takes a number of at least 1."),
        ("c.Gradescope.seconds = True", "= True is not possible: it takes a number of at least 1."),
        ("c.Gradescope.smallest_first = 3", "it takes a list of names of records, such as ['parameters']."),
        ("c.Gradescope.visibility = {'test-twice': 'never'}", f"patterns of grade_ids, and for each one of {WORDS}."),
        (
            "c.Gradescope.visibility = {'tset-*': 'visible'}",
            "no test cell of lab fits 'tset-*'. Its grade_ids: test-area",
        ),
        ("c.Gradescope.pip_packages = ['pandas>>2']", "it takes a list of packages as pip takes them"),
        ("c.Gradescope.apt_packages = ['--force-yes']", "it takes a list of names of Ubuntu's packages"),
        ("c.Gradescope.hiden_visibility = 'visible'", "there is no such setting. Did you mean hidden_visibility?"),
        ("c.GradeScope.seconds = 60", "c.GradeScope: there is no such section of settings. Did you mean c.Gradescope?"),
        ("c.Exam.seats = 0", "= 0 is not possible: it takes a whole number of at least 1."),
        ("c.Exam.seats = 1.5", "= 1.5 is not possible: it takes a whole number of at least 1."),
        ("c.Exam.cell_seconds = -1", "= -1 is not possible: it takes a number of at least 1."),
        ("c.Exam.memory_bytes = 3072", "= 3072 is not possible: it takes a whole number of at least 16777216."),
        ("c.Exam.data = [17]", "= [17] is not possible: it takes a list of folders, such as ['data']."),
        ("c.Exam.sead = 1", "there is no such setting. Did you mean seed?"),
        ("c.Late.grace_minutes = -1", "= -1 is not possible: it takes a number of at least 0."),
        ("c.LateSubmissionPlugin.penalty_method = 'half'", "= 'half' is not possible: it takes one of 'none', 'zero'."),
        ("c.AssignLatePenalties.plugin_class = 'no_such.Plugin'", "= 'no_such.Plugin' is not possible"),
        ("c.CourseDirectory.ignore = 3", "= 3 is not possible: it takes a list."),
        ("c.ClearSolutions.begin_solution_delimeter = None", "= None is not possible: it takes a unicode string."),
    ],
)
def test_a_bad_setting_is_refused_in_one_line_that_says_what_is_allowed(course, capsys, line, said):
    configure(course, line)
    assert main(["gradescope", "bundle", "lab"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"proctor: nbgrader_config.py: {line.partition(' = ')[0].removesuffix('.seconds')}"), told
    assert said in told
    assert not list(course.glob("dist/*"))


def test_each_bad_setting_has_a_line_and_good_ones_have_none(course):
    configure(
        course,
        "c.Gradescope.seconds = 'ten'",
        "c.Gradescope.visible_visibility = 'after_due_date'",
        "c.Gradescope.visibility = {'lab/test-*': 'hidden'}",
        "c.Exam.seats = 0",
        "c.Exam.enabled = True",
        "c.CourseDirectory.ignore.append('*.log')",
    )
    with pytest.raises(BundleError) as refused:
        bundled(course)
    assert [line.split(" = ")[0] for line in str(refused.value).splitlines()] == [
        "nbgrader_config.py: c.Exam.seats",
        "nbgrader_config.py: c.Gradescope.seconds",
    ]


def test_settings_that_can_be_read_only_here_are_refused(course):
    configure(course, "from pathlib import Path", "Path(__file__).with_name('students.csv').read_text()")
    (course / "students.csv").write_text("ann\n")
    with pytest.raises(BundleError, match=r"cannot be used on Gradescope.*FileNotFoundError.*students\.csv"):
        bundled(course)


def test_a_time_in_which_nothing_can_be_graded_gives_a_warning(course):
    configure(course, "c.Gradescope.seconds = 5")
    (warning,) = bundled(course)[0].warnings
    assert "c.Gradescope.seconds = 5 is short" in warning


# Packages


def hidden_test(*lines: str):
    source = "\n".join(["assert True", "### BEGIN HIDDEN TESTS", *lines, "### END HIDDEN TESTS"])
    return cell("code", "test", "test-more", source, 1)


@pytest.mark.parametrize("where", ["notebook", "hidden test", "helper file", "nbgrader_config.py"])
def test_what_is_imported_and_not_among_the_requirements_is_added_as_it_is_here(course, where):
    line = "from scipy.special import expit"
    if where == "notebook":
        write_notebook(course, cell("code", "readonly", "more", f"%matplotlib inline\n{line}"))
    elif where == "hidden test":
        write_notebook(course, hidden_test(line))
    elif where == "helper file":
        (course / "source" / "lab" / "helpers").mkdir()
        (course / "source" / "lab" / "helpers" / "maths.py").write_text(f"def f():\n    {line}\n")
    else:
        configure(course, line)
    made, contents = bundled(course)
    assert f"scipy=={metadata.version('scipy')}\n" in contents["requirements.txt"]
    assert "scipy" in contents["requirements.in"].splitlines()
    (said,) = made.warnings
    assert f"scipy {metadata.version('scipy')} is added" in said and "imports scipy" in said


def test_the_assignments_own_modules_and_pythons_are_no_packages(course):
    (course / "source" / "lab" / "ours.py").write_text("import json\n")
    write_notebook(course, cell("code", "readonly", "more", "import ours, os.path\nfrom proctor.checks import part"))
    assert bundled(course)[0].warnings == ()


def test_packages_that_the_course_names_come_along_in_its_versions(course):
    configure(
        course,
        "c.Gradescope.pip_packages = ['hypothesis>=6', 'a-package-that-is-not-here==1.0']",
        "c.Gradescope.apt_packages = ['graphviz', 'libsndfile1=1.0.31-2']",
    )
    made, contents = bundled(course)
    assert {"hypothesis>=6", "a-package-that-is-not-here==1.0"} <= set(contents["requirements.in"].splitlines())
    assert f"hypothesis=={metadata.version('hypothesis')}\n" in contents["requirements.txt"]
    assert "not-here" not in contents["requirements.txt"] and made.warnings == ()
    assert contents["apt.txt"] == "graphviz\nlibsndfile1=1.0.31-2\n"


@pytest.fixture
def local_package(tmp_path, monkeypatch) -> str:
    """A package that is installed from a folder of this machine, as by ``pip install -e``."""
    site = tmp_path / "site"
    about = site / "our_rules-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "our_rules.py").write_text("")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: our-rules\nVersion: 1.0\n")
    (about / "top_level.txt").write_text("our_rules\n")
    (about / "direct_url.json").write_text('{"url": "file:///home/me/rules", "dir_info": {"editable": true}}')
    monkeypatch.syspath_prepend(site)
    return "our_rules"


def test_a_package_that_no_index_has_is_refused_unless_the_course_says_where_it_is(course, local_package):
    write_notebook(course, hidden_test(f"import {local_package}"))
    with pytest.raises(
        BundleError, match=r"lab\.ipynb imports our_rules, which was not installed from a package index"
    ):
        bundled(course)
    configure(course, "c.Gradescope.pip_packages = ['our-rules @ git+https://example.edu/rules.git']")
    assert "our-rules@ git+" in bundled(course)[1]["requirements.in"].replace("our-rules @", "our-rules@")


def test_what_is_only_tried_may_be_missing(course, local_package):
    source = f"try:\n    import {local_package}, cupy_that_nobody_has\nexcept ImportError:\n    pass"
    write_notebook(course, cell("code", "readonly", "more", source))
    assert bundled(course)[0].warnings == ()


def test_a_module_of_the_course_that_only_the_settings_import_is_refused(course, tmp_path, monkeypatch):
    (tmp_path / "late_rules_of_ours.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    configure(course, "import late_rules_of_ours")
    with pytest.raises(
        BundleError, match=r"nbgrader_config\.py imports late_rules_of_ours, which is no installed package"
    ):
        bundled(course)


# Data


def test_a_course_without_data_fetches_none(course):
    _, contents = bundled(course)
    assert contents["data.txt"] == "" and "setup/data.py" not in contents
    assert "fashion" not in contents["setup.sh"].lower() and "setup/data.py" not in contents["setup.sh"]


@pytest.mark.parametrize(
    "written", ["'data/points'", "str(Path(__file__).parent / 'data' / 'points')", "'./data//points/'"]
)
def test_data_folders_are_in_the_zip_however_they_are_named(course, written):
    put(course / "data" / "points" / "deep" / "a.csv", "1,2\n")
    put(course / "data" / "other.csv", "not asked for")
    configure(course, "from pathlib import Path", f"c.Exam.data = [{written}]")
    _, contents = bundled(course)
    assert contents["data/points/deep/a.csv"] == "1,2\n" and "data/other.csv" not in contents
    assert contents["data.txt"] == "data/points\t\n"


def test_data_that_a_script_fetches_stay_out_and_the_script_comes_along(course):
    put(course / "data" / "huge.bin", "x")
    put(course / "tools" / "get.py", "print('fetching')")
    configure(course, "c.Exam.data = ['data']", "c.Gradescope.fetch = {'data': 'tools/get.py'}")
    _, contents = bundled(course)
    assert contents["data.txt"] == "data\ttools/get.py\n"
    assert contents["tools/get.py"] == "print('fetching')" and "data/huge.bin" not in contents


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["c.Exam.data = ['pictures']"], r"There is no .*pictures here, which c\.Exam\.data names"),
        (["c.Exam.data = ['/usr/share/dict']"], r"names /usr/share/dict, which is not in the course's folder"),
        (["c.Exam.data = ['../elsewhere']"], "which is not in the course's folder"),
        (["c.Exam.data = ['.']"], "student code can read the hidden tests there"),
        (["c.Exam.data = ['source']"], "student code can read the hidden tests there"),
        (["c.Exam.data = ['source/lab']"], "student code can read the hidden tests there"),
        (["c.Gradescope.fetch = {'data': 'get.py'}"], r"fetch names data, which is not among the folders"),
        (
            ["c.Exam.data = ['data']", "c.Gradescope.fetch = {'data': 'get.py'}"],
            r"Not here: get\.py, which fetches data",
        ),
    ],
)
def test_data_that_would_be_missing_or_tell_too_much_are_refused(course, lines, said):
    configure(course, *lines)
    with pytest.raises(BundleError, match=said):
        bundled(course)


def test_data_too_large_for_a_zip_are_refused_before_they_are_read(course):
    put(course / "data" / "huge.bin", "")
    os.truncate(course / "data" / "huge.bin", 100_000_001)
    configure(course, "c.Exam.data = ['data']")
    with pytest.raises(BundleError, match=r"more than 100 MB.*c\.Gradescope\.fetch"):
        bundled(course)


def test_setup_puts_data_where_student_code_may_read_them_and_leaves_links(course, tmp_path):
    put(course / "data" / "points" / "a.csv", "1,2\n")
    put(
        course / "get.py",
        "import sys, pathlib\nfolder = pathlib.Path(sys.argv[1])\nfolder.mkdir()\n(folder / 'b').touch()",
    )
    configure(course, "c.Exam.data = ['data/points', 'large']", "c.Gradescope.fetch = {'large': 'get.py'}")
    bundled(course)
    source, home = tmp_path / "autograder" / "source", tmp_path / "opt"
    with zipfile.ZipFile(course / "dist" / "lab.zip") as opened:
        opened.extractall(source)
    (home / "venv" / "bin").mkdir(parents=True)
    (home / "venv" / "bin" / "python").symlink_to(sys.executable)
    script = (source / "setup.sh").read_text().replace("home=/opt/proctor", f"home={home}")
    assert script.endswith("\nmain\n")
    (source / "setup.sh").write_text(script.removesuffix("main\n") + "place_data\ntrap - EXIT\n")
    (source / "data" / "points").chmod(0o700)
    subprocess.run(["bash", source / "setup.sh"], check=True)
    for link, name in (("data/points", "a.csv"), ("large", "b")):
        assert (source / link).resolve() == home / "data" / link and (source / link / name).is_file()
        assert (home / "data" / link).stat().st_mode & 0o005 == 0o005


def test_setup_says_which_script_could_not_fetch(course, tmp_path):
    put(course / "get.py", "raise SystemExit('no network')")
    configure(course, "c.Exam.data = ['large']", "c.Gradescope.fetch = {'large': 'get.py'}")
    _, contents = bundled(course)
    (tmp_path / "opt" / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "opt" / "venv" / "bin" / "python").symlink_to(sys.executable)
    put(tmp_path / "source" / "data.txt", contents["data.txt"])
    put(tmp_path / "source" / "get.py", contents["get.py"])
    script = SETUP.read_text().replace("home=/opt/proctor", f"home={tmp_path / 'opt'}").removesuffix("main\n")
    put(tmp_path / "source" / "setup.sh", script + "begin Data\nplace_data\n")
    done = subprocess.run(["bash", tmp_path / "source" / "setup.sh"], capture_output=True, text=True)
    assert done.returncode == 1 and "get.py could not fetch the data for large" in done.stderr
    assert 'at the step "Data"' in done.stderr
