"""The visible checks of ``train_epoch``, ``evaluate`` and ``fit``, on small networks whose right answers are known.

Models and optimizers live where the student's code does: a helper of the notebook's tries the function there.
"""

import numpy as np

from hw4_helpers.small_networks import draw_clusters, draw_images, draw_labels, small_net, small_weights

from .checking import hint, kind_of, numbers, shown_as, visible_check

_TOO_MANY_STEPS = (
    "one_cycle was made for fewer steps than the optimizer takes: total_steps is the number of steps in all epochs, "
    "epochs * len(train_loader). (Do the checks of train_epoch pass? It takes one step for each batch.)"
)


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
    want = _loss(weights, images, labels)
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
    assert abs(moved["loss"] - _loss(moved["weights"], images, labels)) > 1e-3, (
        "The loss that you report is that of the network after its step: compute it once, from the logits before the step."
    )
    assert abs(moved["loss"] - _loss(weights, images, labels)) < 1e-4, (
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
        assert _close(got, want), (
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


@visible_check
def check_evaluate(evaluate, try_evaluation):
    try_evaluation = shown_as(try_evaluation, "evaluate(model, loader)")
    rng = np.random.default_rng(2)
    weights = small_weights(rng)
    images = draw_images(rng, 20, size=6)
    answers = small_net(weights)(images).argmax(1)

    tried = try_evaluation(weights, images, answers, batch_size=8)
    accuracy, loss = _two_floats(tried)
    want = _loss(weights, images, answers)
    assert not (abs(accuracy - want) < 1e-4 and abs(loss - 1) < 1e-4), (
        "the two numbers are exchanged: return the accuracy first, then the mean loss"
    )
    assert accuracy <= 1, f"the accuracy is a fraction between 0 and 1, not {accuracy:.4g}"
    assert not any(graph for _, graph, *_ in tried["batches"]), (
        "PyTorch recorded a graph for gradients: put the loop inside `with torch.no_grad():`."
    )
    _check_counting(try_evaluation, weights, images, answers)
    _check_mean_loss(try_evaluation, rng, weights, images)
    _check_evaluation_mode(try_evaluation, rng)


def _two_floats(tried: dict) -> tuple[float, float]:
    result = tried["result"]
    assert result is not None, "evaluate returned nothing: is there a return at the end?"
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        f"return two numbers, accuracy and mean loss, not {kind_of(result)}"
    )
    assert all(isinstance(number, float) for number in result), (
        f"return two plain floats (.item() makes one of a tensor), not {' and '.join(map(kind_of, result))}"
    )
    return result[0], result[1]


def _check_counting(try_evaluation, weights, images, answers):
    # In each batch of 8, the first four answers are right and the last four wrong.
    labels = answers[:16].clone()
    wrong = np.arange(16) % 8 >= 4
    labels[wrong] = (labels[wrong] + 1) % 10
    accuracy, _ = _two_floats(try_evaluation(weights, images[:16], labels, batch_size=8))
    assert accuracy != 1.0, (
        "Only the first four pictures of each batch are counted. Count all of them: (predictions == labels).sum()."
    )
    assert abs(accuracy - 0.5) < 1e-6, f"8 of 16 answers are right, but you report an accuracy of {accuracy:.4f}"

    # Batches of 8, 8 and 4; only the last batch is wrong.
    labels = answers.clone()
    labels[16:] = (labels[16:] + 1) % 10
    accuracy, _ = _two_floats(try_evaluation(weights, images, labels, batch_size=8))
    assert abs(accuracy - 16 / 20) < 1e-6, (
        f"16 of 20 answers are right, accuracy 0.8, but you report {accuracy:.4f}. "
        "The last batch has only 4 examples: it must be counted, and weigh 4. "
        "Divide by the number of examples, not by the number of batches."
    )


def _check_mean_loss(try_evaluation, rng, weights, images):
    labels = draw_labels(rng, 20)
    sure = small_weights(rng, scale=30.0)
    right = small_net(sure)(images).argmax(1)
    _, loss = _two_floats(try_evaluation(sure, images, right, batch_size=20))
    assert loss > -1e-3, (
        f"A cross-entropy is never negative, but you report {loss:.2f}. "
        "F.nll_loss wants log-probabilities; use F.cross_entropy, which takes logits."
    )
    assert not 1.4 < loss < 2.5, (
        f"A network that is sure and right has a loss near 0, but you report {loss:.2f}. "
        "F.cross_entropy takes logits: after a softmax the loss cannot fall below 1.46."
    )
    want = _loss(weights, images, labels)
    _, whole = _two_floats(try_evaluation(weights, images, labels, batch_size=20))
    assert abs(whole - 20 * want) > 1e-3, (
        f"You report a loss of {whole:.4f} for 20 examples: that is their sum. Divide by the number of examples."
    )
    assert abs(whole - want) < 1e-4, (
        f"The mean cross-entropy of 20 examples in one batch is {want:.4f}, but you report {whole:.4f}. "
        "Add up loss × batch size, and divide by the number of examples."
    )
    _, parts = _two_floats(try_evaluation(weights, images, labels, batch_size=8))
    assert abs(whole - parts) < 1e-4, (
        f"The mean loss of the same 20 examples is {whole:.4f} in one batch, but {parts:.4f} "
        "in batches of 8, 8 and 4: weigh each batch by its number of examples."
    )


def _check_evaluation_mode(try_evaluation, rng):
    weights = small_weights(rng, batch_norm=True)
    images, labels = draw_images(rng, 20, size=6), draw_labels(rng, 20)
    noisy = [_two_floats(try_evaluation(weights, images, labels, batch_size=8, dropout=0.5))[1] for _ in range(2)]
    assert noisy[0] == noisy[1], (
        "Two evaluations of the same network differ: dropout is active. Call model.eval() first."
    )
    tried = try_evaluation(weights, images, labels, batch_size=8)
    assert abs(_two_floats(tried)[1] - _loss(weights, images, labels)) < 1e-4, (
        "Batch normalisation uses the statistics of the batch: call model.eval() before the loop."
    )
    assert _close(tried["weights"], weights), (
        "Measuring has changed the network: no step, and model.eval() before the loop."
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
    before, after = _loss(weights, *train), _loss(tried["weights"], *train)
    if not after < before:
        yield f"The network has not learnt: its training loss went from {before:.3f} to {after:.3f}."
    loss, accuracy = _loss(tried["weights"], *validation), _accuracy(tried["weights"], *validation)
    noted = history["validation"]
    if abs(noted["loss"][-1] - loss) > 1e-3 or abs(noted["accuracy"][-1] - accuracy) > 1e-3:
        yield (
            "The last validation loss and accuracy are not those of the trained network: "
            "measure after each epoch, with evaluate(model, val_loader)."
        )
    returned = tried["returned"] or _running(tried["logits"], train)["loss"]
    if len(returned) == len(noted["loss"]) and not np.allclose(history["train"]["loss"], returned, rtol=1e-3):
        yield "The training loss is not what train_epoch returned: note its result, epoch by epoch."
    got, running = np.array(history["train"]["accuracy"]), _running(tried["logits"], train)["accuracy"]
    if len(running) == len(got) and np.allclose(got, running, atol=0.02):
        return
    last = _accuracy(tried["weights"], *train)
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


def max_lr_of(steps: list) -> float:
    """The ``max_lr`` of a cycle with as many steps as were recorded: the largest rate need not be that of a step."""
    return max(rate for *_, rate in steps) / max(one_cycle_rates(len(steps), 1.0))


def one_cycle_rates(steps: int, max_lr: float) -> list[float]:
    """The learning rates of one cycle."""
    import torch
    from torch.optim.lr_scheduler import OneCycleLR

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], momentum=0.9)
    schedule, rates = OneCycleLR(optimizer, max_lr, total_steps=steps), []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            schedule.step()
    return rates


def trained(weights: dict, images, labels, batch_size: int, lr: float) -> dict:
    """The weights after an epoch of gradient steps, computed without torch.optim."""
    import torch
    import torch.nn.functional as F

    weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
    for start in range(0, len(labels), batch_size):
        x = images[start : start + batch_size].flatten(1)
        hidden = F.relu(x @ weights["hidden.weight"].T + weights["hidden.bias"])
        logits = hidden @ weights["output.weight"].T + weights["output.bias"]
        log_p = logits - logits.logsumexp(1, keepdim=True)
        loss = -log_p.gather(1, labels[start : start + batch_size, None]).mean()
        steps = torch.autograd.grad(loss, list(weights.values()))
        weights = {k: (w - lr * s).detach().requires_grad_() for (k, w), s in zip(weights.items(), steps, strict=True)}
    return {name: value.detach() for name, value in weights.items()}


def _running(logits, train) -> dict[str, list[float]]:
    """Loss and accuracy of each epoch while the network was learning, from its logits in training mode."""
    import torch.nn.functional as F

    labels = train[1]
    epochs = logits.split(len(labels)) if len(logits) and len(logits) % len(labels) == 0 else ()
    return {
        "loss": [F.cross_entropy(each, labels).item() for each in epochs],
        "accuracy": [(each.argmax(1) == labels).double().mean().item() for each in epochs],
    }


def _loss(weights: dict, images, labels) -> float:
    import torch.nn.functional as F

    return F.cross_entropy(small_net(weights).eval()(images), labels).item()


def _accuracy(weights: dict, images, labels) -> float:
    return (small_net(weights).eval()(images).argmax(1) == labels).double().mean().item()


def _close(got: dict, want: dict) -> bool:
    return all(np.allclose(got[name].numpy(), value.numpy(), rtol=1e-3, atol=1e-4) for name, value in want.items())
