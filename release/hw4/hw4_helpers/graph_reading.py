"""Read the graph of a network strictly: nothing in it but what ``tracing.py`` writes.

Nothing of what arrives is called, compared or converted before its exact type is known.
"""

from dataclasses import dataclass
from typing import Any

# For a network trained on a laptop these are generous.
MOST_PARAMETERS = 5_000_000
MOST_CONSTANTS = 5_000  # numbers of the network that are not in the checkpoint
MOST_OPERATIONS = 2_000
LARGEST_WINDOW = 64
_MOST_ITEMS = 1_000  # of one list of arguments
_LONGEST_TEXT = 30

#: Why a network has no graph, by what ``trace_network`` says.
WHY_NOT = {
    "values": "its forward lets the values of the images decide what is computed, or computes with them outside of "
    "PyTorch (an `if` on a tensor, .item(), .numpy())",
    "untraceable": "its forward does something that cannot be written down as operations of PyTorch",
}
_WHY_NOT_OPERATION = dict.fromkeys(
    ("bernoulli", "native_dropout", "rand", "rand_like", "randn", "randn_like", "normal", "uniform"),
    "it draws random numbers, also in evaluation mode (for dropout, make an nn.Dropout in __init__, or give "
    "F.dropout the argument training=self.training)",
) | dict.fromkeys(
    ("embedding", "gather", "index", "index_select", "scatter", "sort", "take", "topk"),
    "it sorts, or looks numbers up in a table",
)

Name = tuple  # of a tensor: ("images",), ("parameter", text), ("constant", number), ("result", number, number)


class NotRun(ValueError):
    """A graph that is not run. The message says why, of the network: “it …”, “its …”.

    Students read it, so it holds nothing that the graph could spell out: no names, no numbers but limits.
    """


@dataclass(frozen=True)
class Operation:
    name: str
    arguments: list
    named: dict


@dataclass(frozen=True)
class Graph:
    operations: list[Operation]
    answer: Name
    tensors: dict[Name, Any]  # parameters and constants that it uses
    parameters: int  # how many numbers they hold, without averages of batch normalisation


def read_graph(plain: Any, parameters: dict) -> Graph:
    """The graph that ``trace_network`` describes; ``parameters`` are tensors by name. Raises ``NotRun``."""
    if type(plain) is not dict or type(refused := plain.get("refused", "")) is not str:
        raise NotRun(_NO_GRAPH)
    if refused:
        raise NotRun(WHY_NOT.get(refused, WHY_NOT["untraceable"]))
    operations, constants, answer = (plain.get(part) for part in ("operations", "constants", "answer"))
    if type(operations) is not list or type(constants) is not list or type(answer) is not tuple:
        raise NotRun(_NO_GRAPH)
    return _Reader(parameters, constants).graph(operations, answer)


_NO_GRAPH = WHY_NOT["untraceable"]


def names_in(value: Any) -> list[Name]:
    """The names of tensors among arguments that were read."""
    if type(value) is tuple:
        return [value]
    return [name for item in value for name in names_in(item)] if type(value) is list else []


class _Reader:
    """``used`` are the tensors that operations have named so far, ``averages`` those of batch normalisation."""

    def __init__(self, parameters: dict, constants: list):
        import torch

        if not all(type(value) is torch.Tensor and value.dtype in _dtypes().values() for value in constants):
            raise NotRun(_NO_GRAPH)
        if sum(value.numel() for value in constants) > MOST_CONSTANTS:
            raise NotRun(
                f"it computes with more than {MOST_CONSTANTS:,} numbers that are not in the checkpoint "
                "(make such a tensor an nn.Parameter, or register_buffer it)"
            )
        self.parameters, self.constants = parameters, constants
        self.used: dict[Name, Any] = {}
        self.averages: set[Name] = set()

    def graph(self, plain: list, answer: tuple) -> Graph:
        if len(plain) > MOST_OPERATIONS:
            raise NotRun(f"it has more than {MOST_OPERATIONS:,} operations")
        operations = [self.operation(number, *_three(item)) for number, item in enumerate(plain)]
        answer = self.name(answer, len(operations))
        counted = sum(value.numel() for name, value in self.used.items() if name not in self.averages)
        if sum(value.numel() for value in self.used.values()) > MOST_PARAMETERS:
            raise NotRun(f"it has more than {MOST_PARAMETERS:,} parameters")
        return Graph(operations, answer, self.used, counted)

    def operation(self, number: int, name: Any, arguments: Any, named: Any) -> Operation:
        from .graph_operations import OPERATIONS, WINDOWS

        if type(name) is not str or type(arguments) is not list or type(named) is not dict:
            raise NotRun(_NO_GRAPH)
        if name not in OPERATIONS:
            raise NotRun(
                _WHY_NOT_OPERATION.get(name.rstrip("_"), "it uses an operation of PyTorch that is not on our list")
            )
        if not named.keys() <= _NAMED:
            raise NotRun(_NO_GRAPH)
        before = set(self.used)
        operation = Operation(
            name, self.argument(arguments, number), {key: self.argument(value, number) for key, value in named.items()}
        )
        if name in WINDOWS and _largest(operation.arguments) > LARGEST_WINDOW:
            raise NotRun(f"one of its windows or steps is larger than {LARGEST_WINDOW}")
        if name == "native_batch_norm":
            self.averages |= set(names_in(operation.arguments[3:5])) - before
        return operation

    def argument(self, value: Any, number: int, depth: int = 0) -> Any:
        """A plain argument of operation ``number``: a value, a list, or what stands for a tensor."""
        if type(value) is list and depth < _MOST_NESTED and len(value) <= _MOST_ITEMS:
            return [self.argument(item, number, depth + 1) for item in value]
        if type(value) is tuple:
            dtype = (
                _dtypes().get(value[1]) if len(value) == 2 and value[0] == "dtype" and type(value[1]) is str else None
            )
            return self.name(value, number) if dtype is None else dtype
        if value is None or type(value) in (bool, float):
            return value
        if (type(value) is int and abs(value) < 1 << 63) or (type(value) is str and len(value) <= _LONGEST_TEXT):
            return value
        raise NotRun(_NO_GRAPH)

    def name(self, name: tuple, number: int) -> Name:
        """The name of a tensor that exists before operation ``number``."""
        kind, *keys = name if name else ("",)
        types = [type(key) for key in keys]
        if type(kind) is not str:
            raise NotRun(_NO_GRAPH)
        if kind == "images" and not keys:
            return name
        if kind == "result" and types == [int, int] and 0 <= keys[0] < number and keys[1] >= 0:
            return name
        if kind == "constant" and types == [int] and 0 <= keys[0] < len(self.constants):
            self.used[name] = self.constants[keys[0]].detach()
            return name
        if kind == "parameter" and types == [str]:
            if keys[0] not in self.parameters:
                raise NotRun("the checkpoint lacks some of its parameters")
            self.used[name] = self.parameters[keys[0]]
            return name
        raise NotRun(_NO_GRAPH)


_MOST_NESTED = 3
_NAMED = frozenset("alpha approximate beta correction dim dtype keepdim max min rounding_mode value".split())


def _dtypes() -> dict:
    import torch

    names = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
    return {name: getattr(torch, name) for name in names.split()}


def _three(item: Any) -> tuple:
    if type(item) is not tuple or len(item) != 3:
        raise NotRun(_NO_GRAPH)
    return item


def _largest(arguments: list) -> int:
    """The largest number in the lists among arguments."""
    return max(
        (abs(item) for value in arguments if type(value) is list for item in value if type(item) is int), default=0
    )
