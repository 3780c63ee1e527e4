"""What makes a visible check: its message comes first, and your own line, not ours.

A check is a function whose arguments are the functions and values to be checked, under
their own names::

    @visible_check
    def check_double(double):
        assert close(double(2.0), 4.0), "double(2) is 4"

It may be run in your notebook, where ``double`` is your function, and while it is graded,
where your function lives in another process and the check talks to it. It says the same.
"""

import builtins
import functools
import inspect
import linecache
import textwrap
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

_WIDTH = 83  # characters of a line: of longer ones Validate shows no more
_LONGEST = 160  # characters of a message of Python's or NumPy's
_WRITTEN_OUT = 6  # numbers: of calls with more of them, arrays are shown by their shapes


class CheckFailed(AssertionError):
    """A visible check found something. A notebook shows its message and no traceback."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of a traceback."""
        return [piece for line in str(self).splitlines() for piece in _wrapped(line)]


def visible_check(check: Callable) -> Callable:
    """``check`` with its functions watched: a failure is a CheckFailed, with what failed in a line or two.

    An assertion of the check is its message. When a function that it was given raises, the message
    says which call did, and shows the line of the notebook; ``hint(…)`` adds to it what to look at.
    """
    names = list(inspect.signature(check).parameters)

    @functools.wraps(check)
    def checked(*given) -> None:
        watched = [
            _Watched(value, name) if callable(value) else value for name, value in zip(names, given, strict=True)
        ]
        try:
            check(*watched)
        except CheckFailed:
            raise
        except AssertionError as failed:
            words = str(failed)
        except Exception as error:
            if hasattr(error, "outcome") or hasattr(error, "their_line"):
                raise  # while it is graded: something that happened in the other process, or the check is broken
            words = f"the check could not go on with what your code returned ({type(error).__name__}: {_short(error)})"
        else:
            return
        raise CheckFailed(words) from None

    return checked


@contextmanager
def hint(words: str | Callable[[str], str], *kinds: type[Exception]) -> Iterator[None]:
    """``with hint("…", ValueError):`` what to look at when a call inside the block raises one of ``kinds``.

    ``words`` may be a function, which is given the line of the notebook that raised.
    """
    try:
        yield
    except CheckFailed as failed:
        cause = failed.__cause__
        if not isinstance(cause, kinds) or isinstance(cause, NotImplementedError | NameError):
            raise
        first, *line = str(failed).split("\n")
        what = words if isinstance(words, str) else words(_their_line(cause)[2])
        raise CheckFailed("\n".join([first, what, *line])) from cause


def returned(value: object, function: str) -> np.ndarray:
    """What a function has returned, as an array of float64; a failed check if it is no numbers."""
    assert value is not None, f"{function} returned nothing: is there a return at the end?"
    return numbers(value, f"what {function} returns")


def shown_as(helper: Callable, call: str) -> Callable:
    """A helper that calls the student's function: where it raises, the message says that ``call`` did."""
    return _Watched(helper._function if isinstance(helper, _Watched) else helper, call.partition("(")[0], call)


def attempt(call: str, function: Callable, *args, **kwargs):
    """What ``function`` returns; where it raises, a CheckFailed that says which ``call`` did, and at which line."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        if hasattr(error, "outcome"):  # while it is graded: the other process is gone, or the check is broken
            raise
        raise CheckFailed(_raised(error, call)) from error


def numbers(value: object, what: str) -> np.ndarray:
    """``value`` as an array of float64; a failed check that calls it ``what`` if it is no numbers."""
    try:
        assert value is not None
        return np.asarray(value, dtype=np.float64)
    except (AssertionError, TypeError, ValueError):
        raise AssertionError(f"{what} must be numbers, not {kind_of(value)}") from None


def kind_of(value: object) -> str:
    """What kind of thing a value is, in a word or two."""
    name, module = type(value).__name__, type(value).__module__.partition(".")[0]
    if value is None or module not in ("builtins", "numpy", "torch"):
        return "an object" if value is not None else "None"
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


class _Watched:
    """A function that says which call of it raised, and where. Given to another one, it is itself again."""

    def __init__(self, function: Callable, name: str, call: str = ""):
        self._function, self.__name__, self._call = function, name, call

    def __call__(self, *args, **kwargs):
        args_of_theirs = [value._function if isinstance(value, _Watched) else value for value in args]
        return attempt(
            self._call or _as_written(self.__name__, args, kwargs), self._function, *args_of_theirs, **kwargs
        )


def _raised(error: Exception, call: str) -> str:
    """Which call raised, what it said, and the line of the notebook where it did."""
    function, number, text = _their_line(error)
    if isinstance(error, NotImplementedError) and not str(error):
        return f"`{function or call.partition('(')[0]}` is not written yet"
    # While it is graded, what the other process said may be made of hidden inputs: only its own line is shown.
    said = getattr(error, "cause", "") if hasattr(error, "their_line") else _short(error)
    kind = next(base.__name__ for base in type(error).__mro__ if hasattr(builtins, base.__name__))
    line = f"\n    line {number} of your cell, in `{function}`{text and ': '}{text}" if function else ""
    return f"{call} raised {kind}{said and ': '}{said}{line}"


def _their_line(error: Exception) -> tuple[str, int, str]:
    """The innermost line of the notebook: function, number in its cell, text; as far as they are known."""
    if hasattr(error, "their_line"):  # it was raised in another process, which is where the line is known
        return error.their_line or ("", 0, "")
    found = "", 0, ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "__main__" and frame.f_code.co_name.isidentifier():
            text = linecache.getline(frame.f_code.co_filename, number).strip()
            found = frame.f_code.co_name, number, text
    return found


def _wrapped(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _short(error: Exception) -> str:
    said = " ".join(str(error).split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} …"


def _as_written(name: str, args: tuple, kwargs: dict) -> str:
    """A call as one would write it, arrays of more than a few numbers by their shape."""
    arrays = [value for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)]
    in_full = sum(array.size for array in arrays) <= _WRITTEN_OUT
    written = [_value(value, in_full) for value in args]
    written += [f"{key}={_value(value, in_full)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(written)})"


def _value(value: object, in_full: bool) -> str:
    if isinstance(value, np.ndarray):
        shape = "×".join(map(str, value.shape))
        return (
            f"np.array({value.tolist()})" if in_full else f"{shape} {'ints' if value.dtype.kind == 'i' else 'floats'}"
        )
    if callable(value):
        return getattr(value, "__name__", "a function")
    return repr(value)
