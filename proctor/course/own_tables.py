"""The tables of our own in nbgrader's gradebook, by the ids of its rows. A gradebook from before one of them gets it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, Text

OURS = MetaData()
#: What each grade was given for.
GRADES = Table(
    "proctor_grades", OURS, Column("id", String(32), primary_key=True), Column("digest", String(32), nullable=False)
)
#: What each notebook was when it was graded.
NOTEBOOKS = Table(
    "proctor_notebooks",
    OURS,
    Column("id", String(32), primary_key=True),
    Column("submission", String(32), nullable=False),
    Column("assignment", String(32), nullable=False),
    Column("run", String(32), nullable=False),
    Column("seed", BigInteger, nullable=False),
)
#: What was found in each notebook beside the points, see ``results.Kept``.
RESULTS = Table(
    "proctor_results", OURS, Column("id", String(32), primary_key=True), Column("kept", LargeBinary, nullable=False)
)
#: Submissions that could not be graded, until they are. They need not have a row of nbgrader's.
FAILURES = Table(
    "proctor_failures",
    OURS,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("reason", Text, nullable=False),
)
