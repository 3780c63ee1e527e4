"""Pillow's pictures as mode, size and pixels, and back. What a file said beside them stays behind."""

from __future__ import annotations

from typing import Any

from .kind import Kind, NotPlain, of
from .library import Library

Image: Any = Library("PIL.Image")
MOST_PIXELS = 50_000_000
_BITS = {"1": 1, "L": 8, "P": 8, "LA": 16, "RGB": 24, "YCbCr": 24, "LAB": 24, "HSV": 24, "RGBA": 32, "CMYK": 32, "I": 32, "F": 32}  # fmt: skip
_MOST_COLOURS = 3 * 256  # numbers in a palette


def _parts(value: Any) -> list:
    if value.mode not in _BITS or not 0 < value.width * value.height <= MOST_PIXELS:
        raise NotPlain("a picture of such a mode or size")
    return [value.mode, value.width, value.height, value.tobytes(), value.getpalette() or []]


def _picture(mode: Any, width: Any, height: Any, pixels: Any, palette: Any) -> Any:
    if of(str, mode) not in _BITS or of(int, width) < 1 or of(int, height) < 1 or width * height > MOST_PIXELS:
        raise ValueError("not a picture")
    if len(of(bytes, pixels)) != (width * _BITS[mode] + 7) // 8 * height:
        raise ValueError("pixels and size do not fit together")
    if len(of(list, palette)) > _MOST_COLOURS or any(not 0 <= of(int, each) <= 255 for each in palette):
        raise ValueError("not a palette")
    picture = Image.frombytes(mode, (width, height), pixels)
    if mode == "P" and palette:
        picture.putpalette(palette)
    return picture


def kinds() -> tuple[Kind, ...]:
    return (Kind("PIL picture", (Image.Image,), _parts, _picture, whole=True),)
