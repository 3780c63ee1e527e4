"""What stands around a training loop: its batches, its progress and its learning rate."""

import sys

from .full_run import watch_schedule
from .running import best_device, training_wanted


def batches(dataset, batch_size: int, shuffle: bool = False):
    """A ``DataLoader`` of whole batches of a ``TensorDataset``, on the GPU if there is one.

    A batch is cut out of the tensors at once, not gathered picture by picture.
    ``shuffle``: another order in each epoch.
    """
    from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, TensorDataset

    there = TensorDataset(*(tensor.to(best_device()) for tensor in dataset.tensors))
    order = RandomSampler(there) if shuffle else SequentialSampler(there)
    return DataLoader(there, batch_size=None, sampler=BatchSampler(order, batch_size, drop_last=False))


def progress(loader, text: str = ""):
    """Iterate over ``loader`` with a progress bar of tqdm, shown from the second second on, with the time left.

    Numbers are shown beside it by ``bar.set_postfix(loss=..., refresh=False)``. The bar
    goes to standard output and is off when nbgrader runs the notebook.
    """
    from tqdm import tqdm

    off = not training_wanted()
    return tqdm(loader, text, file=sys.stdout, leave=False, delay=1, mininterval=1, disable=off, ncols=100)


def one_cycle(optimizer, max_lr: float, total_steps: int) -> None:
    """Let the learning rate of ``optimizer`` rise to ``max_lr`` and fall to almost 0.

    The rate changes by itself after each of the ``total_steps`` calls of
    ``optimizer.step()``: nothing else has to be called.
    """
    from torch.optim.lr_scheduler import OneCycleLR

    schedule = OneCycleLR(optimizer, max_lr, total_steps=total_steps)
    watch_schedule(schedule)
    optimizer.register_step_post_hook(lambda *_: schedule.step())
