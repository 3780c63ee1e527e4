"""Look a student's final grade up in a sealed table and write it as Gradescope's results.json.

Runs inside of Gradescope's container on the system's python3 (3.10 on Ubuntu 22.04), so it
needs the standard library only; ``proctor gradescope publish`` uses its ``seal`` to make the table.

The table lists no names. Each student is an entry per identifier (e-mail, student ID): where
it stands and how it is encrypted both follow from the identifier and the table's salt. So it
takes an identifier to read a grade, and the derivation (scrypt) makes guessing them slow.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import zlib
from itertools import chain
from pathlib import Path

#: About 10 ms and 4 MiB for each identifier.
SCRYPT = {"n": 1 << 12, "r": 8, "p": 1, "dklen": 96}

#: Gradescope cuts an output at 100,000 characters.
LONGEST_OUTPUT = 50_000


class NoGrade(Exception):
    """There is no grade to write; the message tells staff why."""


def main(autograder: Path) -> int:
    """Write results/results.json for the submission in submission_metadata.json.

    Where there is no grade, nothing is written and the exit code is 1: Gradescope then shows an
    error of the autograder, which nobody takes for a 0, and staff find the reason in its output.
    """
    results = autograder / "results" / "results.json"
    results.unlink(missing_ok=True)
    table = json.loads((autograder / "source" / "grades.json").read_text(encoding="utf-8"))
    metadata = json.loads((autograder / "submission_metadata.json").read_text(encoding="utf-8"))
    try:
        record = grade_of_submission(table, metadata)
    except NoGrade as reason:
        print(f"No grade was written: {reason}")
        return 1
    results.write_text(json.dumps(results_object(record, table["max_points"]), allow_nan=False), encoding="utf-8")
    print(f"The final grade of {', '.join(record['students'])} is written.")
    total = (metadata.get("assignment") or {}).get("total_points")  # a string such as "100.0"
    if total and total != str(table["max_points"]):
        print(
            f"If these differ, look at the assignment's settings: it has {total} points on Gradescope, and final "
            f"grades are out of {table['max_points']}, points given by hand included."
        )
    return 0


def grade_of_submission(table: dict, metadata: dict) -> dict:
    """The record of whoever submitted. All members of a group must have the same points. Raises NoGrade."""
    users = [user for user in metadata.get("users") or [] if isinstance(user, dict)]
    if not users:
        raise NoGrade("the submission names no user.")
    records = [grade_of_user(table, user) for user in users]
    if any(_points(record) != _points(records[0]) for record in records):
        raise NoGrade(
            f"the members of this group ({', '.join(map(_who, users))}) have different final grades, and a "
            "submission can have only one. Make them equal in nbgrader and publish again, or enter them by hand."
        )
    comments = [[question["comments"] for question in record["questions"]] for record in records]
    merged = [list(dict.fromkeys(chain.from_iterable(each))) for each in zip(*comments, strict=True)]
    questions = [question | {"comments": said} for question, said in zip(records[0]["questions"], merged, strict=True)]
    students = [student for record in records for student in record["students"]]
    return records[0] | {"questions": questions, "students": students}


def grade_of_user(table: dict, user: dict) -> dict:
    """A user's record, found by e-mail and by student ID. Raises NoGrade if there is none, or two."""
    by_email, by_sid = (unseal(table, kind, user.get(kind)) for kind in ("email", "sid"))
    if by_email and by_sid and by_email["students"] != by_sid["students"]:
        raise NoGrade(f"the e-mail and the student ID of {_who(user)} belong to two students of the gradebook.")
    record = by_email or by_sid
    if record is None:
        raise NoGrade(
            f"nobody in the published grades has the e-mail or the student ID of {_who(user)}. If the submission "
            "came in after the grades were published: collect it, grade it and publish again."
        )
    return record


def results_object(record: dict, max_points: float) -> dict:
    """The record as an object for results.json. ``score`` stands for itself: it has the late penalty taken off."""
    waiting = sum(question["waits"] for question in record["questions"])
    lines = [f"Final grade: {record['points']:g} of {max_points:g} points."]
    if waiting:
        lines[0] = f"{record['points']:g} of {max_points:g} points so far: {waiting} answers wait to be graded."
    if record["penalty"]:
        lines.append(f"A late penalty of {record['penalty']:g} points has been taken off.")
    if record["submitted_at"]:
        lines.append(f"Graded: the submission of {record['submitted_at']}.")
    return {
        "score": record["points"],
        "output": "\n".join(lines),
        "output_format": "text",
        "visibility": "after_published",
        "tests": [_test(question) for question in record["questions"]],
    }


def seal(table: dict, record: dict, identifiers: dict[str, str]) -> None:
    """Add a record to a table once for each identifier: ``{"email": …, "sid": …}``, empty ones left out."""
    text = zlib.compress(json.dumps(record, sort_keys=True).encode(), 9)
    for kind, identifier in identifiers.items():
        if plain(identifier):
            name, key, mac_key = _keys(table, kind, identifier)
            sealed = _xor(text, key)
            table["grades"][name] = base64.b64encode(hmac.digest(mac_key, sealed, "sha256") + sealed).decode()


def unseal(table: dict, kind: str, identifier: object) -> dict | None:
    """The record that was sealed under this identifier, None if there is none. Raises NoGrade if it was changed."""
    if not plain(identifier):
        return None
    name, key, mac_key = _keys(table, kind, identifier)
    if name not in table["grades"]:
        return None
    entry = base64.b64decode(table["grades"][name])
    mac, sealed = entry[:32], entry[32:]
    if not hmac.compare_digest(mac, hmac.digest(mac_key, sealed, "sha256")):
        raise NoGrade("the table of grades is damaged. Publish again and upload the new zip.")
    return json.loads(zlib.decompress(_xor(sealed, key)))


def _keys(table: dict, kind: str, identifier: object) -> tuple[str, bytes, bytes]:
    """Where an entry stands, the key that encrypts it, the key that authenticates it."""
    keys = hashlib.scrypt(f"{kind}:{plain(identifier)}".encode(), salt=bytes.fromhex(table["salt"]), **SCRYPT)
    return keys[:32].hex(), keys[32:64], keys[64:]


def plain(identifier: object) -> str:
    """An identifier without what does not tell people apart: case and white space around it."""
    return "" if identifier is None else str(identifier).strip().casefold()


def _xor(text: bytes, key: bytes) -> bytes:
    """Encrypt or decrypt with a key that is used for one text only."""
    stream = hashlib.shake_256(key).digest(len(text))
    return (int.from_bytes(text, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(text), "big")


def _test(question: dict) -> dict:
    words = "\n\n".join(question["comments"]).replace("\0", "")  # which Gradescope's database cannot hold
    if len(words) > LONGEST_OUTPUT:
        words = f"{words[:LONGEST_OUTPUT]}\n… (shortened)"
    test = {"number": question["number"], "name": question["name"], "output_format": "text"}
    if question["waits"]:
        return test | {"output": f"Waits to be graded.\n\n{words}".strip()}
    return test | {"score": question["points"], "max_score": question["max_points"], "output": words}


def _points(record: dict) -> list:
    return [record["points"]] + [(question["points"], question["waits"]) for question in record["questions"]]


def _who(user: dict) -> str:
    named = [str(user[key]) for key in ("name", "email", "sid") if user.get(key)]
    return " / ".join(named) or "an unnamed user"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
