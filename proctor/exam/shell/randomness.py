"""Every source of random numbers that a notebook is likely to draw from, seeded at once."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


def seed_all(seed: int) -> None:
    """Seed Python's, NumPy's and, where it is loaded, PyTorch's global generator."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.manual_seed(seed)  # the only device here is the CPU


def position() -> tuple:
    """Of all generators: the same as long as nothing is drawn."""
    torch = sys.modules.get("torch")
    drawn = torch and torch.default_generator.get_state().numpy().tobytes()
    return random.getstate(), pickle.dumps(np.random.get_state()), drawn


@contextmanager
def undisturbed() -> Iterator[None]:
    """The block draws what it likes; afterwards all generators are as they were."""
    torch = sys.modules.get("torch")
    states = random.getstate(), np.random.get_state(), torch and torch.default_generator.get_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        if torch is not None:
            torch.default_generator.set_state(states[2])
