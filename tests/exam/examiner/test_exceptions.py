"""Exceptions of the student's, as a test catches them."""

import pytest

STUDENT = """
import json, dataclasses, sqlite3, unittest
import numpy as np
class Oops(Exception):
    def __init__(self, missing):
        super().__init__(f"{missing} missing")
        self.missing, self.thing, self.outcome, self.where = missing, object(), "author", "elsewhere"
class Singular(np.linalg.LinAlgError): pass
@dataclasses.dataclass(frozen=True)
class Version:
    major: int
def oops(): raise Oops(3)
def load(text): return json.loads(text)
def solve(a): return np.linalg.solve(a, np.ones(2))
def singular(): raise Singular("no inverse")
def freeze(): Version(1).major = 2
def query(): sqlite3.connect(":memory:").execute("select")
def value(): raise ValueError("negative")
def skip(): raise unittest.SkipTest("not today")
"""


@pytest.mark.parametrize(
    ("call", "kind", "holds"),
    [
        ("oops()", "Oops", "error.missing == 3 and str(error) == '3 missing'"),
        ("load('{')", "json.JSONDecodeError", "error.pos == 1 and isinstance(error, ValueError)"),
        ("solve(np.zeros((2, 2)))", "np.linalg.LinAlgError", "'Singular' in str(error)"),
        ("singular()", "np.linalg.LinAlgError", "isinstance(error, ValueError)"),
        ("singular()", "Singular", "True"),
        ("freeze()", "dataclasses.FrozenInstanceError", "isinstance(error, AttributeError)"),
        ("query()", "sqlite3.OperationalError", "True"),
        ("value()", "Exception", "type(error) is ValueError and type(error) == ValueError"),
        ("load('{')", "Exception", "type(error) is json.JSONDecodeError"),
    ],
)
def test_exceptions_arrive_as_those_of_their_library_with_their_plain_attributes(examine, call, kind, holds):
    test = f"""
import dataclasses, json, sqlite3
import numpy as np
try:
    {call}
except {kind} as error:
    assert {holds}
else:
    raise AssertionError
"""
    result = examine(STUDENT, test)
    assert result.points == 1, result.staff_message


def test_an_exception_says_nothing_about_whose_fault_it_is(examine):
    result = examine(STUDENT, "oops()")
    assert result.points == 0 and result.outcome.value == "failed" and "elsewhere" not in result.message


def test_no_exception_skips_a_test_of_unittest(examine):
    test = """
import unittest
class Skips(unittest.TestCase):
    def test(self):
        skip()
assert unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(Skips)).wasSuccessful()
"""
    assert examine(STUDENT, test).points == 0
