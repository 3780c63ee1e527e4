"""Why a notebook runs: to train, to be graded, or as a quick trial."""

import os


def training_wanted() -> bool:
    """True when you run the notebook; False when nbgrader grades or validates it.

    nbgrader names the reason it runs a notebook in ``NBGRADER_EXECUTION``.
    """
    return "NBGRADER_EXECUTION" not in os.environ


def quick() -> bool:
    """True when the variable ``HW4_QUICK`` asks for shortened training runs."""
    return os.environ.get("HW4_QUICK", "0") not in ("", "0")
