"""What students may read of a text that a test has made.

Threat model: the text may hold what the test's author wrote, what the student wrote, and a
fixed vocabulary; it must not hold what the student's code said while it saw hidden inputs. So
every text that came from the candidate is blanked unless the student or the author has written
it; and, once hidden tests have been asked, every number of three digits or more, and every list
of numbers, that is not the author's own words: what the student's code returns to a visible check
it may remember from a hidden one. What is left, short numbers, constants and words of the student's own, may be read if
it is little: a list of fractions, of dates or of words from their notebook spells as much as one of numbers. The author's own words are those of the test cell: its texts,
and what its f-strings make of names that are bound to constants there.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from proctor import checks

from .sitting import Sitting

BLANK = "[…]"
_NUMBER = re.compile(r"\d[\d.]+\d")
_TOKEN = re.compile(r"[\w.]+|\n(?=\S)")
_OF_LISTS = re.compile(r"[\d\s.,()\[\]{}+-]+")
_LEFT_OVER = re.compile(r"[\[({]\s*[\[({]\s*\[…\](?:,?\s*\[…\])*\s*[\])}]\s*[\])}]")
_TELLING = re.compile(r"""\w[\w.]*|[\[({]\s*[\])}]|(['"])[^\w\n]{0,2}\1""")
_WORDS = re.compile(r"\w[\w.]*")
_AUTHORS = "\uf8ff"  # in place of a character of the author's
_MOST_TOLD = 6  # short numbers and words of the student's in one text
_MOST_ALIKE = 2  # of one word, say "difference" of a library's message: `NaT` and `pi` in turn spell something
_CONSTANTS = {"True", "False", "None", "nan", "inf"}
_WRAPPERS = {"array", "tensor", "range", "dtype"}  # between the numbers of a list that is printed
_SHORTEST_LIST = 4  # fewer numbers are a shape or a place
_PLACES = 0xE000  # characters for private use: they stand for what is kept while other numbers are blanked
_MOST_PLACES = 1000
_SHORTEST_BLANKED = 3  # shorter texts say nothing and occur everywhere


def scrub(text: str, sitting: Sitting) -> str:
    """``text`` without what only the candidate can have told."""
    if not text:
        return text
    authors = _authors_words(sitting.source)
    for secret in sorted(sitting.strings, key=len, reverse=True):
        if not _SHORTEST_BLANKED <= len(secret) <= len(text):
            continue
        for form in (secret, repr(secret)[1:-1]):
            if form in text and secret not in sitting.known and secret not in authors:
                text = text.replace(form, BLANK)
    if not sitting.after_hidden:
        return text
    words = "\n".join([sitting.known, *authors])
    kept = [*checks.in_words(sitting.records).splitlines(), *_lists_among(text, sitting.known, *authors)]
    places = dict(zip(map(chr, range(_PLACES, _PLACES + _MOST_PLACES)), kept, strict=False))
    for place, each in places.items():
        text = text.replace(each, place)
    text = _without_lists(text, words)
    numbers = _numbers_in(sitting.known).union(*map(_numbers_in, authors))
    text = _NUMBER.sub(lambda number: number[0] if number[0] in numbers else BLANK, text)
    text = _rationed(text, sitting, authors).replace(f"-{BLANK}", BLANK)
    while text != (text := _LEFT_OVER.sub(f"[{BLANK}]", text)):
        pass
    for place, each in places.items():
        text = text.replace(place, each)
    return text


def scrub_words(text: str, sitting: Sitting, in_sight: bool = False) -> str:
    """The same for a message: where something is missing, it says what. ``in_sight``: a check that the student has."""
    scrubbed = scrub(text, sitting)
    if BLANK not in scrubbed or scrubbed == BLANK or BLANK in text:
        return scrubbed
    where = "run this check in your notebook to see it" if in_sight else "what your code gave is not shown here"
    before, blank, after = scrubbed.partition(BLANK)
    line, newline, more = after.partition("\n")
    return f"{before}{blank}{line} ({BLANK}: {where}){newline}{more}"


def _lists_among(text: str, *words: str) -> list[str]:
    """Lists of numbers in the text that the words hold too, however they are spaced, longest first."""
    found = set(_lists_in(text))
    if not found:
        return []
    known = frozenset().union(*map(_lists_of, words))
    return sorted((each for each in found if _numbers_of(each) in known), key=len, reverse=True)


@lru_cache(maxsize=1024)  # what students have is the same for all texts of a notebook
def _lists_of(words: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_numbers_of(each) for each in _lists_in(words)) - {()}


def _lists_in(text: str) -> Iterator[str]:
    """From the first bracket that opens to the last that closes, in each row of what lists of numbers are made of."""
    for row in _OF_LISTS.finditer(text):
        begin = min((place for bracket in "[({" if (place := row[0].find(bracket)) >= 0), default=len(row[0]))
        end = max(map(row[0].rfind, "])}"))
        if begin < end:
            yield row[0][begin : end + 1]


@lru_cache(maxsize=1024)
def _numbers_in(words: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(words))


def _numbers_of(text: str) -> tuple[str, ...]:
    return tuple(number.rstrip(".") for number in re.findall(r"-?\d[\d.]*", text))


def _without_lists(text: str, words: str) -> str:
    """``text`` without rows of numbers and constants, as values print, that are not among these words."""
    rows: list[list[re.Match]] = [[]]
    for token in _TOKEN.finditer(text):
        if token[0] in _CONSTANTS or any(character.isdigit() for character in token[0]):
            rows[-1].append(token)
        elif token[0] not in _WRAPPERS:
            rows.append([])
    kept, end = [], 0
    for row in rows:
        if len(row) >= _SHORTEST_LIST and text[row[0].start() : row[-1].end()] not in words:
            kept += [text[end : row[0].start()], BLANK]
            end = row[-1].end()
    return "".join([*kept, text[end:]])


def _rationed(text: str, sitting: Sitting, authors: frozenset[str]) -> str:
    """``text`` without what the candidate may have chosen in lists, dicts and the like, if that is more than a shape or a place."""
    rest = text = text.replace(_AUTHORS, "")
    if not any(bracket in text for bracket in "([{"):
        return text
    lines = (_lines_of(sitting.known) | _lines_of(sitting.source)) - sitting.strings
    there = [word for word in authors | lines if _SHORTEST_BLANKED <= len(word) <= len(rest) and word in rest]
    for word in sorted(there, key=len, reverse=True):
        if word in rest:  # as often as the author has written it: who repeats it spells something
            rest = rest.replace(word, _AUTHORS * len(word), sitting.source.count(word) or 1)
    theirs = _CONSTANTS | {word for each in sitting.strings for word in _WORDS.findall(each)}
    inside = _inside_of_brackets(rest)
    found = [each for each in _TELLING.finditer(rest) if inside[each.start()]]
    times = Counter(each[0] for each in found)
    told = [
        each.span()
        for each in found
        if not each[0].isalpha()
        or each[0] in theirs
        or rest[each.end() : each.end() + 1] == "("
        or times[each[0]] > _MOST_ALIKE
    ]
    if len(told) <= _MOST_TOLD:
        return text
    spans = told[:1]
    for start, end in told[1:]:
        gap = rest[spans[-1][1] : start]
        if _AUTHORS in gap or any(map(str.isalnum, gap)):
            spans.append((start, end))
        else:  # brackets and commas between them, which differ from list to list
            spans[-1] = spans[-1][0], end
    for start, end in reversed(spans):
        text = text[:start] + BLANK + text[end:]
    return text


@lru_cache(maxsize=4)
def _lines_of(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.splitlines())


def _inside_of_brackets(text: str) -> list[bool]:
    """Of each character, whether it stands in a list, a dict or a call, as values print."""
    depth: list[bool] = []
    before, inside = " ", []
    for character in text:
        if character in ")]}" and depth:
            depth.pop()
        inside.append(any(depth))
        if character in "([{":
            depth.append(character != "(" or before.isalnum())
        before = character
    return inside


@lru_cache(maxsize=4)
def _authors_words(source: str) -> frozenset[str]:
    """The texts of a test cell, what its f-strings make of constants, and the points of its parts."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    points = {
        ast.unparse(node.args[0])
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "part" and node.args
    }
    constants = _constants(nodes)
    for node in nodes:
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
            texts |= {_formatted(value, node) for value in constants.get(node.value.id, ())}
    return frozenset(texts | points)


def _constants(nodes: list[ast.AST]) -> dict[str, list]:
    """Names that the cell binds to nothing but constants, and their values."""
    values: dict[str, list] = {}
    stores = [node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    for node in nodes:
        bindings: list[tuple[ast.expr, object]] = []
        try:
            if isinstance(node, ast.Assign):
                bindings = [(target, ast.literal_eval(node.value)) for target in node.targets]
            elif isinstance(node, ast.For | ast.comprehension):
                bindings = [(node.target, value) for value in _items(node.iter)]
            bound = [pair for target, value in bindings for pair in _bound(target, value)]
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        for name in {name for name, _ in bound}:
            stores.remove(name)
        for name, value in bound:
            values.setdefault(name, []).append(value)
    return {name: found for name, found in values.items() if name not in stores}


def _items(node: ast.expr) -> list:
    """What a loop over a literal goes through. Raises ValueError for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "items":
        return list(ast.literal_eval(node.func.value).items())
    return list(ast.literal_eval(node))


def _bound(target: ast.expr, value) -> Iterator[tuple[str, object]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        for each, part in zip(target.elts, value, strict=True):
            yield from _bound(each, part)
    else:
        raise ValueError("not a name")


def _formatted(value: object, node: ast.FormattedValue) -> str:
    """A constant as the f-string prints it."""
    if isinstance(node.format_spec, ast.JoinedStr):
        pieces = [each.value for each in node.format_spec.values if isinstance(each, ast.Constant)]
        try:
            return format(value, "".join(map(str, pieces)))
        except (ValueError, TypeError):
            return ""
    return repr(value) if node.conversion == ord("r") else str(value)
