"""Temporary files of a test that the student's code reads and writes."""

import pytest

ANSWERS = """
import json, os
from pathlib import Path
def words(path):
    with open(path) as file: return len(file.read().split())
def save(data, path):
    with open(path, "w") as file: json.dump(data, file)
    return path
def texts(folder): return sorted(each.name for each in Path(folder).glob("*.txt"))
def copy(paths): Path(paths[1]).write_text(Path(paths[0]).read_text())
def split(path, folder):
    for number, line in enumerate(open(path)): Path(folder, "parts").mkdir(exist_ok=True); Path(folder, "parts", str(number)).write_text(line)
def spoil(path): Path(path).write_text("0")
"""
BEFORE = "import json, os, tempfile\nfrom pathlib import Path\nhere = Path(tempfile.mkdtemp())\n"
CHECKS = {
    "reads": "(here / 'a.txt').write_text('one two')\nassert words(here / 'a.txt') == 2 and words(str(here / 'a.txt')) == 2",
    "a named file": "with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:\n    file.write('a b c'); file.flush()\n    assert words(file.name) == 3",
    "writes": "path = str(here / 'made.json')\nassert save([1], path) == path and json.load(open(path)) == [1]\nsave([2], path)\nassert json.load(open(path)) == [2]",
    "a folder": "(here / 'b.txt').touch(); (here / 'c.md').touch()\nassert texts(here) == ['b.txt']",
    "an empty folder": "assert texts(str(here)) == []",
    "in a list": "(here / 'a').write_text('x')\ncopy([here / 'a', here / 'b'])\nassert (here / 'b').read_text() == 'x'",
    "into a folder": "(here / 'a').write_text('x\\ny')\nsplit(here / 'a', here)\nassert (here / 'parts' / '1').read_text() == 'y'",
    "changed by the test": "(here / 'a').write_text('x')\nassert words(here / 'a') == 1\n(here / 'a').write_text('x y')\nassert words(here / 'a') == 2",
    "not there": "try: words(here / 'no')\nexcept FileNotFoundError: pass\nelse: assert False",
    "the tests own stay": "(here / 'a').write_text('7')\nspoil(here / 'a')\nassert (here / 'a').read_text() == '7'",
}


def test_temporary_files_are_read_and_written(notebook):
    notebook.student_cell(ANSWERS)
    for name, check in CHECKS.items():
        notebook.test_cell(BEFORE + check, id=name)
    results = notebook.sit(reference=ANSWERS)
    assert {name: results[name].points for name in CHECKS} == dict.fromkeys(CHECKS, 1), [
        results[name].staff_message for name in CHECKS if not results[name].points
    ]


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "other", "", "a\\0b", "made.txt/below"])
def test_files_that_nobody_asked_for_are_refused(examine, name):
    answer = f"""
    import sys
    temporary = sys.modules["proctor.exam.candidate.temporary"].Temporary
    temporary.made = lambda self, most: {{"{name}": b"x"}}
    def save(path): pass
    """
    test = "import os, tempfile\nsave(os.path.join(tempfile.mkdtemp(), 'made.txt'))"
    result = examine(answer, test)
    assert (result.points, result.outcome.name) == (0, "PROTOCOL"), result


def test_files_without_end_are_too_big(examine):
    answer = """
    import itertools
    from pathlib import Path
    number = itertools.count()
    def fill(folder): Path(folder, str(next(number))).write_bytes(bytes(3 << 20))
    """
    result = examine(answer, "import tempfile\nhere = tempfile.mkdtemp()\nfor _ in range(9): fill(here)")
    assert (result.points, result.outcome.name) == (0, "TOO_BIG"), result


def test_a_solution_that_writes_a_file_is_still_the_reference(notebook):
    solution = "with open('saved.txt', 'w') as file: file.write('1 2')\nimport shutil\ntotal = sum(map(int, open('saved.txt').read().split()))"
    notebook.student_cell("total = 3")
    test = notebook.test_cell("assert total == reference.total\nimport os\nassert not os.path.exists('other.txt')")
    result = notebook.sit(reference=solution)[test]
    assert result.points == 1, result.staff_message
