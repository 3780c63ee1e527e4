"""Frames over a socketpair: four bytes of length, then that many bytes.

Threat model: the other end may send anything, slowly, or nothing. A length is
checked before anything is read for it, and every wait has a deadline. While it
waits, a reader may keep an eye on something else (``watch``), which may raise.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable

_HEADER = struct.Struct(">I")
_TICK = 0.1  # seconds between two looks of ``watch``


class ChannelError(Exception):
    """The channel is of no more use."""


class Closed(ChannelError):
    """The other end is gone."""


class Late(ChannelError):
    """The deadline passed."""


class Oversized(ChannelError):
    """A frame was announced that is larger than allowed."""


def _nothing() -> None:
    pass


class Channel:
    """One end of a socketpair. Deadlines are ``time.monotonic()`` values; None waits for ever."""

    def __init__(self, end: socket.socket, frame_bytes: int):
        self._socket, self._cap = end, frame_bytes
        end.setblocking(False)

    def send(self, payload: bytes, deadline: float | None = None) -> None:
        """Send one frame. Raises Oversized, Late or Closed."""
        if len(payload) > self._cap:
            raise Oversized(f"a frame of {len(payload):,} bytes")
        for part in (_HEADER.pack(len(payload)), payload):
            view, sent = memoryview(part), 0
            while sent < len(part):
                self._wait(select.POLLOUT, _remaining(deadline))
                try:
                    sent += self._socket.send(view[sent:])
                except BlockingIOError:
                    continue
                except OSError as error:
                    raise Closed("the other end is gone") from error

    def receive(
        self, deadline: float | None = None, watch: Callable[[], None] = _nothing, cap: int | None = None
    ) -> bytearray:
        """The next frame, of ``cap`` bytes at most. Raises Oversized, Late, Closed, and whatever ``watch`` raises."""
        (length,) = _HEADER.unpack(self._read(_HEADER.size, deadline, watch))
        if length > (self._cap if cap is None else min(cap, self._cap)):
            raise Oversized(f"a frame of {length:,} bytes")
        return self._read(length, deadline, watch)

    def close(self) -> None:
        self._socket.close()

    def _read(self, count: int, deadline: float | None, watch: Callable[[], None]) -> bytearray:
        frame = bytearray(count)
        view, got = memoryview(frame), 0
        next_look = time.monotonic() + _TICK
        while got < count:
            remaining, pause = _remaining(deadline), max(0.0, next_look - time.monotonic())
            self._wait(select.POLLIN, pause if remaining is None else min(pause, remaining))
            if time.monotonic() >= next_look:
                watch()
                next_look = time.monotonic() + _TICK
            try:
                read = self._socket.recv_into(view[got:])
            except BlockingIOError:
                continue
            except OSError as error:
                raise Closed("the other end is gone") from error
            if read == 0:
                raise Closed("the other end is gone")
            got += read
        return frame

    def _wait(self, event: int, seconds: float | None) -> None:
        poll = select.poll()
        poll.register(self._socket, event)
        poll.poll(None if seconds is None else 1000 * seconds)


def _remaining(deadline: float | None) -> float | None:
    """Seconds until the deadline. Raises Late when it has passed."""
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise Late("the deadline passed")
    return remaining
