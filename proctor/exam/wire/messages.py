"""What proctor, candidate and examiner say to each other.

Every request has a number that its answer repeats. The proctor reads what a
candidate sends only as far as it must: a cell's outputs, and the number of an
answer, which goes to the examiner as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union

import msgspec

from proctor.exam.limits import Limits
from proctor.exam.paper import Cell, Outcome
from proctor.parts import Part

from .values import Node, Told, WireError

# ---------------------------------------------------------------- outputs of a cell

MOST_OUTPUTS = 10_000  # of one cell
MOST_TRACEBACK = 1000
MOST_WARNINGS = 100  # with one answer
MOST_WARNED = 2000  # characters of one
MOST_CLASSES = 20  # that an exception is one of
_MARGIN = 10  # the line that says what was left out, and an error after it


StreamName = Literal["stdout", "stderr"]


class Stream(msgspec.Struct, tag="stream"):
    name: StreamName
    text: str


#: By MIME type: text as it is, JSON as its text, so that a byte here is a byte in the proctor.
Bundle = Annotated[dict[str, str], msgspec.Meta(max_length=30)]


class Display(msgspec.Struct, tag="display_data"):
    """``metadata`` is JSON. ``update`` replaces every earlier display of the notebook with the same id."""

    data: Bundle
    metadata: str
    display_id: str | None = None
    update: bool = False


class Result(msgspec.Struct, tag="execute_result"):
    data: Bundle
    metadata: str


class Error(msgspec.Struct, tag="error"):
    ename: str
    evalue: str
    traceback: Annotated[list[str], msgspec.Meta(max_length=MOST_TRACEBACK)]


Output = Stream | Display | Result | Error
Word = Annotated[str, msgspec.Meta(max_length=10_000)]

# ---------------------------------------------------------------- running cells


class Open(msgspec.Struct, tag="open"):
    """First message to an examiner: see ``Paper`` for ``reference``, ``imports`` and ``modules``.

    ``known`` are the cells that the student wrote or was shown: repeating them gives nothing away.
    ``candidate_folder`` is where the student's code runs.
    ``theirs`` are the names that the student's cells define, as they read, ``ours`` those that
    read-only cells define, ``asked`` those that the reference does. ``cells`` are all that run in the
    candidate: number, source, and whether it is as the instructor wrote it.
    """

    reference: tuple[Cell, ...]
    imports: tuple[str, ...]
    known: tuple[str, ...]
    theirs: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    candidate_folder: str = ""
    modules: frozenset[str] = frozenset()
    cells: tuple[tuple[int, str, bool], ...] = ()


class Run(msgspec.Struct, tag="run"):
    """Run a cell. ``seed`` is given for test cells.

    ``in_outline``: how its outputs look is not wanted, only what there is; no figure is drawn.
    ``self_reports``: the test may ask the candidate about itself.
    """

    number: int
    cell: Cell
    execution_count: int
    seed: int | None = None
    in_outline: bool = False
    self_reports: bool = False


class Forget(msgspec.Struct, tag="forget"):
    """From now on these names are the student's. There is no answer."""

    names: frozenset[str]


class Past(msgspec.Struct, tag="past"):
    """A test cell that an examiner before this one was given. There is no answer."""

    cell: Cell


class Stopped(msgspec.Struct, tag="stopped"):
    """A cell of the student's did not come to its end: why, and what it would have defined. There is no answer."""

    words: str
    names: frozenset[str]


class Ran(msgspec.Struct, tag="ran"):
    """A candidate's cell has run, or stopped at ``line`` (0: none) of it with what ``said`` tells."""

    number: int
    outputs: list[Output]
    error: str = ""  # name of the exception, "" for none
    said: str = ""
    line: int = 0


class Report(msgspec.Struct, tag="ran"):
    """``Ran`` as the proctor reads it: one output at a time, so that it never holds more than it keeps."""

    number: int
    outputs: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_OUTPUTS + _MARGIN)]
    error: Word = ""
    said: Word = ""
    line: int = 0


class Marked(msgspec.Struct, tag="marked"):
    """An examiner's cell has run."""

    number: int
    outputs: list[Output]
    outcome: str
    points: float
    message: str
    staff_message: str
    records: dict[str, float] = {}
    parts: tuple[Part, ...] = ()
    line: int = 0  # at which a test stopped, see ``Sitting``
    self_reports: tuple[str, ...] = ()


# ---------------------------------------------------------------- asking the candidate


class Target(msgspec.Struct, frozen=True):
    """An object of the candidate's: by number, else (after a restart) by the name it was got by."""

    number: int
    name: str = ""


Operation = Literal[
    "len", "str", "repr", "enter", "exit", "await", "abs", "neg", "pos", "invert",
    "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor",
]  # fmt: skip


class Name(msgspec.Struct, tag="name"):
    name: str


class Call(msgspec.Struct, tag="call"):
    target: Target
    args: list[Node]
    kwargs: dict[str, Node]


class Attribute(msgspec.Struct, tag="attribute"):
    target: Target
    name: str


class Item(msgspec.Struct, tag="item"):
    target: Target
    key: Node


class Iterate(msgspec.Struct, tag="iterate"):
    target: Target


class Next(msgspec.Struct, tag="next"):
    target: Target


class Operate(msgspec.Struct, tag="operate"):
    """``len``, ``str`` and the like, or an operator between two of the candidate's objects, or with a value.

    ``is_first`` says that the operand is the first of the two.
    ``enter`` and ``exit`` are what ``with`` does, where nothing was raised.
    """

    target: Target
    operation: Operation
    operand: Node = None
    is_first: bool = False


class Set(msgspec.Struct, tag="set"):
    """Set an attribute of an object, or delete it."""

    target: Target
    name: str
    node: Node
    is_gone: bool = False


class Arrange(msgspec.Struct, tag="arrange"):
    """From now on all is as the student's cells have left it, but for this, which a test has changed.

    ``names`` have these values, ``gone`` are not defined. ``builtins`` are Python's own, ``environment``
    holds variables, None for those that are not set. ``warnings`` is what becomes of them: they are told,
    with the answer, or raised.
    """

    names: dict[str, Node] = {}
    gone: tuple[str, ...] = ()
    builtins: dict[str, Node] = {}
    environment: dict[str, str | None] = {}
    warnings: Literal["", "told", "raised"] = ""


class Seed(msgspec.Struct, tag="seed"):
    """Seed the generator that libraries draw from."""

    generator: Literal["random", "numpy", "torch"]
    value: Node


#: What only the student's process can say of its objects.
About = Literal["isinstance", "==", "<", "<=", ">", ">=", "in", "bool", "int", "float", "hash", "type", "__wrapped__"]


class SelfReport(msgspec.Struct, tag="self report"):
    """What only the candidate can say of its objects, and what nobody can check: asked only where the author allows it.

    ``isinstance``, with what is looked at as ``other``; ``==`` with it; ``type``; ``__wrapped__``.
    """

    target: Target
    about: About
    other: Node = None


class Value(msgspec.Struct, tag="value"):
    node: Node


class Raised(msgspec.Struct, tag="raised"):
    """A call raised. ``kind`` is the nearest built-in exception; ``trace``, the student's, is for staff.

    ``classes`` are the names of their own classes that the exception is one of, ``library`` is the module and the
    name of the nearest that is a library's, and ``values`` are the plain ones among its attributes.
    """

    kind: str
    message: str
    function: str = ""
    line: int = 0
    trace: str = ""
    classes: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=200)], ...], msgspec.Meta(max_length=MOST_CLASSES)
    ] = ()
    library: tuple[str, str] = ("", "")
    values: dict[str, Node] = {}


class Nothing(msgspec.Struct, tag="nothing"):
    """No such name, no next item, no such object any more, or a value too big to cross."""

    reason: Literal["undefined", "exhausted", "gone", "too big"]


class CalledBack(msgspec.Struct, tag="called back"):
    """No answer yet: the student's code calls a function that the examiner handed over."""

    function: int
    args: list[Node]
    kwargs: dict[str, Node]


class Resume(msgspec.Struct, tag="resume"):
    """What the function gave. The answer to this is the answer to the question that had been asked."""

    body: Value | Raised


Body = Value | Raised | Nothing | CalledBack
Question = Name | Call | Attribute | Item | Iterate | Next | Operate | Set | Arrange | Seed | SelfReport | Resume


class Ask(msgspec.Struct, tag="ask"):
    """``objects`` of the test's are what they are now, and may be named in this question and later ones.

    ``files`` are temporary files of the test's, by path below ``home``, which arguments may name.
    """

    number: int
    question: Question
    objects: list[Told] = []
    files: dict[str, bytes] = {}
    home: str = ""


class Warned(msgspec.Struct):
    """A warning: the nearest built-in kind, and what it says."""

    kind: Annotated[str, msgspec.Meta(max_length=100)]
    message: Annotated[str, msgspec.Meta(max_length=MOST_WARNED)]


class Answer(msgspec.Struct, tag="answer"):
    """``changed`` is what has become of arguments of a call, by place; ``same`` is the place of the one it gave back.

    ``objects`` are those of the test's that have changed, ``files`` such as were made among its temporary ones.
    """

    number: int
    body: Body
    stdout: str = ""
    stderr: str = ""
    warned: Annotated[list[Warned], msgspec.Meta(max_length=MOST_WARNINGS)] = []
    changed: dict[int, Node] = {}
    objects: list[Told] = []
    same: int | None = None
    files: dict[str, bytes] = {}


class Numbered(msgspec.Struct, tag="answer"):
    """All that the proctor reads of an answer."""

    number: int


class Charged(msgspec.Struct, tag="charged"):
    """Said by the proctor before an answer: the seconds that the candidate is charged for it."""

    seconds: float


class Lost(msgspec.Struct, tag="lost"):
    """Said by the proctor in place of an answer: the candidate gave none."""

    number: int
    outcome: Outcome


@dataclass
class Envelope:
    """An answer in the proctor, which passes its frame on without a copy: it may be as large as a frame can be."""

    number: int
    frame: bytearray
    seconds: float = 0.0


class Query(msgspec.Struct, tag="ask"):
    """A question that is passed on unread."""

    number: int
    question: msgspec.Raw
    objects: msgspec.Raw = msgspec.Raw(b"\x90")  # none
    files: msgspec.Raw = msgspec.Raw(b"\x80")
    home: str = ""


# ---------------------------------------------------------------- between proctor and zygote

MAX_PACKET = 1 << 16  # bytes of one message
CONFINED = b"confined"  # the first frame of a fork


class Start(msgspec.Struct, tag="start"):
    """First message to the zygotes. ``slot`` tells apart rooms that are open at the same time."""

    preload: list[str]
    import_path: list[str]
    slot: int


class Ready(msgspec.Struct, tag="ready"):
    """``uid`` is whom the forks become; None when they stay who the zygote is."""

    uid: int | None
    description: str


class Unavailable(msgspec.Struct, tag="unavailable"):
    explanation: str


class Fork(msgspec.Struct, tag="fork"):
    """Fork a child on the socket that comes along.

    Children in different ones of the ``seats`` are different users, on different processors.
    """

    token: int
    seat: int
    seats: int
    folder: str
    home: str
    read: list[str]
    write: list[str]
    import_path: list[str]
    limits: Limits
    seed: int
    first_reference: int = 0


class Forked(msgspec.Struct, tag="forked"):
    token: int
    pid: int


class Kill(msgspec.Struct, tag="kill"):
    token: int


class Ended(msgspec.Struct, tag="ended"):
    """``status`` is that of ``os.wait``."""

    token: int
    status: int


ToZygote = Start | Fork | Kill
FromZygote = Ready | Unavailable | Forked | Ended

_encoder = msgspec.msgpack.Encoder()


def encode(message: msgspec.Struct | Node | list[Node]) -> bytes:
    return _encoder.encode(message)


class Reader:
    """Decodes messages of the given kinds and no others."""

    def __init__(self, *kinds: type | UnionType):
        self._decode = msgspec.msgpack.Decoder(Union[kinds]).decode  # noqa: UP007 (a tuple)

    def __call__(self, frame: bytes | bytearray | msgspec.Raw) -> Any:
        """The message in ``frame``. Raises WireError for whatever it is instead."""
        try:
            return self._decode(frame)
        except (msgspec.DecodeError, ValueError, RecursionError, MemoryError) as error:
            raise WireError(f"not a message: {error}") from error
