"""Leave by ``exit``, ``quit`` and SystemExit before the tests run.

Against: no output is not a pass.
"""

# %% after imports
exit()

# %% after conv-parameters
raise SystemExit(0)
