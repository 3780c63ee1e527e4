"""Hand in ``sitecustomize.py`` and its relatives, which Python runs at every start.

Against: no submission reaches the grader.
"""

# %% file sitecustomize.py
open("/tmp/attack-was-here-sitecustomize", "w")

# %% file usercustomize.py
open("/tmp/attack-was-here-usercustomize", "w")

# %% file conftest.py
open("/tmp/attack-was-here-conftest", "w")

# %% by hand
(folder / "evil.pth").write_text("import os; open('/tmp/attack-was-here-pth', 'w')")
(folder / "pyvenv.cfg").write_text("home = /tmp")
