"""The report says what the files say, to everyone who reads it, and needs nothing else."""

import json
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
import torch
from bs4 import BeautifulSoup, Tag
from fashion_files import CHECKPOINT, rewrite
from hw4_cells import SOURCE, namespace
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(SOURCE))
import hw4
from hw4_helpers.definitions import run_definitions
from hw4_helpers.report.writing import written

ROOT = Path(__file__).parents[2]
ANALYSIS = "analysis"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A copy of the reference's folder, worked in; no browser is found there."""
    shutil.copytree(ROOT / "examples" / "reference" / "hw4", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FASHION_MNIST_DIR", str(ROOT / "data"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> BeautifulSoup:
    """The reference's report, made once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        place = tmp_path_factory.mktemp("reference")
        shutil.copytree(ROOT / "examples" / "reference" / "hw4", place, dirs_exist_ok=True)
        monkeypatch.chdir(place)
        monkeypatch.setenv("FASHION_MNIST_DIR", str(ROOT / "data"))
        monkeypatch.setenv("PATH", str(place))
        assert hw4.report(name="Ada <Lovelace>")
        return BeautifulSoup((place / "report.html").read_text("utf-8"), "html.parser")


def page_of(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "report.html").read_text("utf-8"), "html.parser")


def text_of(page: Tag, selector: str) -> str:
    (found, *_) = page.select(selector)
    return found.text


def change(folder: Path, source: str) -> None:
    """Write another analysis into the saved notebook."""
    path = folder / "fashion_mnist.ipynb"
    notebook = nbformat.read(path, 4)
    (cell,) = [cell for cell in notebook.cells if cell.id == ANALYSIS]
    cell.source = source
    nbformat.write(notebook, path)


def test_the_page_loads_nothing_from_elsewhere(reference):
    assert not reference.find_all(["script", "link", "iframe", "object"])
    addresses = [
        tag[name] for tag in reference.find_all(True) for name in ("src", "href", "srcset") if tag.has_attr(name)
    ]
    assert addresses
    assert all(address.startswith("data:image/") for address in addresses)
    assert not any(word in str(reference) for word in ("http:", "https:", "url(", "@import"))


def test_every_picture_has_words_and_every_table_has_headings(reference):
    pictures = reference.find_all("img")
    assert len(pictures) == 8  # two curves, six kinds of mistakes
    assert all(len(picture["alt"]) > 30 for picture in pictures)
    assert "validation from 86.4% to 92.1%" in pictures[0]["alt"]
    for table in reference.find_all("table"):
        assert table.find_all("th", scope=True)
    assert reference.html["lang"] == "en"


def test_the_name_stands_on_the_page_as_it_was_given(reference):
    assert text_of(reference, ".by") == "Ada <Lovelace>"
    assert text_of(reference, "title").endswith("Ada <Lovelace>")


def test_the_numbers_are_those_of_the_checkpoint(reference):
    model = namespace("fashion_mnist")["FashionCNN"](batch_norm=True)
    model.load_state_dict(load_file(ROOT / "examples" / "reference" / "hw4" / CHECKPOINT))
    images, labels = hw4.load_test_set().tensors
    answers = hw4.predict(model, images).argmax(1)
    matrix = torch.zeros(10, 10, dtype=torch.int64).index_put_((labels, answers), torch.tensor(1), accumulate=True)

    assert f"{(answers == labels).double().mean():.2%}" in text_of(reference, ".key")
    rows = [[cell.text for cell in row.find_all("td")] for row in reference.select(".confusion tbody tr")]
    assert [[int(text.replace("·", "0")) for text in row] for row in rows] == matrix.tolist()
    shown = [row.find_all("td")[1].text for row in reference.select(".classes tbody tr")][:10]
    assert shown == [f"{share:.1%}" for share in (matrix.diagonal() / 1000).tolist()]
    assert "29,034" in text_of(reference, ".key")


def test_curves_and_checkpoint_that_belong_together_are_said_to(reference):
    assert "belong together: the checkpoint has 92.1% on the validation set" in reference.text


def test_a_later_training_in_memory_makes_no_difference(reference, folder):
    model = namespace("fashion_mnist")["FashionCNN"](batch_norm=True)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    assert hw4.report(model, name="Ada <Lovelace>")
    assert page_of(folder) == reference, "the same files give the same page"
    assert not any(parameter.any() for parameter in model.parameters()), "the model in memory stays as it is"


def test_another_checkpoint_gives_other_numbers_and_the_curves_are_said_to_be_of_another(folder, capsys):
    rewrite(folder, lambda state: {name: value * (0.5 if value.ndim == 2 else 1) for name, value in state.items()})
    rewrite(folder, lambda state: state | {"dense.bias": torch.arange(10.0)} if "dense.bias" in state else {
        name: torch.arange(10.0) if value.shape == (10,) else value for name, value in state.items()
    })  # fmt: skip
    assert hw4.report(name="Ada")
    page = page_of(folder)
    assert "91.53%" not in text_of(page, ".key")
    assert "do not belong together" in text_of(page, ".note")
    assert "do not belong together" in capsys.readouterr().out


def test_settings_epochs_and_seed_come_from_the_checkpoint_when_it_says_them(folder):
    told = {
        "settings": {"batch_norm": True, "dropout": 0.25, "pool": [2, 2, 0]},
        "epochs": 6,
        "seed": 17,
        "data": "f" * 64,
    }
    metadata = {name: json.dumps(value) for name, value in told.items()}
    save_file(load_file(folder / CHECKPOINT), folder / CHECKPOINT, metadata)
    assert hw4.report(name="Ada")
    said = {text_of(row, "th"): text_of(row, "td") for row in page_of(folder).select(".two div:last-child tr")}
    assert said == {
        "batch_norm": "yes", "dropout": "0.25", "pool": "(2, 2, 0)", "epochs": "6", "seed": "17",
        "checksum of the data": "f" * 16,
    }  # fmt: skip


def test_what_is_missing_is_said_and_the_rest_is_there(folder, capsys):
    shutil.rmtree("runs")
    change(folder, "YOUR ANSWER HERE")
    assert hw4.report()
    said = capsys.readouterr().out
    for words in ("your name", "your analysis", "there are none of training and validation in runs/"):
        assert words in said
    assert "open report.html in a browser and print it" in said
    assert "91.53%" in page_of(folder).text
    assert "Not written yet" in page_of(folder).text


def test_without_a_checkpoint_there_is_no_report_but_a_reason(folder, capsys):
    (folder / CHECKPOINT).unlink()
    assert not hw4.report(name="Ada")
    said = capsys.readouterr().out
    assert said.startswith("No report yet: There is no ")
    assert "section 7" in said
    assert not (folder / "report.html").exists()


def test_definitions_of_a_notebook_run_and_nothing_else(tmp_path):
    cells = [
        "%matplotlib inline\nimport math\nsize = (2, 2)\nsettings = dict(batch_norm=True)",
        "class Block:\n    side = math.prod(size)\n\n\nopen('ran', 'w').close()",
        "def broken(:",
        "import a_module_that_nobody_has\n\nlast = open('ran', 'w')",
    ]
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells]), path)
    names = run_definitions(path)
    assert names["Block"].side == 4
    assert names["settings"] == {"batch_norm": True}
    assert "last" not in names
    assert not Path("ran").exists()


def test_an_analysis_keeps_formulas_tables_and_pictures(tmp_path):
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    source = (
        "# Why\n\nThe mean $\\frac{1}{10}\\sum_c a_c$ costs $5, and `$HOME` is code.\n\n$$\\begin{aligned}a &= b\\end{aligned}$$\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n![coats](attachment:c.png) ![far](http://example.org/x.png) ![own](own.png)\n\n"
        "<img src='http://example.org/y.png'>"
    )
    (tmp_path / "own.png").write_bytes(b"\x89PNG")
    page = BeautifulSoup(written(source, {"c.png": {"image/png": pixel}}, tmp_path), "html.parser")
    assert len(page.find_all("math")) == 2
    assert page.find("math", display="block")
    assert "costs $5" in page.text
    assert text_of(page, "code") == "$HOME"
    assert text_of(page, "h3") == "Why"
    assert page.table
    assert [(tag["alt"], tag["src"][:15]) for tag in page.find_all("img")] == [
        ("coats", "data:image/png;"), ("own", "data:image/png;")
    ]  # fmt: skip
    assert "[far: not in the notebook]" in page.text
    assert "<img src=" in page.text, "HTML shows as it was typed"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_prints_the_report(folder, monkeypatch, capsys):
    from pypdf import PdfReader

    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FASHION_MNIST_DIR", str(ROOT / "data"))
    assert hw4.report(name="Ada Lovelace")
    assert "Wrote report.pdf." in capsys.readouterr().out
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(folder / "report.pdf").pages]
    assert 3 <= len(pages) <= 5
    assert "Ada Lovelace" in pages[0]
    assert "91.53%" in pages[0]
    assert "1 / " in pages[0]
    assert "Problematic classes." in pages[-1]
