"""Trace the parent, read its memory, change its limits and reach for its descriptors.

Against: hidden stays hidden.
"""

# %% after imports
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(64)
parent = os.getppid()
for name, result in {
    "ptrace": libc.ptrace(16, parent, 0, 0),
    "read memory": libc.syscall(310, parent, buffer, 1, buffer, 1, 0),
    "pidfd": libc.syscall(434, parent, 0),
    "kcmp": libc.syscall(312, parent, parent, 0, 0, 0),
    "perf": libc.syscall(298, buffer, parent, -1, -1, 0),
}.items():
    print("LOOT" if result >= 0 else "no", name)
for attempt in (
    lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
    lambda: os.listdir(f"/proc/{parent}/fd"),
    lambda: os.sched_setaffinity(parent, {0}),
    lambda: open(f"/proc/{parent}/mem", "rb"),
):
    try:
        attempt()
        print("LOOT")
    except OSError as error:
        print(error.strerror)
