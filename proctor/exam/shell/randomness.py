"""Every source of random numbers that a notebook is likely to draw from, seeded at once."""

from __future__ import annotations

import random
import sys

import numpy as np


def seed_all(seed: int) -> None:
    """Seed Python's, NumPy's and, where it is loaded, PyTorch's global generator."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.manual_seed(seed)  # the only device here is the CPU
