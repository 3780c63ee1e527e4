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
_SMALL = 1 << 16  # bytes: copied into one piece, which is quicker than sending two
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

    def send(
        self, payload: bytes | bytearray, deadline: float | None = None, watch: Callable[[], None] = _nothing
    ) -> None:
        """Send one frame. Raises Oversized, Late, Closed, and whatever ``watch`` raises."""
        if len(payload) > self._cap:
            raise Oversized(f"a frame of {len(payload):,} bytes")
        ticks = _Ticks(deadline, watch)
        header = _HEADER.pack(len(payload))
        for part in (header + payload,) if len(payload) <= _SMALL else (header, payload):
            view, sent = memoryview(part), 0
            while sent < len(part):
                try:
                    sent += self._socket.send(view[sent:])
                except BlockingIOError:
                    self._wait(select.POLLOUT, ticks)
                except OSError as error:
                    raise Closed("the other end is gone") from error
                if sent < len(part):
                    ticks.pass_by()

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
        ticks = _Ticks(deadline, watch)
        while got < count:
            try:
                read = self._socket.recv_into(view[got:])
            except BlockingIOError:
                self._wait(select.POLLIN, ticks)
                continue
            except OSError as error:
                raise Closed("the other end is gone") from error
            if read == 0:
                raise Closed("the other end is gone")
            got += read
            if got < count:
                ticks.pass_by()
        return frame

    def _wait(self, event: int, ticks: _Ticks) -> None:
        poll = select.poll()
        poll.register(self._socket, event)
        poll.poll(1000 * ticks.pause())
        ticks.pass_by()


class _Ticks:
    """When to look up from waiting."""

    def __init__(self, deadline: float | None, watch: Callable[[], None]):
        self._deadline, self._watch = deadline, watch
        self._next = time.monotonic() + _TICK

    def pause(self) -> float:
        """Seconds until then. Raises Late when the deadline has passed."""
        now = time.monotonic()
        if self._deadline is None:
            return max(0.0, self._next - now)
        if now >= self._deadline:
            raise Late("the deadline passed")
        return max(0.0, min(self._next, self._deadline) - now)

    def pass_by(self) -> None:
        """Look up if it is time to. Raises Late when the deadline has passed."""
        now = time.monotonic()
        if self._deadline is not None and now >= self._deadline:
            raise Late("the deadline passed")
        if now >= self._next:
            self._watch()
            self._next = time.monotonic() + _TICK
