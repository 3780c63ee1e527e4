"""Hand in event files without a training: the same number in each epoch.

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
        for epoch in range(1, 5):
            writer.add_scalar("loss", 0.3, epoch)
            writer.add_scalar("accuracy", 0.9, epoch)
