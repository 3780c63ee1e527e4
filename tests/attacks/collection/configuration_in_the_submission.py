"""Hand in configuration of IPython, Jupyter, nbgrader and Matplotlib, beside the notebook.

Against: no submission reaches the grader.
"""

# %% file nbgrader_config.py
open("/tmp/attack-was-here-nbgrader", "w")
c = get_config()
c.ClearSolutions.enforce_metadata = False
c.Execute.enabled = False

# %% file ipython_config.py
open("/tmp/attack-was-here-ipython", "w")
c.InteractiveShellApp.exec_lines = ["score = lambda: 1.0"]

# %% file .ipython/profile_default/startup/00-start.py
open("/tmp/attack-was-here-startup", "w")

# %% file jupyter_config.py
open("/tmp/attack-was-here-jupyter", "w")

# %% file jupyter_nbconvert_config.py
open("/tmp/attack-was-here-nbconvert", "w")

# %% file evil.py
open("/tmp/attack-was-here-backend", "w")

# %% by hand
(folder / "matplotlibrc").write_text("backend: module://evil")
