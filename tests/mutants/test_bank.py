"""The bank of this homework: wrong answers lose what they should and nothing else, right ones nothing."""

from pathlib import Path

import pytest

from proctor.config import nbgrader_config
from proctor.exam.room import Room
from proctor.grading import draw_seed
from proctor.mutants.bank import read_bank
from proctor.mutants.matrix import hurt, is_sound, matrix, summary
from proctor.mutants.trial import Trial
from proctor.notebooks.assignment import load_assignment

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("notebook", ["backpropagation", "convolution", "fashion_mnist"])
def test_the_bank_is_sound_and_five_of_six_mistakes_are_named(notebook, monkeypatch):
    monkeypatch.chdir(ROOT)
    config = nbgrader_config()
    assignment = load_assignment(ROOT / "source" / "hw4", config)
    bank = next((each for each in read_bank(assignment, ROOT) if each.notebook == notebook), None)
    if bank is None:
        pytest.skip(f"mutants/hw4/{notebook}.toml is not written yet")
    seed = draw_seed()
    with Room(seats=2) as room, Trial(assignment, config, room, seed, (ROOT / "data",)) as trial:
        wrong, right = list(trial.try_all(bank, bank.wrong)), list(trial.try_all(bank, bank.right))
    told = f"seed {seed}\n{matrix(wrong)}\n{hurt(right)}\n{summary(wrong, right)}"
    assert is_sound((*wrong, *right)), told
    assert sum(each.named for each in wrong) >= 5 / 6 * len(wrong), told
