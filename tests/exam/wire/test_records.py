"""Namedtuples, dataclasses and members of enumerations, by the names of their fields."""

import dataclasses
import enum
import typing
from collections import namedtuple

import pytest
from exam.wire.crossing import across, arrived, refused, stays

from proctor.exam.wire import values as wire

Point = namedtuple("Point", "x y")


class Named(typing.NamedTuple):
    count: int
    index: str = "a"

    def doubled(self):
        return 2 * self.count


@dataclasses.dataclass(frozen=True)
class Place:
    x: int
    tags: list
    seen: int = dataclasses.field(default=0, compare=False)

    def __post_init__(self):
        assert self.x != 13, "a receiver calls no constructor"


@dataclasses.dataclass
class Slotted:
    __slots__ = ("a",)
    a: int


class Colour(enum.Enum):
    RED = "r"
    GREEN = (0, 1)


for each in (Place, Slotted, Colour, Named):
    each.__module__ = "__main__"
OWN = wire.Classes({each.__name__: each for each in (Place, Slotted, Colour, Named)})
STUDENTS = wire.Classes({}, makes_all=True)


def test_a_namedtuple_arrives_with_its_fields_and_equals_a_tuple():
    got = across([Point(1, [2])])[0]
    assert got == (1, [2]) and got.x == 1 and got._fields == ("x", "y") and got._replace(x=3) == (3, [2])
    assert repr(got) == "Point(x=1, y=[2])" and type(across(Point(3, 4))).__name__ == "Point"


def test_a_namedtuple_of_an_own_class_is_one_of_that_class():
    got = across(Named(2), classes=OWN)
    assert type(got) is Named and got.doubled() == 4 and (got.count, got.index) == (2, "a")


def test_a_namedtuple_whose_names_no_class_can_have_arrives_as_a_tuple():
    odd = namedtuple("Odd", ["a", "def"], rename=True)(*[1, 2])
    assert type(across(odd)) is tuple and across(odd) == (1, 2)


def test_dataclasses_and_members_arrive_as_the_own_class():
    place = Place(1, [2], 3)
    got = across([place, Slotted(5), Colour.GREEN], classes=OWN, keep=lambda value: 7)
    assert got == [place, Slotted(5), Colour.GREEN] and got[0].seen == 3 and got[2] is Colour.GREEN


def test_what_the_receiver_has_no_class_for_can_be_asked_for_by_number():
    assert across([Place(1, []), Colour.RED], keep=lambda value: 7) == [("object", 7), ("object", 7)]
    other = dataclasses.make_dataclass("Place", ["x", "tags"])
    assert across(other(1, []), keep=lambda value: 7, classes=OWN) == ("object", 7)


def test_a_students_process_makes_a_class_for_what_it_does_not_know():
    place, red = across([Place(1, [2]), Colour.RED], classes=STUDENTS)
    assert (place.x, place.tags, type(place).__name__) == (1, [2], "Place")
    assert place == across(Place(1, [2]), classes=STUDENTS) and (red.name, red.value) == ("RED", "r")


def test_an_object_with_more_than_plain_fields_stays_where_it_is():
    more = Place(1, [])
    object.__setattr__(more, "more", 1)
    inside = Place(1, [object()])
    chain: Place | int = 0
    for _ in range(100):
        chain = Place(1, [chain])
    for value in (more, inside, chain, Place(1, list(range(20_000)))):
        assert across(value, opaque=lambda it: wire.Reference(7), keep=lambda it: 7, classes=OWN) == ("object", 7)


def test_an_own_record_that_holds_one_of_an_unknown_class_stays_as_a_whole():
    inner = dataclasses.make_dataclass("Inner", ["a"])
    assert across(Place(1, [inner(1)]), keep=lambda value: 7, classes=OWN) == ("object", 7)
    assert across(Point(inner(1), 2), keep=lambda value: 7) == (("object", 7), 2)


def test_no_constructor_is_called():
    node = wire.Record("dataclass", "__main__", "Place", ["x", "tags", "seen"], [13, wire.Items("list", []), 0], None)
    assert arrived(node, OWN).x == 13


def test_a_class_of_a_library_is_not_built_from_what_a_student_says():
    classes = wire.Classes({"Limits": across.__globals__["LIMITS"].__class__})
    fields = [field.name for field in dataclasses.fields(across.__globals__["LIMITS"])]
    with pytest.raises(wire.WireError):
        arrived(wire.Record("dataclass", "proctor", "Limits", fields, [1] * len(fields), None), classes)


FORGED = {
    "a name that shadows a method": ("namedtuple", "P", ["x", "__eq__"], [1, 2]),
    "a private name": ("namedtuple", "P", ["_asdict"], [1]),
    "a name of IPython's": ("dataclass", "P", ["_repr_html_"], [1]),
    "a keyword": ("namedtuple", "P", ["class"], [1]),
    "a program": ("namedtuple", "P", ["x=print(1)"], [1]),
    "a class that is a program": ("namedtuple", "P(0);print", ["x"], [1]),
    "the same name twice": ("namedtuple", "P", ["x", "x"], [1, 2]),
    "the same name, written otherwise": ("namedtuple", "P", ["ﬁ", "fi"], [1, 2]),
    "a name as long as a book": ("namedtuple", "P", ["x" * 1000], [1]),
    "more fields than a class has": ("namedtuple", "P", [f"x{i}" for i in range(2000)], [1] * 2000),
    "more fields than values": ("namedtuple", "P", ["x", "y"], [1]),
    "a member without a name": ("enum", "Colour", [], [1]),
    "a member that is not there": ("enum", "Colour", ["BLUE"], [1]),
    "a class that is not there": ("dataclass", "Nowhere", ["x"], [1]),
}


@pytest.mark.parametrize("record", FORGED.values(), ids=FORGED.keys())
def test_a_forged_record_is_refused_by_the_receiver(record):
    kind, name, fields, values = record
    refused(wire.Record(kind, "__main__", name, fields, values, None))


def test_thousands_of_classes_are_refused():
    refused(wire.Items("list", [wire.Record("namedtuple", "m", f"P{i}", ["x"], [1], None) for i in range(200)]))


def test_a_namedtuple_with_strange_names_does_not_stay():
    assert not stays(Point(1, 2))
