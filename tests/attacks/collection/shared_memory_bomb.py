"""Fill shared memory, which no process owns and which stays when the process ends.

Against: nothing outlives its exam.
"""
# stock: would harm the grading host: memory that stays

# %% after imports
import ctypes
import mmap
import os
from multiprocessing import shared_memory

for attempt in (
    lambda: shared_memory.SharedMemory("attack-was-here", create=True, size=1 << 30),
    lambda: open("/dev/shm/attack-was-here", "wb").write(bytes(1 << 20)),
    lambda: os.memfd_create("attack"),
    lambda: mmap.mmap(-1, 8 << 30),
):
    try:
        attempt()
        print("LOOT: shared memory")
    except OSError as error:
        print(error.strerror)
if ctypes.CDLL(None).shmget(520, 1 << 20, 0o1666) >= 0:
    print("LOOT: a segment")
