"""``proctor mutants``: what instructors type."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from tqdm import tqdm

from proctor.author.settings import Check
from proctor.config import nbgrader_config
from proctor.exam.limits import Limits
from proctor.exam.room import Room
from proctor.grading import draw_seed
from proctor.notebooks.assignment import load_assignment
from proctor.settings import Exam

from .bank import Answer, Bank, BankError, read_bank
from .machine import machine_made
from .matrix import hurt, is_sound, matrix, summary, survivors
from .trial import Trial, Verdict

_CALL_SECONDS = 10.0  # an answer that never ends is wrong sooner than a student's


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add ``mutants`` to the command line."""
    command = commands.add_parser(
        "mutants",
        help="prove the tests: grade wrong and right answers, and print what each lost",
        description=(
            "Grade the wrong answers in mutants/ASSIGNMENT/ and the right ones in right/ASSIGNMENT/ with the tests that "
            "each concerns, and print which were caught, where, and whether what a student reads names the mistake. "
            "Exit code 1: a wrong answer kept points that it should lose or lost others, or a right one lost some."
        ),
        epilog="Example: proctor mutants hw4 --only convolution. How to add one: docs/mutants.md",
    )
    command.add_argument("assignment", help="the assignment's name in nbgrader, such as hw4")
    command.add_argument("--only", metavar="NAME", help="those of one notebook or one cell")
    command.add_argument("--seed", type=int, help="repeat a run: the seed that it printed")
    command.add_argument(
        "--machine",
        action="store_true",
        help="grade machine-made changes of the solutions instead; survivors are listed for you to look at",
    )
    command.set_defaults(run=_mutants)


def _mutants(arguments: argparse.Namespace) -> int:
    config = nbgrader_config()
    directory, settings = CourseDirectory(config=config), Exam(config=config)
    source = Path(directory.format_path(directory.source_directory, ".", arguments.assignment))
    assignment = load_assignment(source, config)
    banks = read_bank(assignment, Path(directory.root))
    handed_in = Check(config=config).folder_of(arguments.assignment, Path(directory.root))
    if arguments.machine:
        banks = tuple(
            replace(bank, wrong=machine_made(notebook), right=())
            for bank in banks
            for notebook in assignment.notebooks
            if notebook.name == bank.notebook
        )
    banks = _chosen(banks, arguments.only)
    seed = draw_seed() if arguments.seed is None else arguments.seed
    data = tuple(map(Path, settings.data))
    with Room(_limits(settings.limits), seats=settings.seats) as room:
        trial = Trial(assignment, config, room, seed, data, handed_in)
        tried = [_tried(trial, bank) for bank in banks]
    print(f"Seed: {seed}")
    if arguments.machine:
        for bank, wrong, _ in tried:
            print(f"\n{bank.notebook}\n{survivors(wrong)}")
        return 0
    for bank, wrong, right in tried:
        print("\n".join(filter(None, [f"\n{bank.notebook}", matrix(wrong), hurt(right), summary(wrong, right)])))
    if len(tried) > 1:
        print(
            f"\nTogether: {summary([v for _, wrong, _ in tried for v in wrong], [v for *_, right in tried for v in right])}"
        )
    return 0 if all(is_sound((*wrong, *right)) for _, wrong, right in tried) else 1


def _chosen(banks: tuple[Bank, ...], only: str | None) -> tuple[Bank, ...]:
    """The banks, or what belongs to one notebook or to one cell."""
    if only is None:
        return banks
    if any(bank.notebook == only for bank in banks):
        return tuple(bank for bank in banks if bank.notebook == only)

    def of_cell(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        return tuple(answer for answer in answers if answer.cell == only)

    chosen = (replace(bank, wrong=of_cell(bank.wrong), right=of_cell(bank.right)) for bank in banks)
    found = tuple(bank for bank in chosen if bank.wrong or bank.right)
    if not found:
        raise BankError(f"No notebook and no cell in the bank is called {only!r}.")
    return found


def _tried(trial: Trial, bank: Bank) -> tuple[Bank, list[Verdict], list[Verdict]]:
    answers = (*bank.wrong, *bank.right)
    found = list(tqdm(trial.try_all(bank, answers), bank.notebook, len(answers), unit="answer", disable=None))
    return bank, found[: len(bank.wrong)], found[len(bank.wrong) :]


def _limits(limits: Limits) -> Limits:
    return replace(
        limits,
        call_seconds=min(limits.call_seconds, _CALL_SECONDS),
        cell_seconds=min(limits.cell_seconds, 2 * _CALL_SECONDS),
    )
