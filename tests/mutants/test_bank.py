"""The bank of this homework: wrong answers lose what they should and nothing else, right ones nothing."""

import random
from pathlib import Path

import pytest

from proctor.config import nbgrader_config
from proctor.exam.room import Room
from proctor.grading import draw_seed
from proctor.mutants.bank import Answer, Bank, read_bank
from proctor.mutants.matrix import hurt, is_sound, matrix, summary
from proctor.mutants.trial import Trial
from proctor.notebooks.assignment import load_assignment

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ("backpropagation", "convolution", "fashion_mnist")
WRONG, RIGHT = 10, 3


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_sample_of_the_bank_is_sound_and_most_mistakes_are_named(notebook, trial, banks):
    """The same sample each time, with other random inputs; `proctor mutants hw4` tries the whole bank."""
    wrong, right = banks[notebook].wrong, banks[notebook].right
    draw = random.Random(520)
    tried(trial, banks[notebook], draw.sample(wrong, WRONG), draw.sample(right, RIGHT), named=5 / 6)


@pytest.fixture(scope="module")
def banks():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        assignment = load_assignment(ROOT / "source" / "hw4", nbgrader_config())
        found = {bank.notebook: bank for bank in read_bank(assignment, ROOT)}
    missing = set(NOTEBOOKS) - found.keys()
    return found | {name: Bank(name, (), (), frozenset()) for name in missing}


@pytest.fixture(scope="module")
def trial():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        config = nbgrader_config()
    with Room(seats=2) as room:
        assignment, handed_in = (
            load_assignment(ROOT / "source" / "hw4", config),
            ROOT / "examples" / "reference" / "hw4",
        )
        yield Trial(assignment, config, room, draw_seed(), (ROOT / "data",), handed_in)


def tried(trial: Trial, bank: Bank, wrong: list[Answer] | tuple[Answer, ...], right, named: float = 0.0) -> None:
    verdicts, alike = list(trial.try_all(bank, wrong)), list(trial.try_all(bank, right))
    told = f"seed {trial.seed}\n{matrix(verdicts)}\n{hurt(alike)}\n{summary(verdicts, alike)}"
    assert is_sound((*verdicts, *alike)), told
    assert sum(each.named for each in verdicts) >= named * len(verdicts), told
