"""What stands around a training loop: its batches, its progress and its learning rate."""

import sys
from collections.abc import Iterator

from .fashion import PIXEL_MEAN, PIXEL_STD
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


def augmented(loader, shift: int = 1):
    """The batches of ``loader`` with each picture mirrored, or not, and shifted by up to ``shift`` pixels, by chance.

    For training alone; each epoch draws anew. ``fit`` and ``full_run`` take it as a loader.
    """
    return _Augmented(loader, shift)


class _Augmented:
    def __init__(self, loader, shift: int):
        self.loader, self.shift, self.dataset = loader, shift, loader.dataset
        self.augmentation = f"mirrored, shifted by up to {shift}"  # so that full_run tells it from a training without

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator:
        for images, labels in self.loader:
            yield _shifted(_mirrored(images), self.shift), labels


def _mirrored(images):
    """Images, (B, 1, H, W), each as it is or left to right."""
    import torch

    mirrored = torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5
    return torch.where(mirrored, images.flip(3), images)


def _shifted(images, shift: int):
    """Images, (B, 1, H, W), each moved by up to ``shift`` pixels up or down and to a side; background comes in."""
    import torch
    import torch.nn.functional as F

    count, _, height, width = images.shape
    padded = F.pad(images, (shift,) * 4, value=-PIXEL_MEAN / PIXEL_STD)
    down, right = torch.randint(2 * shift + 1, (2, count, 1), device=images.device)
    rows = down + torch.arange(height, device=images.device)
    columns = right + torch.arange(width, device=images.device)
    picture = torch.arange(count, device=images.device)[:, None, None]
    return padded[picture, 0, rows[:, :, None], columns[:, None, :]][:, None]


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
