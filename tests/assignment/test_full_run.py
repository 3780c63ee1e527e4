"""A full run that is interrupted or killed loses nothing: real processes, stopped while they train."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import build
import pytest
import torch
from fashion_files import CHECKPOINT, event_files, write_curves
from hw4_cells import SOURCE, namespace
from jupyter_client.manager import start_new_kernel
from safetensors.torch import load_file
from torch.utils.data import TensorDataset

sys.path.insert(0, str(SOURCE))
import hw4

torch.set_num_threads(1)
TESTS = Path(__file__).parents[1]


def train(folder: Path, epochs: int, student: str = "", pool=(2, 2, 0), fresh: bool = False) -> None:
    """The full run of the notebook with sixty pictures; prints a line after each measurement, two make an epoch."""
    os.chdir(folder)
    names = namespace("fashion_mnist", build.written(student, "fashion_mnist") if student else {})
    generator = torch.Generator().manual_seed(1)
    labels = torch.arange(60) % 10
    kinds = torch.randn(10, 1, 28, 28, generator=generator)
    pictures = TensorDataset(kinds[labels] + 2 * torch.randn(60, 1, 28, 28, generator=generator), labels)
    train_loader = hw4.batches(pictures, 16, shuffle=True)
    validation_loader = hw4.batches(TensorDataset(*pictures[::3]), 50)
    measure = names["evaluate"]

    def evaluate(model, loader):
        measured = measure(model, loader)
        print("measured", flush=True)
        return measured

    names["evaluate"] = evaluate
    settings = dict(batch_norm=True, dropout=0.5, pool=pool)
    history = hw4.full_run(
        names["fit"], names["FashionCNN"], settings, train_loader, validation_loader, epochs, fresh=fresh
    )
    print(json.dumps(history), flush=True)


def start(*arguments, **options):
    """``train`` in a process of its own (a fork, since imports take longest): its number, and what it says."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, open(reading)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(writing, 1)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        train(*arguments, **options)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")
    finally:
        sys.stdout.flush()
        os._exit(0)


def full_run(*arguments, **options) -> tuple[dict, str]:
    """A full run from beginning to end: its history, and what it said."""
    process, said = start(*arguments, **options)
    with said:
        text = said.read()
    os.waitpid(process, 0)
    return json.loads(text.splitlines()[-1]), text


def stopped(folder: Path, epochs: int, measured: int, how: signal.Signals, **options) -> str:
    """A full run that gets a signal after its ``measured``-th measurement: what it said last."""
    process, said = start(folder, epochs, **options)
    with said:
        for line in said:
            measured -= line == "measured\n"
            if measured == 0:
                os.kill(process, how)
                break
        rest = said.read().strip().splitlines()
    os.waitpid(process, 0)
    return rest[-1] if rest else ""


def pair(folder: Path) -> tuple[dict, dict, dict]:
    """Parameters and curves of a checkpoint, and the curves beside it."""
    path = str(folder / CHECKPOINT)
    return load_file(path), hw4.read_about(path), hw4.read_curves(str(folder / "runs"), None, path)


def assert_same(curves: dict, expected: dict) -> None:
    for run in ("train", "validation"):
        for tag in ("loss", "accuracy"):
            assert curves[run][tag] == pytest.approx(expected[run][tag], rel=1e-5)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a run of five epochs that nobody stops leaves."""
    folder = tmp_path_factory.mktemp("whole")
    full_run(folder, 5)
    return folder


@pytest.mark.parametrize(("how", "measured"), [(signal.SIGKILL, 1), (signal.SIGINT, 4), (signal.SIGKILL, 7)])
def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(how, measured, whole, tmp_path):
    """After the first measurement no epoch is over; the fourth ends the second; the seventh is within the fourth."""
    stopped(tmp_path, 5, measured, how)
    history, _ = full_run(tmp_path, 5)
    expected, about, curves = pair(whole)
    state, about_now, curves_now = pair(tmp_path)
    torch.testing.assert_close(state, expected, rtol=0, atol=0)
    assert about_now == about and about["epochs"] == 5
    assert_same(curves_now, curves)
    assert_same(history, curves)
    assert not list(tmp_path.rglob("*.new"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_is_left_of_a_training_that_was_stopped_is_a_network_with_its_curves(how, tmp_path):
    said = stopped(tmp_path, 5, 7, how)
    state, about, curves = pair(tmp_path)
    assert len(about["curves"]["validation"]["loss"]) == 3
    assert_same(
        {run: {tag: values[:3] for tag, values in tags.items()} for run, tags in curves.items()}, about["curves"]
    )
    model = namespace("fashion_mnist")["FashionCNN"](batch_norm=True)
    hw4.load_checkpoint(model, str(tmp_path / CHECKPOINT), dict(batch_norm=True, dropout=0.5))
    assert set(state) == set(model.state_dict())
    if how == signal.SIGINT:
        assert "Interrupted in epoch 4 of 5" in said and "Run the cell again to go on" in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_second_training_that_is_stopped_at_once_leaves_the_first_as_it_was(how, whole, tmp_path, capsys):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    stopped(tmp_path, 5, 1, how, pool=(3, 2, 1))
    (state, about, curves), (expected, about_then, curves_then) = pair(tmp_path), pair(whole)
    torch.testing.assert_close(state, expected, rtol=0, atol=0)
    assert about == about_then and curves == curves_then
    assert capsys.readouterr().out == ""


def test_a_second_training_takes_the_place_of_the_first_after_an_epoch_and_the_first_can_come_back(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    stopped(tmp_path, 5, 3, signal.SIGKILL, pool=(3, 2, 1))
    _, about, curves = pair(tmp_path)
    assert about["settings"] == {"batch_norm": True, "dropout": 0.5, "pool": [3, 2, 1]}
    assert len(event_files(tmp_path / "runs")) == 2
    assert curves["validation"]["loss"][0] == pytest.approx(about["curves"]["validation"]["loss"][0])
    _, said = full_run(tmp_path, 5)
    assert "Trained already: 5 epochs" in said and "measured" not in said
    torch.testing.assert_close(pair(tmp_path)[0], pair(whole)[0], rtol=0, atol=0)
    assert_same(pair(tmp_path)[2], pair(whole)[2])


def test_fresh_begins_anew(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    _, said = full_run(tmp_path, 5, fresh=True)
    assert said.count("measured") == 10
    assert len(event_files(tmp_path / "runs")) == 2


def test_a_fit_that_writes_its_own_way_is_kept_as_well(tmp_path):
    """The report's: steps from 0, no sample, a rate of its own."""
    stopped(tmp_path, 4, 5, signal.SIGKILL, student="report")
    history, said = full_run(tmp_path, 4, student="report")
    assert "Going on after epoch 2 of 4" in said
    _, about, curves = pair(tmp_path)
    assert_same(curves, history)
    assert len(about["curves"]["train"]["accuracy"]) == 4


def test_curves_that_were_renamed_or_mixed_with_others_are_put_right(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    for number, file in enumerate(event_files(tmp_path / "runs")):
        file.rename(file.with_name(f"renamed.tfevents.{number}"))
    write_curves(tmp_path / "runs", range(1, 6), lambda epoch: 1 / epoch)
    assert_same(pair(tmp_path)[2], pair(whole)[2])  # found already
    full_run(tmp_path, 5)
    assert len(event_files(tmp_path / "runs")) == 2
    assert_same(pair(tmp_path)[2], pair(whole)[2])


def test_a_state_that_cannot_be_read_is_named_and_the_training_begins_again(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    (file,) = (tmp_path / "trainings").iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    _, said = full_run(tmp_path, 5)
    assert f"{file.name} cannot be read" in said and said.count("measured") == 10


KERNEL = """
import os, sys
os.chdir({tests!r})
sys.path[:0] = [{tests!r}, {examples!r}, {tests!r} + "/assignment"]
from test_full_run import train
train({folder!r}, 500)
"""


@pytest.mark.slow
def test_a_notebook_that_is_interrupted_shows_one_line_and_stops(tmp_path):
    code = KERNEL.format(tests=str(TESTS), examples=str(TESTS.parent / "examples"), folder=str(tmp_path))
    manager, client = start_new_kernel()
    replies = []

    def heard(message: dict) -> None:
        replies.append(message)
        measured = [it for it in replies if it["msg_type"] == "stream" and "measured" in it["content"]["text"]]
        if measured == [message]:  # a second interrupt would be one of the message itself
            manager.interrupt_kernel()

    try:
        reply = client.execute_interactive(code, output_hook=heard, timeout=300)["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["status"] == "error"
    ((line,),) = [message["content"]["traceback"] for message in replies if message["msg_type"] == "error"]
    assert line.startswith("Interrupted in ") and "\n" not in line
