"""Which characters a file's bytes mean, where it is not UTF-8 as a notebook should be."""

from __future__ import annotations

import codecs
import re
import zlib

from charset_normalizer import from_bytes

from .cells import MIB, Note, NotebookLimits, Readable, Unreadable

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD = 4096
_SAMPLE = 20_000
_WESTERN = ("cp1252", "mac_roman", "cp850")
_OTHERS = ["cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "gb18030", "big5", "shift_jis", "euc_jp", "cp949"]
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (850)"}
# What Western European texts hold beside ASCII, and what never stands inside of a word.
_USUAL = re.compile(r"[À-ÖØ-öø-ÿŒœ\sa-zA-Z„“”‚‘’–—…•€°§±²³µ·¹×÷«»¿¡¢£¥©®™¼½¾ªº¬¶\x00-\x7f]*")
_IN_A_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ][^\x00-\x7fÀ-ÖØ-öø-ÿ’‘–—…Œœ]+[A-Za-zÀ-ÖØ-öø-ÿ]|[À-ÖØ-öø-ÿ]{4}|[a-z][À-ÖØ-Þ]")


def plain(content: Readable, limits: NotebookLimits, notes: list[Note]) -> Readable:
    """The content in a form whose ASCII characters are ASCII bytes: unpacked, not UTF-16 or UTF-32."""
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, limits)
        notes.append(Note("compressed", "The file is compressed (gzip); it was unpacked."))
    start = _after_marks(content[:_HEAD])
    wide = _wide(content[start:_HEAD])
    if wide is None:
        return content
    if len(content) > 4 * limits.light_bytes:
        raise Unreadable("too-large", "The notebook is saved as UTF-16 and very large. Save it as UTF-8.")
    notes.append(Note("encoding", f"The file is saved as {wide[:6].upper()}, not as UTF-8; it was read all the same."))
    return content[start:].decode(wide, "replace").encode()


def text_of(content: bytes, notes: list[Note]) -> str:
    """The text of a file, in UTF-8 or an older encoding."""
    content = content[_after_marks(content) :]
    try:
        return content.decode()
    except UnicodeDecodeError:
        pass
    text = content.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    beyond_ascii = sum(map(len, re.findall(r"[^\x00-\x7f]+", text)))
    if beyond_ascii > 2 * damaged:  # UTF-8 with other bytes in it: put together from two files, perhaps
        encoding = "utf-8"
        words = "Some characters of the file are not UTF-8; they were read as Windows-1252."
    else:
        encoding = _older_encoding(content)
        words = f"The file is not saved as UTF-8; it was read as {_NAMES.get(encoding, encoding)}."
    text = content.decode(encoding, "proctor.as_cp1252")
    notes.append(Note("bad-encoding", f"{words} Compare letters beyond a-z with what you wrote."))
    return text


def _unpacked(content: Readable, limits: NotebookLimits) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        found = unpack.decompress(content[: 4 * limits.light_bytes], 4 * limits.light_bytes)
    except zlib.error as error:
        raise Unreadable("invalid-json", "The file is compressed and damaged.", str(error)) from error
    if unpack.unconsumed_tail:
        raise Unreadable("too-large", "The file is compressed and too large. Submit the notebook itself.")
    return found


def _after_marks(head: bytes) -> int:
    """Where the text begins, after any number of byte order marks."""
    start = 0
    while found := next((mark for mark in _MARKS if head.startswith(mark, start)), None):
        start += len(found)
    return start


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by where the zeros are: the marks of JSON are ASCII. A byte order mark may be missing or lie."""
    for encoding, width, zeros in (
        ("utf-32-le", 4, (1, 2, 3)),
        ("utf-32-be", 4, (0, 1, 2)),
        ("utf-16-le", 2, (1,)),
        ("utf-16-be", 2, (0,)),
    ):
        units = len(head) // width
        if units < 2:
            continue
        empty = [head[place : units * width : width].count(0) / units for place in range(width)]
        if all((share > 0.4) if place in zeros else (share < 0.1) for place, share in enumerate(empty)):
            return encoding
    return None


def _older_encoding(content: bytes) -> str:
    """The encoding of text that is not UTF-8: Western if it looks so, else as charset-normalizer says."""
    lines = re.findall(rb"[^\n]*[\x80-\xff][^\n]*", content[: 4 * MIB])
    sample = b"\n".join(line[:1000] for line in lines)[:_SAMPLE]
    for encoding in _WESTERN:
        text = sample.decode(encoding, "replace")
        if _USUAL.fullmatch(text) and not _IN_A_WORD.search(text):
            return encoding
    best = from_bytes(sample, cp_isolation=_OTHERS).best()
    return "cp1252" if best is None else best.encoding


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    damaged = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in damaged), error.end


codecs.register_error("proctor.as_cp1252", _as_cp1252)
