"""Any network of a student's as a graph: what the examiner runs is what the student's network computes."""

import copy
import sys
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from assignment.architectures import ARCHITECTURES, Network, head
from assignment.further import FurtherCNN
from hw4_cells import SOURCE, cells
from torch import nn

sys.path.insert(0, str(SOURCE))
from hw4_helpers import graph_reading, graphs, running
from hw4_helpers.graph_reading import NotRun
from hw4_helpers.graphs import load_network
from hw4_helpers.tracing import describe_network, trace_network

torch.set_num_threads(1)  # test processes that share the cores would wait for each other's threads

IMAGES = torch.randn(200, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def trained(make) -> Any:
    """A network whose every number differs from what layers begin with."""
    torch.manual_seed(0)
    model = make()
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            value.add_(0.1 * torch.rand_like(value) if "running_var" in name else 0.1 * torch.randn_like(value))
    return model


def as_sent(graph: dict) -> dict:
    """What arrives of a graph that crosses by value."""
    return copy.deepcopy(graph)


@pytest.mark.parametrize("make", [*ARCHITECTURES, FurtherCNN], ids=lambda make: make.__name__)
def test_the_graph_of_a_network_with_its_parameters_gives_its_logits(make):
    model = trained(make)
    graph = as_sent(trace_network(model, IMAGES[:100]))
    network = load_network(graph, {name: value.clone() for name, value in model.state_dict().items()})
    model.eval()
    with torch.no_grad():
        want = torch.cat([model(batch) for batch in IMAGES.split(100)])
    torch.testing.assert_close(network(IMAGES), want, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(network(IMAGES), want, rtol=1e-4, atol=1e-4)  # it remembers nothing
    assert network.multiplications > 0 or make.__name__ == "global_pooling"


def test_the_parameters_of_the_checkpoint_count_and_not_those_of_the_process_that_was_asked():
    model, other = trained(ARCHITECTURES[0]), ARCHITECTURES[0]()
    graph = trace_network(other, IMAGES[:100])
    with torch.no_grad():
        torch.testing.assert_close(load_network(graph, model.state_dict())(IMAGES[:100]), model(IMAGES[:100]))


def test_parameters_and_multiplications_are_counted_as_by_hand():
    layers = nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.MaxPool2d(2), nn.Conv2d(16, 32, 5, groups=4)
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * 100, 10))
    network = load_network(trace_network(model, IMAGES[:100]), model.state_dict())
    assert network.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert network.multiplications == 28**2 * 16 * 25 + 10**2 * 32 * 4 * 25 + 3200 * 10


def test_the_network_of_the_section_on_more_accuracy_is_graded_at_once_and_as_large_as_the_text_says(monkeypatch):
    monkeypatch.setattr(running, "has_amx", lambda: True)
    model = trained(FurtherCNN)
    graph = trace_network(model, IMAGES[:20])
    network = load_network(graph, model.state_dict(), 20)
    assert f"In all {network.parameters:,} parameters" in cells("fashion_mnist")["further-note"].source
    assert not any("bfloat16" in str(operation) for operation in graph["operations"]), "it answers with all digits"


@pytest.mark.parametrize("amx", [True, False])
def test_it_is_trained_with_bfloat16_where_that_is_faster_and_learns_the_same(amx, monkeypatch):
    monkeypatch.setattr(running, "has_amx", lambda: amx)
    model, dtypes = trained(FurtherCNN).train(), []
    model.maps[0].register_forward_hook(lambda layer, images, maps: dtypes.append(maps.dtype))
    labels = torch.arange(20) % 10
    gradients = []
    for compute in (model, model.logits):
        torch.manual_seed(0)  # the same dropout
        logits = compute(IMAGES[:20])
        assert logits.dtype == torch.float32
        model.zero_grad()
        F.cross_entropy(logits, labels).backward()
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in model.parameters()]))
    assert dtypes == [torch.bfloat16 if amx else torch.float32, torch.float32]
    assert F.cosine_similarity(gradients[0], gradients[1], dim=0) > (0.9 if amx else 0.999)


def test_tracing_leaves_a_network_and_its_images_as_they_were():
    model = trained(lambda: nn.Sequential(nn.ReLU(inplace=True), nn.BatchNorm2d(1), nn.Dropout(0.5), head(1)))
    before, images = copy.deepcopy(model.state_dict()), IMAGES[:100].clone()
    trace_network(model.train(), images)
    assert model.training and torch.equal(images, IMAGES[:100])
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def with_head(forward, **layers) -> Network:
    return Network(forward, head=head(1), **layers)


#: Networks that are not graphs of plain operations, and what their students read.
WAIT = {
    "an if": (lambda: with_head(lambda net, x: net.head(x if x.mean() > 0 else x.abs())), "values of the images decide"),
    "a number": (lambda: with_head(lambda net, x: net.head(x * x.max().item())), r"\.item\(\)"),
    "numpy": (lambda: with_head(lambda net, x: net.head(torch.from_numpy(abs(x.numpy())))), r"\.numpy\(\)"),
    "dropout": (lambda: with_head(lambda net, x: F.dropout(net.head(x), 0.1)), "random numbers, also in evaluation"),
    "noise": (lambda: with_head(lambda net, x: net.head(x + torch.randn_like(x))), "random numbers"),
    "a table": (lambda: with_head(lambda net, x: net.head(x) + net.e(torch.arange(100)), e=nn.Embedding(100, 10)), "table"),
    "a rare function": (lambda: with_head(lambda net, x: net.head(torch.lgamma(x))), "not on our list"),
    "an error": (lambda: with_head(lambda net, x: net.head(x.view(11, -1))), "cannot be written down"),
    "other answers": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 11)), "ten logits"),
    "numbers beside the checkpoint": (
        lambda: with_head(lambda net, x: net.head(x + net.w), w=torch.randn(100, 1, 28, 28)), "not in the checkpoint"
    ),
    "too many parameters": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 6400), nn.Linear(6400, 10)), "parameters"),
    "too many multiplications": (
        lambda: nn.Sequential(nn.Conv2d(1, 64, 7, padding=3), nn.Conv2d(64, 64, 7, padding=3), head(64)), "multiplications"
    ),
    "too many operations": (lambda: with_head(lambda net, x: net.head(sum(x for _ in range(2001)))), "operations"),
    "too much memory": (lambda: nn.Sequential(nn.Conv2d(1, 512, 1), head(512)), "numbers for a batch"),
}  # fmt: skip


@pytest.mark.parametrize("reason", WAIT)
def test_a_network_that_is_no_such_graph_says_why(reason, capsys):
    make, words = WAIT[reason]
    describe_network(make(), IMAGES[:100])
    printed = capsys.readouterr().out
    assert printed.startswith("A person will have to look at this network")
    with pytest.raises(AssertionError if not words else NotRun, match=words):
        model = make()
        load_network(trace_network(model, IMAGES[:100]), model.state_dict())


def test_a_network_that_takes_too_long_is_stopped(monkeypatch):
    model = head(1)
    network = load_network(trace_network(model, IMAGES[:100]), model.state_dict())
    monkeypatch.setattr(graphs, "MOST_SECONDS", -1.0)
    with pytest.raises(NotRun, match="seconds"):
        network(IMAGES[:100])


# ------------------------------------------------------- what a student's process may send


def of(*operations, answer: tuple = ("result", 0, 0), constants: tuple = ()) -> dict:
    return {"operations": list(operations), "constants": list(constants), "answer": answer}


class Lying(str):
    __slots__ = ()

    def __hash__(self):
        return hash("relu")

    def __eq__(self, other):
        return other == "relu"


IMAGE = ("images",)
DEEP: list = [[[[[[]]]]]]
FORGED: dict[str, Any] = {
    "nothing": None,
    "a text": "graph",
    "an empty dict": {},
    "a reason that is no text": {"refused": 5},
    "a reason that is made up": {"refused": "the hidden input is 7"},
    "operations that are no list": {"operations": {}, "constants": [], "answer": IMAGE},
    "an operation that is too short": of(("relu", [IMAGE])),
    "an operation that is a number": of((5, [IMAGE], {})),
    "a file": of(("from_file", ["/etc/passwd", False, 10], {})),
    "a file as a parameter": of(("relu", [("parameter", "/etc/passwd")], {})),
    "an attribute": of(("__class__", [IMAGE], {})),
    "an operation of another library": of(("torchvision::nms", [IMAGE], {})),
    "an operation that writes to another": of(("add", [IMAGE, IMAGE], {"out": IMAGE})),
    "another device": of(("zeros", [[100, 10]], {"device": "cuda"})),
    "memory as it was": of(("empty_strided", [[100, 10], [10, 1]], {})),
    "memory beyond a tensor": of(("as_strided", [IMAGE, [100, 10], [10, 1], 10**9], {})),
    "groups of other sizes": of(("native_group_norm", [IMAGE, None, None, 10**6, 1, 784, 1, 1e-5], {}), answer=("result", 0, 1)),
    "averages of other sizes": of(
        ("native_batch_norm", [IMAGE, None, None, ("parameter", "w"), ("parameter", "w"), False, 0.1, 1e-5], {})
    ),
    "a scale that leads out of the map": of(("upsample_nearest2d", [IMAGE, [50, 50], float("inf"), float("inf")], {})),
    "a result of the future": of(("relu", [("result", 0, 0)], {})),
    "a result that there is not": of(("relu", [IMAGE], {}), ("relu", [("result", 0, 7)], {}), answer=("result", 1, 0)),
    "an answer that there is not": of(("relu", [IMAGE], {}), answer=("result", 5, 0)),
    "a result before the first": of(("relu", [("result", -1, 0)], {})),
    "a constant that there is not": of(("relu", [("constant", 0)], {})),
    "a constant that is no tensor": of(("relu", [("constant", 0)], {}), constants=("text",)),
    "a constant of complex numbers": of(("relu", [("constant", 0)], {}), constants=(torch.zeros(1, dtype=torch.complex64),)),
    "an empty name": of(("relu", [()], {})),
    "a name that is a list": of(("relu", [(["images"],)], {})),
    "a dtype as a result": of(("relu", [IMAGE], {}), answer=("dtype", "float32")),
    "a number of many digits": of(("add", [IMAGE, 10**30], {})),
    "a long text": of(("add", ["images" * 1000], {})),
    "bytes": of(("add", [b"images"], {})),
    "lists in lists": of(("add", [DEEP], {})),
    "a list without end": of(("cat", [[IMAGE] * 100_000], {})),
    "operations without end": of(*[("relu", [IMAGE], {})] * 100_000),
    "an image of terabytes": of(("repeat", [IMAGE, [1, 1, 10**6, 10**6]], {})),
    "zeros of terabytes": of(("zeros", [[10**6, 10**6]], {})),
    "more zeros than numbers": of(("zeros", [[2**62, 2**62]], {})),
    "a view of terabytes": of(("slice", [IMAGE, 0, 0, 1], {}), ("expand", [("result", 0, 0), [10**9, 1, 28, 28]], {}), answer=("result", 1, 0)),
    "a map around the image": of(("constant_pad_nd", [IMAGE, [10**5] * 4], {})),
    "a wide window": of(("max_pool2d_with_indices", [IMAGE, [1000, 1000], [1, 1], [500, 500]], {})),
    "a wide margin": of(("convolution", [IMAGE, ("parameter", "w4"), None, [10**6] * 2, [10**6] * 2, [1, 1], False, [0, 0], 1], {})),
    "a step of nothing": of(("convolution", [IMAGE, ("parameter", "w4"), None, [0, 0], [0, 0], [1, 1], False, [0, 0], 1], {})),
    "many results at a time": of(
        *[("repeat", [IMAGE, [1, 1, 10, 10]], {})] * 200, ("cat", [[("result", n, 0) for n in range(200)]], {}), answer=("result", 200, 0)
    ),
    "labels beside the checkpoint": of(("add", [IMAGE, ("constant", 0)], {}), constants=(torch.zeros(10_000),)),
    "an answer of integers": of(("zeros", [[100, 10]], {"dtype": ("dtype", "int64")})),
    "an operation with the hash of another": of((Lying("gather"), [IMAGE], {})),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_graph_that_no_network_has_is_refused_in_our_own_words(what):
    parameters = {"w": torch.ones(5), "w4": torch.ones(1, 1, 1, 1)}
    with pytest.raises(NotRun) as refused:
        load_network(FORGED[what], parameters)(IMAGES[:100])
    assert "hidden" not in str(refused.value)


def test_reasons_hold_no_number_that_a_graph_chooses():
    """Students read them: a graph could spell out what its process was asked in an earlier hidden test."""
    ours = {
        str(value)
        for name in ("PARAMETERS", "CONSTANTS", "OPERATIONS")
        for value in [getattr(graph_reading, f"MOST_{name}")]
    }
    for forged in FORGED.values():
        with pytest.raises(NotRun) as refused:
            load_network(forged, {"w": torch.ones(5), "w4": torch.ones(1, 1, 1, 1)})(IMAGES[:100])
        numbers = {word.replace(",", "").strip(".") for word in str(refused.value).split() if word[0].isdigit()}
        assert numbers <= ours | {str(value) for value in (graphs.MOST_NUMBERS, graphs.MOST_BYTES >> 20, 64)}
