"""What a hostile cell tries. ``COURSE`` is a folder with ``tests.py``, which it must neither read nor change.

Prints for each name in the tables below what came of it: "done", or the error.
"""

# ruff: noqa: F821, SIM115

import asyncio
import ctypes
import fcntl
import json
import mmap
import os
import platform
import posix
import resource
import shutil
import signal
import socket
import tempfile
import threading

libc = ctypes.CDLL(None, use_errno=True)
numbers = {"x86_64": 0, "aarch64": 1}[platform.machine()]


def syscall(number, *args):
    result = libc.syscall(number[numbers], *args)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def threads():
    stop = threading.Event()
    try:
        for _ in range(200):
            threading.Thread(target=stop.wait, daemon=True).start()
    finally:
        stop.set()


def large_file():
    with open("large", "wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))


def inherited_descriptors():
    found = []
    loop = asyncio.get_running_loop()  # made in here, as in every kernel
    own = {loop._selector.fileno(), loop._ssock.fileno(), loop._csock.fileno()}
    for number in {*range(4, 256)} - own:
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    if not found:
        raise OSError("none")


def foreign_environment():
    if not any("SECRET" in name for name in os.environ):
        raise OSError("none")


def reach_out_of_a_pair():
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    pair[0].sendto(b"x", "/dev/log")


def signal_by_descriptor():
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, os.getppid())


def change_limits_of_parent():
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (3, 3))


def grow(flags):
    with mmap.mmap(-1, 4 << 30, flags=flags) as memory:
        memory[0] = 1


DENIED = {
    "inherited descriptors": inherited_descriptors,  # first: others leave some open
    "internet socket": lambda: socket.socket(),
    "unix socket": lambda: socket.socket(socket.AF_UNIX),
    "netlink socket": lambda: socket.socket(16, socket.SOCK_RAW, 0),
    "datagram pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
    "reach out of a pair": reach_out_of_a_pair,
    "name lookup": lambda: socket.create_connection(("localhost", 22), timeout=1),
    "fork": posix.fork,  # where nothing stands in for it
    "vfork": lambda: syscall((58, 220), 0x4111),
    "clone3": lambda: syscall((435, 435), 0, 0),
    "spawn": lambda: posix.posix_spawn("/bin/true", ["true"], {}),
    "exec": lambda: posix.execv("/bin/true", ["true"]),
    "ptrace": lambda: syscall((101, 117), 16, os.getppid(), 0, 0),
    "read memory of parent": lambda: syscall((310, 270), os.getppid(), 0, 0, 0, 0, 0),
    "memory file of parent": lambda: open(f"/proc/{os.getppid()}/mem", "rb"),
    "environment of parent": lambda: open(f"/proc/{os.getppid()}/environ", "rb"),
    "kill parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "kill group": lambda: os.kill(0, signal.SIGTERM),
    "kill everything": lambda: os.kill(-1, signal.SIGTERM),
    "look at init": lambda: os.kill(1, 0),
    "signal by descriptor": signal_by_descriptor,
    "pidfd": lambda: os.pidfd_open(os.getppid()),
    "change limits of parent": change_limits_of_parent,
    "slow down parent": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
    "slow down group": lambda: os.setpriority(os.PRIO_PGRP, 0, 19),
    "slow down user": lambda: os.setpriority(os.PRIO_USER, 0, 19),
    "new session": os.setsid,
    "new group": lambda: os.setpgid(0, 0),
    "become root": lambda: os.setresuid(0, 0, 0) or os.setgroups([]),
    "outlive parent": lambda: syscall((157, 167), 1, 0, 0, 0, 0),
    "user namespace": lambda: syscall((272, 97), 0x10000000),
    "mount": lambda: syscall((165, 40), b"none", b"/tmp", b"tmpfs", 0, 0),
    "chroot": lambda: os.chroot("."),
    "memory file": lambda: os.memfd_create("x"),
    "shared segment": lambda: syscall((29, 194), 0, 4096, 0o1600),
    "message queue": lambda: syscall((68, 186), 0, 0o1600),
    "keyring": lambda: syscall((250, 219), 0, -3, 0),
    "io_uring": lambda: syscall((425, 425), 8, ctypes.create_string_buffer(120)),
    "bpf": lambda: syscall((321, 280), 0, ctypes.create_string_buffer(128), 128),
    "perf events": lambda: syscall((298, 241), ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "userfaultfd": lambda: syscall((323, 282), 0),
    "inotify": lambda: syscall((294, 26), 0),
    "file handles": lambda: syscall((304, 265), -100, ctypes.create_string_buffer(32), 0),
    "newest system call": lambda: syscall((470, 470), 0, 0, 0, 0),
    "read the tests": lambda: open(f"{COURSE}/tests.py").read(),
    "list the course": lambda: os.listdir(COURSE),
    "overwrite the tests": lambda: open(f"{COURSE}/tests.py", "w"),
    "truncate the tests": lambda: os.truncate(f"{COURSE}/tests.py", 0),
    "truncate while reading": lambda: os.open(f"{COURSE}/tests.py", os.O_RDONLY | os.O_TRUNC),
    "remove the tests": lambda: os.unlink(f"{COURSE}/tests.py"),
    "rename the tests": lambda: os.rename(f"{COURSE}/tests.py", f"{COURSE}/x.py"),
    "write beside the tests": lambda: open(f"{COURSE}/new", "w"),
    "folder beside the tests": lambda: os.mkdir(f"{COURSE}/new"),
    "attribute on the tests": lambda: os.setxattr(f"{COURSE}/tests.py", "user.x", b"x"),
    "symbolic link": lambda: os.symlink("/etc/passwd", "link"),
    "hard link": lambda: os.link(f"{COURSE}/tests.py", "link"),
    "pipe with a name": lambda: os.mkfifo("pipe"),
    "socket file": lambda: os.mknod("socket", 0o140600),
    "foreign environment": foreign_environment,
    "much memory": lambda: bytearray(4 << 30),
    "much private memory": lambda: grow(mmap.MAP_PRIVATE),
    "much shared memory": lambda: grow(mmap.MAP_SHARED),
    "large file": large_file,
}
#: Landlock only: without it, what every user may read or write stays so.
DENIED_BY_LANDLOCK = {
    "write outside": lambda: open("/var/tmp/proctor-attack", "w").close() or os.unlink("/var/tmp/proctor-attack"),
    "shared memory folder": lambda: (
        open("/dev/shm/proctor-attack", "w").close() or os.unlink("/dev/shm/proctor-attack")
    ),
    "list the system": lambda: os.listdir("/"),
    "read passwd": lambda: open("/etc/passwd").read(),
    "own maps": lambda: open("/proc/self/maps").read(),
    "list processes": lambda: os.listdir("/proc"),
}
#: They report success and must have changed nothing; the test looks.
PRETENDED = {
    "permissions of the tests": lambda: posix.chmod(f"{COURSE}/tests.py", 0o777),
    "times of the tests": lambda: posix.utime(f"{COURSE}/tests.py", (1, 1)),
    "owner of the tests": lambda: os.chown(f"{COURSE}/tests.py", os.getuid(), os.getgid()),
}


def copy_a_file():
    open("a", "w").write("text")
    shutil.copy2("a", "b")
    shutil.move("b", "c")
    os.makedirs("d/e", exist_ok=True)
    os.rename("c", "d/e/c")
    assert open("d/e/c").read() == "text"


def run_a_thread():
    done = []
    thread = threading.Thread(target=done.append, args=(1,))
    thread.start()
    thread.join()
    assert done


def loop_of_events():
    loop = threading.Thread(target=lambda: asyncio.run(asyncio.sleep(0)))
    loop.start()
    loop.join()


def keep_its_priority():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, 5)  # reports success
    assert os.getpriority(os.PRIO_PROCESS, os.getpid()) == before


def load_modules():
    import sqlite3  # noqa: F401 (an extension module that nothing loaded before)
    import wave  # noqa: F401
    import xmlrpc.client  # noqa: F401


ALLOWED = {
    "copy a file": copy_a_file,
    "run a thread": run_a_thread,
    "loop of events": loop_of_events,
    "load modules": load_modules,
    "keep its priority": keep_its_priority,
    "temporary file": lambda: tempfile.TemporaryFile().write(b"x"),
    "random bytes": lambda: open("/dev/urandom", "rb").read(4),
    "null device": lambda: open("/dev/null", "w").write("x"),
    "signal itself": lambda: os.kill(os.getpid(), 0),
    "processor": lambda: open("/proc/cpuinfo").read(),
}


def attempt(action):
    try:
        action()
        return "done"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


results = {}
for table in (DENIED, DENIED_BY_LANDLOCK, PRETENDED, ALLOWED):
    for name, action in table.items():
        results[name] = attempt(action)
print(json.dumps(results))
