"""Each attack of ``collection/``, in a student's notebook, through the front door.

An attack must not pay, must learn nothing, must leave nothing, and must not touch who
comes next. What it may do is harm its own notebook, where it says so.
"""

from __future__ import annotations

import re

import pytest
from attacks import attack as collection
from attacks.trial import LIMITS, MIB, Examined, examined, points

PROCTOR_MAY_GROW = 128 * MIB
PROCTOR_MAY_COMPUTE = 10.0  # seconds, besides half of the candidate's own time in each of its two runs
ATTACKS = collection.attacks()
MEANWHILE = ("convolution", "half-done")  # what the submission graded next hands in
README = collection.ROOT / "README.md"


@pytest.fixture(scope="module")
def room():
    with examined() as room:
        yield room


def is_slow(attack: collection.Attack) -> bool:
    """Those on Fashion-MNIST take the network through its 10,000 pictures, three times."""
    return attack.slow or attack.notebook == "fashion_mnist"


@pytest.mark.parametrize(
    "attack",
    [pytest.param(attack, id=attack.name, marks=[pytest.mark.slow] * is_slow(attack)) for attack in ATTACKS],
)
def test_attack(attack, room: Examined, tmp_path):
    next_honest = room.honest(*MEANWHILE)
    trial = room.attack(attack, tmp_path)
    honest = trial.honest

    assert not trial.earned, "the trick earned points"
    for got in map(points, trial.graded):
        assert set(got) == set(honest), "there must be a result for every test cell"
        lost = {cell: (got[cell], honest[cell]) for cell in honest if got[cell] < honest[cell]}
        if "everything" not in attack.may_lose:
            assert set(lost) <= attack.may_lose, f"answers that have nothing to do with the trick lost points: {lost}"
    assert not trial.learned, "the student learned something"
    assert not trial.harm
    assert trial.cost.grown < PROCTOR_MAY_GROW, f"the proctor itself needed {trial.cost.grown / MIB:.0f} MiB"
    assert trial.cost.computed < PROCTOR_MAY_COMPUTE + LIMITS.notebook_seconds, "the proctor computed too long"

    after = points(room.grade(room.hand_in_honestly(*MEANWHILE), MEANWHILE[0]))
    assert after == next_honest, "the submission graded next got another grade than it always gets"


def test_there_are_as_many_attacks_as_the_readme_says():
    (claimed,) = re.findall(r"more than (\d+) attacks", README.read_text())
    assert len(ATTACKS) > int(claimed)
    assert len({attack.says for attack in ATTACKS}) == len(ATTACKS)
