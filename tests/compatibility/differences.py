"""Every difference between stock nbgrader and the exam, in one place.

The tests beside this file demonstrate each row with real ``nbgrader autograde`` runs; a
difference without a row fails them, and so does a row that nothing demonstrates.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """What happens with stock nbgrader, what happens here, and why, in a sentence each."""

    name: str
    stock: str
    here: str
    reason: str


#: Submissions that earn more here, or that stock nbgrader cannot grade.
SUBMISSIONS = (
    Difference(
        "a warning while a test runs",
        "anything on stderr makes the test 0",
        "costs nothing",
        "A warning says nothing about whether the result is right.",
    ),
    Difference(
        "libraries replaced by an answer",
        "the tests use the replacement: math.isclose = lambda *x: True earns full points",
        "tests import their own",
        "An answer must not be able to judge itself.",
    ),
    Difference(
        "read-only values that only an answer changes",
        "the tests use what the answer has made of them",
        "the tests have their own; theirs are only those that the instructor's own solution changes",
        "An answer must not be able to judge itself.",
    ),
    Difference(
        "no metadata",
        "nothing is graded: the points stay empty",
        "answers are found by cell id, name and text and earn their points",
        "Some editors drop nbgrader's metadata when they save.",
    ),
    Difference(
        "deleted test cell",
        "its points stay empty",
        "the test is put back and runs",
        "Tests are the assignment's, not the submission's.",
    ),
    Difference(
        "duplicated cell",
        "the class stops there",
        "the copy that answers the question counts",
        "Copying a cell copies its metadata.",
    ),
    Difference(
        "answer in another cell",
        "the released stub stops the answer cell; what counts depends on the order",
        "the cell that really defines the name counts",
        "Students split, merge and move cells.",
    ),
    Difference(
        "reordered cells",
        "tests run where they stand, perhaps before the answer",
        "cells run in the assignment's order",
        "Moving a cell changes no answer.",
    ),
    Difference(
        "other schema version",
        "the class stops there: students after it are not graded",
        "the version is not read",
        "A student's metadata are never read for grading.",
    ),
    Difference(
        "renamed file",
        "counts as not handed in",
        "is recognised by its content",
        "Browsers and students rename files.",
    ),
    Difference(
        "a zip, or folders around the notebooks",
        "counts as not handed in",
        "is read, with the files that lie beside the notebooks",
        "It is the same work in a wrapping.",
    ),
    Difference(
        "not a notebook",
        "nbgrader reports an error and keeps no grade, or an earlier one",
        "0, with the reason",
        "Every submission gets a grade that says why.",
    ),
    Difference(
        "only strange files",
        "the student is not graded at all",
        "0, with the reason",
        "Every submission gets a grade that says why.",
    ),
    Difference(
        "the process ends",
        "the submission is not graded",
        "costs the cell that did it; the others count",
        "A crash says nothing about other answers.",
    ),
    Difference(
        "names of a cell that ran too long",
        "stay defined: the cell is only interrupted",
        "are lost: the process is ended and started again without this cell",
        "Code that ignores interrupts must end too.",
    ),
    Difference(
        "comment for a missing notebook",
        "none",
        '"No response." at each answer',
        "It is graded like one that was handed in as released.",
    ),
    Difference(
        "student without a name",
        "None, None in formgrader",
        "their ID stands where the last name does, until somebody writes one",
        "Whoever grades sees whose work it is.",
    ),
)

#: How points follow from a test's last value.
CREDIT = (
    Difference(
        "partial credit as a NumPy number",
        "full points: NumPy 2 writes np.float64(1.5), which is not read as a number",
        "that many points",
        "It is the number that the test computed.",
    ),
    Difference(
        "partial credit below 0 or nan",
        "full points",
        "0; nan is reported to the author",
        "No result that went wrong should be a full mark.",
    ),
    Difference(
        "partial credit above the maximum",
        "the submission fails, and this cell stays empty",
        "the maximum",
        "One number should not cost a whole submission.",
    ),
    Difference(
        "partial credit read from the text of an object",
        "an object that prints as 1.5 earns 1.5 points",
        "full points, as for anything that is no number",
        "Points come from values, not from how an object prints.",
    ),
)

#: What a test cannot do across two processes; each reason says what to write instead.
TESTS = (
    Difference(
        "argument changed in place",
        "the test sees the change",
        "the test sees it where the instructor's solution changes that argument too, when the call ends",
        "Who can set the inputs of a test to zeros could have zeros wanted.",
    ),
    Difference(
        "identity",
        "`is` compares objects",
        "what comes back is another object, unless it is an argument of the call",
        "Values cross as copies: compare with ==.",
    ),
    Difference(
        "patched names",
        "a test that binds a name of the student's replaces it for their code",
        "it binds its own; candidate.NAME = value, patch and del reach the student's code",
        "What a hidden test computes must not reach the student's code by having a name of theirs.",
    ),
    Difference(
        "names that only a test defines",
        "later answers can use them",
        "imports that students can read are theirs, too; other names are the test's own",
        "Define what answers need in a read-only cell.",
    ),
    Difference(
        "files written by a test",
        "the student's code can read them",
        "a test cannot write into the notebook's folder",
        "Put the files beside the notebook.",
    ),
    Difference(
        "objects as arguments",
        "work",
        "objects of classes in read-only cells do, and what such cells have made; others give 0, and the author is told",
        "Values, functions and attributes cross: put the call into a read-only helper that takes plain values.",
    ),
    Difference(
        "subclasses of plain types",
        "keep their type and methods",
        "arrive as the list, dict, frame … that they are based on; namedtuples with their fields",
        "Only plain types cross: let a method of a class that is based on no plain type answer.",
    ),
    Difference(
        "introspection",
        "inspect shows signatures, source and kinds of all objects",
        "signature, source, docstring and bases are read where a cell defines the name by a plain def or class",
        "What a process says of itself proves nothing: a text can be read.",
    ),
    Difference(
        "student's classes as types",
        "work in isinstance and class statements",
        "issubclass is read in the source, except and pytest.raises work; isinstance where the author takes the student's word (self-reports); else 0, and the author is told",
        "The class is in another process: test what its objects do.",
    ),
    Difference(
        "operators on student's objects",
        "==, <, bool, int and hash ask the object",
        "calls, attributes, items, iteration, truth, len, str and + among objects do; with self-reports <, hash, in, int and + with values too",
        "An object must not be able to claim that it is equal: call a method that returns a plain value.",
    ),
    Difference(
        "long doubles",
        "keep their type",
        "arrive as the nearest double",
        "Their bytes differ between machines, and not all of them are numbers.",
    ),
    Difference(
        "SystemExit from an answer",
        "a test can catch it",
        "arrives as an ordinary exception",
        "The student's code must not be able to end a test.",
    ),
    Difference(
        "the last output _",
        "is the student's",
        "is the test's own",
        "Give the value a name.",
    ),
    Difference(
        "shell commands",
        "%%bash and ! run",
        "mkdir, rmdir, rm, cp, mv, touch, ls, cat, echo and pwd run, with && ; || and >; others say that they did not",
        "A confined process starts no other: Python does what these commands do.",
    ),
)

DIFFERENCES = SUBMISSIONS + CREDIT + TESTS
