"""The training that students wait for, side by side with the usual tutorials.

    python bench/training.py [--only epoch] [--pictures 55000] [--rounds 3] [--seeds 3] [--threads N]
    python bench/training.py --only recipes --recipe stretch --seeds 1

epoch       one epoch with its measurements, of the same network of 28,938 parameters: as in
            tutorials (torchvision's transforms for each picture, DataLoader, training and
            validation set evaluated after the epoch), and as in the notebook
arithmetic  one step of the training in several ways, and what each gives; also of the network of the
            notebook's section "More accuracy"
sooner      how much sooner than the usual tutorial's network (two convolutions, 1.2 million
            parameters) the notebook's reaches 90 %: seconds of an epoch, and how many it takes
recipes     whole trainings: the reference's, and one that goes further (``--recipe``: one of them)

Trainings are chosen and stopped on the validation set; the test set is used once, at the end.

What is compared runs in turn, so that the machine's mood hits both. Besides the time on the
clock, the time of the processors is told: on a busy machine only that one means something.
``--pictures``: fewer are measured, and scaled to an epoch of 55,000. Writes
build/bench/training.json. All of it takes about an hour on two cores.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "source" / "hw4")]
os.environ.setdefault("FASHION_MNIST_DIR", str(ROOT / "data"))

import hw4
from assignment.further import FurtherCNN
from hw4_cells import namespace
from hw4_helpers.running import has_amx

NOTEBOOK = namespace("fashion_mnist")
NOTEBOOK["progress"] = lambda loader, text="": tqdm(loader, text, disable=True)
EPOCH = 55_000
CLOCKS = (time.perf_counter, time.process_time)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measures = {"epoch": epoch, "arithmetic": arithmetic, "sooner": sooner, "recipes": recipes}
    parser.add_argument("--only", choices=measures)
    parser.add_argument("--recipe", choices=RECIPES)
    parser.add_argument("--pictures", type=int, default=EPOCH)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    result: dict = {"pictures": asked.pictures, "threads": asked.threads, "load": os.getloadavg()[0]}
    print(f"{asked.threads} threads, {asked.pictures:,} pictures, load {result['load']:.1f}")
    for name, measure in measures.items():
        if asked.only in (None, name):
            result[name] = measure(asked)
    file = ROOT / "build" / "bench" / "training.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, indent=1))


def in_turn(ways: dict[str, Callable[[], Any]], rounds: int, scale: float) -> dict[str, tuple[float, float]]:
    """Seconds on the clock and of the processors, scaled, each the least of all rounds; told as a table."""
    seconds: dict[str, list] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            before = [clock() for clock in CLOCKS]
            way()
            seconds[name].append([scale * (clock() - start) for clock, start in zip(CLOCKS, before, strict=True)])
    least = {name: tuple(map(min, zip(*measured, strict=True))) for name, measured in seconds.items()}
    first = next(iter(least.values()))
    for name, (wall, cpu) in least.items():
        print(
            f"| {name:<55} | {wall:6.1f} | {cpu:6.1f} | {first[0] / wall:4.2f} × | {first[1] / cpu:4.2f} × |",
            flush=True,
        )
    return least


# ------------------------------------------------------------------------------ one epoch


def epoch(asked: argparse.Namespace) -> dict:
    print(
        "\n| one epoch with its measurements | seconds | of the processors | faster | in processor time |\n|---|---|---|---|---|"
    )
    baseline, pictures = NOTEBOOK["FashionCNN"], asked.pictures
    ways = {
        "as in tutorials": tutorial_epoch(baseline(), pictures),
        "as in the notebook": our_epoch(baseline(), pictures),
    }
    return in_turn(ways, asked.rounds, EPOCH / pictures)


def our_epoch(model: nn.Module, pictures: int) -> Callable[[], Any]:
    train_set, validation_set, _ = hw4.load_fashion_mnist()
    train = hw4.batches(TensorDataset(*train_set[:pictures]), 128, shuffle=True)
    validation = hw4.batches(TensorDataset(*validation_set[: round(len(validation_set) * pictures / EPOCH)]), 500)
    model = channels_last(model)
    optimizer = torch.optim.Adam(model.parameters())

    def run() -> None:
        NOTEBOOK["train_epoch"](model, train, optimizer)
        NOTEBOOK["evaluate"](model, list(islice(train, round(40 * pictures / EPOCH))))
        NOTEBOOK["evaluate"](model, validation)

    return run


def tutorial_epoch(
    model: nn.Module,
    pictures: int,
    optimizer: type = torch.optim.Adam,
    batch_size: int = 128,
    all_measured: bool = True,
) -> Callable[[], Any]:
    train, validation, _ = tutorial_loaders(pictures, batch_size)
    steps = optimizer(model.parameters())

    def run() -> None:
        NOTEBOOK["train_epoch"](model, train, steps)
        if all_measured:
            NOTEBOOK["evaluate"](model, train)
        NOTEBOOK["evaluate"](model, validation)

    return run


def tutorial_loaders(pictures: int, batch_size: int) -> tuple[DataLoader, DataLoader, DataLoader]:
    from torchvision import datasets, transforms

    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((hw4.PIXEL_MEAN,), (hw4.PIXEL_STD,))])
    whole = datasets.FashionMNIST(hw4.data_dir(), train=True, transform=transform)
    test = datasets.FashionMNIST(hw4.data_dir(), train=False, transform=transform)
    train = Subset(whole, range(pictures))
    validation = Subset(whole, range(EPOCH, EPOCH + round(5_000 * pictures / EPOCH)))
    return DataLoader(train, batch_size, shuffle=True), DataLoader(validation, 500), DataLoader(test, 500)


# ----------------------------------------------------------------------------- arithmetic


class OneChannel(torch.autograd.Function):
    """A convolution of one channel whose backward pass is one product of matrices, as in part 2 of the homework."""

    @staticmethod
    def forward(ctx, images, weight, bias, padding):
        ctx.save_for_backward(images, weight)
        ctx.padding = padding
        return F.conv2d(images, weight, bias, padding=padding)

    @staticmethod
    def backward(ctx, *gradients):
        images, weight = ctx.saved_tensors
        (filters, _, height, width), (pad, _) = weight.shape, ctx.padding
        windows = F.pad(images[:, 0], (pad, pad, pad, pad)).unfold(1, height, 1).unfold(2, width, 1)
        by_pixel = gradients[0].permute(0, 2, 3, 1).reshape(-1, filters)
        of_weight = (by_pixel.T @ windows.reshape(-1, height * width)).view_as(weight)
        return None, of_weight, gradients[0].sum((0, 2, 3)), None


class OneChannelConv2d(nn.Conv2d):
    def _conv_forward(self, images, weight, bias):
        return OneChannel.apply(images, weight, bias, self.padding)


def arithmetic(asked: argparse.Namespace) -> dict:
    """The baseline's training pass, and that of the network that goes further."""
    baseline = {
        "channels after each other (PyTorch's default), 128": step(network()),
        "channels_last, 128": step(channels_last(network())),
        "channels_last, 64": step(channels_last(network()), batch_size=64),
        "channels_last, 256": step(channels_last(network()), batch_size=256),
        "channels_last, first convolution as a product of matrices": step(channels_last(one_channel(network()))),
        "channels_last, torch.compile": step(compiled(channels_last(network()))),
    }
    further = {"channels_last": step(float32(FurtherCNN()))}
    if has_amx():
        baseline["channels_last, bfloat16 (AMX)"] = step(InBfloat16(channels_last(network())))
        further["channels_last, bfloat16 (AMX)"] = step(channels_last(FurtherCNN()))
        further["channels_last, bfloat16, pooling after ReLU"] = step(channels_last(FurtherCNN(pool_first=False)))
    else:
        print("(bfloat16 is not tried: this processor has no AMX)")
    networks = {"baseline, batch normalisation": baseline, "more accuracy": further}
    return {name: passes(name, ways, asked.rounds) for name, ways in networks.items()}


def passes(name: str, ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float]]:
    print(
        f"\n| training pass, {name} | seconds | of the processors | faster | in processor time |\n|---|---|---|---|---|"
    )
    for way in ways.values():
        way()  # compiles, and asks for memory
    batches_a_round = 4
    return in_turn(
        {name: partial(repeat, way, batches_a_round) for name, way in ways.items()},
        rounds * 5,
        EPOCH / (256 * batches_a_round),
    )


def repeat(way: Callable[[], Any], times: int) -> None:
    for _ in range(times):
        way()


def network() -> nn.Module:
    return NOTEBOOK["FashionCNN"](batch_norm=True)


def channels_last(model: nn.Module) -> nn.Module:
    return model.to(memory_format=torch.channels_last)


def float32(model: FurtherCNN) -> nn.Module:
    """Its layers, without the bfloat16 of its ``forward``."""
    return channels_last(nn.Sequential(model.maps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), model.output))


def compiled(model: nn.Module) -> Any:
    return torch.compile(model)


def one_channel(model: Any) -> nn.Module:
    model.block1[0].__class__ = OneChannelConv2d
    return model


def step(model: nn.Module, batch_size: int = 128) -> Callable[[], Any]:
    """A function that trains with 256 random pictures."""
    optimizer = torch.optim.Adam(model.parameters())
    images, labels = torch.randn(256, 1, 28, 28), torch.randint(10, (256,))

    def run() -> None:
        for x, y in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()

    return run


# --------------------------------------------------------------------------------- sooner


class TutorialNet(nn.Module):
    """The usual tutorial's network: two convolutions, two fully connected layers, 1,199,882 parameters."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
            nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
        )  # fmt: skip

    def forward(self, images):
        return self.layers(images)


class InBfloat16(nn.Module):
    """A network that is trained with bfloat16, where that is faster."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, images):
        if not self.training:
            return self.network(images)
        with hw4.bfloat16():
            return self.network(images).float()


def sooner(asked: argparse.Namespace) -> dict:
    """Seconds of an epoch, and how many epochs each needs until the validation set says 90 %."""
    print("\n| one epoch to 90 % | seconds | of the processors | faster | in processor time |\n|---|---|---|---|---|")
    usual = partial(tutorial_epoch, pictures=asked.pictures, optimizer=torch.optim.Adadelta, batch_size=64)
    ways = {
        "tutorial's network, training and validation set measured": usual(TutorialNet()),
        "tutorial's network, validation set measured": usual(TutorialNet(), all_measured=False),
        "notebook, batch normalisation": our_epoch(network(), asked.pictures),
    }
    seconds = in_turn(ways, asked.rounds, EPOCH / asked.pictures)
    print("\n| to 90 % on the validation set | seed | epochs | validation | test |\n|---|---|---|---|---|", flush=True)
    found: dict[str, list] = {}
    for seed in range(asked.seeds):
        for name, run in (("tutorial's network", tutorial_to_90), ("notebook", notebook_run(2, network))):
            torch.manual_seed(seed)
            model, epochs, accuracy = run(EPOCH)
            test = test_accuracy(model)
            found.setdefault(name, []).append([epochs, accuracy, test])
            print(f"| {name} | {seed} | {epochs} | {accuracy:.2%} | {test:.2%} |", flush=True)
    return {"epoch": seconds, "epochs": found}


def tutorial_to_90(pictures: int) -> tuple:
    """The usual tutorial, Adadelta with a rate that falls by 0.7 an epoch, until the validation set says 90 %.

    The tutorial's steps, computed quickly: only how many epochs they take is of interest.
    """
    train_set, validation_set, _ = hw4.load_fashion_mnist()
    train = hw4.batches(TensorDataset(*train_set[:pictures]), 64, shuffle=True)
    model = InBfloat16(channels_last(TutorialNet()))
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.7)
    epochs, accuracy = 0, 0.0
    while accuracy < 0.9 and epochs < 14:
        loss = NOTEBOOK["train_epoch"](model, train, optimizer)
        accuracy, _ = NOTEBOOK["evaluate"](model, hw4.batches(validation_set, 500))
        schedule.step()
        epochs += 1
        print(f"{epochs}: loss {loss:.3f}, validation {accuracy:.2%}", file=sys.stderr, flush=True)
    return model, epochs, accuracy


# -------------------------------------------------------------------------------- recipes


def recipes(asked: argparse.Namespace) -> dict:
    """Of each recipe and seed: seconds, of the processors, epochs, accuracy on validation and test set."""
    print(
        "\n| recipe | seed | epochs | seconds | of the processors | validation | test |\n|---|---|---|---|---|---|---|"
    )
    found: dict[str, list] = {}
    for seed in range(asked.seeds):
        for name, recipe in RECIPES.items():
            if asked.recipe not in (None, name):
                continue
            torch.manual_seed(seed)
            before = [clock() for clock in CLOCKS]
            model, epochs, accuracy = recipe(asked.pictures)
            wall, cpu = (clock() - start for clock, start in zip(CLOCKS, before, strict=True))
            test = test_accuracy(model)
            found.setdefault(name, []).append([epochs, wall, cpu, accuracy, test])
            print(f"| {name} | {seed} | {epochs} | {wall:.0f} | {cpu:.0f} | {accuracy:.2%} | {test:.2%} |", flush=True)
    for name, runs in found.items():
        epochs, wall, cpu, accuracy, test = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"| **{name}** | median | {epochs:.0f} | {wall:.0f} | {cpu:.0f} | {accuracy:.2%} | {test:.2%} |")
    return found


def test_accuracy(model: nn.Module) -> float:
    images, labels = hw4.load_test_set().tensors
    return (hw4.predict(model, images).argmax(1) == labels).double().mean().item()


def notebook_run(epochs: int, network: Callable[[], nn.Module], augment: bool = False) -> Callable[[int], tuple]:
    """The notebook's training, measurements included, without what ``full_run`` keeps."""

    def run(pictures: int) -> tuple:
        train_set, validation_set, _ = hw4.load_fashion_mnist()
        train = hw4.batches(TensorDataset(*train_set[:pictures]), 128, shuffle=True)
        train = hw4.augmented(train) if augment else train
        validation = hw4.batches(validation_set, 500)
        model = channels_last(network())
        optimizer = torch.optim.Adam(model.parameters())
        hw4.one_cycle(optimizer, 5e-3, epochs * len(train))
        for epoch in range(epochs):
            loss = NOTEBOOK["train_epoch"](model, train, optimizer)
            training, _ = NOTEBOOK["evaluate"](model, list(islice(train, 40)))
            accuracy, _ = NOTEBOOK["evaluate"](model, validation)
            progress = f"{epoch + 1}/{epochs}: loss {loss:.3f}, training {training:.2%}, validation {accuracy:.2%}"
            print(progress, file=sys.stderr, flush=True)
        return model, epochs, accuracy

    return run


RECIPES: dict[str, Callable[[int], tuple]] = {
    "reference": notebook_run(6, network),  # batch normalisation
    "stretch": notebook_run(10, FurtherCNN, augment=True),
}

if __name__ == "__main__":
    main()
