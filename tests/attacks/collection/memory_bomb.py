"""Ask for more memory than there is, at once, in small pieces and in mappings.

Against: no submission stops the host.
"""
# stock: would harm the grading host: gigabytes of memory

# %% after conv-output-shape
import mmap

kept = []
for size in (1 << 40, 1 << 32, 1 << 28, 1 << 24):
    for make in (bytearray, lambda n: mmap.mmap(-1, n), lambda n: np.ones(n // 8)):
        try:
            for _ in range(50):
                kept.append(make(size))
                kept[-1][:: 4096] if isinstance(kept[-1], bytearray) else None
        except (MemoryError, OSError, ValueError, OverflowError):
            pass
print("LOOT: more than 4 GiB" if sum(len(k) for k in kept) > 1 << 32 else "no")
del kept
