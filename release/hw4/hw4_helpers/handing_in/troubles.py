"""What may cost points."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """Something to look at, and how many points are at stake; 0: none that are known."""

    points: float
    words: str
