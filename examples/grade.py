"""Grade the sample class in a course folder of its own, and print the grades.

    python examples/grade.py [--again]

Everything happens in build/demo: the assignment is generated from source/hw4, the
submissions of examples/ are graded with `nbgrader autograde`, and the grades are
exported to build/demo/grades.csv. The gradebook of your course is not touched.
When nothing has changed since the last run, the grades are only printed;
--again grades anew all the same.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from nbgrader.api import Gradebook
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "build" / "demo"
EXAMPLES = ROOT / "examples"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="examples/grade.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", action="store_true", help="grade anew even when nothing has changed")
    again = parser.parse_args(argv).again

    stamp = COURSE / "graded.sha256"
    digest = digest_of_inputs()
    if again or not stamp.exists() or stamp.read_text() != digest:
        if not grade():
            return 1
        stamp.write_text(digest)
    else:
        print("Nothing has changed since the last run: these are its grades. (--again grades anew.)")
    print_grades()
    return 0


def students() -> list[str]:
    return sorted(folder.parent.name for folder in EXAMPLES.glob("*/hw4"))


def digest_of_inputs() -> str:
    """A checksum over everything that the grades depend on."""
    digest = hashlib.sha256()
    files = [ROOT / "nbgrader_config.py", *(ROOT / "proctor").rglob("*.py"), *(ROOT / "source").rglob("*")]
    for path in sorted(files + list(EXAMPLES.glob("*/hw4/**/*"))):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def grade() -> bool:
    """Make the course folder and run nbgrader in it; False when a command failed."""
    shutil.rmtree(COURSE, ignore_errors=True)
    shutil.copytree(
        ROOT / "source", COURSE / "source", ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    )
    for student in students():
        shutil.copytree(EXAMPLES / student / "hw4", COURSE / "submitted" / student / "hw4")

    course = f"--course-dir={COURSE}"
    steps = {
        "Generating the release": ["generate_assignment", "hw4", course],
        f"Grading {len(students())} submissions": ["autograde", "hw4", course],
        "Writing feedback": ["generate_feedback", "hw4", course],
        "Exporting the grades": ["export", f"--db=sqlite:///{COURSE}/gradebook.db", f"--to={COURSE}/grades.csv"],
    }
    log = COURSE / "nbgrader.log"
    # nbgrader calls alembic by name
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for title, arguments in steps.items():
        start = time.monotonic()
        command = [sys.executable, "-m", "nbgrader", *arguments]
        with log.open("a") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
            watch(process, title, COURSE / {"autograde": "autograded"}.get(arguments[0], "feedback"))
        print(f"{title}: {time.monotonic() - start:.0f} s")
        if process.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            print(f"\n{tail}\n\n`nbgrader {' '.join(arguments)}` failed; the whole log: {log}", file=sys.stderr)
            return False
    return True


def watch(process: subprocess.Popen, title: str, results: Path) -> None:
    """Wait for ``process``, showing how many students have a folder in ``results``."""
    with tqdm(total=len(students()), desc=title, unit="student", leave=False) as bar:
        while True:
            try:
                process.wait(timeout=0.5)
                return
            except subprocess.TimeoutExpired:
                bar.update(len(list(results.glob("*"))) - bar.n)


def print_grades() -> None:
    """One row a student: points per notebook, and what is left to grade by hand."""
    with Gradebook(f"sqlite:///{COURSE}/gradebook.db") as gradebook:
        assignment = gradebook.find_assignment("hw4")
        names = [notebook.name for notebook in assignment.notebooks]
        print(
            "\n" + "".join(["student".ljust(14), *(name.rjust(18) for name in names), "total".rjust(10), "  by hand"])
        )
        for submission in sorted(gradebook.assignment_submissions("hw4"), key=lambda s: -s.score):
            scores = {notebook.name: notebook.score for notebook in submission.notebooks}
            waiting = sum(
                grade.max_score for book in submission.notebooks for grade in book.grades if grade.needs_manual_grade
            )
            row = [submission.student_id.ljust(14), *(f"{scores.get(name, 0):g}".rjust(18) for name in names)]
            print(
                "".join([*row, f"{submission.score:g}".rjust(10), f"  {waiting:g} points wait" if waiting else "  –"])
            )
        maxima = {notebook.name: notebook.max_score for notebook in assignment.notebooks}
        row = ["possible".ljust(14), *(f"{maxima[name]:g}".rjust(18) for name in names)]
        print("".join([*row, f"{assignment.max_score:g}".rjust(10)]))
    print(f"\nGrades: {COURSE / 'grades.csv'}\nFeedback: {COURSE / 'feedback'}/STUDENT/hw4/NOTEBOOK.html")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
