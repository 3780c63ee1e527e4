"""The cases: what has happened to a notebook's own file. More of the kind: ``tests/notebooks/test_damaged.py``."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from reading.cases import case
from reading.lab import ANSWERS, filled, save

STUB = "def twice(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def text_of(folder: Path) -> str:
    return (folder / "lab.ipynb").read_text()


def write(folder: Path, content: str | bytes) -> None:
    (folder / "lab.ipynb").write_bytes(content.encode() if isinstance(content, str) else content)


def paste(folder: Path, bundle: dict[str, bytes]) -> None:
    """Paste a picture into the written answer."""
    book = filled()
    answer = next(node for node in book.cells if node.id == "why-answer")
    answer.source += "\n\n![photo](attachment:photo)"
    answer.attachments = {"photo": {media: base64.b64encode(data).decode() for media, data in bundle.items()}}
    save(folder / "lab.ipynb", book)


@case("merge conflict", "The part below ======= counts")
def merged_with_conflict_marks(folder: Path) -> None:
    """A merge that was not finished: the released stub above, the answer below."""
    line = '   "source": [\n    "def twice(x):\\n",\n    "    return x + x"\n   ]\n'
    stub = '   "source": ' + json.dumps(STUB) + "\n"
    text = text_of(folder)
    assert line in text
    write(folder, text.replace(line, f"<<<<<<< HEAD\n{stub}=======\n{line}>>>>>>> main\n"))


@case("merge conflict")
def conflict_marks_in_a_cell(folder: Path) -> None:
    """Marks in the source itself, as nbdime leaves them."""
    save(
        folder / "lab.ipynb",
        filled(answers=ANSWERS | {"twice": f"<<<<<<< local\n{ANSWERS['twice']}\n=======\n{STUB}\n>>>>>>> remote"}),
    )


@case("The file is damaged")
def a_trailing_comma(folder: Path) -> None:
    """A comma too many behind the last cell."""
    write(folder, text_of(folder).replace("  }\n ],\n", "  },\n ],\n"))


@case("interrupted upload")
def cut_off_behind_the_answers(folder: Path) -> None:
    """An upload that was interrupted: the written answer is lost, the others are there."""
    text = text_of(folder)
    write(folder, text[: text.index("Each step goes")])


@case("UTF-16")
def utf_16_without_a_mark(folder: Path) -> None:
    """Saved as UTF-16 by an editor of Windows."""
    write(folder, text_of(folder).encode("utf-16-le"))


@case(silent=True)
def two_byte_order_marks(folder: Path) -> None:
    """A byte order mark, and another one."""
    write(folder, b"\xef\xbb\xbf" * 2 + text_of(folder).encode())


@case("Windows-1252")
def windows_1252(folder: Path) -> None:
    """A name beyond ASCII in an old encoding."""
    save(folder / "lab.ipynb", filled(answers=ANSWERS | {"twice": "def twice(größe):\n    return größe + größe"}))
    write(folder, text_of(folder).encode("cp1252"))


@case(silent=True)
def many_megabytes_of_outputs(folder: Path) -> None:
    """Outputs far beyond what is read of a notebook."""
    book = json.loads(text_of(folder))
    shown = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 70_000_000}}
    next(node for node in book["cells"] if node["cell_type"] == "code")["outputs"] = [shown]
    write(folder, json.dumps(book))


@case(silent=True)
def a_picture_as_image_jpg(folder: Path) -> None:
    """A photo under a media type that is none."""
    paste(folder, {"image/jpg": b"\xff\xd8\xff\xe0 and more"})


@case("HEIC", "JPEG or PNG")
def a_photo_of_a_phone(folder: Path) -> None:
    """A photo that browsers do not show."""
    paste(folder, {"image/heic": b"\0\0\0\x18ftypheic and more"})


@case("is not in the notebook")
def a_picture_that_is_not_there(folder: Path) -> None:
    """A picture that the text shows and the file does not hold: its page is shown all the same."""
    paste(folder, {})


@case()
def a_timestamp_that_says_nothing(folder: Path) -> None:
    """A time that nobody can read."""
    (folder / "timestamp.txt").write_text("yesterday evening")


@case()
def a_timestamp_in_utf_16(folder: Path) -> None:
    """A time in UTF-16."""
    (folder / "timestamp.txt").write_bytes("2026-05-31 23:59:59 UTC".encode("utf-16"))
