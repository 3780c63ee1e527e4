"""Worker processes that a notebook starts, as threads: ``multiprocessing`` and ``ProcessPoolExecutor``.

What works in processes works in threads, but that these share what they are given: a worker that
changes its argument changes the caller's. Locks are the process's own, since named ones would need
files that others can see.
"""

from __future__ import annotations

import concurrent.futures
import concurrent.futures.process
import itertools
import multiprocessing
import multiprocessing.context
import multiprocessing.heap
import multiprocessing.pool
import multiprocessing.process
import multiprocessing.synchronize
import os
import queue
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace
from typing import Any

_RECURSIVE = 0  # kinds of semaphores, see Modules/_multiprocessing/semaphore.c
_numbers = itertools.count(1)


def install() -> None:
    """Replace what starts processes in this process."""
    replaced: list[tuple[Any, str, Any]] = [
        (multiprocessing.synchronize, "_multiprocessing", SimpleNamespace(SemLock=_Semaphore)),
        (multiprocessing.heap.Arena, "_dir_candidates", []),  # then it takes the home, not /dev/shm
        (multiprocessing.pool.Pool, "__new__", _new_pool),
        (multiprocessing.context.BaseContext, "Manager", lambda self: _Manager()),
        (multiprocessing, "Manager", _Manager),
        (concurrent.futures.process, "ProcessPoolExecutor", _Executor),
        (concurrent.futures, "ProcessPoolExecutor", _Executor),
        (sys.modules.get("torch.multiprocessing.pool", SimpleNamespace()), "Pool", _Pool),
    ]
    kinds = ("Process", "ForkProcess", "SpawnProcess", "ForkServerProcess")
    replaced += [(getattr(multiprocessing.context, kind), "_Popen", staticmethod(_Started)) for kind in kinds]
    for place, name, stand_in in replaced:
        setattr(place, name, stand_in)


class _Pool(ThreadPool):
    def __init__(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None, context=None):
        super().__init__(processes, initializer, initargs)


def _new_pool(kind: type, *args, **kwargs):
    return object.__new__(_Pool if kind is multiprocessing.pool.Pool else kind)


class _Executor(ThreadPoolExecutor):
    def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), **others):
        super().__init__(max_workers or os.cpu_count(), "worker", initializer, initargs)


class _Started:
    """What a ``multiprocessing.Process`` has once it is started."""

    def __init__(self, process: multiprocessing.process.BaseProcess):
        self.returncode: int | None = None
        self.pid = os.getpid()
        self.sentinel, self._end = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(process,), name=process.name, daemon=True)
        self._thread.start()

    def _run(self, process: multiprocessing.process.BaseProcess) -> None:
        status = 1
        try:
            process.run()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            print(f"Process {process.name}:", file=sys.stderr)
            traceback.print_exc()
        finally:
            self.returncode = status
            os.close(self._end)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        self._thread.join(timeout)
        return self.returncode

    def terminate(self) -> None:
        """A thread cannot be ended from outside; as a daemon it holds nothing up."""

    kill = interrupt = terminate

    def duplicate_for_child(self, descriptor: int) -> int:
        return descriptor

    def close(self) -> None:
        os.close(self.sentinel)


class _Manager:
    """Plain objects: all workers are here."""

    dict, list, Namespace, Queue, JoinableQueue = dict, list, SimpleNamespace, queue.Queue, queue.Queue
    Lock, RLock, Event, Condition = threading.Lock, threading.RLock, threading.Event, threading.Condition
    Semaphore, BoundedSemaphore, Barrier = threading.Semaphore, threading.BoundedSemaphore, threading.Barrier

    def __enter__(self) -> _Manager:
        return self

    def __exit__(self, *exception) -> None:
        pass

    def start(self, *args) -> None:
        pass

    def shutdown(self) -> None:
        pass

    def Value(self, typecode, value, *args, **kwargs) -> SimpleNamespace:  # noqa: N802
        return SimpleNamespace(value=value)

    def Array(self, typecode, sequence, *args, **kwargs):  # noqa: N802
        return [*sequence]

    def Pool(self, *args, **kwargs) -> _Pool:  # noqa: N802
        return _Pool(*args, **kwargs)


class _Semaphore:
    """``_multiprocessing.SemLock`` between threads."""

    SEM_VALUE_MAX = (1 << 31) - 1

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool):
        self.kind, self.maxvalue, self.name, self.handle = kind, maxvalue, None, next(_numbers)
        self._value, self._changed = value, threading.Condition()
        self._owner: int | None = None
        self._held = 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        with self._changed:
            if self.kind == _RECURSIVE and self._is_mine():
                self._held += 1
                return True
            if not self._changed.wait_for(lambda: self._value > 0, timeout if block else 0):
                return False
            self._value -= 1
            self._owner, self._held = threading.get_ident(), self._held + 1
            return True

    def release(self) -> None:
        with self._changed:
            if self.kind == _RECURSIVE:
                if not self._is_mine():
                    raise AssertionError("attempt to release recursive lock not owned by thread")
                self._held -= 1
                if self._held:
                    return
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            else:
                self._held -= 1
            self._value += 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exception) -> None:
        self.release()

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        pass
