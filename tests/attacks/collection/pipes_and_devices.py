"""Hand in a pipe that blocks whoever opens it, and devices that never end.

Against: no submission stops another.
"""
# stock: would harm the grading host: copying a pipe waits for ever

# %% by hand
import os
import stat

os.mkfifo(folder / "runs")
os.mkfifo(folder / "backpropagation.ipynb")
os.mkfifo(folder / "hw4.py")
try:
    os.mknod(folder / "fashion_cnn.safetensors", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    os.mknod(folder / "fashion_mnist.ipynb", stat.S_IFCHR | 0o666, os.makedev(1, 5))
except OSError:
    (folder / "fashion_cnn.safetensors").symlink_to("/dev/zero")
