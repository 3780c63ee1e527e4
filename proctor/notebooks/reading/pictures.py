"""Pictures that are pasted into written text: what a browser can show is kept, and nothing vanishes without a word."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote
from xml.sax.saxutils import escape

from mistune.util import escape_url

from .cells import Note

#: Media types by other names.
_ALIASES = {
    "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/jfif": "image/jpeg", "image/x-png": "image/png",
    "image/apng": "image/png", "image/x-ms-bmp": "image/bmp", "image/x-bmp": "image/bmp", "image/svg": "image/svg+xml",
    "image/x-icon": "image/vnd.microsoft.icon", "image/tif": "image/tiff", "image/heif": "image/heic",
    "image/heic-sequence": "image/heic", "image/heif-sequence": "image/heic", "image/x-heic": "image/heic",
}  # fmt: skip
#: What every browser shows in an <img>. There, SVG runs no scripts.
_SHOWN = frozenset(
    f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "avif", "bmp", "svg+xml", "vnd.microsoft.icon")
)
_BEGINNINGS = (
    (rb"\x89PNG\r\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8", "image/gif"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"....ftypavi[fs]", "image/avif"),
    (rb"....ftyp(?:he[iv][cxms]|mif1|msf1|heif)", "image/heic"),
    (rb"II\*\0|MM\0\*", "image/tiff"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "image/jxl"),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "image/jp2"),
    (rb"%PDF-", "application/pdf"),
    (rb"BM.{12}", "image/bmp"),
    (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)", "image/svg+xml"),
)
_CALLED = re.compile(
    r"""<attachment:(?P<marked>[^<>\n]+)>|(?P<quote>["'])attachment:(?P<quoted>[^"'<>\n]+)(?P=quote)|attachment:(?P<bare>[^\s)"'<>\]]+)"""
)
_INLINE = re.compile(r"data:(image/[\w.+-]+)[;,]")
_MOST_CALLED = 100


def pictures(attachments: object, number: int, source: str, notes: list[Note]) -> tuple[tuple[str, str, str], ...]:
    """The pictures of the cell with this number, and of those that its text calls for but that are not in the file, a word.

    Each is (file name, media type, base64). What it is, its first bytes say. A name that the text calls for is
    always among them: without it nbconvert could show nothing of the notebook.
    """
    found = list(_kept(attachments, number, notes))
    names = {name for name, _, _ in found}
    for called in dict.fromkeys(_called(source)):
        twin = next((each for each in found if unquote(each[0]) == unquote(called)), None)
        if twin is None:
            which = f"The picture {_shown(unquote(called))} of cell {number}"
            notes.append(Note("missing-picture", f"{which} is not in the notebook. {_AGAIN}"))
            instead = _instead(f"{_shown(unquote(called))}: this picture is not in the notebook")
            twin = ("", "image/svg+xml", instead)
        for name in dict.fromkeys((called, unquote(called), escape_url(called))):
            if name not in names:
                found.append((name, *twin[1:]))
                names.add(name)
    for media in dict.fromkeys(_INLINE.findall(source)):
        _tell_if_hidden(_ALIASES.get(media.lower(), media.lower()), f"A picture in the text of cell {number}", notes)
    return tuple(found)


def _called(source: str) -> Iterator[str]:
    """Names of the attachments that a text shows."""
    for match in islice(_CALLED.finditer(source), _MOST_CALLED):
        yield match["marked"] or match["quoted"] or match["bare"]


_AGAIN = "Paste it into the notebook again, as PNG or JPEG, save, and submit it again."


def _kept(attachments: object, number: int, notes: list[Note]) -> Iterator[tuple[str, str, str]]:
    if not isinstance(attachments, dict):
        return
    for name, bundle in attachments.items():
        which = f"The picture {_shown(name)} of cell {number}"
        read = 0
        for claimed, written in (bundle if isinstance(bundle, dict) else {}).items():
            data = _joined(written)
            start = _decoded(data)
            media = _media(claimed.lower().strip(), start) if start else None
            if media is None:
                continue
            read += 1
            _tell_if_hidden(media, which, notes)
            yield name.encode("utf-8", "replace").decode(), media, data
        if not read:
            notes.append(Note("damaged-picture", f"{which} is damaged or no picture, and was left out. {_AGAIN}"))


def _joined(written: object) -> str:
    """Base64 in one piece: it may be given as lines."""
    lines = written if isinstance(written, list) else [written]
    return "".join("".join(line.split()) for line in lines if isinstance(line, str))


def _decoded(data: str) -> bytes:
    """The first bytes of base64; none if it is not."""
    try:
        return base64.b64decode(data, validate=True)[:256]
    except (binascii.Error, ValueError):
        return b""


def _media(claimed: str, start: bytes) -> str | None:
    """What a picture is by its first bytes, else what it claims to be; None if it is no picture."""
    for beginning, media in _BEGINNINGS:
        if re.match(beginning, start, re.DOTALL):
            return media if media.startswith("image/") and (media != "image/svg+xml" or "image" in claimed) else None
    claimed = _ALIASES.get(claimed, claimed)
    return claimed if re.fullmatch(r"image/[\w.+-]{1,50}", claimed) else None


def _tell_if_hidden(media: str, which: str, notes: list[Note]) -> None:
    if media not in _SHOWN:
        kind = media.removeprefix("image/").upper()
        notes.append(
            Note(
                "hidden-picture",
                f"{which} is in the format {kind}, which most browsers cannot show: whoever grades may not see it. "
                "Export it as JPEG or PNG, paste it again, save, and submit the notebook again.",
            )
        )


def _instead(words: str) -> str:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="40"><text x="8" y="26">{escape(words)}</text></svg>'
    return base64.b64encode(text.encode()).decode()


def _shown(name: str) -> str:
    return repr("".join(c if c.isprintable() else "?" for c in name)[:100])
