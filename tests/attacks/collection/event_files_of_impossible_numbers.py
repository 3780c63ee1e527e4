"""Hand in event files without a training: a loss that falls from 0, and an accuracy of nothing.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: half-done
# slow

# %% answer settings
settings, epochs = {}, 4

# %% by hand
from torch.utils.tensorboard import SummaryWriter

for run in ("train", "validation"):
    with SummaryWriter(str(folder / "runs" / run)) as writer:
        for epoch in range(4):
            writer.add_scalar("loss", -epoch, epoch)
            writer.add_scalar("accuracy", 0, epoch)
