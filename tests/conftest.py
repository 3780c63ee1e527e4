"""What all tests share. One torch thread: they run side by side, and many threads on few cores are slower than one."""

import os

import pytest
from hypothesis import HealthCheck, settings

# On a busy machine everything takes long.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

#: Files that take minutes go first: begun last, one of them would still run when all others are done.
LONGEST = ("test_harness.py", "test_attacks.py", "test_course.py", "test_accidents.py", "test_examples.py")

SAMPLED = {
    "test_attacks.py": 12,
    "test_bank.py": 3,
}  # one of so many in `make test`, all in `make test-slow` (and `make attacks`)

#: Containers, browsers, whole runs of stock nbgrader: `make test-slow`.
SLOW = (
    "test_harness.py",
    "test_graders_browser.py",
    "test_written.py",
    "test_grading_ahead.py",
    "test_course.py",
    "test_accidents.py",
    "test_questions.py",
    "test_commands.py",
    "test_publish.py",
    "test_try.py",
)


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first (``--dist loadfile``: one process for all tests of a file, which share what is dear to set up)."""
    for place, item in enumerate(items):
        if item.path.name in SLOW or (item.path.name in SAMPLED and place % SAMPLED[item.path.name]):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
