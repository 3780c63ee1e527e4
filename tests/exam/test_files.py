"""Which files a test sees: those that were handed in, and what the student's code makes only where nothing was."""

import pytest

from proctor.exam.paper import Outcome

SAVE = "def save(text):\n    with open('saved.txt', 'w') as file:\n        file.write(text)"
READ = "with open('saved.txt') as file:\n    assert file.read() == {!r}"


@pytest.fixture
def handed_in(notebook):
    (notebook.student / "saved.txt").write_text("handed in")
    (notebook.student / "runs").mkdir()
    (notebook.student / "runs" / "one").write_text("1")
    return notebook


@pytest.mark.parametrize(
    "change",
    [
        "open('saved.txt', 'w').close()",
        "import os; os.remove('saved.txt')",
        "import os; open('x', 'w').close(); os.replace('x', 'saved.txt')",
        "import os; os.remove('saved.txt'); os.mkdir('saved.txt')",
        "import shutil; shutil.rmtree('runs')",
        "import os; os.rename('runs', 'other'); os.mkdir('runs'); open('runs/two', 'w').close()",
    ],
)
def test_what_was_handed_in_is_read_whatever_a_cell_does_to_it(handed_in, change):
    handed_in.student_cell(change)
    test = handed_in.test_cell(READ.format("handed in") + "\nimport os\nassert os.listdir('runs') == ['one']")
    assert handed_in.sit()[test].points == 1


def test_a_read_only_cell_reads_what_was_handed_in_too(handed_in):
    handed_in.student_cell("open('saved.txt', 'w').close()")
    handed_in.shared_cell(
        "def read():\n    with open('saved.txt') as file:\n        return file.read()\nfirst = read()"
    )
    test = handed_in.test_cell("assert first == read() == 'handed in'")
    assert handed_in.sit()[test].points == 1


def test_what_only_the_students_code_makes_is_read_from_where_it_makes_it(notebook):
    notebook.student_cell(
        SAVE + "\nsave('first')\nimport os\nos.makedirs('out/deep')\nopen('out/deep/x', 'w').write('x')"
    )
    first = notebook.test_cell(READ.format("first") + "\nassert open('out/deep/x').read() == 'x'")
    second = notebook.test_cell("save('second')\n" + READ.format("second"))
    results = notebook.sit()
    assert results[first].points == results[second].points == 1


def test_what_the_code_writes_when_a_test_asks_it_is_meant_by_that_test_and_no_other(handed_in):
    handed_in.student_cell(SAVE)
    before = handed_in.test_cell(READ.format("handed in"))
    asked = handed_in.test_cell("save('asked')\n" + READ.format("asked") + "\nsave('again')\n" + READ.format("again"))
    after = handed_in.test_cell(READ.format("handed in"))
    results = handed_in.sit()
    assert [results[test].points for test in (before, asked, after)] == [1, 1, 1]


def test_a_new_file_in_a_folder_that_was_handed_in_is_found_if_the_test_names_it(handed_in):
    handed_in.student_cell("def add():\n    with open('runs/two', 'w') as file:\n        file.write('2')")
    test = handed_in.test_cell("add()\nassert open('runs/two').read() == '2' and open('runs/one').read() == '1'")
    assert handed_in.sit()[test].points == 1


def test_cells_that_run_again_have_not_written_for_the_test(handed_in):
    handed_in.student_cell(
        SAVE + "\nsave('trial')\ndef end():\n    import os\n    os._exit(1)\ndef two():\n    return 2"
    )
    handed_in.test_cell("end()")
    test = handed_in.test_cell("assert two() == 2\n" + READ.format("handed in"))
    assert handed_in.sit()[test].points == 1


def test_an_author_reaches_what_the_students_code_made_of_a_file(handed_in):
    handed_in.student_cell(SAVE + "\nsave('changed')")
    test = handed_in.test_cell(
        "assert (candidate.folder / 'saved.txt').read_text() == 'changed'\n" + READ.format("handed in")
    )
    assert handed_in.sit()[test].points == 1


def test_the_students_code_cannot_reach_what_was_handed_in(handed_in):
    handed_in.student_cell(
        """
        import glob, os
        here = os.path.dirname(os.getcwd())
        done = []
        for folder in (f'{here}/.handed-in/hw', '../.handed-in/hw', f'{here}/.handed-in'):
            for attempt in (
                lambda: open(f'{folder}/saved.txt', 'w'),
                lambda: open(f'{folder}/saved.txt').read(),
                lambda: os.remove(f'{folder}/saved.txt'),
                lambda: os.rename('saved.txt', f'{folder}/saved.txt'),
                lambda: os.mkdir(f'{folder}/new'),
                lambda: os.symlink('x', f'{folder}/new'),
                lambda: os.symlink('/etc/passwd', 'link'),
                lambda: os.link('saved.txt', 'second'),
                lambda: os.mkfifo('pipe'),
                lambda: os.listdir(folder),
            ):
                try:
                    attempt()
                    done.append(folder)
                except OSError:
                    pass
        """
    )
    test = handed_in.test_cell("assert done == []\n" + READ.format("handed in"))
    result = handed_in.sit()[test]
    assert result.points == 1, result.staff_message


def test_a_large_file_is_read_and_not_written(notebook):
    with open(notebook.student / "large", "wb") as file:
        file.write(b"large")
        file.truncate(300 << 20)
    notebook.student_cell(
        """
        start = open('large', 'rb').read(5)
        try:
            open('large', 'r+b')
        except OSError as error:
            refused = type(error).__name__
        """
    )
    test = notebook.test_cell(
        "assert start == b'large' and refused == 'PermissionError'\nassert open('large', 'rb').read(5) == start"
    )
    result = notebook.sit()[test]
    assert result.points == 1, result.staff_message
    with open(notebook.student / "large", "rb") as file:
        assert file.read(5) == b"large"


def test_thousands_of_new_files_are_no_reason_to_stop(notebook):
    notebook.student_cell("for number in range(250):\n    open(f'{number}.txt', 'w').close()\ndef two():\n    return 2")
    test = notebook.test_cell("import os\nassert two() == 2 and len(os.listdir('.')) >= 250")
    result = notebook.sit()[test]
    assert result.outcome is Outcome.OK
