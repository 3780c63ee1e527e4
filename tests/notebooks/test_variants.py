"""How names change on the way: which are still the wanted one, and which are another's."""

import time

import pytest

from proctor.notebooks.companions import asked_for
from proctor.notebooks.variants import closeness, number


@pytest.mark.parametrize(
    "name",
    [
        "weights (1).json", "weights(2).json", "weights-1.json", "weights_2.json", "weights 3.json", "weights-Copy1.json",
        "weights - Copy.json", "weights - Copy (3).json", "weights copy 2.json", "Copy of weights.json",
        "Kopie von weights.json", "WEIGHTS.JSON", "Weights.Json", "weights.json.txt", "weights.json (1)",
        "weights.json.download", "weights[1].json", "weights~.json",
    ],
)  # fmt: skip
def test_a_name_that_was_numbered_copied_or_respelt_is_close(name):
    assert closeness(name, "weights.json") == 1


@pytest.mark.parametrize(
    "name",
    [
        "doejane_123456_7654321_weights.json", "doejane_LATE_123456_7654321_weights-2.json",
        "Jane Doe_12345_assignsubmission_file_weights.json", "hw4_jdoe_attempt_2026-01-31-23-59-59_weights.json",
        "12345-67890 - Jane Doe - Jan 31, 2026 1159 PM - weights.json", "weights_final.json", "my weights.json",
    ],
)  # fmt: skip
def test_a_name_with_words_around_it_is_less_close(name):
    assert closeness(name, "weights.json") == 2


@pytest.mark.parametrize("name", ["weights.csv", "weightsx.json", "weight.json", "json", ".json", "weights", "x.json"])
def test_another_name_is_another(name):
    assert closeness(name, "weights.json") is None


def test_numbers_that_belong_to_the_name_are_no_numbering():
    assert closeness("lab-2.json", "lab-1.json") is None
    assert closeness("lab-1 (2).json", "lab-1.json") == 1
    assert closeness("fashion_cnn.safetensors", "fashion_cnn.safetensors") == 0


def test_letters_are_the_same_however_a_system_writes_them():
    assert closeness("gro\u0308\u00dfe (1).csv", "gr\u00f6\u00dfe.csv") == 1


@pytest.mark.parametrize("name", ["Runs", "runs 2", "runs (1)", "runs copy", "runs-1", "runs.zip", "Copy of runs"])
def test_names_of_folders_change_alike(name):
    assert closeness(name, "runs") == 1


def test_the_number_of_a_copy():
    copies = {
        "lab.ipynb": 0,
        "lab (1).ipynb": 1,
        "lab-Copy12.ipynb": 12,
        "Copy of lab (2).ipynb": 2,
        "other 3.ipynb": 0,
    }
    assert {name: number(name, "lab.ipynb") for name in copies} == copies
    assert number("lab_1.ipynb", "lab_1.ipynb") == 0 and number("LAB_1 (2).ipynb", "lab_1.ipynb") == 2


def test_code_of_any_length_is_searched_at_once():
    started = time.monotonic()
    for text in (
        "'" + "a" * 300_000,
        "open(" * 100_000,
        "'a/" * 100_000,
        " " * 300_000 + "import x",
        "a" * 300_000 + "(",
    ):
        asked_for([text])
    assert time.monotonic() - started < 10


def test_names_that_code_asks_for_stand_in_its_text():
    code = """
import json, helper_of_mine
with open('weights.json') as file: json.load(file)
net = load_checkpoint(model, "nets/net (best).safetensors")
shutil.rmtree("runs", ignore_errors=True)
for file in Path('curves').glob("*.csv"): print("in all 3. steps", "../outside.csv", "/etc/passwd", "e.g. this")
"""
    assert set(map(str, asked_for([code]))) == {
        "weights.json", "nets/net (best).safetensors", "runs", "curves", "helper_of_mine.py",
    }  # fmt: skip
