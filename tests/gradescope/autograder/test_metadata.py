"""submission_metadata.json is read whatever it lacks, and lateness is the student's own."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.gradescope.autograder.metadata import BadMetadata, Metadata, Student, read_metadata

#: From Gradescope's documentation of the format.
DOCUMENTED = {
    "id": 123456,
    "created_at": "2018-07-01T14:22:32.365935-07:00",
    "assignment": {
        "due_date": "2018-07-31T23:00:00.000000-07:00",
        "group_size": 4,
        "group_submission": True,
        "id": 25828,
        "course_id": 1234,
        "late_due_date": None,
        "release_date": "2018-07-02T00:00:00.000000-07:00",
        "title": "Programming Assignment 1",
        "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [
        {
            "submission_time": "2017-04-06T14:24:48.087023-07:00",
            "score": 0.0,
            "autograder_error": False,
            "results": {},
        }
    ],
}


def read(folder, value) -> Metadata:
    path = folder / "submission_metadata.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return read_metadata(path)


def late(folder, created: str, due: str | None = None, **users_due: str | None) -> float:
    """Seconds late of a submission; ``users_due`` are students' own dates."""
    users = [{"email": name, "assignment": {"due_date": date}} for name, date in users_due.items()]
    assignment = {"due_date": due}
    return read(folder, {"created_at": created, "assignment": assignment, "users": users or [{}]}).seconds_late


def test_the_documented_example(tmp_path):
    metadata = read(tmp_path, DOCUMENTED)
    assert metadata.seconds_late == 0
    due = datetime(2018, 7, 31, 23, tzinfo=timezone(timedelta(hours=-7)))
    assert metadata.students == (Student("student@example.com", "Student User", "", due),)
    assert [(each.score, each.tests) for each in metadata.previous] == [(0.0, ())]
    assert metadata.total_points == 20


def test_an_older_and_shorter_file(tmp_path):
    short = {"created_at": "2020-01-01T01:01:01.000-0700", "previous_submissions": [], "users": [{"email": "a@b.edu"}]}
    metadata = read(tmp_path, short)
    assert metadata.submitted == datetime(2020, 1, 1, 8, 1, 1, tzinfo=timezone.utc)
    assert metadata.seconds_late == 0 and metadata.previous == ()


def test_lateness_counts_from_the_due_date_in_whatever_offset_it_is_written(tmp_path):
    assert late(tmp_path, "2024-05-01T12:00:00+02:00", due="2024-05-01T09:59:00Z") == 60
    assert late(tmp_path, "2024-05-01T12:00:00+02:00", due="2024-05-01T10:00:00Z") == 0
    assert late(tmp_path, "2024-05-01T12:00:00.250000-0700", due="2024-05-01T12:00:00-07:00") == 0.25


def test_a_students_own_extension_counts_and_not_the_date_of_the_others(tmp_path):
    dates = dict(due="2024-05-01T00:00:00Z", alice="2024-05-03T00:00:00Z")
    assert late(tmp_path, "2024-05-02T00:00:00Z", **dates) == 0
    assert late(tmp_path, "2024-05-03T00:00:30Z", **dates) == 30


def test_an_own_date_may_be_earlier(tmp_path):
    assert late(tmp_path, "2024-05-02T00:00:00Z", due="2024-05-03T00:00:00Z", alice="2024-05-01T00:00:00Z") == 86_400


def test_an_extension_for_one_of_a_group_is_one_for_their_common_work(tmp_path):
    dates = dict(alice="2024-05-01T00:00:00Z", bob="2024-05-03T00:00:00Z", carol=None)
    assert late(tmp_path, "2024-05-02T00:00:00Z", **dates) == 0


def test_without_dates_nobody_is_late(tmp_path):
    assert late(tmp_path, "2024-05-02T00:00:00Z") == 0
    assert late(tmp_path, "yesterday", due="2024-05-03T00:00:00Z") == 0
    assert read(tmp_path, {}).seconds_late == Metadata().seconds_late == 0


def test_work_of_nobody_in_particular_has_the_due_date_of_all(tmp_path):
    raw = {"created_at": "2024-05-02T00:00:00Z", "assignment": {"due_date": "2024-05-01T00:00:00Z"}}
    assert read(tmp_path, raw).seconds_late == 86_400


def test_previous_submissions_come_oldest_first_whatever_their_order(tmp_path):
    entries = [("2024-05-02T00:00:00Z", "2.5"), ("2024-05-03T00:00:00Z", 3), (None, "NaN"), ("2024-05-01T00:00:00Z", 1)]
    results = {"tests": [{"name": "a"}, 7]}
    previous = [{"submission_time": time, "score": score, "results": results} for time, score in entries]
    found = read(tmp_path, {"previous_submissions": previous}).previous
    assert [each.score for each in found] == [None, 1, 2.5, 3]
    assert found[0].tests == ({"name": "a"},)


@pytest.mark.parametrize("content", ["", "[]", '"x"', "{", "\x00", "[" * 100_000])
def test_what_is_no_json_object_is_called_so(tmp_path, content):
    with pytest.raises(BadMetadata, match=r"submission_metadata\.json"):
        read(tmp_path, content)


def test_a_missing_file_is_called_so(tmp_path):
    with pytest.raises(BadMetadata, match="cannot be read"):
        read_metadata(tmp_path / "submission_metadata.json")


DATES = st.sampled_from([DOCUMENTED["created_at"], "9999-12-31", "0001-01-01T00:00:00+14:00"])
FIELDS = st.sampled_from(["assignment", "due_date", "email", "name", "sid", "score", "results", "tests"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | DATES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*DOCUMENTED, "odd"]), ANYTHING))
def test_no_field_of_another_type_makes_it_fail(tmp_path_factory, raw):
    metadata = read(tmp_path_factory.getbasetemp(), raw)
    assert metadata.seconds_late >= 0
    for student in metadata.students:
        assert all(isinstance(text, str) for text in (student.email, student.name, student.sid))
