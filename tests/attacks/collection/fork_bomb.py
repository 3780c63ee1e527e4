"""Fork without end, by every way to make a process.

Against: no submission stops the host.
"""
# stock: would harm the grading host: processes without end

# %% after imports
import ctypes
import os

libc = ctypes.CDLL(None)
made = 0
clone, clone3 = 56, 435
ways = (os.fork, libc.fork, libc.vfork, lambda: libc.syscall(clone, 17, 0, 0, 0, 0), lambda: libc.syscall(clone3, 0, 0))
for attempt in ways:
    for _ in range(3):
        try:
            if attempt() >= 0:
                made += 1
        except OSError:
            pass
print("LOOT: processes" if made else "none")
