"""What a student's cell cannot do, on each kind of machine that grades.

The cell is ``attacks.py``; ``confined.py`` runs it in a real room. The kinds of
machine are made from this one: another user id, a container's capabilities and
system call filter, a kernel without Landlock, an interpreter that only root can
read. Where this machine cannot imitate one, its tests are skipped and say why.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from other_users import as_user, with_readable_interpreter

HERE = Path(__file__).parent
TABLES = {
    name.id: [ast.literal_eval(key) for key in node.value.keys if key is not None]
    for node in ast.parse((HERE / "attacks.py").read_text()).body
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    for name in node.targets
    if isinstance(name, ast.Name) and name.id.isupper()
}
DOCKER_CAPABILITIES = (
    "chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,sys_chroot,kill,"
    "audit_write"
)
NOBODY = 65534

MACHINES = {
    "root": [],
    "root, readable interpreter": ["--readable"],
    "ordinary user": ["--readable", "--user"],
    "container": ["--readable", "--capabilities", "docker"],
    "root, no Landlock": ["--readable", "no-landlock"],
}


@pytest.fixture(scope="session", params=MACHINES)
def machine(request, tmp_path_factory):
    """(name of the machine, what the attacks achieved on it, the attacked folder)."""
    course = tmp_path_factory.mktemp("course")
    (course / "tests.py").write_text("secret")
    os.utime(course / "tests.py", (1000, 1000))
    kind = MACHINES[request.param]
    course.chmod(0o700 if "no-landlock" in kind else 0o755)
    if "--user" in kind:
        for path in (course, course / "tests.py"):
            os.chown(path, NOBODY, NOBODY)
    return request.param, report_of(kind, course), course


def report_of(kind: list[str], course: Path) -> dict:
    for parent in course.parents:  # pytest's folders are for one user; those above the course must be passed
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    surroundings = next((word for word in kind if not word.startswith("--")), "")
    command = on_such_a_machine(kind, [sys.executable, str(HERE / "confined.py"), str(course), surroundings])
    environment = {**os.environ, "SECRET": "x", "TMPDIR": "/tmp"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, cwd="/")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def on_such_a_machine(kind: list[str], command: list[str]) -> list[str]:
    """The command, started as on a machine of ``MACHINES``, but for what a process takes from itself."""
    if kind and os.geteuid() != 0:
        pytest.skip("only root can imitate other machines")
    if "--user" in kind:
        command = as_user(NOBODY, NOBODY, command)
    if "--capabilities" in kind:
        kept = ",".join(f"+{name}" for name in DOCKER_CAPABILITIES.split(","))
        command = ["setpriv", f"--bounding-set=-all,{kept}", "--inh-caps=-all", *command]
    if "--readable" in kind:
        command = with_readable_interpreter(command)
    return command


def test_the_machine_is_protected_in_its_own_way(machine):
    name, report, _ = machine
    expected = {
        "root, readable interpreter": "own user id",
        "ordinary user": "same user id",
        "container": "own user id",
        "root, no Landlock": "no Landlock",
    }
    assert report["outcome"] == "ok", report
    assert expected.get(name, "") in report["protection"]


@pytest.mark.parametrize("attack", TABLES["DENIED"])
def test_denied(machine, attack):
    assert machine[1]["printed"][attack] != "done"


@pytest.mark.parametrize("attack", TABLES["DENIED_BY_LANDLOCK"])
def test_denied_by_landlock(machine, attack):
    name, report, _ = machine
    if name != "root, no Landlock":
        assert report["printed"][attack] != "done"


@pytest.mark.parametrize("action", TABLES["ALLOWED"])
def test_what_notebooks_need_still_works(machine, action):
    assert machine[1]["printed"][action] == "done"


def test_nothing_in_the_course_has_changed(machine):
    _, report, course = machine
    assert [report["printed"][attack] for attack in TABLES["PRETENDED"]] == ["done"] * len(TABLES["PRETENDED"])
    tests = course / "tests.py"
    assert [path.name for path in course.iterdir()] == ["tests.py"]
    assert tests.read_text() == "secret"
    assert tests.stat().st_mtime == 1000 and tests.stat().st_mode & 0o777 == 0o644
    assert os.listxattr(tests) == []


def test_an_ordinary_user_without_landlock_is_refused_with_a_reason(tmp_path):
    (tmp_path / "tests.py").write_text("secret")
    report = report_of(["--readable", "--user", "no-landlock"], tmp_path)
    assert "Landlock" in report["refused"] and "root" in report["refused"]


def test_root_without_landlock_is_refused_when_only_root_can_read_the_interpreter(tmp_path):
    if os.geteuid() or all(parent.stat().st_mode & 0o001 for parent in Path(sys.base_prefix).parents):
        pytest.skip("every user can read the interpreter here")
    assert "no other user can read the interpreter" in report_of(["no-landlock"], tmp_path)["refused"]
