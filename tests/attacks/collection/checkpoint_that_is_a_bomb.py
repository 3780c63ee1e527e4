"""Hand in checkpoints with a huge header, NaN weights and a pickle that runs code when it is read.

Against: no submission reaches the grader.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-checkpoint
# slow

# %% by hand
import os
import pickle
import struct


class Run:
    def __reduce__(self):
        return os.system, ("touch /tmp/attack-was-here-pickle",)


(folder / "fashion_cnn.safetensors").write_bytes(struct.pack("<Q", 1 << 40) + b"{" + pickle.dumps(Run()))
(folder / "fashion_cnn.pt").write_bytes(pickle.dumps(Run()))
