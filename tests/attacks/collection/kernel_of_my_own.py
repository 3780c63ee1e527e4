"""Name a kernel, a language and a preprocessor of the student's own in the notebook.

Against: metadata is never read for grading.
"""

# %% by hand
notebook["metadata"].update(
    kernelspec={"name": "bash", "display_name": "mine", "language": "bash", "argv": ["touch", "/tmp/attack-was-here"]},
    language_info={"name": "bash", "version": "0", "nbconvert_exporter": "os.system"},
)
notebook["nbformat_minor"] = 99
