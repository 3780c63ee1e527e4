"""Containers without Docker: a fresh Debian root folder, and commands run in copies of it.

A root folder comes from ``debootstrap`` and this machine's own package mirror. A command
runs in a copy that costs nothing (an overlay): with its own processes and mounts, as root
with Docker's default capabilities, below a system call filter like Docker's. Only root can
make one; ``obstacle`` says what is missing here.

Run as a program, this is the first process inside a container's namespaces.
"""

from __future__ import annotations

import errno
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from proctor.exam.sandbox import seccomp

DOCKER_CAPABILITIES = (
    "chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,sys_chroot,kill,"
    "audit_write"
)
PROGRAMS = ("debootstrap", "unshare", "setpriv", "chroot", "apt-get")
UNSHARE, SETNS, MOUNT, LANDLOCK = {
    "x86_64": (272, 308, 165, (444, 445, 446)),
    "aarch64": (97, 268, 40, (444, 445, 446)),
}[platform.machine()]
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
#: How programs on this machine are told which certificates to trust: the same holds in its containers.
_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_LOCAL_CERTIFICATES = Path("usr/local/share/ca-certificates")


def obstacle() -> str:
    """Why this machine cannot make containers; "" if it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can make containers"
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (apt-get install debootstrap util-linux)"
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode:
        return "this root may not make namespaces"
    return ""


def make_root(folder: Path) -> None:
    """A minimal Debian of this machine's release, from its mirror, with a python3 for Gradescope's harness."""
    mirror, release = _mirror()
    options = ["--variant=minbase", "--include=python3,ca-certificates"]
    subprocess.run(["debootstrap", *options, release, str(folder), mirror], check=True, stdout=subprocess.DEVNULL)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(Path("/etc", name), folder / "etc" / name)
    for certificate in (Path("/") / _LOCAL_CERTIFICATES).glob("*.crt"):
        shutil.copy(certificate, folder / _LOCAL_CERTIFICATES)
    subprocess.run(["chroot", str(folder), "update-ca-certificates"], check=True, capture_output=True)


def run(
    layers: Sequence[Path], changes: Path, command: Sequence[str], landlock: bool = True, **options
) -> subprocess.CompletedProcess:
    """Run a command in a container; what it writes is below ``changes`` afterwards.

    ``layers`` are root folders and the changes of earlier containers on top of them, the newest
    last. Files that lie in ``changes`` already are in the container too. Everything that the
    command started ends with it. ``options`` are subprocess.run's.
    """
    scratch = changes.with_name(f"{changes.name}.scratch")
    for name in ("root", "work"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    changes.mkdir(parents=True, exist_ok=True)
    lower = ":".join(str(layer) for layer in reversed(layers))
    overlay = f"lowerdir={lower},upperdir={changes},workdir={scratch / 'work'}"
    inside = [sys.executable, __file__, str(scratch / "root"), overlay, "landlock" if landlock else "", *command]
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    environment |= {name: os.environ[name] for name in _CERTIFICATES if name in os.environ}
    try:
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", *inside], env=environment, **options
        )
    finally:
        shutil.rmtree(scratch)


def _mirror() -> tuple[str, str]:
    """Address and release of the main archive that this machine's apt uses."""
    wanted = "$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)"
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", wanted, "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    release = next(
        line.partition("=")[2] for line in Path("/etc/os-release").read_text().splitlines()
        if line.startswith("VERSION_CODENAME=")
    )  # fmt: skip
    for line in listed.splitlines():
        address, codename, component, origin = line.split(" ", 3)
        if (codename, component, origin) == (release, "main", "Debian"):
            return address, release
    raise RuntimeError(f"apt's lists have no main archive of {release}: run apt-get update")


# Inside the namespaces


def enter(root: Path, overlay: str, landlock: bool, command: list[str]) -> None:
    """Mount what a container has, go in, give up what Docker takes away, and become the command."""
    _mount("overlay", root, overlay)
    _mount("proc", root / "proc")
    _mount("sysfs", root / "sys", "ro")
    _mount("tmpfs", root / "dev", "mode=755")
    (root / "dev" / "shm").mkdir()
    _mount("tmpfs", root / "dev" / "shm", "mode=1777,size=64m")
    for name in _DEVICES:
        os.mknod(root / "dev" / name, 0o020000, os.stat(f"/dev/{name}").st_rdev)
        os.chmod(root / "dev" / name, 0o666)
    os.symlink("/proc/self/fd", root / "dev" / "fd")
    os.chroot(root)
    os.chdir("/")
    seccomp.install(seccomp.denying([UNSHARE, SETNS, MOUNT], errno.EPERM, namespaces=True))
    if not landlock:
        seccomp.install(seccomp.denying(LANDLOCK, errno.ENOSYS))
    kept = ",".join(f"+{name}" for name in DOCKER_CAPABILITIES.split(","))
    os.execvp("setpriv", ["setpriv", f"--bounding-set=-all,{kept}", "--inh-caps=-all", *command])


def _mount(kind: str, where: Path, options: str = "rw") -> None:
    subprocess.run(["mount", "-t", kind, "-o", options, kind, str(where)], check=True)


if __name__ == "__main__":
    _, root, overlay, landlock, *command = sys.argv
    enter(Path(root), overlay, bool(landlock), command)
