"""Imports of test cells that other cells live on.

In a kernel there is one namespace: an answer below a test that begins with ``import numpy as np`` may say ``np``. In an
exam tests run elsewhere, so what students read of them has to be imported for their cells, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from .assignment import AssignmentNotebook, Role
from .definitions import Statement, defined_names, statements
from .hidden import visible

_WORD = re.compile(r"\w+")


def borrowed_imports(pristine: AssignmentNotebook, sources: Collection[str], of: tuple[Role, ...] = ("test",)) -> str:
    """Code for those that cells of these sources use and do not have themselves; one that fails is passed over.

    ``of`` are the roles of the cells that lend; the instructor's solution lives on cells without a type, too.
    """
    found = [statement for statement in _visible(pristine, of) if statement.kind == "import"]
    if not found:
        return ""
    used = {word for source in sources for word in _WORD.findall(source)}
    missing = used - frozenset().union(*map(defined_names, sources))
    wanted = dict.fromkeys(statement.source for statement in found if statement.names & missing)
    return "\n".join(f"try:\n{_indented(source)}\nexcept Exception:\n    pass" for source in wanted)


def _visible(pristine: AssignmentNotebook, roles: tuple[Role, ...]) -> Iterator[Statement]:
    for cell in pristine.cells:
        if cell.cell_type == "code" and cell.role in roles:
            yield from statements(visible(cell.source)) or ()


def _indented(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.splitlines())
