"""Look for ``reference``, the test source and open sessions in every loaded module. (Hidden stays hidden.)"""

# %% after items-1-3
import sys

for name, module in list(sys.modules.items()):
    for attribute, value in list(getattr(module, "__dict__", {}).items()):
        if attribute == "reference" or type(value).__name__ in ("Session", "Assignment", "AssignmentNotebook", "Paper"):
            if "importlib" not in name and "weakref" not in name and callable(value) is False:
                print("LOOT", name, attribute, type(value).__name__)
