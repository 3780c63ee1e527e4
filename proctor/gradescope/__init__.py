"""From the repo to a Gradescope autograder, and back: docs/gradescope.md.

``bundle`` makes the autograder's zip, ``run`` grades inside Gradescope's container;
``collect`` takes submissions home, ``publish`` and ``ScoresExporter`` bring final grades
back, ``written`` prints the written answers for grading by hand.
"""


def __getattr__(name: str):
    if name != "ScoresExporter":
        raise AttributeError(f"module 'proctor.gradescope' has no attribute {name!r}")
    from proctor.gradescope.grades.scores import ScoresExporter

    return ScoresExporter
