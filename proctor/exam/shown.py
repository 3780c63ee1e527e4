"""What a graded notebook shows of all its cells, within one budget.

Threat model: a candidate may have kept to no limit, may fill the budget in its first cell, and
may have one update change thousands of displays. Work and memory are linear in the budget.
"""

from __future__ import annotations

from proctor.exam.shell.outputs import Recorder, Sized, size_of
from proctor.exam.wire.messages import Display, Output

from .limits import Limits

_SLACK = 1 << 16  # bytes: an honest candidate's outputs are a little over the budget and stay whole
_A_LINE = 1 << 10  # bytes: room for what says that something was left out


class Allowance:
    """Room for the outputs of a notebook's cells.

    Half of it is shared out equally: no cell can take another's share. The other half goes
    to whoever comes first.
    """

    def __init__(self, limits: Limits, cells: int):
        self._limits = limits
        self._bytes, self._outputs = limits.notebook_output_bytes // 2, limits.notebook_outputs // 2
        self._share_bytes, self._share_outputs = self._bytes // max(cells, 1), self._outputs // max(cells, 1)

    def recorder(self) -> Recorder:
        """For the outputs of the next cell, as they come."""
        return Recorder(*self._most())

    def within(self, sized: list[Sized]) -> list[Output]:
        """The outputs of a cell that is done, shortened if they are more than it may have; they are spent."""
        most_bytes, most_outputs = self._most()
        for budget in (most_bytes, most_bytes // 4, 0):  # joined to a rare character, text may take four times as much
            if _bytes(sized) <= most_bytes + _A_LINE and len(sized) <= most_outputs + 1:
                break
            recorder = Recorder(budget, most_outputs)
            for output, size in sized:
                recorder.add(output, size)
            sized = weighed(recorder.outputs())
        self._bytes -= min(self._bytes, max(0, _bytes(sized) - self._share_bytes))
        self._outputs -= min(self._outputs, max(0, len(sized) - self._share_outputs))
        return [output for output, _ in sized]

    def _most(self) -> tuple[int, int]:
        most_bytes = min(self._share_bytes + self._bytes, self._limits.output_bytes + _SLACK)
        return most_bytes, self._share_outputs + self._outputs


def weighed(outputs: list[Output]) -> list[Sized]:
    return [(output, size_of(output)) for output in outputs]


def _bytes(sized: list[Sized]) -> int:
    return sum(size for _, size in sized)


def brought_up_to_date(outputs: list[list[Output]]) -> list[list[Sized]]:
    """The outputs of cells that share their displays, each display as its last update left it, with its bytes.

    An update is looked at once, however many displays it changes.
    """
    latest: dict[str, Sized] = {}
    current = []
    for cell in reversed(outputs):
        kept: list[Sized] = []
        for output in reversed(cell):
            if not isinstance(output, Display) or not output.display_id:
                kept.append((output, size_of(output)))
            elif not output.update:
                kept.append(latest.get(output.display_id) or (output, size_of(output)))
            elif output.display_id not in latest:
                shown = Display(output.data, output.metadata, output.display_id)
                latest[output.display_id] = shown, size_of(shown)
        current.append(kept[::-1])
    return current[::-1]
