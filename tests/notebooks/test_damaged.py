"""Notebooks that something has happened to: what can still be read counts, and what was done is said."""

import base64
import codecs
import gzip
import html
import json
import re
import subprocess
import time
from contextlib import suppress
from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from small_assignment import ANSWERS, CELLS, FULL_MARKS, PRISTINE, cell, earned, notebook, student

from proctor.notebooks.assignment import assignment_notebook
from proctor.notebooks.reading import StudentCell, Unreadable, read_cells
from proctor.notebooks.transplant import transplant


def filled(answers=ANSWERS, pristine=PRISTINE) -> dict:
    """A student's notebook as JupyterLab saves it."""
    nb = json.loads(nbformat.writes(pristine.release))
    for node in nb["cells"]:
        if node["id"] in answers:
            node["source"] = answers[node["id"]].splitlines(True)
        if node["cell_type"] == "code":
            node["execution_count"] = 1
            node["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["hello\n", '{"outputs": [']}]
    return nb


def saved(nb=None) -> str:
    """The text of a file, one entry a line as JupyterLab writes it."""
    return json.dumps(filled() if nb is None else nb, indent=1, ensure_ascii=False) + "\n"


WHOLE = saved()


def read(text: str | bytes):
    return read_cells(text.encode() if isinstance(text, str) else text)


def points(text: str | bytes, pristine=PRISTINE) -> dict[str, float]:
    """What the notebook's answers earn."""
    return earned(transplant(pristine, student(list(read(text)[0]))))


def said(text: str | bytes) -> str:
    return " ".join(note.words for note in read(text)[1])


def changed(at: str, old: str, new: str, text: str = WHOLE) -> str:
    """The text with its first ``old`` after ``at`` replaced: damage at a place."""
    place = text.index(old, text.index(at))
    return text[:place] + new + text[place + len(old) :]


def cut_after(what: str) -> str:
    return WHOLE[: WHOLE.index(what) + len(what)]


# Damage that costs nothing

HARMLESS = {
    "a trailing comma in a cell": (changed('"area"', '"metadata": {', '"metadata": {"x": 1,'), ""),
    "a trailing comma after the last line": (changed("half * radius", '"\n', '",\n'), "mended"),
    "a trailing comma after the last cell": (changed('"explore"', "}\n ],", "},\n ],"), "damaged"),
    "a trailing comma after everything": (WHOLE.rstrip("}\n") + ",\n}\n", "damaged"),
    "a comma lost between two cells": (changed("half * radius", "},", "}"), "damaged"),
    "a comma lost in a cell": (changed('"twice",', '"twice",', '"twice"'), "mended"),
    "a bracket lost": (changed("half * radius", "]", ""), "mended"),
    "an unescaped quote in text": (changed('"intro"', "# A small lab", '# A "small" lab'), "mended"),
    "a line end inside a text": (changed('"intro"', "A small", "A\nsmall"), ""),
    "cut off behind the answers": (cut_after("explore"), "interrupted upload"),
    "cut off behind the last cell": (WHOLE[: WHOLE.rindex('"metadata"')], "interrupted upload"),
    "the beginning lost": (WHOLE[WHOLE.index("A small") :], "damaged"),
    "a piece lost in the text before": (WHOLE.replace('"source": [\n    "# A sm', "", 1), "damaged"),
    "Python's repr instead of JSON": (repr(filled()), "damaged"),
    "Python's None and True": (WHOLE.replace('"execution_count": 1', '"execution_count": None'), "mended"),
    "NaN": (WHOLE.replace('"execution_count": 1', '"execution_count": NaN'), ""),
    "comments": (changed('"area"', '"metadata"', '// mine\n "metadata"'), "mended"),
    "escaped as HTML": (html.escape(WHOLE), "damaged"),
    "escaped as HTML in a page": (f"<html><body><pre>{html.escape(WHOLE)}</pre></body></html>", "damaged"),
    "typographic quotes": (re.sub(r'(?<!\\)"(.*?)(?<!\\)"', r"“\1”", saved(filled())), "damaged"),
    "in a text": (json.dumps(WHOLE), ""),
    "in a text in a text": (json.dumps(json.dumps(WHOLE)), ""),
    "escaped without quotes": (json.dumps(WHOLE)[1:-1], "damaged"),
    "only its cells": (json.dumps(filled()["cells"]), ""),
    "twice in one file": (WHOLE + WHOLE, "goes on"),
    "begun twice": (WHOLE[: len(WHOLE) // 3] + WHOLE, "damaged"),
    "behind another text": ("Here is my homework:\n```json\n" + WHOLE + "```\n", "damaged"),
    "before another text": (WHOLE + "Sent from my phone", "goes on"),
    "Windows line ends": (WHOLE.replace("\n", "\r\n"), ""),
    "on one line": (json.dumps(filled()), ""),
    "zeros behind it": (WHOLE + "\0" * 5000, ""),
    "zeros before it": ("\0" * 512 + WHOLE, ""),
    "a stray end of a conflict": (changed('"twice"', '   "source"', '>>>>>>> main\n   "source"'), "conflict"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMLESS)
def test_damage_beside_the_answers_costs_no_point_and_is_said(kind):
    text, words = HARMLESS[kind]
    assert text != WHOLE
    assert points(text) == FULL_MARKS
    assert (words in said(text)) if words else not said(text)


def test_what_lies_behind_a_cut_is_lost_and_the_rest_counts():
    text = cut_after("return x + x")
    assert points(text)["test-area"] == FULL_MARKS["test-area"]
    assert "what comes after cell 7 is missing" in said(text)
    assert "Cell 7 had to be mended" in said(text)


def test_a_cell_that_is_damaged_costs_no_other_one():
    text = changed('"def twice', '"def twice', 'def} tw[ice"""')
    assert {**points(text), "test-twice": 3.0} == FULL_MARKS
    assert "Cell 7 had to be mended" in said(text)


@pytest.mark.parametrize("place", range(0, len(WHOLE), 997))
def test_a_hole_anywhere_costs_only_the_cells_that_it_is_in(place):
    text = WHOLE[:place] + WHOLE[place + 60 :]
    starts = [WHOLE.index(f'"id": "{c["id"]}"') for c in filled()["cells"]]
    hit = {c["id"] for c, start in zip(filled()["cells"], starts, strict=True) if start - 300 <= place <= start + 900}
    for name, answer in (("test-area", "area"), ("test-twice", "twice"), ("test-volume", "volume")):
        if not {name, answer} & hit:
            assert points(text)[name] == FULL_MARKS[name]


def test_a_large_photo_in_a_damaged_cell_is_kept_with_it():
    photo = base64.b64encode(b"\xff\xd8\xff" + bytes(range(256)) * 10_000).decode()
    nb = filled({**ANSWERS, "why-answer": "See ![x](attachment:p)"})
    next(node for node in nb["cells"] if node["id"] == "why-answer")["attachments"] = {"p": {"image/jpeg": photo}}
    text = changed('"why-answer"', '"metadata": {', '"metadata": {,', saved(nb))
    (found,) = (c for c in read(text)[0] if c.grade_id == "why-answer")
    assert found.source == "See ![x](attachment:p)"
    assert found.attachments == (("p", "image/jpeg", photo),)


# Encodings

UMLAUTS = {
    **ANSWERS,
    "area": "def area(radius):\n    größe = math.pi * radius  # für Straßen — „hier“\n    return größe * radius",
}
GERMAN = assignment_notebook(
    "lab",
    notebook(
        cell("code", "readonly", "imports", "import math"),
        cell("code", "solution", "size", "### BEGIN SOLUTION\ngröße = 3\n### END SOLUTION"),
        cell("code", "test", "test-size", "assert größe == 3", 2),
    ),
)
SIZE = saved(filled({"size": "größe = 1 + 2"}, GERMAN))
ENCODED = {
    "UTF-8 with a mark": (codecs.BOM_UTF8 + SIZE.encode(), ""),
    "UTF-8 with two marks": (codecs.BOM_UTF8 * 2 + SIZE.encode(), ""),
    "UTF-8 with marks of UTF-16 and UTF-8": (codecs.BOM_UTF16_LE + codecs.BOM_UTF8 + SIZE.encode(), ""),
    "UTF-16": (SIZE.encode("utf-16"), "UTF-16"),
    "UTF-16, little end first, no mark": (SIZE.encode("utf-16-le"), "UTF-16"),
    "UTF-16, big end first, no mark": (SIZE.encode("utf-16-be"), "UTF-16"),
    "UTF-16 with two marks": (codecs.BOM_UTF16_BE * 2 + SIZE.encode("utf-16-be"), "UTF-16"),
    "UTF-16, cut in the middle of a character": (SIZE.encode("utf-16-le")[:-1], "UTF-16"),
    "UTF-32": (SIZE.encode("utf-32"), "UTF-32"),
    "Windows-1252": (SIZE.encode("cp1252"), "Windows-1252"),
    "Latin-1": (SIZE.encode("latin-1"), "Windows-1252"),
    "Mac Roman": (SIZE.encode("mac_roman"), "Mac Roman"),
    "DOS": (SIZE.encode("cp850"), "DOS"),
    "UTF-8 here and Windows-1252 there": (SIZE.encode() .replace(b'"cells"', '"é": "äöüÄÖÜß€",\n "cells"'.encode()).replace("größe = 1".encode(), "größe = 1".encode("cp1252")), "Windows-1252"),
    "compressed": (gzip.compress(SIZE.encode()), "gzip"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ENCODED)
def test_a_name_beyond_ascii_survives_every_encoding(kind):
    content, words = ENCODED[kind]
    assert points(content, GERMAN) == {"test-size": 2.0}
    assert (words in said(content)) if words else not said(content)


def test_comments_in_windows_1252_cost_nothing():
    assert points(saved(filled(UMLAUTS)).encode("cp1252")) == FULL_MARKS


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "вычислить градиент функции потерь"),
        ("gb18030", "先计算隐藏层的梯度,然后再计算输入层的梯度。这个函数返回一个字典,里面有所有的参数的导数"),
    ],
)  # fmt: skip
def test_other_encodings_are_guessed_and_the_guess_is_named(encoding, words):
    text = saved(filled({**ANSWERS, "area": ANSWERS["area"] + f"\n# {words}"}))
    assert points(text.encode(encoding)) == FULL_MARKS
    assert encoding in said(text.encode(encoding))
    assert any(words in c.source for c in read(text.encode(encoding))[0])


# Conflicts

STUBS = {c["id"]: "".join(c["source"]) for c in filled({})["cells"]}


def merge(tmp_path, mine: dict, yours: dict, base: dict, style: str = "merge") -> str:
    """What git leaves of two versions of a notebook."""
    for name, nb in (("mine", mine), ("base", base), ("yours", yours)):
        (tmp_path / name).write_text(saved(nb))
    command = ["git", "merge-file", "-p", *(["--diff3"] if style == "diff3" else []), "mine", "base", "yours"]
    merged = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "<<<<<<<" in merged and ">>>>>>>" in merged
    return merged


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_both_sides_of_a_merge_keep_their_answers(tmp_path, style):
    """Two students, each with other answers: a conflict in each of their cells' outputs, counts and sources."""
    mine = filled({k: v for k, v in ANSWERS.items() if k in ("area", "volume", "why-answer")})
    yours = filled({k: v for k, v in ANSWERS.items() if k in ("twice", "how-answer")})
    for node in yours["cells"]:
        if node["cell_type"] == "code":
            node["execution_count"] = 9
            node["outputs"] = []
    for node in mine["cells"]:
        if node["cell_type"] == "code":
            node["execution_count"] = 5
            node["outputs"][0]["text"] = ["mine"]
    text = merge(tmp_path, mine, yours, filled({}), style)
    assert points(text) == FULL_MARKS
    cells = read(text)[0]
    assert [c.source for c in cells if c.id in ANSWERS] == [ANSWERS[c.id] for c in cells if c.id in ANSWERS]
    assert "merge conflict" in said(text)


def in_conflict(name: str, ours: str, theirs: str, tmp_path, style="merge") -> str:
    mine, yours, base = (filled({**ANSWERS, name: source}) for source in (ours, theirs, "both began with this"))
    return merge(tmp_path, mine, yours, base, style)


GOOD = ANSWERS["twice"]
SIDES = {
    "the released stub above": (STUBS["twice"], GOOD, "below"),
    "the released stub below": (GOOD, STUBS["twice"], "above"),
    "above does not parse": ("def twice(x):\n    return (", GOOD, "below"),
    "below does not parse": (GOOD, "def twice(x)\n    return 2", "above"),
    "both answer": (GOOD, "def twice(x):\n    return 0", "above"),
    "nothing above": ("", GOOD, "below"),
}


@pytest.mark.parametrize("style", ["merge", "diff3"])
@pytest.mark.parametrize("case", SIDES)
def test_of_two_versions_of_an_answer_the_one_that_answers_counts_else_the_upper_one(tmp_path, case, style):
    ours, theirs, side = SIDES[case]
    text = in_conflict("twice", ours, theirs, tmp_path, style)
    assert points(text) == FULL_MARKS
    assert f"The part {side} ======= counts in cell 7." in said(text)


def test_a_function_each_in_one_cell_are_both_kept(tmp_path):
    helper = "def helper(x):\n    return x + x"
    other = "def twice(x):\n    return RATE * x"
    text = in_conflict("twice", f"{helper}\n\n{other}", f"{other}\n\ndef unused():\n    return 1", tmp_path)
    (found,) = (c for c in read(text)[0] if c.grade_id == "twice")
    assert "def helper" in found.source and "def unused" in found.source
    assert points(text) == FULL_MARKS


def test_both_versions_of_a_written_answer_are_kept_for_the_grader(tmp_path):
    text = in_conflict("why-answer", "Fewer weights.", "It is equivariant.", tmp_path)
    (found,) = (c for c in read(text)[0] if c.grade_id == "why-answer")
    assert "Fewer weights." in found.source and "It is equivariant." in found.source
    assert "what both parts say" in said(text).lower()


def test_cells_that_only_one_side_has_are_kept(tmp_path):
    sides = []
    for number in (1, 2):
        nb = filled()
        nb["cells"].insert(4, {"cell_type": "code", "execution_count": None, "id": f"own-{number}", "metadata": {}, "outputs": [], "source": [f"own = {number}"]})  # fmt: skip
        sides.append(nb)
    text = merge(tmp_path, sides[0], sides[1], filled())
    assert [c.id for c in read(text)[0] if c.id.startswith("own")] == ["own-1", "own-2"]
    assert points(text) == FULL_MARKS


def test_conflicts_without_ids_and_metadata_keep_their_points(tmp_path):
    def bare(answers):
        nb = filled(answers)
        for node in nb["cells"]:
            node.pop("id")
            node["metadata"] = {}
        return nb

    text = merge(
        tmp_path, bare({**ANSWERS, "twice": STUBS["twice"]}), bare(ANSWERS), bare({**ANSWERS, "twice": "x = 1"})
    )
    assert points(text) == FULL_MARKS


def test_a_conflict_over_the_whole_file_is_two_notebooks():
    mine, yours = (json.dumps(filled({name: ANSWERS[name]})) for name in ("area", "twice"))
    text = f"<<<<<<< HEAD\n{mine}\n=======\n{yours}\n>>>>>>> main\n"
    assert {**points(text), "test-volume": 1.0} == FULL_MARKS
    assert "web page" not in said(text)


def test_a_conflict_that_was_cut_off_keeps_its_upper_part():
    text = WHOLE.replace('   "source": [\n    "def twice', '<<<<<<< HEAD\n   "source": [\n    "def twice', 1)
    assert points(text) == FULL_MARKS


@pytest.mark.parametrize("mark", ["=======", "||||||| base", ">>>>>>> main", "<<<<<<< HEAD"])
def test_a_mark_that_was_left_behind_takes_nothing_away(mark):
    assert points(changed('"imports"', '   "source"', f'{mark}\n   "source"')) == FULL_MARKS


def test_conflict_marks_in_a_cells_own_text_are_resolved_as_well():
    """As nbdime leaves them, and as students save them."""
    conflict = f"<<<<<<< local\n{STUBS['twice']}\n=======\n{GOOD}\n>>>>>>> remote"
    text = saved(filled({**ANSWERS, "twice": conflict}))
    assert points(text) == FULL_MARKS
    assert "The part below ======= counts in cell 7." in said(text)


def test_marks_that_are_a_text_of_the_student_are_left_alone():
    source = 'marks = """\n<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n"""'
    text = saved(filled({**ANSWERS, "volume": f"{source}\n{ANSWERS['volume']}"}))
    assert any(c.source.startswith(source) for c in read(text)[0])
    assert not said(text)


# Formats

HEADING = {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Old"]}


def in_version_3(nb: dict, cells_at=lambda cells: {"worksheets": [{"cells": cells}]}) -> dict:
    cells = [HEADING]
    for node in nb["cells"]:
        old = {key: value for key, value in node.items() if key not in ("id", "execution_count")}
        if old["cell_type"] == "code":
            old = {**old, "input": old.pop("source"), "prompt_number": 1, "language": "python", "collapsed": False}
        cells.append(old)
    return {"metadata": {"name": "lab"}, "nbformat": 3, "nbformat_minor": 0, **cells_at(cells)}


@pytest.mark.parametrize("damage", [lambda text: text, lambda text: text[: text.index("explore") + 200]])
def test_the_old_format_keeps_its_points_also_damaged(damage):
    assert points(damage(saved(in_version_3(filled())))) == FULL_MARKS


def test_version_4_without_ids_keeps_its_points_also_damaged():
    nb = filled()
    for node in nb["cells"]:
        del node["id"]
    assert points(saved(nb)) == points(saved(nb).replace('"metadata": {}', '"metadata": {,}')) == FULL_MARKS


# What is no notebook


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty", "empty"),
        (b"\0" * 4096, "empty", "empty"),
        (b"<!DOCTYPE html><html></html>", "web-page", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "git-lfs", "Git LFS"),
        (b"PK\x03\x04" + b"\0" * 30, "zip", "zip"),
        (b"%PDF-1.7", "pdf", "PDF"),
        (b"import numpy as np", "invalid-json", "no cell of a notebook"),
        (b'<<<<<<< HEAD\n{"a": 1}\n=======\n{}\n>>>>>>> b', "not-a-notebook", "no notebook"),
        (gzip.compress(b"hello", mtime=0), "invalid-json", "no cell"),
        (gzip.compress(b"x", mtime=0)[:12], "invalid-json", ""),
    ],
)
def test_what_is_no_notebook_is_called_by_its_name(content, code, words):
    with pytest.raises(Unreadable) as raised:
        read_cells(content)
    assert raised.value.code == code and words in raised.value.message


# Outputs


def huge(output: dict, **more) -> bytes:
    nb = filled()
    for node in nb["cells"]:
        if node["cell_type"] == "code":
            node["outputs"] = [output]
    return json.dumps({**nb, **more}).encode()


NUMBERS = {"output_type": "display_data", "metadata": {}, "data": {"application/json": [[[]]] * 100_000}}
TEXTS = {"output_type": "stream", "name": "stdout", "text": ['a "line" ]}\\\n'] * 100_000}
WIDGETS = {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {str(i): {"x": [i]} for i in range(300_000)}}}}  # fmt: skip


@pytest.mark.parametrize("content", [huge(NUMBERS), huge(TEXTS), huge({}, metadata=WIDGETS)], ids=["numbers", "texts", "widgets"])  # fmt: skip
@pytest.mark.parametrize("damage", [b"", b","])
def test_outputs_do_not_decide_however_many_values_they_hold(content, damage):
    began = time.monotonic()
    assert points(content.replace(b'"cell_type"', damage + b'"cell_type"', 1)) == FULL_MARKS
    assert time.monotonic() - began < 60


def test_an_output_that_shows_a_notebook_is_no_part_of_this_one():
    shown = {"output_type": "display_data", "metadata": {}, "data": {"application/json": filled({})}}
    assert points(huge(shown)) == FULL_MARKS
    assert len(read(huge(shown))[0]) == len(CELLS)


# Pictures

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and more").decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 and more").decode()
HEIC = base64.b64encode(b"\0\0\0\x18ftypheic and more").decode()
TIFF = base64.b64encode(b"II*\0 and more").decode()
AVIF = base64.b64encode(b"\0\0\0\x18ftypavif and more").decode()


def with_picture(bundle: object, text: str = "My derivation: ![photo](attachment:p)", name: str = "p"):
    nb = filled({**ANSWERS, "why-answer": text})
    next(node for node in nb["cells"] if node["id"] == "why-answer")["attachments"] = {name: bundle}
    cells, notes = read(saved(nb))
    return next(c for c in cells if c.id == "why-answer").attachments, notes


@pytest.mark.parametrize(
    ("claimed", "data", "media"),
    [
        ("image/png", PNG, "image/png"),
        ("image/jpg", JPEG, "image/jpeg"),
        ("IMAGE/JPEG", JPEG, "image/jpeg"),
        ("image/pjpeg", JPEG, "image/jpeg"),
        ("image/jpeg", PNG, "image/png"),
        ("application/octet-stream", JPEG, "image/jpeg"),
        ("image/avif", AVIF, "image/avif"),
        ("image/webp", base64.b64encode(b"RIFF\1\2\3\4WEBPVP8 ").decode(), "image/webp"),
        ("image/gif", base64.b64encode(b"GIF89a").decode(), "image/gif"),
        ("image/svg+xml", base64.b64encode(b"<svg xmlns=").decode(), "image/svg+xml"),
        ("image/bmp", base64.b64encode(b"BM" + bytes(20)).decode(), "image/bmp"),
    ],
)  # fmt: skip
def test_pictures_that_a_browser_shows_are_kept_as_what_they_are(claimed, data, media):
    assert with_picture({claimed: data}) == ((("p", media, data),), ())


@pytest.mark.parametrize(
    ("claimed", "data", "kind"),
    [("image/heic", HEIC, "HEIC"), ("image/heif", HEIC, "HEIC"), ("image/jpeg", HEIC, "HEIC"), ("image/tiff", TIFF, "TIFF"),
     ("image/x-canon-cr2", base64.b64encode(b"raw").decode(), "X-CANON-CR2")],
)  # fmt: skip
def test_pictures_that_browsers_do_not_show_are_kept_and_the_student_is_told_what_to_do(claimed, data, kind):
    ((_, media, kept),), (note,) = with_picture({claimed: data})
    assert kept == data and media.startswith("image/")
    assert "'p' of cell 14" in note.words and kind in note.words and "JPEG or PNG" in note.words


@pytest.mark.parametrize(
    "bundle", [{"image/png": "no base64!"}, {"text/html": "PGI+"}, {}, "x", None, {"image/png": 3}]
)
def test_a_picture_that_is_none_is_named_and_something_stands_in_its_place(bundle):
    ((name, media, data),), notes = with_picture(bundle)
    assert (name, media) == ("p", "image/svg+xml")
    assert b"not in the notebook" in base64.b64decode(data)
    assert "'p' of cell 14" in notes[0].words


@pytest.mark.parametrize(
    ("text", "name"),
    [("![x](attachment:my%20photo.png)", "my photo.png"), ("![x](attachment:my%20photo.png)", "my%20photo.png"),
     ('<img src="attachment:größe.png">', "größe.png"), ("![x](attachment:gr%C3%B6%C3%9Fe.png)", "größe.png")],
)  # fmt: skip
def test_every_page_finds_a_picture_by_the_name_in_the_text(text, name):
    attachments, notes = with_picture({"image/png": PNG}, text, name)
    assert not notes
    (called,) = re.findall(r"attachment:([^)\"]+)", text)
    assert (called, "image/png", PNG) in attachments


@pytest.mark.parametrize(
    "text",
    ["![x](attachment:gone.png)", '<img src="attachment:gone.png">', "![x](<attachment:my photo.png>)",
     "![x](attachment:gr%C3%B6%C3%9Fe.png)", "[x](attachment:gone.pdf)"],
)  # fmt: skip
def test_a_picture_that_is_missing_keeps_no_page_from_being_shown(text):
    """nbconvert shows nothing of a notebook whose text calls for a picture that is not in it."""
    cells = read(saved(filled({**ANSWERS, "why-answer": text})))[0]
    page, _ = HTMLExporter().from_notebook_node(transplant(PRISTINE, student(list(cells))).notebook)
    assert BeautifulSoup(page, "html.parser").find(string=re.compile("A small lab"))


def test_photos_in_the_text_itself_are_told_too():
    text = f"![x](data:image/heic;base64,{HEIC})"
    nb = filled({**ANSWERS, "why-answer": text})
    assert "HEIC" in said(saved(nb))
    assert not said(saved(filled({**ANSWERS, "why-answer": text.replace("heic", "jpeg")})))


# Whatever happens


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_random_damage_never_raises_and_takes_no_time(data):
    content = bytearray(WHOLE.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        end = place + data.draw(st.sampled_from([0, 1, 1, 40, 2000]))
        content[place:end] = data.draw(st.sampled_from([b"", b'"', b"{", b"]", b"\\", b"<<<<<<< x\n", b"\0", b"\xff"]))
        if not content:
            return
    began = time.monotonic()
    with suppress(Unreadable):
        cells, notes = read_cells(bytes(content))
        nbformat.validate(transplant(PRISTINE, student(list(cells))).notebook)
        assert all(note.words.isprintable() for note in notes)
    assert time.monotonic() - began < 20


LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufeff"), max_size=40)


@given(st.lists(st.builds(StudentCell, st.just(0), st.sampled_from(["code", "markdown", "raw"]),
    st.lists(LINES, max_size=3).map("\n".join), st.text("ab", max_size=2).map(lambda s: s or None))))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_an_undamaged_notebook_is_read_as_it_is(cells):
    nb = {"cells": [{"cell_type": c.cell_type, "source": c.source, **({"id": c.id} if c.id else {})} for c in cells]}
    for text in (json.dumps(nb), json.dumps(nb, indent=1, ensure_ascii=False)):
        found, notes = read(text)
        expected = [replace(c, index=i) for i, c in enumerate(cells)]
        assert [replace(c, attachments=()) for c in found] == expected
        assert {note.code for note in notes} <= {"missing-picture", "hidden-picture"}


HOSTILE = {
    "quotes and braces": b'{"cell_type":' + b'{"' * 50_000,
    "cells that do not end": b'{"cell_type": "code", "source": [' * 30_000,
    "nested cells": b'{"metadata": ' * 100_000,
    "texts that do not end": b'{"id": "' * 30_000,
    "many damaged cells": b'{"cell_type": "code" "source": ["a" "b"]},' * 5_000,
    "outputs in outputs": b'{"cell_type": 1, "outputs": [' * 100_000,
    "conflicts": b"<<<<<<< a\n=======\n>>>>>>> b\n" * 100_000,
    "conflicts in cells": b'[' + b'<<<<<<< a\n{"cell_type": "code", "source": "a=1"}\n=======\n{"cell_type": "code", "source": "b=1"}\n>>>>>>> b\n,' * 900,
    "a mountain of nothing": b"{" + b" " * 20_000_000 + b"x",
    "brackets": b"[" * 20_000_000,
    "quotes": b'"outputs": ["' + b'\\"' * 5_000_000,
    "Python": b"{'cell_type': " * 100_000,
    "minus": b"{'cell_type': " + b"-" * 1_000_000,
    "zipped nothing": gzip.compress(b" " * 300_000_000, 9),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_take_seconds(kind):
    began = time.monotonic()
    with suppress(Unreadable):
        assert len(read_cells(HOSTILE[kind])[0]) <= 2_000
    assert time.monotonic() - began < 40
