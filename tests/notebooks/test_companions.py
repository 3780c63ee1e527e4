"""Which files lie beside a notebook, under which names, and what is said of it."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath

import pytest

from proctor.notebooks.companions import companions
from proctor.notebooks.intake import take_in


@pytest.fixture
def beside(tmp_path):
    """``beside(files, *asked)``: contents by name for lab.ipynb, found wherever it is, and the notes."""

    def beside(files: dict[str, str], *asked: str, copy: int = 0) -> tuple[dict[str, str], list[str]]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        taken = take_in(tmp_path)
        (notebook,) = [file.name for file in taken.files if file.name.name.startswith("lab")]
        found = companions(notebook, taken.files, map(PurePosixPath, asked), copy)
        contents = {str(file.name): file.path.read_bytes().decode("latin-1") for file in found.files}
        return contents, [words for _, words in found.notes]

    return beside


def test_a_folder_takes_a_name_without_an_ending_before_any_file(beside):
    files = {"lab.ipynb": "", "runs.txt": "notes", "my runs.csv": "", "runs (1)/a": "a", "train.py": ""}
    found, notes = beside(files, "runs", "train")
    assert found["runs/a"] == "a" and notes == ["runs: runs (1) was read."]
    assert "train" not in found and "runs" not in found


def test_what_lies_beside_the_notebook_comes_before_the_rest_of_the_submission(beside):
    files = {"a/lab.ipynb": "", "a/net (1).bin": "mine", "a/old/net.bin": "old", "net.bin": "above"}
    found, notes = beside(files, "net.bin")
    assert found["net.bin"] == "mine" and notes == ["net.bin: a/net (1).bin was read. Not read: net.bin."]


def test_words_around_a_name_count_less_than_the_place(beside):
    found, notes = beside({"a/lab.ipynb": "", "a/my net.bin": "mine", "b/net.bin": "other"}, "net.bin")
    assert found["net.bin"] == "other" and not notes


def test_a_file_cut_off_gives_way_to_a_whole_one(beside):
    whole = (16).to_bytes(8, "little").decode() + '{"a":{"data_offs'
    found, notes = beside({"lab.ipynb": "", "net.safetensors": whole, "net (1).bin": "x"}, "net.safetensors")
    assert found["net.safetensors"] == whole and not notes, "better than none"


def test_a_numbered_copy_goes_with_the_notebook_of_its_number_only(beside):
    files = {"lab (2).ipynb": "", "net.bin": "0", "net (1).bin": "1", "net (2).bin": "2"}
    assert beside(files, "net.bin", copy=2)[0]["net.bin"] == "2"
    assert beside(files, "net.bin", copy=3)[0]["net.bin"] == "0"


def test_names_that_nobody_asks_for_stay_as_they_are(beside):
    found, notes = beside({"lab.ipynb": "", "net (1).bin": "1", "Data/x": ""}, "other.bin")
    assert set(found) == {"lab.ipynb", "net (1).bin", "Data/x"} and not notes


def test_a_file_zipped_by_itself_is_found_in_its_zip(beside, tmp_path):
    with zipfile.ZipFile(tmp_path / "net.bin.zip", "w") as archive:
        archive.writestr("net.bin", "packed")
    found, notes = beside({"lab.ipynb": ""}, "net.bin")
    assert found["net.bin"] == "packed" and not notes
