"""Install this project and what it needs into the virtual environment of the Python that runs this.

    .venv/bin/python setup/packages.py proctor,written,test,mutants,lint        (groups of pyproject.toml)

The first of these ways that works:

1. uv, with PyTorch's wheels for the CPU: 2 GB in all. The variable UV_TORCH_BACKEND names others: auto, cu130, …
2. uv, with the ordinary wheels of PyTorch, on Linux those with CUDA: 6 GB in all.
3. pip, with the same wheels as 2.

uv itself is installed into the environment with pip, and looks for packages where pip is configured to look.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.prefix) / "bin" / "uv"
UV_BOUNDS = "uv>=0.9,<1"

#: pip's settings that say where packages may come from, and what uv calls them.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "constraint": "UV_CONSTRAINT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
#: Whether PyTorch's index is in reach must be known soon: a firewall may swallow the question.
SOON = {"UV_HTTP_CONNECT_TIMEOUT": "5", "UV_HTTP_TIMEOUT": "10", "UV_HTTP_RETRIES": "1"}


def main(argv: list[str]) -> int:
    if len(argv) != 1 or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if argv[:1] in (["-h"], ["--help"]) else 2
    wanted = ["--editable", f".[{argv[0]}]"]
    try:
        done = with_uv(wanted) or with_pip(wanted)
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    if not done:
        print("The packages could not be installed: see above, mend it, and run the same again.", file=sys.stderr)
        return 1
    return 0


def with_uv(wanted: list[str]) -> bool:
    if not run([sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=uv", UV_BOUNDS]):
        say("uv cannot be installed here: going on with pip.")
        return False
    env = {**settings_of_pip(), **os.environ}
    backend = env.pop("UV_TORCH_BACKEND", "") or "cpu"
    why_not = missing_wheels(backend, env)
    if why_not:
        say(f"No wheels of PyTorch for {backend} here ({why_not}): taking the ordinary ones, 4 GB more on Linux.")
    # Students' code may not write into the environment: what is not compiled now is compiled for each of them.
    install = [str(UV), "pip", "install", "--python", sys.executable, "--compile-bytecode", *wanted]
    if not run([*install] if why_not else [*install, f"--torch-backend={backend}"], env):
        say("uv could not install the packages: going on with pip.")
        return False
    return True


def with_pip(wanted: list[str]) -> bool:
    return run([sys.executable, "-m", "pip", "install", *wanted])


def missing_wheels(backend: str, env: dict[str, str]) -> str:
    """Why the packages that pyproject.toml names cannot be had with this backend; nothing if they can."""
    question = [str(UV), "pip", "compile", "--quiet", "--no-deps", "--python", sys.executable, "pyproject.toml"]
    answer = subprocess.run(
        [*question, f"--torch-backend={backend}"], cwd=ROOT, env={**SOON, **env}, capture_output=True, text=True
    )
    if answer.returncode == 0:
        return ""
    return (answer.stderr.strip() or "uv does not say why").splitlines()[-1].strip(" ╰─▶").removeprefix("cause: ")


def settings_of_pip() -> dict[str, str]:
    """Where pip is configured to take packages from, in variables of uv."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], cwd=ROOT, capture_output=True, text=True)
    found: dict[str, str] = {}
    # From weak to strong: what counts for all of pip's commands, for `install`, and variables.
    for section in ("global.", "install.", ":env:."):
        for line in listed.stdout.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(section) and (variable := PIP_TO_UV.get(name.removeprefix(section))):
                found[variable] = written_for_uv(variable, ast.literal_eval(value))
    return found


def written_for_uv(variable: str, value: str) -> str:
    """pip separates by white space, uv not always."""
    return ("," if variable == "UV_FIND_LINKS" else " ").join(value.split())


def run(command: list[str], env: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, cwd=ROOT, env=env).returncode == 0


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
