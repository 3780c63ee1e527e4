"""What counts for closeness, and what does not."""

from itertools import combinations

import numpy as np
import pytest
from rapidfuzz import fuzz
from reported_course import INDEPENDENT, RENAMED, RIGHT, STUB

from proctor.report.closeness import ALIKE, Answers, Closeness, closeness

RELEASED = STUB.partition("    ### BEGIN")[0] + "    # YOUR CODE HERE\n    raise NotImplementedError()"
ESSAY = "Sharing weights means that one small filter slides over the whole picture, so that what it has learnt in one "
ESSAY += "corner is known in all others; there are far fewer numbers to learn from the same pictures."


def close(kind: str, released: str, *sources: str) -> Closeness:
    return closeness(Answers(kind, released, sources))


def pairs(found: Closeness) -> list[tuple[int, int]]:
    return list(zip(found.one.tolist(), found.other.tolist(), strict=True))


def test_names_comments_and_layout_count_for_nothing():
    found = close("code", RELEASED, RIGHT, INDEPENDENT, RENAMED)
    assert (found.count, pairs(found), found.percent.tolist()) == (3, [(0, 2)], [100])


def test_another_line_changes_little():
    found = close(
        "code", RELEASED, RIGHT, RIGHT.replace("    result = []", "    copies = list(values)\n    result = []")
    )
    assert 85 <= found.percent[0] < 100


def test_what_was_handed_out_counts_for_nothing():
    assert close("code", RELEASED, RELEASED, RELEASED).count == 0
    helpers = "".join(f"def helper{n}(x):\n    return x + {n}\n" for n in range(30))
    found = close("code", helpers, helpers + INDEPENDENT, helpers + RIGHT)
    assert (found.count, pairs(found)) == (2, [])


def test_short_answers_are_not_compared():
    assert close("code", "", "def f(x):\n    return x", "def f(x):\n    return x").count == 0


@pytest.mark.parametrize("broken", ["{}\n  return (", "%%time\n{}", "{}\n!ls \0", "{}" + "(" * 5_000])
def test_what_is_no_python_is_compared_too(broken):
    found = close("code", RELEASED, broken.format(RIGHT), broken.format(RENAMED))
    assert pairs(found) == [(0, 1)]


def test_written_answers_are_compared_as_texts():
    other = (
        "Convolution looks for the same thing at every place and needs one set of numbers for that. A full layer would "
    )
    other += "have to find out anew for each pixel what an edge is, which takes more pictures than there are."
    found = close("text", "", ESSAY, other, ESSAY.upper().replace("corner", "part"))
    assert pairs(found) == [(0, 2)]


def test_no_pair_is_overlooked_that_comparing_all_would_find():
    rng = np.random.default_rng(1)
    words = np.array([f"word{number}" for number in range(200)])
    texts = [rng.choice(words, 40) for _ in range(5)]
    for number in range(60):
        changed = texts[number % 5].copy()
        changed[rng.choice(40, number // 3, replace=False)] = rng.choice(words, number // 3)
        texts.append(changed)
    found = close("text", "", *map(" ".join, texts))
    wanted = [
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if fuzz.ratio(texts[one].tolist(), texts[other].tolist()) >= ALIKE["text"]
    ]
    assert pairs(found) == wanted and len(wanted) > 100


def test_pairs_that_are_as_close_are_counted():
    found = close(
        "code", RELEASED, RIGHT, RENAMED, INDEPENDENT, INDEPENDENT.replace("width", "w"), RIGHT + "    print(1, 2)"
    )
    assert dict(zip(pairs(found), found.as_close.tolist(), strict=True))[0, 1] == 2
    assert np.all(found.as_close[found.percent < 100] > 2)
