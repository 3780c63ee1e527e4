"""Courses are graded once per test run and shared, also between xdist's workers."""

import fcntl
import json
import os
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable:
    """``once(name, make)``: what ``make(folder)`` gives (JSON), made by the first test that asks."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # the workers' common folder

    def ask(name: str, make: Callable):
        with open(base / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            answer = base / f"{name}.json"
            if not answer.exists():
                answer.write_text(json.dumps(make(base / name)))
            return json.loads(answer.read_text())

    return ask
