"""The visible check of ``evaluate``, on small networks whose right answers are known."""

import numpy as np

from hw4_helpers.checks.checking import kind_of, shown_as, visible_check
from hw4_helpers.small_networks import draw_images, draw_labels, small_net, small_weights

from .by_hand import close, loss_of


@visible_check
def check_evaluate(evaluate, try_evaluation):
    try_evaluation = shown_as(try_evaluation, "evaluate(model, loader)")
    rng = np.random.default_rng(2)
    weights = small_weights(rng)
    images = draw_images(rng, 20, size=6)
    answers = small_net(weights)(images).argmax(1)

    tried = try_evaluation(weights, images, answers, batch_size=8)
    accuracy, loss = _two_floats(tried)
    want = loss_of(weights, images, answers)
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
    want = loss_of(weights, images, labels)
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
    assert abs(_two_floats(tried)[1] - loss_of(weights, images, labels)) < 1e-4, (
        "Batch normalisation uses the statistics of the batch: call model.eval() before the loop."
    )
    assert close(tried["weights"], weights), (
        "Measuring has changed the network: no step, and model.eval() before the loop."
    )
