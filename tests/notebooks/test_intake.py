"""Whatever was uploaded becomes a folder as it was on the student's computer, or a sentence about what is wrong."""

import io
import os
import socket
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from gradescope.autograder_folder import filled
from small_assignment import FULL_MARKS, PRISTINE, earned

from proctor.notebooks.assignment import Assignment
from proctor.notebooks.intake import IntakeLimits, take_in
from proctor.notebooks.submission import load_submission
from proctor.notebooks.transplant import transplant

LAB = Assignment("hw", Path("hw"), (PRISTINE,), ())
UNTOUCHED = filled({"none": ""})


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def put(folder: Path, members: Mapping[str, bytes | str]) -> Path:
    for name, content in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def taken(upload: Path, limits: IntakeLimits = IntakeLimits()) -> tuple[dict[str, bytes], str, dict[str, float]]:
    """Files by name, all problems as one text, and the points that the answers earn."""
    with take_in(upload, limits) as intake:
        files = {str(path.relative_to(intake.folder)): path for path in intake.folder.rglob("*") if not path.is_dir()}
        assert all(path.is_file() and not path.is_symlink() for path in files.values())
        found = load_submission(intake.folder, LAB).notebook("lab")
        points = earned(transplant(PRISTINE, found)) if found else {}
        contents = {name: path.read_bytes() for name, path in files.items()}
    assert not intake.folder.exists()
    return contents, " ".join(problem.message for problem in intake.problems), points


def test_an_ordinary_upload_is_taken_as_it_is_and_stays(tmp_path):
    upload = put(tmp_path, {"lab.ipynb": filled(), "net.safetensors": b"\0\1", "runs/train/events": b"e"})
    files, problems, points = taken(upload)
    assert set(files) == {"lab.ipynb", "net.safetensors", "runs/train/events"} and not problems
    assert points == FULL_MARKS
    assert (upload / "runs/train/events").read_bytes() == b"e"


def test_nothing_is_called_so(tmp_path):
    assert taken(tmp_path) == ({}, "Nothing was submitted.", {})
    assert taken(put(tmp_path, {"__MACOSX/x": b"", ".DS_Store": b""}))[1] == "Nothing was submitted."
    assert "cannot be read" in taken(tmp_path / "missing")[1]


@pytest.mark.parametrize("name", ["final.pdf", "essay.docx", "lab.py"])
def test_without_a_notebook_the_student_learns_what_to_hand_in(tmp_path, name):
    files, problems, _ = taken(put(tmp_path, {name: b"%PDF"}))
    assert f"no notebook: files whose names end in .ipynb. There is only: {name}" in problems and name in files


def test_files_beside_a_nested_notebook_come_up_with_it(tmp_path):
    beside: dict[str, bytes | str] = {"lab.ipynb": filled(), "net.safetensors": b"n", "runs/events": b"e"}
    nested = {f"work/hw4/{name}": content for name, content in beside.items()}
    files, problems, points = taken(put(tmp_path, nested | {"work/notes": b"m"}))
    assert set(files) == {"lab.ipynb", "net.safetensors", "runs/events", "work/notes"} and not problems
    assert points == FULL_MARKS


def test_of_two_folders_with_the_same_notebook_only_one_comes_up(tmp_path):
    old: dict[str, bytes | str] = {"b/old/lab.ipynb": UNTOUCHED, "b/old/net": b"old", "b/old/runs": b"old"}
    new: dict[str, bytes | str] = {"a/lab.ipynb": filled(), "a/net": b"new"}
    files, _, points = taken(put(tmp_path, new | old))
    assert files["net"] == b"new" and set(files) == {"lab.ipynb", "net", "b/old/lab.ipynb", "b/old/net", "b/old/runs"}
    assert points == FULL_MARKS


def test_what_systems_and_editors_add_is_left_out(tmp_path):
    junk = ["__MACOSX/._lab.ipynb", ".DS_Store", ".git/config", "__pycache__/a.pyc", "Thumbs.db"]
    junk += [".ipynb_checkpoints/lab.ipynb"]
    files, problems, points = taken(put(tmp_path, {"lab.ipynb": filled()} | dict.fromkeys(junk, b"x")))
    assert set(files) == {"lab.ipynb"} and not problems and points == FULL_MARKS


def test_of_two_copies_both_are_there_for_the_reader_to_choose(tmp_path):
    files, _, points = taken(put(tmp_path, {"lab (1).ipynb": filled(), "lab.ipynb": UNTOUCHED}))
    assert set(files) == {"lab (1).ipynb", "lab.ipynb"} and points == FULL_MARKS


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_zip_in_a_zip_is_unpacked(tmp_path, levels):
    content = zipped({"hw4/lab.ipynb": filled(), "hw4/net": b"n"})
    for _ in range(levels - 1):
        content = zipped({"inner.zip": content})
    files, problems, points = taken(put(tmp_path, {"hw4.ZIP": content}))
    assert set(files) == {"lab.ipynb", "net"} and not problems and points == FULL_MARKS


def test_a_zip_beside_its_own_contents_changes_nothing(tmp_path):
    old = zipped({"lab.ipynb": UNTOUCHED, "net": b"old"})
    upload = put(tmp_path, {"lab.ipynb": filled(), "net": b"mine", "hw4.zip": old})
    files, _, points = taken(upload)
    assert files["net"] == b"mine" and "hw4.zip/lab.ipynb" in files and points == FULL_MARKS


def test_a_zip_that_holds_itself_many_times_ends(tmp_path):
    content = zipped({"lab.ipynb": filled()})
    for _ in range(8):
        content = zipped({f"{n}.zip": content for n in range(4)})
    _, problems, _ = taken(put(tmp_path, {"hw4.zip": content, "lab.ipynb": filled()}))
    assert "Too many zips, or zips in zips" in problems


def test_of_too_many_zips_the_first_are_unpacked_and_the_others_named(tmp_path):
    zips = {f"{n}.zip": zipped({"file": f"{n}"}) for n in range(4)}
    files, problems, _ = taken(put(tmp_path, zips), IntakeLimits(zips=3))
    assert set(files.values()) == {b"0", b"1", b"2"} and "Hand in the files themselves: 3.zip." in problems


def test_a_damaged_zip_is_named_and_the_rest_counts(tmp_path):
    _, problems, points = taken(put(tmp_path, {"hw4.zip": b"PK\3\4 damaged", "lab.ipynb": filled()}))
    assert "not a zip, or it is damaged" in problems and "hw4.zip" in problems and points == FULL_MARKS


@pytest.mark.slow
def test_five_gigabytes_of_zeros_in_a_zip_cost_only_themselves(tmp_path):
    bomb = tmp_path / "upload/bomb.zip"
    bomb.parent.mkdir()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        opened.writestr("lab.ipynb", filled())
        with opened.open("zeros", "w", force_zip64=True) as member:
            for _ in range(5 * 16):
                member.write(bytes(64 << 20))
    files, problems, points = taken(bomb.parent)
    assert set(files) == {"lab.ipynb"} and points == FULL_MARKS
    assert "Not everything in the zip was taken: bomb.zip" in problems


def test_ten_thousand_files_push_no_notebook_out(tmp_path):
    put(tmp_path, {f"{n // 100}/{n}.txt": b"" for n in range(10_000)} | {"z/z/z/lab.ipynb": filled()})
    files, problems, points = taken(tmp_path)
    assert len(files) == 4_000 and points == FULL_MARKS
    assert "too many files" in problems and "5,996 more" in problems


def test_more_files_than_are_looked_at_are_said_so(tmp_path):
    put(tmp_path, {f"{n}.txt": b"" for n in range(30)})
    files, problems, _ = taken(tmp_path, IntakeLimits(entries=20))
    assert len(files) == 20 and "Only the first 20 files were looked at" in problems


def test_files_that_are_too_large_leave_room_for_the_notebook(tmp_path):
    put(tmp_path, {"a.bin": b"x" * 50_000, "deep/lab.ipynb": filled()})
    files, problems, points = taken(tmp_path, IntakeLimits(bytes_together=20_000))
    assert set(files) == {"lab.ipynb"} and points == FULL_MARKS and "a.bin" in problems


def test_links_pipes_sockets_and_second_names_are_not_taken(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not the student's")
    upload = put(tmp_path / "upload", {"lab.ipynb": filled()})
    (upload / "link").symlink_to(secret)
    (upload / "folder").symlink_to("/")
    os.link(secret, upload / "second")
    os.mkfifo(upload / "lab-copy.ipynb")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(upload / "socket"))
        files, problems, points = taken(upload)
    assert set(files) == {"lab.ipynb"} and points == FULL_MARKS
    for name in ("link", "folder", "second", "lab-copy.ipynb", "socket"):
        assert name in problems


def test_a_file_and_a_folder_of_one_name_both_find_a_place(tmp_path):
    upload: dict[str, bytes | str] = {
        "a/lab.ipynb": filled(),
        "a/runs": b"file",
        "runs/events": b"e",
        "x.zip": zipped({"y": b""}),
    }
    files, problems, points = taken(put(tmp_path, upload))
    assert set(files.values()) >= {b"file", b"e"} and points == FULL_MARKS and not problems


def test_other_archives_are_called_by_name(tmp_path):
    _, problems, _ = taken(put(tmp_path, {"work.rar": b"Rar!", "lab.ipynb": filled()}))
    assert "Archives other than zip are not unpacked. Hand in the files, or a zip: work.rar." in problems


def test_names_are_shown_without_what_a_terminal_would_obey(tmp_path):
    _, problems, _ = taken(put(tmp_path, {"a\x1b[31m\n.pdf": b""}))
    assert problems.isprintable()
