"""Change a display of an early cell while hidden tests ask, to show there what they asked.

Against: hidden stays hidden.
"""

# %% after imports
from IPython.display import display

handle = display("nothing yet", display_id="early")

# %% answer conv-parameters
def conv_parameters(in_channels, kernel, filters, bias=True):
    handle.update(f"LOOT {in_channels} {kernel} {filters}")
    display(f"LOOT {in_channels}")
    get_ipython().write("stdout", "LOOT")
    return 0

# %% after items-1-3
handle.update("still nothing")
