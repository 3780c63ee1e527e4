"""Hand in event files with a record of exabytes, random bytes and hundreds of runs.

Against: no submission stops another.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-events
# slow

# %% by hand
import os
import struct

for number in range(100):
    run = folder / "runs" / f"run{number}"
    run.mkdir(parents=True)
    (run / "events.out.tfevents.0").write_bytes(struct.pack("<Q", 1 << 60) + os.urandom(1000))
(folder / "runs" / "train").mkdir()
(folder / "runs" / "train" / "events.out.tfevents.1").symlink_to("/dev/zero")
