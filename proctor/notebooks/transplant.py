"""Transplant: the student's answers in a pristine copy of the assignment's notebook.

Students' notebooks come back with cells duplicated, split, merged, moved, deleted and
their metadata lost. They are never repaired: sources of answers, and the student's own
cells, are carried over into the assignment's notebook, and nothing else is.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from nbformat import NotebookNode
from rapidfuzz import fuzz

from .assignment import (
    ANSWERS,
    LOCKED,
    AssignmentCell,
    AssignmentNotebook,
    Role,
    is_unanswered,
    squeezed,
)
from .definitions import defined_names, only_stubs, really_defined, statements
from .submission import StudentCell, StudentNotebook

#: How a cell of the assignment was found in the student's notebook. ``merged``: its answer
#: stands in the cell of another answer. ``none``: not found.
How = Literal["grade_id", "id", "text", "names", "similarity", "position", "merged", "none"]

#: Texts at least this similar (0 to 100) are taken for versions of one cell, wherever they are.
ALIKE = 60
#: Only this much of a text is compared: enough to tell cells apart, and it bounds the time.
COMPARED_CHARS = 2_000
#: Leftover cells compared by similarity; more are only looked at in the order they come.
COMPARED_CELLS = 200


@dataclass(frozen=True)
class Match:
    """What became of one of the assignment's nbgrader cells. ``note`` is for staff, empty if all is plain."""

    grade_id: str
    how: How
    student_index: int | None
    note: str = ""


@dataclass(frozen=True)
class TransplantedCell:
    """One cell of the transplanted notebook, at ``index``.

    ``id`` is the grade_id, else the cell id, and unique. ``role`` is the assignment's, or
    ``extra`` for a cell of the student's own. ``student_index`` says which of the student's
    cells the source comes from, None if it is the assignment's. ``unanswered`` marks answers
    that are still as released.
    """

    index: int
    id: str
    cell_type: str
    role: Role | Literal["extra"]
    source: str
    max_points: float
    student_index: int | None
    unanswered: bool = False

    @property
    def runs_as(self) -> Literal["student", "shared", "test"] | None:
        """Where an exam runs the cell; None for text."""
        if self.cell_type != "code":
            return None
        return self.role if self.role in ("shared", "test") else "student"


@dataclass(frozen=True)
class Transplanted:
    """The result: a valid nbformat 4.5 notebook without outputs, its cells as values, and the matches."""

    notebook: NotebookNode
    cells: tuple[TransplantedCell, ...]
    matches: tuple[Match, ...]


@dataclass
class _Plan:
    """Who is who, while it is being worked out: assignment's index -> student's index, and back."""

    pristine: AssignmentNotebook
    student: tuple[StudentCell, ...]
    found: dict[int, tuple[int, How]] = field(default_factory=dict)
    owner: dict[int, int] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    notes: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def match(self, p: int, s: int, how: How) -> None:
        self.found[p] = (s, how)
        self.owner[s] = p

    def release(self, p: int) -> int:
        s, _ = self.found.pop(p)
        del self.owner[s]
        return s

    def open_cells(self) -> list[AssignmentCell]:
        return [cell for cell in self.pristine.cells if cell.index not in self.found]

    def free_cells(self) -> list[StudentCell]:
        return [cell for s, cell in enumerate(self.student) if s not in self.owner and s not in self.dropped]


@dataclass(frozen=True)
class _Piece:
    """A cell on its way into the notebook."""

    cell_type: str
    source: str
    origin: AssignmentCell | None = None
    student_index: int | None = None
    attachments: tuple[tuple[str, str, str], ...] = ()


def transplant(pristine: AssignmentNotebook, student: StudentNotebook | None) -> Transplanted:
    """Put the student's answers into a copy of the assignment's notebook, hidden tests included.

    Answers that were not found, and all of them if ``student`` is None, are as released. The
    student's own cells follow the cell of the assignment that they follow in the student's
    notebook. Deterministic; changes neither argument; never raises for what a student wrote.
    """
    cells = () if student is None else student.cells
    # Positions count, not the index a caller may have left gaps in.
    plan = _Plan(pristine, tuple(replace(cell, index=s) for s, cell in enumerate(cells)))
    indices = [cell.index for cell in cells]
    _match_claimed(plan, "grade_id")
    _match_claimed(plan, "id")
    _match_text(plan)
    _match_names(plan)
    _match_alike(plan)
    _drop_stubs(plan)
    pieces = _pieces(plan, handed_in=student is not None)
    return _assemble(pristine, pieces, _matches(plan, indices), indices)


# Matching


def _match_claimed(plan: _Plan, how: Literal["grade_id", "id"]) -> None:
    """Match cells by the grade_id or the cell id that the student's notebook still has.

    Of several student cells with one grade_id, the answer is the one that really defines
    most of what was asked for; among equals the last that is no stub, as it would be in a
    kernel that ran them in order.
    """
    claims: dict[str, list[StudentCell]] = defaultdict(list)
    for other in plan.free_cells():
        claim = other.grade_id if how == "grade_id" else other.id
        if claim is not None:
            claims[claim].append(other)
    for cell in plan.open_cells():
        wanted = cell.grade_id if how == "grade_id" else cell.id
        claimed = [] if wanted is None else claims.get(wanted, [])
        if cell.grade_id is None:
            claimed = [other for other in claimed if other.cell_type == cell.cell_type]
        if not claimed:
            continue
        best = max(claimed, key=lambda other: (*_worth(cell, other.source), other.index))
        plan.match(cell.index, best.index, how)
        if len(claimed) > 1 and cell.role in ANSWERS:
            plan.notes[cell.index].append(
                f"{len(claimed)} cells have this {how}; the one that answers most, else the last, counts"
            )
        for other in claimed:
            if other is not best and cell.grade_id is not None and _same(cell, other):
                plan.dropped.add(other.index)


def _worth(cell: AssignmentCell, source: str) -> tuple[int, bool]:
    """How good a claim on a cell is: names really defined, and whether anything was written at all."""
    if cell.role in LOCKED:
        return 0, is_unanswered(cell, source)  # the copy left alone: the edited one is the student's own
    return len(cell.asks & really_defined(source)) if cell.asks else 0, not is_unanswered(cell, source)


def _match_text(plan: _Plan) -> None:
    """Match cells that are no answers and were left as they were: they also tell where others belong."""
    texts: dict[tuple[str, str], list[StudentCell]] = defaultdict(list)
    for other in plan.free_cells():
        texts[other.cell_type, squeezed(other.source)].append(other)
    for cell in plan.open_cells():
        if cell.role in ANSWERS:
            continue
        for form in (cell.release_source, cell.source):
            same = texts.get((cell.cell_type, squeezed(form)))
            if same and squeezed(form):
                plan.match(cell.index, same.pop(0).index, "text")
                break


def _match_names(plan: _Plan) -> None:
    """Find answers by what they define: for cells not found, or found without what was asked for."""

    def held(cell: AssignmentCell) -> str:
        return plan.student[plan.found[cell.index][0]].source if cell.index in plan.found else ""

    wanting = [cell for cell in plan.pristine.cells if cell.asks and not cell.asks & really_defined(held(cell))]
    offers: list[tuple[int, int, int, int]] = []
    for other in plan.free_cells():
        if other.cell_type != "code" or only_stubs(other.source):
            continue
        named, real = defined_names(other.source), really_defined(other.source)
        offers.extend(
            (len(cell.asks & real), len(cell.asks & named), other.index, cell.index)
            for cell in wanting
            if cell.asks & (named if is_unanswered(cell, held(cell)) else real)
        )
    # What defines most comes first, of equals the last cell and the first answer.
    offers.sort(key=lambda offer: (-offer[0], -offer[1], -offer[2], offer[3]))
    for _, _, s, p in offers:
        taken = p in plan.found and plan.found[p][1] == "names"
        if s in plan.owner or taken:
            continue
        if p in plan.found:
            before = plan.release(p)
            if is_unanswered(plan.pristine.cells[p], plan.student[before].source):
                plan.dropped.add(before)
        plan.match(p, s, "names")


def _match_alike(plan: _Plan) -> None:
    """Match what is left by similar text and by position between cells already matched."""
    free = plan.free_cells()[:COMPARED_CELLS]
    texts = {cell.index: squeezed(cell.source) for cell in free}
    open_cells = plan.open_cells()
    before_p, after_p = _neighbours(len(plan.pristine.cells), plan.found)
    before_s, after_s = _neighbours(len(plan.student), plan.owner)
    rank_p = _ranks(before_p, [cell.index for cell in open_cells if cell.role in ANSWERS])
    rank_s = _ranks(before_s, [cell.index for cell in free])
    pairs = []
    for cell in open_cells:
        forms = [squeezed(cell.release_source), squeezed(cell.source)]
        for other in free:
            if cell.cell_type != other.cell_type and not (cell.role == "manual" and other.cell_type == "code"):
                continue
            p, s = cell.index, other.index
            # Which matched cells stand before and after, in either notebook, seen from the assignment.
            follows = before_p[p] == _owner_of(before_s[s], plan)
            precedes = after_p[p] == _owner_of(after_s[s], plan)
            text = texts[s]
            stub = cell.role in ANSWERS and text == forms[0]
            alike = 0 if stub else max(_likeness(form, text) for form in forms)
            if alike or (cell.role in ANSWERS and text and follows and precedes):
                in_turn = follows and rank_p.get(p) == rank_s[s]
                # A stub only holds its place in the row; something written is rather the answer.
                fit = alike + 50 * follows + 25 * precedes + 5 * in_turn - 20 * stub
                pairs.append((-fit, p, s, alike))
    for _, p, s, alike in sorted(pairs):
        if p not in plan.found and s not in plan.owner:
            plan.match(p, s, "similarity" if alike else "position")


def _likeness(form: str, text: str) -> float:
    """How similar two texts are, from ALIKE to 100; 0 for less."""
    return fuzz.ratio(form[:COMPARED_CHARS], text[:COMPARED_CHARS], score_cutoff=ALIKE)


def _neighbours(length: int, matched: Iterable[int]) -> tuple[list[int], list[int]]:
    """For each position the nearest matched position before and after it; -1 and ``length`` for none."""
    matched = set(matched)
    before, after = [], []
    last = -1
    for i in range(length):
        before.append(last)
        last = i if i in matched else last
    last = length
    for i in reversed(range(length)):
        after.append(last)
        last = i if i in matched else last
    return before, after[::-1]


def _owner_of(s: int, plan: _Plan) -> int:
    """The assignment's index for a student's one, where both notebooks' ends correspond."""
    if s < 0:
        return -1
    return plan.owner[s] if s < len(plan.student) else len(plan.pristine.cells)


def _ranks(before: list[int], positions: list[int]) -> dict[int, int]:
    """For each position, how many others share its gap and come before it."""
    counts: dict[int, int] = defaultdict(int)
    ranks = {}
    for i in positions:
        ranks[i] = counts[before[i]]
        counts[before[i]] += 1
    return ranks


def _drop_stubs(plan: _Plan) -> None:
    """Leave out spare cells that could only undo an answer: copies of what was released, other stubs."""
    released = {(cell.cell_type, squeezed(cell.release_source)) for cell in plan.pristine.cells if cell.role in ANSWERS}
    asked = frozenset().union(*(cell.asks for cell in plan.pristine.cells))
    for cell in plan.free_cells():
        copy_of_stub = (cell.cell_type, squeezed(cell.source)) in released
        names = defined_names(cell.source) if cell.cell_type == "code" else frozenset()
        undoes = names and names <= asked and only_stubs(cell.source)
        if copy_of_stub or undoes:
            plan.dropped.add(cell.index)


def _same(cell: AssignmentCell, other: StudentCell) -> bool:
    return other.cell_type == cell.cell_type and is_unanswered(cell, other.source)


# Putting together


def _pieces(plan: _Plan, handed_in: bool) -> list[_Piece]:
    """The new notebook's cells in order: the assignment's, each followed by the student's own."""
    own: dict[int, list[_Piece]] = defaultdict(list)
    anchor = -1
    for other in plan.student:
        if other.index in plan.owner:
            anchor = plan.owner[other.index]
        elif other.index not in plan.dropped and other.source.strip():
            own[anchor].append(_Piece(other.cell_type, other.source, None, other.index, other.attachments))
    elsewhere = _Elsewhere(plan)
    pieces = list(own[-1])
    for cell in plan.pristine.cells:
        s = plan.found[cell.index][0] if cell.index in plan.found else None
        theirs = None if s is None else plan.student[s]
        if cell.role in ANSWERS:
            pieces.append(_answer(cell, theirs, plan, elsewhere))
        elif cell.role in LOCKED:
            rescued = _rescued(cell, theirs, plan, elsewhere)
            kept = _Piece(cell.cell_type, cell.source, cell)
            # A test needs what it tests before it; what was added to read-only cells builds on them.
            pieces += [*rescued, kept] if cell.role == "test" else [kept, *rescued]
        else:
            pieces += _ordinary(cell, theirs, handed_in, elsewhere)
        pieces += own[cell.index]
    return pieces


class _Elsewhere:
    """What the student's cells that will be kept really define, and which cell defines it."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._definers: dict[str, list[int]] | None = None

    def definers(self, name: str) -> list[int]:
        """Student's indices of the cells that define a name. Parsed at first need only."""
        if self._definers is None:
            self._definers = defaultdict(list)
            for cell in self._plan.student:
                if cell.cell_type == "code" and self._stays(cell):
                    for defined in really_defined(cell.source):
                        self._definers[defined].append(cell.index)
        return self._definers.get(name, [])

    def _stays(self, cell: StudentCell) -> bool:
        """Whether the source is carried over: not a stub, nor a cell that is the assignment's anyway."""
        if cell.index not in self._plan.owner:
            return cell.index not in self._plan.dropped
        origin = self._plan.pristine.cells[self._plan.owner[cell.index]]
        if origin.role in ANSWERS:
            return not is_unanswered(origin, cell.source)
        return origin.role not in LOCKED


def _answer(cell: AssignmentCell, theirs: StudentCell | None, plan: _Plan, elsewhere: _Elsewhere) -> _Piece:
    written = None if theirs is None or is_unanswered(cell, theirs.source) else theirs
    answered_in = []
    if written is None or (cell.cell_type == "code" and only_stubs(written.source)):
        answered_in = sorted({s for name in cell.asks for s in elsewhere.definers(name)})
    if written is not None and not answered_in:
        if written.cell_type != cell.cell_type:
            plan.notes[cell.index].append(f"its type was changed to {written.cell_type}; changed back")
        attachments = written.attachments if cell.cell_type == "markdown" else ()
        return _Piece(cell.cell_type, written.source, cell, written.index, attachments)
    if not answered_in:
        return _Piece(cell.cell_type, cell.release_source, cell, None if theirs is None else theirs.index)
    return _merged(cell, plan.student[answered_in[0]], plan, elsewhere)


def _merged(cell: AssignmentCell, holder: StudentCell, plan: _Plan, elsewhere: _Elsewhere) -> _Piece:
    """An answer that stands in another cell: its stub must not undo it.

    If that cell comes first, only what the released cell gave besides is kept. If it comes
    later, after the tests of this one, its definitions are copied here.
    """
    names = " and ".join(f"`{name}`" for name in sorted(cell.asks & really_defined(holder.source)))
    owner = plan.owner.get(holder.index)
    kept = [f"# Answered in another cell: {names}"]
    if owner is not None and owner > cell.index:
        kept += [
            statement.source
            for statement in statements(holder.source) or ()
            if not statement.stub and (statement.kind in ("definition", "import") or statement.names & cell.asks)
        ]
    kept += [
        statement.source
        for statement in statements(cell.release_source) or ()
        if statement.names and not any(map(elsewhere.definers, statement.names))
    ]
    plan.found.pop(cell.index, None)
    plan.found[cell.index] = (holder.index, "merged")
    plan.notes[cell.index].append(f"answered in another cell, which defines {names}")
    return _Piece(cell.cell_type, "\n".join(kept), cell, holder.index)


def _rescued(cell: AssignmentCell, theirs: StudentCell | None, plan: _Plan, elsewhere: _Elsewhere) -> list[_Piece]:
    """What a student added to a cell that was not theirs to change, as cells of its own.

    The assignment's version counts. But an import or a function that is defined nowhere
    else is needed by the answers that use it, each in its own cell: where a package is missing,
    only its import fails. Text written into a task is its answer.
    """
    if theirs is None or squeezed(theirs.source) in (squeezed(cell.release_source), squeezed(cell.source)):
        return []
    plan.notes[cell.index].append("edited by the student; the assignment's version counts")
    if cell.role == "task":
        return [_Piece("markdown", theirs.source, None, theirs.index, theirs.attachments)]
    if cell.cell_type != "code":
        return []
    given = frozenset().union(
        *(defined_names(c.source) for c in plan.pristine.cells if c.role in LOCKED and c.cell_type == "code")
    )
    added = [
        statement
        for statement in statements(theirs.source) or ()
        if statement.names
        and not statement.stub
        and not statement.names & given
        and not any(map(elsewhere.definers, statement.names))
    ]
    if not added:
        return []
    names = ", ".join(sorted(frozenset().union(*(statement.names for statement in added))))
    plan.notes[cell.index].append(f"what it added was kept in cells of its own: {names}")
    return [_Piece("code", statement.source, None, theirs.index) for statement in added]


def _ordinary(
    cell: AssignmentCell, theirs: StudentCell | None, handed_in: bool, elsewhere: _Elsewhere
) -> Iterator[_Piece]:
    """Cells anyone may change: the student's version; text that was deleted comes back.

    Deleted code stays deleted, since it may be slow or may undo what the student wrote
    instead; only imports and definitions come back, in case an answer needs them.
    """
    if theirs is not None:
        yield _Piece(cell.cell_type, theirs.source, cell, theirs.index, theirs.attachments)
    elif cell.cell_type != "code" or not handed_in:
        yield _Piece(cell.cell_type, cell.release_source, cell)
    else:
        kept = [
            statement.source
            for statement in statements(cell.release_source) or ()
            if statement.kind in ("definition", "import") and not any(map(elsewhere.definers, statement.names))
        ]
        if kept:
            yield _Piece("code", "\n".join(kept), cell)


def _matches(plan: _Plan, indices: list[int]) -> tuple[Match, ...]:
    matches = []
    for cell in plan.pristine.cells:
        if cell.grade_id is not None:
            found = plan.found.get(cell.index)
            note = "; ".join(plan.notes.get(cell.index, ()))
            if found is None:
                matches.append(Match(cell.grade_id, "none", None, note))
            else:
                matches.append(Match(cell.grade_id, found[1], indices[found[0]], note))
    return tuple(matches)


def _assemble(
    pristine: AssignmentNotebook, pieces: list[_Piece], matches: tuple[Match, ...], indices: list[int]
) -> Transplanted:
    notebook = copy.copy(pristine.notebook)
    notebook.metadata = copy.deepcopy(pristine.notebook.metadata)
    taken = {cell.id for cell in pristine.cells} | {cell.grade_id for cell in pristine.cells}
    nodes, cells = [], []
    for index, piece in enumerate(pieces):
        node = _node(piece, pristine, taken)
        nodes.append(node)
        origin = piece.origin
        cells.append(
            TransplantedCell(
                index=index,
                id=node.id if origin is None else origin.grade_id or origin.id,
                cell_type=piece.cell_type,
                role="extra" if origin is None else origin.role,
                source=piece.source,
                max_points=0.0 if origin is None else origin.points,
                student_index=None if piece.student_index is None else indices[piece.student_index],
                unanswered=origin is not None and origin.role in ANSWERS and is_unanswered(origin, piece.source),
            )
        )
    notebook.cells = nodes
    return Transplanted(notebook, tuple(cells), matches)


def _node(piece: _Piece, pristine: AssignmentNotebook, taken: set[str | None]) -> NotebookNode:
    """A notebook cell without outputs; what a student wrote is marked, and their own cells get a fresh id."""
    if piece.origin is None:
        id_ = f"student-{piece.student_index}"
        while id_ in taken:
            id_ += "-own"
        taken.add(id_)
        node = _empty_node(piece, id_)
    else:
        node = _empty_node(piece, piece.origin.id)
        original = pristine.notebook.cells[piece.origin.index]
        node.metadata = copy.deepcopy(original.metadata)
        if piece.origin.checksum is not None:
            node.metadata.nbgrader.checksum = piece.origin.checksum
            node.metadata.nbgrader.cell_type = piece.origin.cell_type
    if piece.student_index is not None:
        node.metadata["proctor"] = {"by_student": True}
    if piece.attachments and piece.cell_type != "code":
        node.attachments = NotebookNode()
        for name, media, data in piece.attachments:
            node.attachments.setdefault(name, NotebookNode())[media] = data
    if piece.origin is not None and piece.origin.role not in ANSWERS and piece.cell_type != "code":
        given = pristine.notebook.cells[piece.origin.index].get("attachments")
        if given:  # some editors drop the assignment's pictures
            node.attachments = NotebookNode({**node.get("attachments", {}), **copy.deepcopy(given)})
    return node


def _empty_node(piece: _Piece, id_: str) -> NotebookNode:
    """As nbformat makes it; its own functions validate each cell, which takes a millisecond and comes later for all."""
    of_code: dict = {"execution_count": None, "outputs": []} if piece.cell_type == "code" else {}
    return NotebookNode(id=id_, cell_type=piece.cell_type, metadata=NotebookNode(), source=piece.source, **of_code)
