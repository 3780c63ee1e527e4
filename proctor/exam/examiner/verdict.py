"""Whose fault it is that a test could not compare: where the instructor's own solution gives no plain value, the test's."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from typing import Any

from IPython.core.getipython import get_ipython

from proctor.exam.limits import Limits
from proctor.exam.shell.errors import kind_of
from proctor.exam.shell.outputs import Recorder
from proctor.exam.wire.values import WireError, pack

REFERENCE = "__reference__"  # the module that the instructor's notebook is here
_SECONDS = 5.0  # of a processor, for what the solution does there


class NoSolution(Exception):
    """There is no solution to compare with."""


class Broken(Exception):
    """The instructor's notebook does not run here, or lacks a name; the message says so."""


def same_of_the_solution(origin: Callable[[], Any] | None, limits: Limits) -> str:
    """What the instructor's solution has in place of an object that a test could not compare, in words.

    "" if that is a plain value, or if it cannot be known: then the student reads what they gave.
    """
    if origin is None:
        return ""
    try:
        with aside(_SECONDS):
            value = origin()
        pack(value, limits, _stays, keep=_stays)
    except NoSolution:
        return ""
    except _Stays as stays:
        return f"Your own solution gives an object there too, a {stays}."
    except WireError:
        return "Your own solution gives a value there that is too big."
    except Broken as broken:
        return f"To compare with your own solution was not possible: {broken}."
    except Exception as error:
        return f"Your own solution raises {kind_of(error)} there."
    return ""


def class_of_a_library(origin: Callable[[], Any] | None) -> type | None:
    """The class that the instructor's solution has imported there; None for any other."""
    value = _of_the_solution(origin)
    return value if isinstance(value, type) and value.__module__ != REFERENCE else None


def is_instance_in_the_solution(origin: Callable[[], Any] | None, classes: Any, limits: Limits) -> bool:
    """Whether the instructor's solution has an object there, no plain value, of one of these classes."""
    value = _of_the_solution(origin)
    try:
        pack(value, limits, _stays, keep=_stays)
    except _Stays:
        return isinstance(value, classes)
    except WireError:
        pass
    return False


def _of_the_solution(origin: Callable[[], Any] | None) -> Any:
    """What it has there; None if that cannot be known."""
    with suppress(Exception), aside(_SECONDS):
        return origin() if origin is not None else None
    return None


class _Stays(Exception):
    """The object is no plain value; the message is its type."""


def _stays(value: Any):
    raise _Stays(type(value).__name__)


@contextmanager
def aside(seconds: float) -> Iterator[None]:
    """For the solution, which has that long: nobody sees what it prints, shows or draws."""
    shell: Any = get_ipython()
    recorder, shell.recorder = shell.recorder, Recorder(0)
    figures, open_before = _figures(), dict(_figures())
    figures.clear()
    try:
        with _within(seconds), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            yield
    finally:
        shell.recorder = recorder
        figures = _figures()
        figures.clear()
        figures.update(open_before)


def _figures() -> dict[int, Any]:
    """Those that pyplot has, by number, the current one last."""
    helpers: Any = sys.modules.get("matplotlib._pylab_helpers")
    return {} if helpers is None else helpers.Gcf.figs


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it has computed that long. Elsewhere than in the main thread it may go on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number, frame):
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
