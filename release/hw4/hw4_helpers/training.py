"""What stands around a training loop: its progress and its learning rate."""

import sys

from .running import training_wanted


def progress(loader, text: str = ""):
    """Iterate over ``loader`` with a progress bar, shown from the second second on.

    The bar goes to standard output and is off when nbgrader runs the notebook.
    """
    from tqdm import tqdm

    off = not training_wanted()
    return tqdm(loader, text, file=sys.stdout, leave=False, delay=1, mininterval=1, disable=off, ncols=80)


def one_cycle(optimizer, max_lr: float, total_steps: int) -> None:
    """Let the learning rate of ``optimizer`` rise to ``max_lr`` and fall to almost 0.

    The rate changes by itself after each of the ``total_steps`` calls of
    ``optimizer.step()``: nothing else has to be called.
    """
    from torch.optim.lr_scheduler import OneCycleLR

    schedule = OneCycleLR(optimizer, max_lr, total_steps=total_steps)
    optimizer.register_step_post_hook(lambda *_: schedule.step())
