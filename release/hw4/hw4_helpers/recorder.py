"""Write down what PyTorch computes while a network runs."""

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

_SAME_VALUES = {"device", "layout", "pin_memory", "memory_format", "non_blocking", "generator"}
_OTHER_VIEWS = ("squeeze_", "t_", "transpose_", "unsqueeze_")  # of the same memory: they change none of its numbers


class Recorder(TorchDispatchMode):
    """Inside of ``with``, notes each operation of PyTorch, ``inputs`` being tensors by what they are called.

    ``operations`` are ``(name, arguments, named arguments)``. In place of a tensor stands
    what it is: a name of ``inputs``, ``("result", operation, which of its results)`` or
    ``("constant", index in constants)``.
    """

    def __init__(self, inputs: dict[tuple, torch.Tensor]):
        super().__init__()
        self.operations: list[tuple[str, list, dict]] = []
        self.constants: list[torch.Tensor] = []
        self._memory: list[tuple[set, set]] = []  # by operation, where its arguments and its results are
        self._names: dict[tuple, tuple] = {}
        self._kept: list[torch.Tensor] = []  # while they live, no other tensor has their place in memory
        for name, tensor in inputs.items():
            self._call(tensor, name)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        named = {name: self._plain(value) for name, value in kwargs.items() if name not in _SAME_VALUES}
        arguments = [self._plain(value) for value in args]
        read = {_memory(tensor) for tensor in _tensors([*args, *kwargs.values()])}
        results = func(*args, **kwargs)
        name = func.name().split("::")[1].split(".")[0]
        name = name.removesuffix("_") if name in _OTHER_VIEWS else name
        for which, result in enumerate(results if isinstance(results, (tuple, list)) else [results]):
            if isinstance(result, torch.Tensor):
                self._call(result, ("result", len(self.operations), which))
        self._memory.append((read, {_memory(tensor) for tensor in _tensors([results])}))
        self.operations.append((name, arguments, named))
        return results

    def name_of(self, tensor: torch.Tensor) -> tuple:
        """What a tensor is. One that comes from nowhere is a constant."""
        if _place(tensor) not in self._names:
            self._call(tensor, ("constant", len(self.constants)))
            self.constants.append(tensor.detach().clone())
        return self._names[_place(tensor)]

    def needed_for(self, tensor: torch.Tensor) -> list[int]:
        """The operations that a tensor depends on; those that change memory which others read are among them."""
        wanted, needed = {_memory(tensor)}, []
        for number in reversed(range(len(self.operations))):
            read, written = self._memory[number]
            if written & wanted:
                wanted |= read
                needed.append(number)
        return needed[::-1]

    def _call(self, tensor: torch.Tensor, name: tuple) -> None:
        """What is in the same place has the name that it has: it is the same numbers, also when they are changed."""
        self._kept.append(tensor)
        self._names.setdefault(_place(tensor), name)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return self.name_of(value)
        if isinstance(value, torch.dtype):
            return ("dtype", str(value).removeprefix("torch."))
        if isinstance(value, (list, tuple)):
            return [self._plain(item) for item in value]
        return value if value is None or isinstance(value, (bool, int, float, str)) else ("unknown",)


def _place(tensor: torch.Tensor) -> tuple:
    return tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype


def _memory(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _tensors(values) -> list[torch.Tensor]:
    if isinstance(values, torch.Tensor):
        return [values]
    return [tensor for value in values for tensor in _tensors(value)] if isinstance(values, (list, tuple)) else []
