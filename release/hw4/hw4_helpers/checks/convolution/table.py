"""The visible checks of item 4, a table of four numbers in two columns."""

from hw4_helpers.checks.checking import kind_of, numbers, visible_check


@visible_check
def check_table_with_flip(table_with_flip, places):
    values = _table(table_with_flip, places, "table_with_flip")
    assert values[1, 1, 1] < 0, (
        "with flip, filter 1 gives a negative number at the top left: is the kernel flipped, in both directions?"
    )
    assert values[1, 2, 1] > values[2, 1, 1], (
        "row and column look exchanged: (1, 2, 1) is the second number of the first row, maps[0, 0, 1]"
    )
    _adds_up(values, 49)


@visible_check
def check_table_without_flip(table_without_flip, places):
    values = _table(table_without_flip, places, "table_without_flip")
    assert values[1, 1, 1] > 0, (
        "without flip, filter 1 gives a positive number at the top left; this is the column with flip: are the two "
        "exchanged, or does convolve2d change the filters that it is given (the check of section 5 tells)?"
    )
    _adds_up(values, 10)


def _table(table, places, name):
    assert isinstance(table, dict), f"{name} is a dictionary, {{(1, 1, 1): …, (1, 1, 2): …, …}}, not {kind_of(table)}"
    missing = [place for place in places if place not in table]
    assert not missing, f"the keys are the places (row, column, filter), from 1; missing: {missing[0]}"
    values = {place: numbers(table[place], f"the value at {place}") for place in places}
    assert all(value.shape == () for value in values.values()), "each value is one whole number"
    assert values[1, 1, 1] != values[1, 1, 2], (
        "the same number for both filters: (1, 1, 2) belongs to filter 2, which is index 1 of the first axis of the maps"
    )
    return values


def _adds_up(values, want):
    total = sum(values.values())
    assert total == want, (
        f"the four numbers of this column add up to {want}, yours to {total:g} (there are no biases here)"
    )
