"""Leave a process of one's own behind, which waits until grading is over.

Against: nothing outlives its exam.
"""
# stock: would harm the grading host: leaves a process behind

# %% after imports
import multiprocessing
import os
import subprocess
import sys

code = "import time; time.sleep(3); open('/tmp/attack-was-here-later', 'w')"
for attempt in (
    lambda: subprocess.Popen([sys.executable, "-c", code], start_new_session=True),
    lambda: os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", code]),
    lambda: os.system(f"nohup {sys.executable} -c \"{code}\" &") and None,
    lambda: multiprocessing.get_context("fork").Process(target=exec, args=(code,)).start(),
    lambda: multiprocessing.get_context("spawn").Process(target=exec, args=(code,)).start(),
):
    try:
        attempt()
    except OSError as error:
        print(error.strerror)
