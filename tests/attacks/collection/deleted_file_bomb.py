"""Fill the disk with files that are deleted while they are open, so that no one sees them.

Against: no submission stops another.
"""
# may lose: everything
# stock: would harm the grading host: a full disk

# %% after conv-output-shape
import os

kept = []
for number in range(200):
    kept.append(open(f"hidden-{number}", "wb"))
    os.unlink(f"hidden-{number}")
    for _ in range(15):
        kept[-1].write(bytes(1 << 20))
        kept[-1].flush()
