"""Whatever was uploaded, its files are found as they were on the student's computer, or a sentence says what is wrong."""

import gc
import io
import os
import socket
import time
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

Files = dict[str, bytes | str]
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
    """What lies beside the notebook, or in the upload if there is none, all problems as one text, and the points."""
    with load_submission(upload, LAB, intake=limits) as submission:
        found = submission.notebook("lab")
        scratch = submission.scratch
        again = take_in(upload, limits)
        files = found.files if found else again.files
        assert all(file.path.is_file() and not file.path.is_symlink() for file in files)
        points = earned(transplant(PRISTINE, found)) if found else {}
        contents = {str(file.name): file.path.read_bytes() for file in files}
    assert scratch is None or not scratch.folder.exists()
    return contents, " ".join(problem.message for problem in submission.problems), points


def test_an_ordinary_upload_is_taken_as_it_is_and_stays(tmp_path):
    upload = put(tmp_path, {"lab.ipynb": filled(), "net.safetensors": b"\0\1", "runs/train/events": b"e"})
    files, problems, points = taken(upload)
    assert set(files) == {"lab.ipynb", "net.safetensors", "runs/train/events"} and not problems
    assert points == FULL_MARKS
    assert (upload / "runs/train/events").read_bytes() == b"e"


def test_nothing_is_called_so(tmp_path):
    words = "Nothing was submitted. lab.ipynb was not found in your submission."
    assert taken(tmp_path) == ({}, words, {})
    assert taken(put(tmp_path, {"__MACOSX/x": b"", ".DS_Store": b""}))[1] == words
    assert taken(tmp_path / "missing")[1] == words


@pytest.mark.parametrize("name", ["final.pdf", "essay.docx", "lab.py"])
def test_without_a_notebook_the_student_learns_what_to_hand_in(tmp_path, name):
    files, problems, _ = taken(put(tmp_path, {name: b"%PDF"}))
    assert f"no notebook: files whose names end in .ipynb. There is only: {name}" in problems and name in files


def test_files_beside_a_nested_notebook_come_up_with_it(tmp_path):
    beside: Files = {"lab.ipynb": filled(), "net.safetensors": b"n", "runs/events": b"e"}
    nested = {f"work/hw4/{name}": content for name, content in beside.items()}
    files, problems, points = taken(put(tmp_path, nested | {"work/notes": b"m"}))
    assert set(files) == {"lab.ipynb", "net.safetensors", "runs/events", "work/notes"} and not problems
    assert points == FULL_MARKS


def test_of_two_folders_with_the_same_notebook_only_one_counts(tmp_path):
    old: Files = {"b/old/lab.ipynb": UNTOUCHED, "b/old/net": b"old", "b/old/runs": b"old"}
    files, _, points = taken(put(tmp_path, {"a/lab.ipynb": filled(), "a/net": b"new", **old}))
    assert files["net"] == b"new" and set(files) == {"lab.ipynb", "net", "b/old/lab.ipynb", "b/old/net", "b/old/runs"}
    assert points == FULL_MARKS


def test_a_zip_counts_as_the_folder_that_it_is_of(tmp_path):
    archive = put(tmp_path, {"hw4.zip": zipped({"hw4/lab.ipynb": filled(), "hw4/net": b"n"})}) / "hw4.zip"
    files, problems, points = taken(archive)
    assert set(files) == {"lab.ipynb", "net"} and not problems and points == FULL_MARKS


def test_what_was_unpacked_goes_with_the_submission(tmp_path):
    submission = load_submission(put(tmp_path, {"hw4.zip": zipped({"lab.ipynb": filled()})}), LAB)
    assert submission.scratch is not None
    folder = submission.scratch.folder
    assert folder.is_dir()
    del submission
    gc.collect()
    assert not folder.exists()


def test_environments_are_left_out_whatever_they_are_called(tmp_path):
    environment: Files = {"venv/pyvenv.cfg": b"", "venv/lib/a.py": b"", "venv/bin/b": b""}
    conda: Files = {"c/conda-meta/history": b"", "c/lib/a": b"", "c/pkgs/b": b""}
    upload: Files = {
        "lab.ipynb": filled(),
        "pyvenv.cfg": b"",
        "lib/x.py": b"",
        "lib.py": b"mine",
        **environment,
        **conda,
    }
    for place in (put(tmp_path / "folder", upload), put(tmp_path / "zip", {"hw.zip": zipped(upload)})):
        files, problems, points = taken(place)
        assert set(files) == {"lab.ipynb", "lib.py"} and not problems and points == FULL_MARKS


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
    assert files["net"] == b"mine" and "hw4/lab.ipynb" in files and points == FULL_MARKS


def test_a_zip_without_notebooks_is_unpacked_and_stays_a_file_that_code_can_open(tmp_path):
    files, problems, points = taken(put(tmp_path, {"lab.ipynb": filled(), "data.zip": zipped({"x.csv": b"1"})}))
    assert set(files) == {"lab.ipynb", "data.zip", "data/x.csv"} and points == FULL_MARKS and not problems


def test_a_zip_that_holds_itself_many_times_ends(tmp_path):
    content = zipped({"lab.ipynb": filled()})
    for _ in range(8):
        content = zipped({f"{n}.zip": content for n in range(4)})
    _, problems, _ = taken(put(tmp_path, {"hw4.zip": content, "lab.ipynb": filled()}))
    assert "Too many zips, or zips in zips" in problems


def test_of_too_many_zips_the_first_are_unpacked_and_the_others_named(tmp_path):
    zips = {f"{n}.zip": zipped({"file": f"{n}"}) for n in range(4)}
    files, problems, _ = taken(put(tmp_path, zips), IntakeLimits(zips=3))
    assert (
        set(files.values()) >= {b"0", b"1", b"2"}
        and b"3" not in files.values()
        and "Hand in the files themselves: 3.zip." in problems
    )


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


def test_a_data_set_pushes_nothing_else_out(tmp_path):
    put(tmp_path, {f"data/{kind}/{n}.png": b"" for kind in range(30) for n in range(800)})
    put(tmp_path, {"lab.ipynb": filled(), "runs/train/events": b"e", "net": b"n", "images/1.png": b"i"})
    put(tmp_path, {f"heap/{n}": b"" for n in range(5000)})
    files, problems, points = taken(tmp_path)
    assert {"runs/train/events", "net", "images/1.png"} <= set(files) and points == FULL_MARKS
    assert "too many files" in problems


@pytest.mark.slow
def test_names_made_to_be_compared_are_compared_within_bounds(tmp_path):
    code = "\n".join(f"open('a{'b' * n}.x')\nread('{'d' * n}')" for n in range(150))
    upload: Files = {"lab.ipynb": filled({"area": code})}
    upload |= {f"{n}/" + "d" * 199 + "/" * 15 + f"a{'b' * 200}{n}.x": b"" for n in range(3900)}
    started = time.process_time()
    taken(put(tmp_path, upload))
    assert time.process_time() - started < 20


def test_more_files_than_are_looked_at_are_said_so(tmp_path):
    put(tmp_path, {f"{n}.txt": b"" for n in range(30)})
    files, problems, _ = taken(tmp_path, IntakeLimits(entries=20))
    assert len(files) == 20 and "only the first 20 were looked at" in problems


def test_what_unpacks_to_too_much_leaves_room_for_the_notebook(tmp_path):
    content = zipped({"a.bin": b"x" * 50_000, "deep/lab.ipynb": filled(), "deep/small": b"s"})
    files, problems, points = taken(put(tmp_path, {"hw4.zip": content}), IntakeLimits(unpacked_bytes=20_000))
    assert set(files) == {"lab.ipynb", "small"} and points == FULL_MARKS and "Not everything in the zip" in problems


def test_large_files_of_a_folder_stay_where_they_are(tmp_path):
    with open(put(tmp_path, {"lab.ipynb": filled()}) / "video.mp4", "wb") as file:
        file.truncate(1 << 40)
    with load_submission(tmp_path, LAB) as submission:
        (video,) = [file for each in submission.notebooks for file in each.files if file.name.name == "video.mp4"]
    assert video.path == tmp_path / "video.mp4" and submission.scratch is None and not submission.problems


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


def test_of_a_file_and_a_folder_of_one_name_the_one_beside_the_notebook_counts(tmp_path):
    upload: Files = {"a/lab.ipynb": filled(), "a/runs": b"file", "runs/events": b"e", "x.zip": zipped({"y": b""})}
    files, problems, points = taken(put(tmp_path, upload))
    assert files["runs"] == b"file" and points == FULL_MARKS and not problems


def test_other_archives_are_called_by_name(tmp_path):
    _, problems, _ = taken(put(tmp_path, {"work.rar": b"Rar!", "lab.ipynb": filled()}))
    assert "Archives other than zip are not unpacked. Hand in the files, or a zip: work.rar." in problems


def test_names_are_shown_without_what_a_terminal_would_obey(tmp_path):
    _, problems, _ = taken(put(tmp_path, {"a\x1b[31m\n.pdf": b""}))
    assert problems.isprintable()
