"""Replace ``run_cell`` of the shell by one that succeeds without running anything.

Against: no point its answers do not earn.
"""
# may lose: everything

# %% after imports
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell


def succeed(self, source, *args, **kwargs):
    result = ExecutionResult(None)
    result.result = 1.0
    return result


InteractiveShell.run_cell = InteractiveShell._run_cell = succeed
