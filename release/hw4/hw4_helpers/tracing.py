"""A network as a graph: which operations it computes, on which parameters, in which order.

``trace_network`` makes it where the network lives; ``graphs.py`` reads and runs it, and
trusts nothing in it.
"""

import contextlib

from .graph_reading import NotRun
from .graphs import load_network


def trace_network(model, images) -> dict:
    """What ``model`` computes from a batch of images, in evaluation mode, as plain values.

    images: float32 (N, 1, 28, 28); the graph holds for batches of N

    Returns ``{"operations": [(name, arguments, named arguments), …], "constants": [tensors],
    "answer": …}`` for ``load_network``. In place of a tensor stands ``("images",)``,
    ``("parameter", its name in the state_dict)``, ``("constant", index)`` or ``("result",
    number of the operation, which of its results)``. A network that has no such graph gives
    ``{"refused": why}``, a key of ``graph_reading.WHY_NOT``.
    """
    training = model.training
    model.eval()
    try:
        graph, logits = _trace(model, images)
        # What a network reads out of its images as Python numbers, or computes outside of PyTorch, stands in
        # the graph as a constant: then other images have another graph.
        if not _alike(graph, _trace(model, 0.5 - 2 * images)[0]):
            return {"refused": "values"}
        return graph if _gives(graph, model, images, logits) else {"refused": "untraceable"}
    except Exception:  # whatever a network does that cannot be traced
        return {"refused": "untraceable"}
    finally:
        model.train(training)


def describe_network(model, images) -> None:
    """Print how large a network is, and whether its points in section 7 can be given at once.

    images: some for it to work on, float32 (N, 1, 28, 28)
    """
    try:
        network = load_network(trace_network(model, images), model.state_dict(), len(images))
    except NotRun as reason:
        print(f"A person will have to look at this network when it is graded: {reason}.")
    else:
        print(
            f"{network.operations} operations, {network.parameters:,} parameters, "
            f"{network.multiplications:,} multiplications for one image"
        )


def _trace(model, images) -> tuple[dict, object]:
    """The graph, and the logits that the network gave."""
    import torch

    from .recorder import Recorder

    images = images.clone()
    parameters = {("parameter", name): value.detach() for name, value in model.state_dict().items()}
    recorder = Recorder({("images",): images, **parameters})
    with torch.no_grad(), _plain_operations(), recorder:
        logits = model(images)
    needed = recorder.needed_for(logits)
    answer = recorder.name_of(logits)
    return _graph([recorder.operations[number] for number in needed], needed, recorder.constants, answer), logits


@contextlib.contextmanager
def _plain_operations():
    """Recurrent layers and attention are computed with plain operations, not in one go."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    fast, mkldnn = torch.backends.mha.get_fastpath_enabled(), torch.backends.mkldnn.set_flags(False, None, None, None)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        torch.backends.mkldnn.set_flags(mkldnn[0], None, None, None)


def _graph(operations: list, numbers: list[int], constants: list, answer: tuple) -> dict:
    """Operations and constants that are needed, numbered anew; ``numbers`` are the operations' own."""
    new_numbers = {("result", number): new for new, number in enumerate(numbers)}
    used: list = []

    def renamed(value):
        if isinstance(value, tuple):
            if value[0] == "constant" and value not in new_numbers:
                new_numbers[value] = len(used)
                used.append(constants[value[1]])
            return (value[0], new_numbers[value[:2]], *value[2:]) if value[0] in ("result", "constant") else value
        if isinstance(value, list):
            return [renamed(item) for item in value]
        return {key: renamed(item) for key, item in value.items()} if isinstance(value, dict) else value

    plain = [(name, renamed(arguments), renamed(named)) for name, arguments, named in operations]
    return {"operations": plain, "constants": used, "answer": renamed(answer)}


def _alike(graph: dict, other: dict) -> bool:
    import torch

    return (
        graph["operations"] == other["operations"]
        and graph["answer"] == other["answer"]
        and len(graph["constants"]) == len(other["constants"])
        and all(map(torch.equal, graph["constants"], other["constants"]))
    )


def _gives(graph: dict, model, images, logits) -> bool:
    """Whether the graph gives these logits; True also if it is not run, for a reason that ``load_network`` tells."""
    import torch

    with contextlib.suppress(NotRun):
        got = load_network(graph, model.state_dict(), len(images))(images)
        return torch.allclose(got.float(), logits.float(), rtol=1e-3, atol=1e-3, equal_nan=True)
    return True
