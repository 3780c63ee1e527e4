"""The visible check of ``train_epoch``, on small networks whose right answers are known.

Models and optimizers live where the student's code does: a helper of the notebook's tries the function there.
"""

import numpy as np

from hw4_helpers.checks.checking import kind_of, shown_as, visible_check
from hw4_helpers.small_networks import draw_images, draw_labels, small_net, small_weights

from .by_hand import close, loss_of, trained


@visible_check
def check_train_epoch(train_epoch, try_training):
    try_training = shown_as(try_training, "train_epoch(model, loader, optimizer)")
    rng = np.random.default_rng(1)
    weights = small_weights(rng)
    images, labels = draw_images(rng, 6, size=6), draw_labels(rng, 6)

    tried = try_training(weights, images, labels, batch_size=4, lr=0.1)
    loss, steps = tried["loss"], len(tried["steps"])
    assert loss is not None, "train_epoch returned nothing: is there a return at the end?"
    assert isinstance(loss, float), f"return the mean loss as a float, loss.item() gives one, not {kind_of(loss)}"
    assert steps, "no optimizer took a step: backward() computes the gradients, optimizer.step() uses them"
    assert len(tried["batches"]) >= 2, "the network has seen only the first batch: is there a return inside the loop?"
    assert steps <= 2, f"2 batches, but optimizer.step() was called {steps} times: take one step for each batch"
    assert steps == 2, "2 batches moved the weights only once: take a step for each batch, inside the loop"
    assert len(tried["batches"]) == 2, (
        "2 batches, but the network was asked more often: compute the logits once a batch"
    )
    assert {rate for *_, rate in tried["steps"]} == {0.1}, (
        "A step was taken with another learning rate than that of the optimizer which train_epoch is given: use that one."
    )
    _check_reported_loss(try_training, rng, weights, images, labels)
    _check_weights(try_training, rng)
    _check_loss_before_step(try_training, weights, images, labels)
    _check_mode(try_training, rng)


def _check_reported_loss(try_training, rng, weights, images, labels):
    sure = small_weights(rng, scale=30.0)
    right = small_net(sure)(images).argmax(1)
    loss = try_training(sure, images, right, batch_size=6, lr=0.0)["loss"]
    assert loss > -1e-3, (
        f"A cross-entropy is never negative, but you report {loss:.2f}. "
        "F.nll_loss wants log-probabilities; use F.cross_entropy, which takes logits."
    )
    assert not 1.4 < loss < 2.5, (
        f"A network that is sure and right has a loss near 0, but you report {loss:.2f}. "
        "F.cross_entropy takes logits: after a softmax the loss cannot fall below 1.46."
    )
    want = loss_of(weights, images, labels)
    whole = try_training(weights, images, labels, batch_size=6, lr=0.0)["loss"]
    assert abs(whole - 6 * want) > 1e-3, (
        f"You report {whole:.4f} for 6 examples: that is the sum of their losses. Divide by the number of examples."
    )
    assert abs(whole - want) < 1e-4, (
        f"The mean cross-entropy of 6 examples in one batch is {want:.4f}, but you report {whole:.4f}. "
        "Add up loss × batch size, and divide by the number of examples."
    )
    parts = try_training(weights, images, labels, batch_size=4, lr=0.0)["loss"]
    assert abs(parts - want) < 1e-4, (
        f"The mean loss of the same 6 examples is {want:.4f} in one batch, but {parts:.4f} in batches of 4 and 2. "
        "Weigh each batch by its number of examples, and divide by the number of examples."
    )


def _check_loss_before_step(try_training, weights, images, labels):
    moved = try_training(weights, images, labels, batch_size=6, lr=1.0)
    assert abs(moved["loss"] - loss_of(moved["weights"], images, labels)) > 1e-3, (
        "The loss that you report is that of the network after its step: compute it once, from the logits before the step."
    )
    assert abs(moved["loss"] - loss_of(weights, images, labels)) < 1e-4, (
        "The loss of a batch is that of the network before its step, the one whose gradients it uses."
    )


def _check_weights(try_training, rng):
    weights = small_weights(rng)
    images, labels = draw_images(rng, 6, size=6), draw_labels(rng, 6)
    # The same batch twice, in tiny steps: the second step is as long as the first.
    once, twice = (
        try_training(weights, images.repeat(n, 1, 1, 1), labels.repeat(n), batch_size=6, lr=1e-2)["weights"]
        for n in (1, 2)
    )
    moved_once, moved_twice = ((after["output.bias"] - weights["output.bias"]).norm() for after in (once, twice))
    ratio = (moved_twice / moved_once).item()
    assert moved_once > 0, (
        "No weight moved: backward() computes the gradients, optimizer.step() uses them; "
        "zero_grad() between the two forgets them again."
    )
    assert ratio < 2.5, (
        "The second step is about twice as long as the first: gradients add up from batch to batch. "
        "Call optimizer.zero_grad() before each backward()."
    )
    assert ratio > 1.5, "two batches moved the weights no further than one: take a step for every batch"
    want = trained(weights, images, labels, batch_size=6, lr=1e-2)
    change, wanted = (after["output.bias"] - weights["output.bias"] for after in (once, want))
    assert float(change @ wanted) > 0, (
        "the weights move uphill, where the loss grows: backward() belongs to the loss itself"
    )
    assert abs((change.norm() / wanted.norm()).item() - 6) > 0.5, (
        "with batches of 6 the step is 6 times too long: backward() belongs to the mean loss of the batch, not the sum"
    )
    for batch_size in (6, 4):
        got, want = (
            try_training(weights, images, labels, batch_size, lr=0.5)["weights"],
            trained(weights, images, labels, batch_size, lr=0.5),
        )
        assert close(got, want), (
            f"After an epoch in batches of {batch_size}, the weights are not those of one gradient step for each batch on "
            "F.cross_entropy(model(images), labels): zero_grad(), backward(), step(), once each."
        )


def _check_mode(try_training, rng):
    images, labels = draw_images(rng, 6, size=6), draw_labels(rng, 6)
    seen = try_training(small_weights(rng, batch_norm=True), images, labels, batch_size=3, lr=0.1)
    assert all(training for training, *_ in seen["batches"]) and seen["weights"]["norm.num_batches_tracked"] == 2, (
        "Batch normalisation saw no batch: the model was still in evaluation mode. Call model.train() before the loop."
    )
    weights = small_weights(rng)
    noisy = [try_training(weights, images, labels, batch_size=6, lr=0.0, dropout=0.5)["loss"] for _ in range(3)]
    assert len(set(noisy)) > 1, (
        "Three epochs with dropout and lr=0 give the same loss: dropout is off. model.train() switches it on; leave it on."
    )
