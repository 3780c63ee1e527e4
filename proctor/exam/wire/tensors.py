"""Arrays, tensors, loaders and constants as plain parts, and back.

Torch is used where it is loaded already and never imported for its own sake: a
process that has no torch has no tensor to send.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

_KINDS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float16", "float32", "float64", "complex64", "complex128")  # fmt: skip
_TIMES = tuple(f"{kind}[{unit}]" for kind in ("datetime64", "timedelta64") for unit in "Y M W D h m s ms us ns".split())
ARRAY_DTYPES = {kind: np.dtype(kind) for kind in (*_KINDS, *_TIMES)}
_LONG = {"g": np.float64, "G": np.complex128}
MAX_TEXT_LENGTH = 10_000  # characters of one element of a text array


@dataclass(frozen=True)
class LoaderParts:
    """What makes a DataLoader over a TensorDataset."""

    tensors: tuple
    batch_size: int
    shuffle: bool
    drop_last: bool


def bytes_of_array(array: np.ndarray) -> tuple[str, list[int], memoryview] | None:
    """(dtype, shape, bytes in C order) of a plain ndarray; None for contents that do not cross.

    Long doubles cross as the nearest double: their bytes differ between machines, and not all of them are numbers.
    """
    if array.dtype.char in _LONG:
        with np.errstate(over="ignore"):
            array = array.astype(_LONG[array.dtype.char])
    dtype = array.dtype.newbyteorder("=")
    name = name_of_dtype(dtype)
    if name in ("", "object"):
        return None
    flat = np.ascontiguousarray(array, dtype).reshape(-1)
    if dtype.kind == "U" and not _is_text(flat):
        return None
    return name, list(array.shape), flat.view(np.uint8).data if flat.nbytes else memoryview(b"")


def array_of(dtype: str, shape: list[int], data: memoryview) -> np.ndarray:
    """A fresh, writable array. Raises ValueError when the parts do not fit together."""
    kind = dtype_named(dtype)
    if kind.hasobject or math.prod(shape) * kind.itemsize != data.nbytes:
        raise ValueError("dtype, shape and bytes do not fit together")
    if kind.kind == "U" and not _is_text(np.frombuffer(data, kind) if data.nbytes else np.zeros(0, kind)):
        raise ValueError("not text")
    if kind.kind == "b":
        return (np.frombuffer(data, np.uint8) != 0).reshape(shape)  # a bool byte is 0 or 1 and nothing else
    return np.frombuffer(data, kind).reshape(shape).copy() if data.nbytes else np.zeros(shape, kind)


def name_of_dtype(dtype: np.dtype) -> str:
    """What ``dtype_named`` reads; "" for a dtype that does not cross."""
    dtype = dtype.newbyteorder("=")
    if dtype.kind == "U":
        return f"U{dtype.itemsize // 4}"
    return dtype.name if dtype.kind == "O" or ARRAY_DTYPES.get(dtype.name) == dtype else ""


def dtype_named(name: str) -> np.dtype:
    """Raises ValueError for a name that is not in the table."""
    kind = (
        _text_dtype(name) if name.startswith("U") else np.dtype(object) if name == "object" else ARRAY_DTYPES.get(name)
    )
    if kind is None:
        raise ValueError("an unknown dtype")
    return kind


def is_tensor(kind: type) -> bool:
    """Whether ``kind`` is torch.Tensor or based on it."""
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(kind, torch.Tensor)


def bytes_of_tensor(
    value: Any, max_ndim: int, spend: Callable[[int], None]
) -> tuple[str, list[int], memoryview, bool] | None:
    """(dtype, shape, bytes in C order, requires_grad) of a dense tensor; None for other kinds.

    Only a leaf keeps ``requires_grad``: the graph behind a computed tensor does not cross.
    """
    torch = sys.modules["torch"]
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        if value.layout != torch.strided or value.is_quantized or value.device.type == "meta":
            return None
        name = str(value.dtype).removeprefix("torch.")
        if name not in _torch_dtypes() or value.dim() > max_ndim:
            return None
        spend(value.numel() * value.element_size())
        plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
        data = memoryview(plain.view(torch.uint8).numpy()) if plain.numel() else memoryview(b"")
        return name, list(value.shape), data, bool(value.is_leaf and value.requires_grad)


def tensor_of(dtype: str, shape: list[int], data: memoryview, requires_grad: bool) -> Any:
    """A fresh tensor. Raises ValueError when the parts do not fit together."""
    import torch

    kind = _torch_dtypes().get(dtype)
    if kind is None or math.prod(shape) * torch.empty((), dtype=kind).element_size() != data.nbytes:
        raise ValueError("dtype, shape and bytes do not fit together")
    if not data.nbytes:
        tensor = torch.zeros(shape, dtype=kind)
    elif kind == torch.bool:
        tensor = torch.frombuffer(bytearray(data), dtype=torch.uint8).ne(0).reshape(shape)
    else:
        tensor = torch.frombuffer(bytearray(data), dtype=kind).reshape(shape)
    return tensor.requires_grad_(requires_grad)


def parts_of_loader(value: Any) -> LoaderParts | None:
    """The parts of a plain DataLoader over a plain TensorDataset; None for anything else."""
    module = sys.modules.get("torch.utils.data")
    if module is None or type(value) is not module.DataLoader or type(value.dataset) is not module.TensorDataset:
        return None
    if value.batch_size is None:
        return None
    shuffle = isinstance(value.sampler, module.RandomSampler)
    return LoaderParts(tuple(value.dataset.tensors), value.batch_size, shuffle, value.drop_last)


def loader_of(parts: LoaderParts) -> Any:
    """A DataLoader that works in this process, without workers."""
    from torch.utils.data import DataLoader, TensorDataset

    if len({len(tensor) for tensor in parts.tensors}) != 1:
        raise ValueError("tensors of different lengths")
    return DataLoader(TensorDataset(*parts.tensors), parts.batch_size, shuffle=parts.shuffle, drop_last=parts.drop_last)


def constants() -> dict[str, Any]:
    """Objects that mean the same on both sides and cross by name."""
    return _constants("torch" in sys.modules)


def names_of_constants() -> dict[int, str]:
    """The same table by identity, for looking an object up without calling anything of its."""
    return _names_of_constants("torch" in sys.modules)


@lru_cache(maxsize=2)
def _constants(with_torch: bool) -> dict[str, Any]:
    table: dict[str, Any] = {"...": Ellipsis, "NotImplemented": NotImplemented}
    table |= {
        kind.__name__: kind for kind in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
    }
    table |= {f"numpy.{kind}": ARRAY_DTYPES[kind].type for kind in _KINDS}
    if with_torch:
        table |= {f"torch.{name}": kind for name, kind in _torch_dtypes().items()}
    return table


@lru_cache(maxsize=2)
def _names_of_constants(with_torch: bool) -> dict[int, str]:
    return {id(value): name for name, value in _constants(with_torch).items()}


@lru_cache(maxsize=1)
def _torch_dtypes() -> dict[str, Any]:
    import torch

    return {kind: getattr(torch, kind) for kind in (*_KINDS, "bfloat16")}


def _text_dtype(dtype: str) -> np.dtype:
    length = int(dtype[1:]) if dtype[1:].isdigit() else -1
    if not 0 <= length <= MAX_TEXT_LENGTH:
        raise ValueError("not a text dtype")
    return np.dtype(f"U{length}")


def _is_text(flat: np.ndarray) -> bool:
    """Whether a text array holds characters only: no lone surrogates, nothing beyond Unicode."""
    if not flat.nbytes:
        return True
    codes = flat.view(np.uint32)
    return not ((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))).any()
