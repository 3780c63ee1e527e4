"""The visible checks of ``class_accuracy`` and ``confusion_matrix``."""

import numpy as np

from hw4_helpers.checks.checking import hint, returned, visible_check


@visible_check
def check_class_accuracy(class_accuracy):
    labels = np.array([0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    predictions = np.array([0, 0, 0, 1, 1, 0, 2, 3, 4, 5, 6, 7, 8, 8])
    with hint("No picture is predicted to be of class 9: divide by how often a class is true", ZeroDivisionError):
        got = returned(class_accuracy(predictions, labels), "class_accuracy")
    assert got.shape == (10,), f"one accuracy per class, shape (10,), not {got.shape}"
    assert not np.isclose(got[8], 0.5), (
        "The only picture of class 8 is recognised, so its accuracy is 1. "
        "You divide by how often the class was predicted; divide by how often it is true."
    )
    assert got.max() <= 1, f"an accuracy is a fraction between 0 and 1, but you have {got.max():.4g}"
    assert not np.isclose(got[0], 3 / 14), (
        "3 of the 4 pictures of class 0 are recognised: 0.75. You divide by the number of all pictures; "
        "divide by the number of pictures of the class."
    )
    assert not np.isclose(got[0], 0.25), "these are the shares of mistakes: count the pictures that are recognised"
    assert np.isclose(got[0], 0.75), (
        f"3 of the 4 pictures of class 0 are recognised: 0.75, but you have {got[0]:.4g}. "
        "Divide by the number of pictures of the class."
    )
    want = [0.75, 0.5, 1, 1, 1, 1, 1, 1, 1, 0]
    assert np.allclose(got, want), f"expected {want}, but you have {[round(float(value), 4) for value in got]}"
    labels, predictions = np.repeat(labels, 3), np.repeat(predictions, 3)
    got = returned(class_accuracy(predictions, labels), "class_accuracy")
    assert np.allclose(got, want), "with every picture three times the accuracies stay the same"


@visible_check
def check_confusion_matrix(confusion_matrix):
    labels = np.array([2, 6, 6, 6, 0])
    predictions = np.array([4, 0, 0, 6, 0])
    result = confusion_matrix(predictions, labels)
    got = returned(result, "confusion_matrix")
    assert got.shape == (10, 10), f"the matrix has a row and a column for each class, (10, 10), not {got.shape}"
    assert not (got[6, 0] == 0 and got[0, 6] == 2), (
        "Rows and columns are swapped: rows are the true classes. Transpose it."
    )
    assert not np.isclose(got[6, 0], 2 / 3), "counts, not fractions of a row: do not divide by its sum"
    want = np.zeros((10, 10))
    for true, predicted in zip(labels, predictions, strict=True):
        want[true, predicted] += 1
    assert not np.array_equal(got, np.minimum(want, 1)), (
        "Two shirts (6) are taken for T-shirts (0), but matrix[6, 0] is 1: "
        "matrix[labels, predictions] += 1 counts a repeated pair once. Use np.add.at, np.bincount or a loop."
    )
    assert got.diagonal().any(), (
        "the right answers count, too: matrix[6, 6] is the number of shirts that were recognised"
    )
    assert got.sum() == 5, (
        f"the counts of 5 pictures should add up to 5, not {got.sum():g}: is each picture counted once?"
    )
    wrong = np.argwhere(got != want)
    assert not len(wrong), "matrix[{}, {}] should be {:g}, not {:g}".format(
        *wrong[0], want[tuple(wrong[0])], got[tuple(wrong[0])]
    )
    assert np.asarray(result).dtype.kind in "iu", f"counts are integers, not {np.asarray(result).dtype}"
    again = returned(confusion_matrix(predictions, labels), "confusion_matrix")
    assert np.array_equal(again, want), "called a second time, it counts on: begin with a new matrix of zeros each time"
    nothing = returned(confusion_matrix(predictions[:0], labels[:0]), "confusion_matrix")
    assert nothing.shape == (10, 10) and not nothing.any(), "for no pictures at all, the matrix has 10 × 10 zeros"
