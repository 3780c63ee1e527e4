"""Every case is graded once on each route; the tests look at what came of it."""

from __future__ import annotations

import pytest
from reading.routes import ROUTES, Graded


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """``graded(route)``: what a route made of all cases, by name. Each route is taken once."""
    taken: dict[str, dict[str, Graded]] = {}

    def take(route: str) -> dict[str, Graded]:
        if route not in taken:
            taken[route] = ROUTES[route](tmp_path_factory.mktemp(route))
        return taken[route]

    return take
