"""The visible check of ``fit``, and the mistakes in what it has measured; hidden tests try them on other inputs."""

import numpy as np

from hw4_helpers.checks.checking import hint, numbers, shown_as, visible_check
from hw4_helpers.small_networks import draw_clusters, draw_images, small_weights

from .by_hand import accuracy_of, loss_of, running
from .rates import max_lr_of, one_cycle_rates

_TOO_MANY_STEPS = (
    "one_cycle was made for fewer steps than the optimizer takes: total_steps is the number of steps in all epochs, "
    "epochs * len(train_loader). (Do the checks of train_epoch pass? It takes one step for each batch.)"
)


@visible_check
def check_fit(fit, try_fitting):
    try_fitting = shown_as(try_fitting, "fit(model, train_loader, val_loader, epochs, log_dir)")
    rng = np.random.default_rng(3)
    centres = draw_images(rng, 10, size=6)
    train, validation = draw_clusters(rng, 72, centres), draw_clusters(rng, 40, centres)
    validation[1][:16] = (validation[1][:16] + 1) % 10  # the two accuracies are far apart
    weights = small_weights(rng)
    with hint(_TOO_MANY_STEPS, ValueError):
        tried = try_fitting(weights, train, validation, epochs=3)
    history = tried["history"]
    assert history is not None, "fit returned nothing: return the history at the end"
    assert not tried["open"], (
        "The writers were not closed: writer.close() at the end writes what still waits to be written."
    )
    _check_history(history, tried["curves"])
    _check_training(tried, train, validation)
    for told in measured_mistakes(tried, weights, train, validation, epochs=3):
        raise AssertionError(told)


def _check_history(history, curves):
    assert isinstance(history, dict) and set(history) == {"train", "validation"}, (
        'return {"train": {"loss": [...], "accuracy": [...]}, "validation": {...}}, with these two names'
    )
    for run, tags in history.items():
        assert isinstance(tags, dict) and set(tags) == {"loss", "accuracy"}, (
            f'the history of {run} needs the names "loss" and "accuracy"'
        )
    assert set(curves) == {"train", "validation"}, (
        "Event files belong into the folders train and validation of log_dir; "
        f"yours are in the folders {sorted(curves)}."
    )
    for run, tags in curves.items():
        assert tags, (
            f"The event file in {run} is empty: close the writers at the end, writer.close() writes what waits."
        )
        assert set(tags) == {"loss", "accuracy"}, (
            f"The scalars in {run} are tagged {sorted(tags)}; the tags must be exactly 'loss' and 'accuracy'."
        )
        for tag, values in tags.items():
            assert len(values) == 3, f"3 epochs should give 3 points of {run}/{tag}, not {len(values)}: use `epochs`"
            noted = numbers(history[run][tag], f"the history's {run}/{tag}")
            assert noted.shape == (3,), f"3 epochs should give a list of 3 numbers as the history's {run}/{tag}"
            assert np.allclose(noted, values, rtol=1e-4), f"the history's {run}/{tag} is not what the event files hold"
        assert all(0 <= number <= 1 for number in tags["accuracy"]), (
            f"the accuracies in {run} must be fractions between 0 and 1, as evaluate returns them"
        )


def _check_training(tried, train, validation):
    """The optimizer, its learning rates, and what the network was trained on."""
    seen = {picture.tobytes() for picture in tried["images"].numpy()}
    ours, others = ({picture.tobytes() for picture in images.numpy()} for images, _ in (train, validation))
    assert not seen & others, (
        "The network was trained on validation pictures: train_epoch gets train_loader, and only evaluate sees val_loader."
    )
    assert seen >= ours, "The network was not trained on all training pictures: train_epoch gets train_loader"
    kinds, which, rates = zip(*tried["steps"], strict=True)
    assert set(kinds) == {"Adam"}, f"The optimizer is {kinds[0]}: make torch.optim.Adam(model.parameters())"
    assert set(which) == {0}, (
        f"{len(set(which))} optimizers have taken steps: make one before the first epoch. "
        "A new one has forgotten what Adam knows of the gradients, and where in the cycle it is."
    )
    assert len(rates) == 15, f"3 epochs of 5 batches are 15 steps of the optimizer, not {len(rates)}"
    assert max(rates) - min(rates) > 1e-9, (
        "The learning rate never changes: call one_cycle once, before the first epoch"
    )
    peak = max_lr_of(tried["steps"])
    assert 2e-3 < peak < 1e-2 or np.argmax(rates) == len(rates) - 1, (
        f"The largest learning rate should be max_lr=5e-3; yours rises to {max(rates):.2g}."
    )
    assert rates[-1] < 0.1 * max(rates), (
        f"In the last step the learning rate is still {rates[-1]:.2g}: the cycle is too long. "
        "total_steps is epochs * len(train_loader)."
    )
    assert np.allclose(rates, one_cycle_rates(15, peak), rtol=0.3, atol=1e-4), (
        "The learning rates are not those of one cycle over all epochs: call one_cycle once, before the first epoch, with "
        "max_lr=5e-3 and total_steps=epochs * len(train_loader)"
    )


def measured_mistakes(tried, weights, train, validation, epochs):
    """What is wrong with the numbers that ``fit`` has noted, in words; nothing if all is well.

    ``weights`` are those that it began with, ``epochs`` how many it was asked for. Right as training accuracies are those of the trained network on all
    training pictures or on a sample of them, and those of the epoch itself, of a network that is still learning.
    """
    history = tried["history"]
    if any(np.shape(history[run][tag]) != (epochs,) for run in ("train", "validation") for tag in ("loss", "accuracy")):
        yield "The history needs a list of one number per epoch for each of its four curves."
        return
    before, after = loss_of(weights, *train), loss_of(tried["weights"], *train)
    if not after < before:
        yield f"The network has not learnt: its training loss went from {before:.3f} to {after:.3f}."
    loss, accuracy = loss_of(tried["weights"], *validation), accuracy_of(tried["weights"], *validation)
    noted = history["validation"]
    if abs(noted["loss"][-1] - loss) > 1e-3 or abs(noted["accuracy"][-1] - accuracy) > 1e-3:
        yield (
            "The last validation loss and accuracy are not those of the trained network: "
            "measure after each epoch, with evaluate(model, val_loader)."
        )
    returned = tried["returned"] or running(tried["logits"], train)["loss"]
    if len(returned) == len(noted["loss"]) and not np.allclose(history["train"]["loss"], returned, rtol=1e-3):
        yield "The training loss is not what train_epoch returned: note its result, epoch by epoch."
    got, learning = np.array(history["train"]["accuracy"]), running(tried["logits"], train)["accuracy"]
    if len(learning) == len(got) and np.allclose(got, learning, atol=0.02):
        return
    last = accuracy_of(tried["weights"], *train)
    if abs(got[-1] - accuracy) < abs(got[-1] - last):
        yield "The training accuracy is that of the validation set: measure it on pictures of train_loader."
    if not _measured_at_the_end(tried["batches"], train[0]):
        yield "The training accuracy is that of the network before the epoch: measure it after train_epoch."
    if abs(got[-1] - last) > 0.1:
        yield "The last training accuracy is not that of the trained network: measure it after the epoch, with evaluate."


def _measured_at_the_end(batches, images) -> bool:
    """Whether the network was asked about training pictures after the last batch that it was trained on."""
    sums = images.flatten(1).sum(1).numpy()
    at_the_end = []
    for *_, number, trained_on in reversed(batches):
        if trained_on:
            break
        at_the_end.append(bool((np.abs(sums - number) < 1e-3).any()))
    return any(at_the_end)
