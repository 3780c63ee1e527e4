"""Rebind and change in place what read-only cells give: inputs, places that are asked for, functions.

Against: no point its answers do not earn.
"""
# may lose: test-table-with-flip test-table-without-flip

# %% after table-input
image[:] = 0
two_filters[:] = 0
ASKED.clear()
ASKED = ()
image = two_filters = np.zeros((1, 1, 1, 1))
get_ipython().user_ns.update(ASKED=[], image=[], check_convolve_slide=lambda *args, **kwargs: None)

# %% answer table
table_with_flip = table_without_flip = {}
ASKED = []
ASKED.extend(())
image *= 0
check_convolve_slide = lambda *args, **kwargs: None
