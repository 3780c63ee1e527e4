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


def alternates(values, by):
    """How often the last values went up and down by so much."""
    turns, low, high, goes_up = 0, values[0], values[0], None
    for value in values:
        low, high = min(low, value), max(high, value)
        if value - low > by and goes_up is not True:
            turns, goes_up, high = turns + 1, True, value
        elif high - value > by and goes_up is not False:
            turns, goes_up, low = turns + 1, False, value
    return turns


values = []


def look():
    values.append(now())
    if alternates(values, by=200) >= 6:
        print("LOOT", values)
        return True


if is_neighbour and not asked:
    until = time.monotonic() + 4
    while time.monotonic() < until and not look():
        time.sleep(0.02)
elif asked and not is_neighbour:
    time.sleep(4)
