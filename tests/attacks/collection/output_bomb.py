"""Print without end: by print, past Python, as displays, and as one endless line.

Against: no submission stops another.
"""
# stock: would harm the grading host: gigabytes of output

# %% after conv-output-shape
from IPython.display import display

for number in range(200_000):
    print("x" * 100)
for number in range(2_000):
    display(number)
display({"text/plain": "y" * 20_000_000}, raw=True)

# %% after fc-parameters
import os
import sys

try:
    for _ in range(100):
        os.write(1, bytes(1 << 20))
        os.write(2, b"z" * (1 << 20))
except OSError as error:
    print(error)
sys.__stdout__.write("w" * 1000)
