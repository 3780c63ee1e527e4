"""Hand in ``sitecustomize.py`` and its relatives, which Python runs at every start. (No submission reaches the grader.)"""

# %% file sitecustomize.py
open("/tmp/attack-was-here-sitecustomize", "w")

# %% file usercustomize.py
open("/tmp/attack-was-here-usercustomize", "w")

# %% file evil.pth
import os; open("/tmp/attack-was-here-pth", "w")

# %% file pyvenv.cfg
home = /tmp

# %% file conftest.py
open("/tmp/attack-was-here-conftest", "w")
