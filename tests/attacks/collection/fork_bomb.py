"""Fork without end, by every way to make a process. (No submission stops the host.)"""
# stock: would harm the grading host: processes without end

# %% after imports
import ctypes
import os

libc = ctypes.CDLL(None)
made = 0
for attempt in (os.fork, lambda: libc.fork(), lambda: libc.vfork(), lambda: libc.syscall(56, 17, 0, 0, 0, 0), lambda: libc.syscall(435, 0, 0)):
    for _ in range(3):
        try:
            if attempt() >= 0:
                made += 1
        except OSError:
            pass
print("LOOT: processes" if made else "none")
