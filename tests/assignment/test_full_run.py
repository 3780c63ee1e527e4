"""A full run that is interrupted or killed loses nothing: real processes, stopped while they train."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from fashion_files import CHECKPOINT, event_files, write_curves
from hw4_cells import SOURCE, namespace
from jupyter_client.manager import start_new_kernel
from safetensors.torch import load_file

sys.path.insert(0, str(SOURCE))
import hw4

TESTS = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent / "examples", SOURCE))),
    "PYTHONUNBUFFERED": "1",
}
FULL_RUN = str(Path(__file__).with_name("full_run_script.py"))


def full_run(folder: Path, epochs: int, *options: str) -> tuple[dict, str]:
    """A full run from beginning to end in a process of its own: its history, and what it said."""
    command = [sys.executable, FULL_RUN, str(folder), str(epochs), *options]
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
    return json.loads(said.splitlines()[-1]), said


def stopped(folder: Path, epochs: int, measured: int, how: signal.Signals, *options: str) -> str:
    """A full run that gets a signal after its ``measured``-th measurement; two make an epoch. What it said last."""
    command = [sys.executable, FULL_RUN, str(folder), str(epochs), *options]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            measured -= line == "measured\n"
            if measured == 0:
                process.send_signal(how)
                break
        _, errors = process.communicate()
    assert process.returncode != 0
    return errors.strip().splitlines()[-1] if errors.strip() else ""


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


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("measured", [1, 4, 7])
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
    assert_same({run: {tag: values[:3] for tag, values in tags.items()} for run, tags in curves.items()}, about["curves"])
    model = namespace("fashion_mnist")["FashionCNN"](batch_norm=True)
    hw4.load_checkpoint(model, str(tmp_path / CHECKPOINT), dict(batch_norm=True, dropout=0.5))
    assert set(state) == set(model.state_dict())
    if how == signal.SIGINT:
        assert "Interrupted in epoch 4 of 5" in said and "Run the cell again to go on" in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_second_training_that_is_stopped_at_once_leaves_the_first_as_it_was(how, whole, tmp_path, capsys):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    stopped(tmp_path, 5, 1, how, "--pool", "3", "2", "1")
    (state, about, curves), (expected, about_then, curves_then) = pair(tmp_path), pair(whole)
    torch.testing.assert_close(state, expected, rtol=0, atol=0)
    assert about == about_then and curves == curves_then
    assert capsys.readouterr().out == ""


def test_a_second_training_takes_the_place_of_the_first_after_an_epoch_and_the_first_can_come_back(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    stopped(tmp_path, 5, 3, signal.SIGKILL, "--pool", "3", "2", "1")
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
    _, said = full_run(tmp_path, 5, "--fresh")
    assert said.count("measured") == 10
    assert len(event_files(tmp_path / "runs")) == 2


def test_a_fit_that_writes_its_own_way_is_kept_as_well(tmp_path):
    """The report's: steps from 0, no sample, a rate of its own."""
    stopped(tmp_path / "", 4, 5, signal.SIGKILL, "--answers", "report")
    history, said = full_run(tmp_path, 4, "--answers", "report")
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


@pytest.mark.slow
def test_a_notebook_that_is_interrupted_shows_one_line_and_stops(tmp_path):
    manager, client = start_new_kernel(env=ENVIRONMENT, cwd=str(TESTS))
    try:
        replies = []

        def heard(message):
            replies.append(message)
            if message["msg_type"] == "stream" and message["content"]["text"].count("measured") and len(replies) < 200:
                manager.interrupt_kernel()

        script = Path(FULL_RUN).read_text().split("parser = ")[0]
        rest = Path(FULL_RUN).read_text().split("asked = parser.parse_args()\n")[1]
        code = (
            f"{script}\nfrom types import SimpleNamespace\n"
            f"asked = SimpleNamespace(folder={str(tmp_path)!r}, epochs=50, fresh=False, pool=(2, 2, 0), answers=None)\n{rest}"
        )
        reply = client.execute_interactive(code, output_hook=heard, timeout=120)["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    (error,) = [message["content"] for message in replies if message["msg_type"] == "error"]
    assert reply["status"] == "error"
    (line,) = error["traceback"]
    assert line.startswith("Interrupted in ") and "\n" not in line
