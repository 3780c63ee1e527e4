"""Functions of the student's, as a test and its libraries use them."""

import pytest


@pytest.mark.parametrize(
    "check",
    ["sales.n.apply(double).tolist() == [2, 4, 6]", "sales.apply(total, axis=1).tolist() == [2, 3, 4]",
     "sales.n.apply(triple).tolist() == sales.n.apply(times(3)).tolist() == [3, 6, 9]",
     "sales.groupby('shop').n.agg(total).tolist() == [4, 2]",
     "sales.groupby('shop').n.agg([total, 'max']).columns.tolist() == ['total', 'max']",
     "sales.groupby('shop').n.transform(double).tolist() == [2, 4, 6]", "{double: 1, total: 2}[total] == 2"],
)  # fmt: skip
def test_pandas_applies_functions_of_the_students(examine, check):
    student = """
    def double(value):
        return 2 * value
    def total(values):
        return values[values > 0].sum() if values.dtype != object else sum(v for v in values if isinstance(v, int)) + 1
    triple = lambda value: 3 * value
    def times(factor):
        return lambda value: factor * value
    """
    frame = "import pandas as pd\nsales = pd.DataFrame({'shop': ['a', 'b', 'a'], 'n': [1, 2, 3]})\n"
    result = examine(student, f"{frame}assert {check}")
    assert result.points == 1, result.staff_message


def test_a_function_where_a_list_should_be_is_the_students_mistake_in_pythons_words(examine):
    result = examine("def squares():\n    return squares", "assert list(squares()) == [1, 4, 9]")
    assert result.points == 0 and "'function' object is not iterable" in result.message


def test_only_a_name_that_a_plain_def_gives_is_a_key(examine):
    result = examine("def make():\n    return lambda: 1", "assert len({make(), make()}) == 2")
    assert result.points == 0 and "cannot be a key" in result.staff_message


@pytest.mark.parametrize(
    "check",
    ["call(operator.itemgetter(1), [3, 4]) == 4", "call(operator.attrgetter('real'), 3.0) == 3",
     "call(np.poly1d([1, 0]), 2.0) == 2", "call(np.vectorize(lambda x: x + 1), [1, 2]).tolist() == [2, 3]",
     "call(counted, 2) == 5 and counted.call_count == 1"],
)  # fmt: skip
def test_things_of_libraries_that_can_be_called_are_lent_as_functions(examine, check):
    test = f"import operator\nimport numpy as np\nfrom unittest.mock import Mock\ncounted = Mock(return_value=5)\nassert {check}"
    result = examine("def call(function, *args):\n    return function(*args)", test)
    assert result.points == 1, result.staff_message
