"""Run the graph of a network, as ``trace_network`` describes it, with the parameters of a checkpoint.

Threat model: a graph is what a student's process says. It is read strictly
(``graph_reading.py``): operations of a list (``graph_operations.py``), plain arguments, no
names but those of the checkpoint. All shapes are computed first, on tensors without
memory, so that what is too large is refused before it exists. A graph computes numbers
from the images and the checkpoint, and can do nothing else: whoever hands in another graph
than that of the network in the notebook has handed in another network, and is given what
that one is worth.
"""

import time
from typing import Any

from .graph_reading import Graph, NotRun, names_in, read_graph

# For a network trained on a laptop these are generous. Sizes are those of one batch.
MOST_MULTIPLICATIONS = 100_000_000  # for one image
MOST_NUMBERS = 1 << 25  # in one result
MOST_BYTES = 1 << 29  # of results at one time
MOST_SECONDS = 80.0  # of processor time, of 120 that a test may take


def load_network(graph: Any, parameters: dict, batch_size: int = 100) -> "Network":
    """The network that a graph of ``trace_network`` describes, with the parameters of a checkpoint.

    graph:      as it came from the student's process
    parameters: tensors by name, from ``read_checkpoint``
    batch_size: how many images it was traced with

    Raises ``NotRun`` for everything that is no such graph, is too large, or does not fit the parameters.
    """
    return Network(read_graph(graph, parameters), batch_size)


class Network:
    """Images, float32 (N, 1, 28, 28), N a multiple of the batch size -> logits, floating point (N, 10).

    ``parameters`` is how many numbers it was trained to, without averages of batch
    normalisation; ``multiplications`` how many its convolutions and matrix products need
    for one image; ``operations`` how many operations it has.
    """

    def __init__(self, graph: Graph, batch_size: int):
        self._graph, self._batch_size = graph, batch_size
        self._done_after = _done_after(graph)
        self.operations, self.parameters = len(graph.operations), graph.parameters
        self.multiplications = self._rehearse()

    def __call__(self, images):
        """Raises ``NotRun`` when it takes too long, ``ValueError`` for a number of images that makes no whole batches."""
        import torch

        if len(images) % self._batch_size:
            raise ValueError(f"{len(images)} images are not batches of {self._batch_size}")
        deadline = time.process_time() + MOST_SECONDS
        tensors = {name: _laid_out(value) for name, value in self._graph.tensors.items()}
        with torch.no_grad():
            batches = images.clone().split(self._batch_size)  # operations may change them
            return torch.cat([self._logits(batch, tensors, deadline) for batch in batches])

    def _rehearse(self) -> int:
        """Compute all shapes, on tensors without memory, and count multiplications."""
        import torch
        from torch.utils.flop_counter import FlopCounterMode

        shapes = {name: torch.empty_like(value, device="meta") for name, value in self._graph.tensors.items()}
        images = torch.empty(self._batch_size, 1, 28, 28, device="meta")
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            logits = self._logits(images, shapes, time.process_time() + MOST_SECONDS)
        if tuple(logits.shape) != (self._batch_size, 10) or not logits.is_floating_point():
            raise NotRun("its answer is not ten logits for each image")
        multiplications = counter.get_total_flops() // 2 // self._batch_size
        if multiplications > MOST_MULTIPLICATIONS:
            raise NotRun(f"it needs more than {MOST_MULTIPLICATIONS:,} multiplications for one image")
        return multiplications

    def _logits(self, images, tensors: dict, deadline: float):
        values = {("images",): images, **tensors}
        alive = 0
        for number, operation in enumerate(self._graph.operations):
            if time.process_time() > deadline:
                raise NotRun(f"it takes more than {MOST_SECONDS:.0f} seconds")
            for which, result in enumerate(_computed(operation, values, images.device)):
                if result.numel() > MOST_NUMBERS:
                    raise NotRun(
                        f"one of its operations gives more than {MOST_NUMBERS:,} numbers for a batch of images"
                    )
                values["result", number, which] = result
                alive += result.nbytes
            if alive > MOST_BYTES:
                raise NotRun(f"it needs more than {MOST_BYTES >> 20} MiB for a batch of images")
            for name in self._done_after[number]:
                if name in values:
                    alive -= values.pop(name).nbytes
        return _value(self._graph.answer, values)


def _computed(operation, values: dict, device) -> list:
    """The results of an operation."""
    import torch

    from .graph_operations import MADE, OPERATIONS

    arguments = [_value(argument, values) for argument in operation.arguments]
    named = {name: _value(argument, values) for name, argument in operation.named.items()}
    if operation.name in MADE:
        named["device"] = device
    try:
        results = OPERATIONS[operation.name](*arguments, **named)
    except Exception as error:  # whatever PyTorch says to arguments that make no sense
        raise NotRun("one of its operations does not fit the checkpoint, or the results before it") from error
    results = list(results) if isinstance(results, (tuple, list)) else [results]
    if not all(isinstance(result, torch.Tensor) for result in results):
        raise NotRun("one of its operations gives no tensor")
    return results


def _value(argument: Any, values: dict) -> Any:
    """An argument with tensors in place of their names."""
    if type(argument) is tuple:
        if argument not in values:
            raise NotRun("one of its operations gives fewer results than are used")
        return values[argument]
    return [_value(item, values) for item in argument] if type(argument) is list else argument


def _done_after(graph: Graph) -> list[list[tuple]]:
    """By operation, the results that are not needed any more once it is done."""
    last_use = {("result", number, which): number for number in range(len(graph.operations)) for which in range(3)}
    for number, operation in enumerate(graph.operations):
        for name in names_in([operation.arguments, list(operation.named.values())]):
            last_use[name] = number
    done: list[list[tuple]] = [[] for _ in graph.operations]
    for name, number in last_use.items():
        if name[0] == "result" and name != graph.answer:
            done[number].append(name)
    return done


def _laid_out(tensor):
    """A copy, filters with the channels of a pixel side by side: convolutions run faster."""
    import torch

    return tensor.clone(memory_format=torch.channels_last if tensor.ndim == 4 else torch.contiguous_format)
