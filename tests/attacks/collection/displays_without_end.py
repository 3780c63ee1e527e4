"""Display nothing, 120,000 times; and change thousands of displays of one name, thousands of times.

Against: no submission slows another without bound.
"""
# stock: would harm the grading host: minutes for each such cell

# %% after conv-output-shape
from IPython.display import display

for _ in range(120_000):
    display({}, raw=True)

# %% after conv-output-shape
for number in range(4000):
    handle = display(number, display_id="one")
    handle.update(-number)
handle.update({"text/html": "y" * 400_000}, raw=True)

# %% after fc-parameters
for number in range(4000):
    handle.update(number)
handle.update({"application/json": [{}] * 100_000, "text/plain": "z" * 400_000}, raw=True)
