"""What attacks look for, where they look, and what they may have left behind."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import nbformat

from proctor.notebooks.hidden import hidden_lines

ROOT = Path(__file__).parents[2]
#: Part of the name of each file that attacks leave outside of their folder.
TRACE = "attack-was-here"
_LONG_ENOUGH = 30  # characters: shorter lines of code occur everywhere
_INERT = {"text/plain", "text/html", "text/latex", "application/json", *map("image/{}".format, "png jpeg gif".split())}
_THEIR_LINE = re.compile(r"\s*line \d+ of your cell, in `\w+`: ")
_HARMLESS_ADDRESS = re.compile(r"data:(image|video|audio)/|https?://|mailto:|#")
_PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/", str(ROOT), str(Path.home()))


class Course:
    """A course's folder as nbgrader keeps it, with a gradebook and another student's work.

    Everyone may read all of it: it is the exam that has to keep it shut.
    """

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="course-"))
        self.root.chmod(0o755)
        self.source = self.root / "source" / "hw4"
        shutil.copytree(ROOT / "source" / "hw4", self.source)
        shutil.copytree(ROOT / "release" / "hw4", self.root / "release" / "hw4")
        classmate = self.root / "submitted" / "classmate" / "hw4"
        classmate.mkdir(parents=True)
        (classmate / "convolution.ipynb").write_text(json.dumps({"text": self.secret("a classmate's answer")}))
        (self.root / "gradebook.db").write_text(self.secret("the gradebook"))

    def secret(self, what: str) -> str:
        return "canary " + hashlib.sha256(f"{self.root} {what}".encode()).hexdigest()

    def state(self) -> dict[str, tuple]:
        """Every path with its mode, owner, time of change and contents."""
        found = {}
        for path in [self.root, *sorted(self.root.rglob("*"))]:
            status = path.lstat()
            contents = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = (status.st_mode, status.st_uid, status.st_mtime_ns, status.st_nlink, contents)
        return found

    def secrets(self) -> dict[str, str]:
        """What no student may see, by what it is."""
        found = {self.secret(what): what for what in ("a classmate's answer", "the gradebook", "the environment")}
        released = "\n".join(path.read_text() for path in (ROOT / "release" / "hw4").rglob("*.py"))
        for path in (ROOT / "release" / "hw4").glob("*.ipynb"):
            released += "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
        for path in (ROOT / "source" / "hw4").glob("*.ipynb"):
            for cell in nbformat.read(path, 4).cells:
                info = cell.metadata.get("nbgrader", {})
                if cell.cell_type != "code" or not (info.get("grade") or info.get("solution")):
                    continue
                hidden = hidden_lines(cell.source)
                for number, line in enumerate(map(str.strip, cell.source.splitlines()), 1):
                    secret = info.get("solution") or number in hidden
                    if secret and len(line) >= _LONG_ENOUGH and line not in released:
                        found[line] = f"a line of {cell.id}"
        return found

    def close(self) -> None:
        shutil.rmtree(self.root)


def outputs(notebook) -> str:
    """All that a graded notebook shows, tracebacks included."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    parts = [cell.metadata.get("proctor", {}).get("parts", ()) for cell in code]
    shown = [*(cell.outputs for cell in code), *parts, notebook.metadata.get("proctor", {}).get("problems", ())]
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in shown)


def loot(notebook, mark: str) -> list[str]:
    """Lines with ``mark``: what an attack found. Tracebacks and lines of the student's do not count: they show its source."""
    said: list[str] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            shown = [str(output.get(key, "")) for key in ("text", "evalue", "ename", "data")]
            said += [line for text in shown for line in text.splitlines() if mark in line]
        proctor = cell.metadata.get("proctor", {})
        texts = [
            proctor.get("message", ""),
            *(f"{part['label']}\n{part['message']}" for part in proctor.get("parts", ())),
        ]
        said += [line for text in texts for line in text.splitlines() if mark in line]
    said += [line for line in notebook.metadata.get("proctor", {}).get("problems", ()) if mark in line]
    return [line for line in said if not _THEIR_LINE.match(line)]


def active(notebook) -> list[str]:
    """Outputs that could run, load or send something in the browser of who opens the notebook."""
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]
    found = [kind for output in shown for kind in output.data if kind not in _INERT]
    for output in shown:
        page = output.data.get("text/html", "")
        found += re.findall(r"<(?:script|style|svg|iframe|form|input|meta|base|link)\b|<[^>]*\s(?:on\w+|srcset)=", page)
        found += [value for value in re.findall(r'(?:src|href)="([^"]*)"', page) if not _HARMLESS_ADDRESS.match(value)]
        own = {key: sizes for key, sizes in output.metadata.items() if (key, sizes) != ("proctor", "parts")}
        numbers = [value for sizes in own.values() for value in sizes.values()]
        found += [str(value) for value in numbers if type(value) not in (int, float)]
    return found


def traces() -> list[str]:
    """Files that attacks left outside of their folder."""
    return [os.path.join(place, name) for place in _PLACES for name in os.listdir(place) if TRACE in name]


def processes() -> dict[int, str]:
    """Processes that descend from this one, and those that have left the family but not its rooms' homes."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    homes: dict[int, bytes | None] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = Path("/proc", entry, "status").read_text()
            environment = Path("/proc", entry, "environ").read_bytes()
        except OSError:
            continue
        fields = dict(re.findall(r"^(\w+):\s+(\S+)", status, re.M))
        if fields["State"] != "Z":
            pid = int(entry)
            parents[pid], names[pid] = int(fields["PPid"]), fields["Name"]
            home = re.search(rb"(?:^|\0)HOME=(/[^\0]*/proctor-[^/\0]*)", environment)
            homes[pid] = home and home[1]
    ours = {pid for pid in parents if _descends(pid, parents)}
    rooms = {homes[pid] for pid in ours} - {None}
    return {pid: names[pid] for pid in parents if pid in ours or homes[pid] in rooms}


def _descends(pid: int, parents: dict[int, int]) -> bool:
    above = parents.get(pid)
    while above in parents and above != os.getpid():
        above = parents[above]
    return above == os.getpid()


def peak_memory(forget: bool = False) -> int:
    """The most bytes that this process held since it was last told to ``forget``."""
    if forget:
        Path("/proc/self/clear_refs").write_text("5")
    status = dict(re.findall(r"^(\w+):\s+(\S+)", Path("/proc/self/status").read_text(), re.M))
    return 1024 * int(status["VmHWM"])
