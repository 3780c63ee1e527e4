"""From Gradescope's export to nbgrader's submitted/, whatever is in it."""

import json
import multiprocessing
import shutil
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from small_assignment import CELLS, notebook
from traitlets.config import Config

from proctor.cli import main
from proctor.gradescope.collect.collect import Collected, NotCollected, Outcome, collect
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission
from proctor.notebooks.unzip import BadArchive

#: As Gradescope writes it: one student, a group, a number for a student ID, nobody, no time.
SAMPLE = """\
submission_409194023:
  :submitters:
  - :name: First Middle Last
    :sid: '123456789'
    :email: first@example.edu
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :results:
    score: 2.0
    output: |-
      =====================================================================
      submission_1: is not a key here
      Final Score:2.0
submission_500000001:
  :submitters:
  - :name: Alice A
    :sid: '111'
    :email: alice@example.edu
  - :name: Bob B
    :sid: '222'
    :email: bob@example.edu
  :created_at: 2026-04-26 17:34:00 Z
submission_600000002:
  :submitters:
  - :sid: 000333
  :score: 0.0
submission_700000003:
  :submitters: []
"""
ANSWER = "# what a student wrote"
LATER = "2026-05-01 00:00:00 Z"


class Classroom:
    """A course with one assignment, ``lab``, and exports to collect into it."""

    def __init__(self, root: Path, empty_gradebook: Path) -> None:
        self.root, self.export = root, root / "submissions.zip"
        self.config = Config({"CourseDirectory": {"root": str(root)}})
        (root / "source" / "lab").mkdir(parents=True)
        nbformat.write(notebook(*CELLS), root / "source" / "lab" / "lab.ipynb")
        shutil.copy(empty_gradebook, root / "gradebook.db")
        (root / "nbgrader_config.py").write_text(f"get_config().CourseDirectory.root = {str(root)!r}\n")

    def collect(self, metadata: str, files: dict[str, dict[str, str | bytes]], top="assignment_12_export/"):
        """Write an export (files by submission number and name) and collect it."""
        with zipfile.ZipFile(self.export, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr(f"{top}submission_metadata.yml", metadata)
            for submission, content in files.items():
                for name, text in content.items():
                    opened.writestr(f"{top}submission_{submission}/{name}", text)
        return collect(self.export, "lab", self.config)

    def place(self, student: str) -> Path:
        return self.root / "submitted" / student / "lab"

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Everything in submitted/: bytes and time of change."""
        found = (path for path in (self.root / "submitted").rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}

    def students(self) -> dict[str, tuple]:
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "") as gradebook:
            return {each.id: (each.first_name, each.last_name, each.email) for each in gradebook.students}


@pytest.fixture
def klass(tmp_path, empty_gradebook) -> Classroom:
    return Classroom(tmp_path / "course", empty_gradebook)


def one(sid="", email="", name="", number=1, at="2026-04-26 17:34:00 Z") -> str:
    """The entry of one submission."""
    fields = {":name": name, ":sid": sid, ":email": email}
    told = "\n    ".join(f"{key}: {json.dumps(value)}" for key, value in fields.items() if value) or ":nothing: 1"
    return f"submission_{number}:\n  :submitters:\n  - {told}\n  :created_at: {at}\n"


def book(text: str = ANSWER) -> str:
    cells = notebook(*CELLS)
    cells.cells[3].source = text
    return nbformat.writes(cells)


EVERYBODY = {number: {"lab.ipynb": book()} for number in (409194023, 500000001, 600000002, 700000003)}


def test_every_submission_arrives_with_its_time_where_nbgrader_looks_for_it(klass):
    collected = klass.collect(SAMPLE, EVERYBODY)
    assert [(each.student, each.outcome) for each in collected] == [
        ("123456789", Outcome.NEW),
        ("111", Outcome.NEW),
        ("222", Outcome.NEW),
        ("000333", Outcome.NEW),
        ("", Outcome.SKIPPED),
    ]
    for student in ("123456789", "111", "222", "000333"):
        assert ANSWER in (klass.place(student) / "lab.ipynb").read_text()
    read = CourseDirectory(config=klass.config).get_existing_timestamp(str(klass.place("123456789")))
    assert read.isoformat() == "2026-04-26T17:34:00.861687"


def test_students_are_made_with_name_and_email(klass):
    klass.collect(SAMPLE, EVERYBODY)
    assert klass.students() == {
        "123456789": ("First Middle", "Last", "first@example.edu"),
        "111": ("Alice", "A", "alice@example.edu"),
        "222": ("Bob", "B", "bob@example.edu"),
        "000333": (None, None, None),
    }


@pytest.mark.slow
def test_nbgrader_grades_what_was_collected(graded_class):
    """The class was collected before nbgrader graded it."""
    with Gradebook(graded_class.database, "") as gradebook:
        submission = gradebook.find_submission("lab", "ann")
        assert submission.timestamp.isoformat() == "2026-03-01T10:00:00.250000"
        assert submission.code_score == 6


def test_collecting_twice_changes_nothing(klass):
    klass.collect(SAMPLE, EVERYBODY)
    files, students = klass.files(), klass.students()
    again = klass.collect(SAMPLE, EVERYBODY)
    assert [each.outcome for each in again] == [Outcome.SAME] * 4 + [Outcome.SKIPPED]
    assert (klass.files(), klass.students()) == (files, students)


def test_a_newer_submission_takes_the_place_of_an_older_one_as_a_whole(klass):
    klass.collect(one(sid="7"), {1: {"lab.ipynb": book("old"), "only-old.txt": ""}})
    (collected,) = klass.collect(one(sid="7", number=2, at=LATER), {2: {"lab.ipynb": book("new")}})
    assert collected.outcome is Outcome.REPLACED
    assert sorted(path.name for path in klass.place("7").iterdir()) == ["lab.ipynb", "timestamp.txt"]
    assert '"new"' in (klass.place("7") / "lab.ipynb").read_text()
    assert [path.name for path in klass.place("7").parent.iterdir()] == ["lab"]


def test_an_older_submission_does_not_take_the_place_of_a_newer_one(klass):
    klass.collect(one(sid="7", at=LATER), {1: {"lab.ipynb": book("new")}})
    files = klass.files()
    (collected,) = klass.collect(one(sid="7", number=2), {2: {"lab.ipynb": book("old")}})
    assert collected.outcome is Outcome.KEPT
    assert "submitted later, at 2026-05-01 00:00:00.000000 UTC" in collected.notes[0]
    assert klass.files() == files


def test_where_no_time_says_which_is_newer_what_is_here_stays(klass):
    klass.collect(one(sid="7", at=""), {1: {"lab.ipynb": book("corrected by staff")}})
    files = klass.files()
    (collected,) = klass.collect(one(sid="7", at=""), {1: {"lab.ipynb": book("as submitted")}})
    assert collected.outcome is Outcome.KEPT
    assert "no time says which is newer" in collected.notes[-1]
    assert klass.files() == files


@pytest.mark.parametrize("at", ["2026-04-26 10:34:00 -0700", "2026-04-26T17:34:00Z", "2026-04-26 17:34:00"])
def test_times_in_every_form_are_understood(klass, at):
    klass.collect(one(sid="7", at=at), {1: {"lab.ipynb": book()}})
    assert (klass.place("7") / "timestamp.txt").read_text() == "2026-04-26 17:34:00.000000 UTC\n"


@pytest.mark.parametrize("at", ["", "yesterday", "2026-99-99 00:00:00 Z", "[1, 2]", "2026-04-26"])
def test_a_time_that_students_wrote_themselves_never_counts(klass, at):
    forged = {"timestamp.txt": "2020-01-01 00:00:00"}
    (collected,) = klass.collect(one(sid="7", at=at), {1: {"lab.ipynb": book(), **forged}})
    assert collected.outcome is Outcome.NEW
    assert "Gradescope does not say when it was submitted" in collected.notes
    assert not (klass.place("7") / "timestamp.txt").exists()


def test_files_stay_as_they_were_uploaded_and_are_read_so(klass, tmp_path):
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as opened:
        opened.writestr("lab.ipynb", book())
        opened.writestr("model.safetensors", "numbers")
    klass.collect(
        one(sid="7", number=1) + one(sid="8", number=2),
        {
            1: {"__MACOSX/._lab.ipynb": "", "my lab/lab.ipynb": book(), "my lab/runs/a": "b", ".DS_Store": ""},
            2: {"lab.zip": inner.read_bytes()},
        },
    )
    names = {str(path.relative_to(klass.place("7"))) for path in klass.place("7").rglob("*") if path.is_file()}
    assert names == {"my lab/lab.ipynb", "my lab/runs/a", "timestamp.txt"}
    assignment = load_assignment(klass.root / "source" / "lab")
    for student, beside in (("7", "runs/a"), ("8", "model.safetensors")):
        (found,) = load_submission(klass.place(student), assignment).notebooks
        assert ANSWER in [cell.source for cell in found.cells]
        assert beside in [str(file.name) for file in found.files]


def test_a_later_submission_that_is_not_the_active_one_is_named(klass):
    history = "  :history:\n  - :id: 5\n    :created_at: {}\n    :results:\n      tests: [[[[[[[[[[1]]]]]]]]]]\n"
    later, earlier = (history.format(time) for time in ("2026-04-27 08:00:00 Z", "2026-04-20 08:00:00 Z"))
    one_again, other = klass.collect(
        one(sid="7") + later + one(sid="8", number=2) + earlier,
        {1: {"lab.ipynb": book()}, 2: {"lab.ipynb": book()}},
    )
    assert one_again.outcome is Outcome.NEW and "submitted again at 2026-04-27 08:00:00" in one_again.notes[0]
    assert other.outcome is Outcome.NEW and not other.notes


# Who is who


def ids(collected: tuple[Collected, ...]) -> list[str]:
    return [each.student for each in collected]


def collect_people(klass, *people: dict) -> tuple[Collected, ...]:
    entries = "".join(one(**person, number=number) for number, person in enumerate(people))
    return klass.collect(entries, {number: {"lab.ipynb": book()} for number in range(len(people))})


def test_without_a_student_id_the_email_names_the_student(klass):
    collected = collect_people(klass, {"email": "alice@example.edu"}, {"name": "Only Name"})
    assert ids(collected) == ["alice", "submission_1"]


def test_a_student_whom_the_gradebook_knows_by_email_keeps_id_and_name(klass):
    with Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}", "") as gradebook:
        gradebook.add_student("pennkey", first_name="Al", last_name="Ace", email="Alice@Example.edu")
    assert ids(collect_people(klass, {"sid": "111", "email": "alice@example.edu", "name": "Alice A"})) == ["pennkey"]
    assert klass.students() == {"pennkey": ("Al", "Ace", "Alice@Example.edu")}


def test_nobody_takes_the_place_of_another_student(klass):
    """An e-mail tells two people apart, whatever student ID they gave themselves."""
    people = [
        {"sid": "111", "email": "alice@example.edu"},
        {"sid": "111", "email": "eve@example.edu"},
        {"email": "alice@elsewhere.edu"},
        {"sid": "../alice", "email": "ALICE@third.edu"},
        {"email": "111@example.edu"},
    ]
    collected = collect_people(klass, *people)
    assert ids(collected) == ["111", "eve", "alice", "ALICE@third.edu", "111@example.edu"]
    assert "the ID 111 belongs to alice@example.edu" in collected[1].notes[0]
    assert ids(collect_people(klass, *reversed(people))) == ids(collected)[::-1], "the same IDs in every run"


def test_a_student_id_without_an_address_takes_nobodys_place(klass):
    alice, somebody = {"sid": "111", "email": "alice@example.edu"}, {"sid": "111", "name": "Some Body"}
    collected = collect_people(klass, alice, somebody)
    assert ids(collected)[0] == "111" and ids(collected)[1].startswith("submission_")
    assert "the ID 111 belongs to alice@example.edu" in collected[1].notes[0]


def test_there_is_an_id_left_when_others_have_taken_all(klass):
    people = [
        {"sid": "victim", "email": "a@example.edu"},
        {"sid": "victim@example.edu", "email": "b@example.edu"},
        {"sid": "submission_3", "email": "c@example.edu"},
        {"email": "victim@example.edu"},
    ]
    assert ids(collect_people(klass, *people))[-1] == "submission_3-2"


@pytest.mark.parametrize(
    ("sid", "student"),
    [
        ("../../etc", "etc"),
        ("a/b\\c", "a-b-c"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("x" * 500, "x" * 64),
        ("Zoë 1", "Zoe-1"),
        ("*[?]{}", "mail"),
        ("..", "mail"),
        ("\u202e\x00", "mail"),
        ("学生", "mail"),
    ],
)
def test_ids_are_safe_as_names_of_folders(klass, sid, student):
    assert ids(collect_people(klass, {"sid": sid, "email": "mail@example.edu"})) == [student]
    assert [path.name for path in (klass.root / "submitted").iterdir()] == [student]


def test_ids_that_look_the_same_when_made_safe_stay_two(klass):
    assert ids(collect_people(klass, {"sid": "a/b"}, {"sid": "a-b"}, {"sid": "a b"})) == [
        "submission_0",
        "a-b",
        "submission_2",
    ]


# Exports that are damaged or hostile


def test_names_that_lead_out_of_the_folder_are_left_out_and_reported(klass):
    hostile = {"../../../../evil": "", "/etc/evil": "", "..\\..\\evil": "", "../submission_2/lab.ipynb": book("forged")}
    collected = klass.collect(
        one(sid="7") + one(sid="8", number=2), {1: {"lab.ipynb": book(), **hostile}, 2: {"lab.ipynb": book()}}
    )
    assert [each.outcome for each in collected] == [Outcome.NEW, Outcome.NEW]
    assert sum("leads out of the folder" in note for note in collected[0].notes) == 3
    assert "forged" not in (klass.place("8") / "lab.ipynb").read_text()
    assert not list(klass.root.parent.rglob("evil")) or list(klass.root.parent.rglob("evil")) == [
        klass.place("7") / "etc" / "evil"
    ]


def test_a_bomb_costs_only_itself(klass):
    collected = klass.collect(
        one(sid="7") + one(sid="8", number=2),
        {1: {"lab.ipynb": book(), "bomb": bytes(64 << 20)}, 2: {"lab.ipynb": book()}},
    )
    assert [each.outcome for each in collected] == [Outcome.NEW, Outcome.NEW]
    assert "bomb" in collected[0].notes[0]
    assert sorted(path.name for path in klass.place("7").iterdir()) == ["lab.ipynb", "timestamp.txt"]


def test_a_link_in_the_export_is_not_followed(klass):
    klass.collect(one(sid="7"), {1: {"lab.ipynb": book()}})
    shutil.rmtree(klass.root / "submitted")
    link = zipfile.ZipInfo("assignment_12_export/submission_1/secret.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(klass.export, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    (collected,) = collect(klass.export, "lab", klass.config)
    assert "a link or a device" in collected.notes[0]
    assert not (klass.place("7") / "secret.txt").exists()


def test_a_damaged_entry_costs_one_submission(klass):
    deep = "submission_5:\n  :submitters: " + "[" * 100_000 + "\n"
    metadata = one(sid="7") + deep + "submission_6: 3\n" + "submission_4:\n\t- x: [\n" + one(sid="8", number=2)
    files = {number: {"lab.ipynb": book()} for number in (1, 2, 3, 4, 5, 6)}
    collected = {each.submission: each for each in klass.collect(metadata, files)}
    assert {name: each.outcome for name, each in collected.items()} == {
        "submission_1": Outcome.NEW,
        "submission_2": Outcome.NEW,
        "submission_3": Outcome.SKIPPED,
        "submission_4": Outcome.SKIPPED,
        "submission_5": Outcome.SKIPPED,
        "submission_6": Outcome.SKIPPED,
    }
    assert collected["submission_3"].notes == ("submission_metadata.yml does not say whose it is",)
    assert "is damaged" in collected["submission_5"].notes[0]


def test_a_submission_without_files_is_reported_and_takes_nobodys_place(klass):
    klass.collect(one(sid="7"), {1: {"lab.ipynb": book()}})
    files = klass.files()
    (collected,) = klass.collect(one(sid="7", at=LATER), {})
    assert collected.notes == ("the zip has no files of it",)
    (collected,) = klass.collect(one(sid="7", at=LATER), {1: {".DS_Store": "x", "../out": "y"}})
    assert collected.outcome is Outcome.SKIPPED
    assert klass.files() == files


def test_a_students_own_metadata_file_describes_nobody(klass):
    forged = {"submission_metadata.yml": one(sid="teacher's pet")}
    klass.collect(one(sid="7"), {1: {"lab.ipynb": book(), **forged}})
    assert list(klass.students()) == ["7"]


def test_the_export_may_lie_at_the_root_of_the_zip_or_deeper(klass):
    for number, top in enumerate(("", "Downloads/export/")):
        klass.collect(one(sid=str(number)), {1: {"lab.ipynb": book()}}, top=top)
        assert (klass.place(str(number)) / "lab.ipynb").exists()


def test_what_is_no_export_is_refused_with_words(klass, tmp_path):
    (tmp_path / "no.zip").write_text("PK, nearly")
    with pytest.raises(BadArchive):
        collect(tmp_path / "no.zip", "lab", klass.config)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as opened:
        opened.writestr("lab.ipynb", book())
    with pytest.raises(NotCollected, match="Review Grades, Export Submissions"):
        collect(tmp_path / "other.zip", "lab", klass.config)
    with pytest.raises(NotCollected, match="names no submission"):
        klass.collect("{}", {})
    with pytest.raises(NotCollected, match="source/hw5"):
        collect(klass.export, "hw5", klass.config)


def test_a_run_that_is_killed_loses_nothing_and_the_next_one_finishes_it(klass):
    numbers = range(1, 41)
    old = "".join(one(sid=str(number), number=number) for number in numbers)
    new = "".join(one(sid=str(number), number=number, at=LATER) for number in numbers)
    klass.collect(old, {number: {"lab.ipynb": book("old")} for number in numbers})
    with zipfile.ZipFile(klass.export, "w") as opened:
        opened.writestr("e/submission_metadata.yml", new)
        for number in numbers:
            opened.writestr(f"e/submission_{number}/lab.ipynb", book("new"))
    running = multiprocessing.get_context("fork").Process(target=collect, args=(klass.export, "lab", klass.config))
    running.start()
    while running.is_alive() and '"old"' in _text(klass.place("3") / "lab.ipynb"):
        time.sleep(0.001)
    running.kill()
    running.join()
    assert (running.exitcode or 0) < 0, "killed on its way"
    wholes = {str(number): _whole(klass, str(number)) for number in numbers}
    assert set(wholes.values()) <= {"old", "new"}
    again = collect(klass.export, "lab", klass.config)
    assert all(each.outcome.is_here for each in again)
    assert {_whole(klass, str(number)) for number in numbers} == {"new"}
    assert {path.name for path in (klass.root / "submitted").glob("*/*")} == {"lab"}


def test_what_an_interrupted_run_had_set_aside_comes_back(klass):
    klass.collect(one(sid="7", at=LATER), {1: {"lab.ipynb": book("new")}})
    files = klass.files()
    klass.place("7").rename(klass.place("7").with_name(".lab.old"))
    klass.place("7").with_name(".lab.new").mkdir()
    (collected,) = klass.collect(one(sid="7"), {1: {"lab.ipynb": book("old")}})
    assert collected.outcome is Outcome.KEPT
    assert klass.files() == files
    assert [path.name for path in klass.place("7").parent.iterdir()] == ["lab"]


def _whole(klass: Classroom, student: str) -> str:
    """Which submission is there, as a whole; set aside for a moment counts, for the next run puts it back."""
    place = klass.place(student)
    folder = place if place.exists() else place.with_name(".lab.old")
    time_of = (folder / "timestamp.txt").read_text()
    text = (folder / "lab.ipynb").read_text()
    found = {("2026-04-26", True): "old", ("2026-05-01", False): "new"}
    return found.get((time_of[:10], '"old"' in text), "mixed")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return '"old"'


# The command


def test_the_command_says_what_needs_attention_and_how_many_of_what(klass, monkeypatch, capsys):
    klass.collect(SAMPLE, EVERYBODY)
    shutil.rmtree(klass.root / "submitted")
    monkeypatch.chdir(klass.root)
    assert main(["gradescope", "collect", "submissions.zip", "lab"]) == 1, "one was skipped"
    said = capsys.readouterr().out
    assert "submission_700000003  –       skipped\n    nobody is named as its submitter\n" in said
    assert said.endswith("4 collected; 1 skipped.\n")
    assert "409194023" not in said, "nothing to say of it"


def test_the_command_succeeds_when_all_is_here(klass, monkeypatch, capsys):
    klass.collect(one(sid="7"), {1: {"lab.ipynb": book()}})
    monkeypatch.chdir(klass.root)
    assert main(["gradescope", "collect", "submissions.zip", "lab"]) == 0
    assert capsys.readouterr().out == "1 here already.\n"


def test_the_command_explains_a_file_that_is_not_there(klass, monkeypatch, capsys):
    monkeypatch.chdir(klass.root)
    assert main(["gradescope", "collect", "nowhere.zip", "lab"]) == 1
    assert "nowhere.zip" in capsys.readouterr().err
