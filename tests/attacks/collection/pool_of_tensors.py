"""Give settings whose pool is made of tensors and of numbers that change each time they are read.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% answer settings
class Changing(int):
    asked = 0

    def __index__(self):
        Changing.asked += 1
        return (2, 28, 1)[Changing.asked % 3]

    __int__ = __index__
    __eq__ = __gt__ = __le__ = __lt__ = __ge__ = lambda self, other: True
    __hash__ = int.__hash__


class Pool(tuple):
    def __iter__(self):
        return iter((Changing(2), torch.tensor(2.5, requires_grad=True), torch.tensor([0])))

    def __len__(self):
        return 3


settings, epochs = {"pool": Pool((Changing(2), torch.tensor(2), torch.zeros(1))), "batch_norm": torch.ones(2)}, Changing(4)

# %% by hand
import shutil

from build import HERE

# The numbers are those of a network with another pool.
shutil.copy(HERE / "half-done" / "hw4" / "fashion_cnn.safetensors", folder)
