"""One timestamp.txt that nbgrader cannot read costs nobody anything, but for a warning that names it."""

import csv
import json
import os
import subprocess
import sys
from datetime import datetime

import nbformat
import pytest
from small_assignment import ANSWERS, FULL_MARKS, PRISTINE

from proctor.timestamps import all_in_order, in_order

TIME = "2026-05-31 23:59:59.5 UTC"
READ = datetime(2026, 5, 31, 23, 59, 59, 500_000)
BAD = {
    "mark": b"\xef\xbb\xbf" + TIME.encode(),
    "marks": b"\xef\xbb\xbf\xef\xbb\xbf" + TIME.encode(),
    "utf16": TIME.encode("utf-16"),
    "utf16le": TIME.encode("utf-16-le"),
    "utf16be": TIME.encode("utf-16-be"),
}
NONE = {
    "evening": b"yesterday evening",
    "empty": b"",
    "bytes": bytes(range(256)),
    "huge": b"9" * 1_000_000,
    "year": b"99999-01-01 00:00:00 UTC",
    "edge": b"0001-01-01 00:00:00 +1400",
    "script": "gestern Abend, 23 Uhr".encode("cp1252"),
}


def submission(folder, content: bytes | None):
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "timestamp.txt").write_bytes(content)
        os.utime(folder / "timestamp.txt", (1, 1))
    return folder


@pytest.mark.parametrize("kind", BAD)
def test_a_time_in_another_encoding_is_the_same_time_and_what_was_handed_in_stays(tmp_path, kind):
    folder = submission(tmp_path / kind, BAD[kind])
    warning = in_order(folder) or ""
    assert str(folder / "timestamp.txt") in warning and "read as 2026-05-31 23:59:59.500000 UTC" in warning
    assert (folder / "timestamp.txt").read_text() == "2026-05-31 23:59:59.500000 UTC"
    assert (folder / "timestamp.txt.as-submitted").read_bytes() == BAD[kind]
    assert in_order(folder) is None


def test_a_date_that_nbgrader_takes_apart_wrongly_is_read(tmp_path):
    folder = submission(tmp_path / "s", b"May 31, 2026")
    assert "read as 2026-05-31 00:00:00 UTC" in (in_order(folder) or "")


@pytest.mark.parametrize("kind", NONE)
def test_what_says_no_time_is_set_aside_and_named_as_long_as_no_time_is_known(tmp_path, kind):
    folder = submission(tmp_path / kind, NONE[kind])
    for _ in range(2):
        assert f"{folder}/timestamp.txt.unreadable says no time" in (in_order(folder) or "")
    assert not (folder / "timestamp.txt").exists()
    assert (folder / "timestamp.txt.unreadable").read_bytes() == NONE[kind]
    (folder / "timestamp.txt").write_text(TIME)
    assert in_order(folder) is None


@pytest.mark.parametrize(
    "text", [TIME, "2015-02-02 15:58:23.948203 America/Los_Angeles", "2026-05-31T23:59:59Z\n", "2026-05-31"]
)
def test_what_nbgrader_reads_is_left_alone(tmp_path, text):
    folder = submission(tmp_path / "s", text.encode())
    assert in_order(folder) is None
    assert [path.name for path in folder.iterdir()] == ["timestamp.txt"]
    assert in_order(submission(tmp_path / "without", None)) is None


def test_nothing_that_was_set_aside_is_overwritten(tmp_path):
    folder = submission(tmp_path / "s", b"first")
    in_order(folder)
    (folder / "timestamp.txt").write_text("second")
    in_order(folder)
    assert {path.read_text() for path in folder.iterdir()} == {"first", "second"}


def test_an_empty_file_that_is_just_being_written_is_left_alone(tmp_path):
    folder = submission(tmp_path / "s", b"")
    os.utime(folder / "timestamp.txt")
    assert in_order(folder) is None
    assert (folder / "timestamp.txt").exists()


def test_links_folders_and_pipes_of_this_name_are_set_aside_unopened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(TIME)
    for number, make in enumerate(
        (lambda p: p.symlink_to(secret), lambda p: p.symlink_to("nowhere"), os.mkdir, os.mkfifo)
    ):
        folder = submission(tmp_path / "submitted" / str(number) / "hw4", None)
        make(folder / "timestamp.txt")
    assert len(all_in_order(tmp_path / "submitted")) == 4
    assert not list((tmp_path / "submitted").glob("*/*/timestamp.txt"))
    assert secret.read_text() == TIME


def hand_in(course, student: str, timestamp: bytes | None):
    folder = submission(course.folder / "submitted" / student / "hw4", timestamp)
    nb = json.loads(nbformat.writes(PRISTINE.release))
    for node in nb["cells"]:
        node["source"] = ANSWERS.get(node["id"], node["source"])
    (folder / "lab.ipynb").write_text(json.dumps(nb))


def test_the_class_is_graded_exported_and_shown(small_course, open_formgrader, tmp_path):
    """Also where formgrader is asked first, and where a file changes while it is open."""
    course = small_course
    hand_in(course, "alice", TIME.encode())
    hand_in(course, "bert", BAD["utf16"])
    hand_in(course, "carla", b"yesterday evening")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "hw4"],
        cwd=course.folder,
        env=course.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for student in ("bert", "carla"):
        assert f"submitted/{student}/hw4/timestamp.txt" in done.stderr
    course.nbgrader("export", f"--to={tmp_path / 'grades.csv'}")
    with (tmp_path / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {float(row["score"]) for row in rows.values()} == {sum(FULL_MARKS.values())}
    assert [rows[student]["timestamp"] for student in ("alice", "bert", "carla")] == [str(READ), str(READ), ""]
    with open_formgrader(course) as formgrader:
        assert formgrader.get("/assignments")[0]["num_submissions"] == 3
        assert len(formgrader.get("/submissions/hw4")) == 3
        (course.folder / "submitted" / "alice" / "hw4" / "timestamp.txt").write_bytes(b"\xff\xfegarbage")
        assert formgrader.get("/assignments")[0]["num_submissions"] == 3
        assert formgrader.page("/manage_submissions/hw4")
