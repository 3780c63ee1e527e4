"""``submission_metadata.yml`` of an "Export Submissions" zip, as values: who submitted what, and when.

Gradescope writes it with Ruby: keys are symbols (``:submitters``). Each submission is read on its
own, and of it only what is needed: damage costs one submission, and long or deeply nested
results of an autograder cost nothing. Everything arrives as text, so an unquoted student ID
keeps its zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise

import yaml
from dateutil import parser as dates

_WANTED = ("submitters", "created_at")
_DEEPEST = 8
_LONGEST = 128  # characters that nbgrader's gradebook holds in a name or an address


@dataclass(frozen=True)
class Submitter:
    """A student as Gradescope names them; "" for what is not given."""

    name: str
    sid: str
    email: str


@dataclass(frozen=True)
class Submission:
    """An entry of the file. ``folder`` is its folder in the zip; ``created_at`` is UTC, None if not given.

    ``later`` is when the same student submitted last, if that was after this submission, which is the
    active one: the student or staff may choose an earlier one. ``problem`` says why the entry cannot be read, "" if it can.
    """

    folder: str
    submitters: tuple[Submitter, ...] = ()
    created_at: datetime | None = None
    later: datetime | None = None
    problem: str = ""


def read_submissions(text: str) -> tuple[Submission, ...]:
    """All submissions in a ``submission_metadata.yml``, in order. Never raises for what is in it."""
    # Only keys of the outermost mapping begin in the first column, and Gradescope names them like this.
    starts = [match.start() for match in re.finditer(r"^['\"]?submission_[a-zA-Z0-9]{1,40}['\"]?:", text, re.MULTILINE)]
    return tuple(_submission(text[start:end]) for start, end in pairwise([*starts, len(text)]))


def _submission(text: str) -> Submission:
    folder = re.split(r"\W", text.lstrip("'\""), maxsplit=1)[0]
    try:
        entry = _entry(text)
    except (yaml.YAMLError, _TooDeep, ValueError) as error:
        return Submission(folder, problem=f"its entry in submission_metadata.yml is damaged: {_in_one_line(error)}")
    listed = entry.get("submitters")
    people = [person for person in listed if isinstance(person, dict)] if isinstance(listed, list) else []
    submitters = (_submitter(person) for person in people)
    created_at, others = _time(entry.get("created_at")), entry.get("history")
    times = filter(None, map(_time, others if isinstance(others, list) else ()))
    later = max((time for time in times if created_at and time > created_at), default=None)
    return Submission(folder, tuple(filter(_is_somebody, submitters)), created_at, later)


def _submitter(person: dict) -> Submitter:
    return Submitter(*(_words(person.get(key)) for key in ("name", "sid", "email")))


def _is_somebody(submitter: Submitter) -> bool:
    return submitter != Submitter("", "", "")


def _words(value: object) -> str:
    """Text in one line of printable characters."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def _time(value: object) -> datetime | None:
    """A time such as ``2026-04-26 17:34:00.861687000 Z``; without an offset it is UTC."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d.\d\d:\d\d", value):
        return None
    try:
        time = dates.parse(value)
        return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


# YAML, event by event: libyaml's own composer runs out of stack on deep nesting, and ends the process.


class _TooDeep(Exception):
    """What is nested so deep is no list of submitters."""


def _entry(text: str) -> dict:
    """The wanted values of the one entry in ``text``."""
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):  # the outermost, with one key
            next(events)
            value = next(events)
            if not isinstance(value, yaml.MappingStartEvent):
                raise ValueError("it holds no fields")
            return dict(_wanted(events))
    raise ValueError("it is empty")


def _wanted(events: Iterator[yaml.Event]) -> Iterator[tuple[str, object]]:
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        name = getattr(key, "value", "").lstrip(":")
        _skip_rest(events, key)
        value = next(events)
        if name in _WANTED:
            yield name, _value(events, value, 1)
        elif name == "history":
            yield name, list(_times(events, value))
        else:
            _skip_rest(events, value)


def _times(events: Iterator[yaml.Event], first: yaml.Event) -> Iterator[object]:
    """What stands under ``created_at`` in a list of submissions that begins with the event ``first``."""
    if not isinstance(first, yaml.SequenceStartEvent):
        _skip_rest(events, first)
        return
    while not isinstance(entry := next(events), yaml.SequenceEndEvent):
        if not isinstance(entry, yaml.MappingStartEvent):
            _skip_rest(events, entry)
            continue
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            _skip_rest(events, key)
            value = next(events)
            if getattr(key, "value", "").lstrip(":") == "created_at":
                yield _value(events, value, 1)
            else:
                _skip_rest(events, value)


def _value(events: Iterator[yaml.Event], first: yaml.Event, depth: int) -> object:
    """Text, a list or a dict (its keys without the colon) that begins with the event ``first``."""
    if depth > _DEEPEST:
        raise _TooDeep("its submitters are nested too deep")
    if isinstance(first, yaml.SequenceStartEvent):
        values = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            values.append(_value(events, event, depth + 1))
        return values
    if isinstance(first, yaml.MappingStartEvent):
        pairs = {}
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            name = getattr(key, "value", "").lstrip(":")
            _skip_rest(events, key)
            pairs[name] = _value(events, next(events), depth + 1)
        return pairs
    if isinstance(first, yaml.ScalarEvent) and (first.style or first.value not in ("~", "null")):
        return first.value
    return None


def _skip_rest(events: Iterator[yaml.Event], first: yaml.Event) -> None:
    """Pass over what begins with the event ``first``."""
    depth = int(isinstance(first, yaml.CollectionStartEvent))
    while depth:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def _in_one_line(error: Exception) -> str:
    return _words(str(error))
