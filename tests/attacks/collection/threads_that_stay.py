"""Leave threads and exit handlers behind that go on after the last cell.

Against: nothing outlives its exam.
"""

# %% after imports
import atexit
import threading
import time


def later():
    time.sleep(2)
    while True:
        try:
            open("/tmp/attack-was-here-thread", "w")
        except OSError:
            time.sleep(0.1)


atexit.register(later)
for _ in range(4):
    threading.Thread(target=later).start()
