"""Frames arrive whole, in order and in time, or not at all."""

import socket
import threading
import time

import pytest

from proctor.exam.wire.channel import Channel, Closed, Late, Oversized


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    yield Channel(ours, 1 << 20), Channel(theirs, 1 << 20), theirs
    ours.close()
    theirs.close()


def soon() -> float:
    return time.monotonic() + 0.2


def test_frames_of_any_size_arrive_in_order(ends):
    ours, theirs, _ = ends
    frames = [b"", b"x", bytes(1 << 20), b"last"]
    writer = threading.Thread(target=lambda: [theirs.send(frame) for frame in frames])
    writer.start()
    assert [bytes(ours.receive(time.monotonic() + 20)) for _ in frames] == frames
    writer.join()


def test_a_length_beyond_the_cap_is_refused_before_anything_is_read(ends):
    ours, _, raw = ends
    raw.send(b"\xff\xff\xff\xff")
    with pytest.raises(Oversized):
        ours.receive(soon())


def test_a_frame_beyond_the_cap_is_not_sent(ends):
    with pytest.raises(Oversized):
        ends[0].send(bytes((1 << 20) + 1))


@pytest.mark.parametrize("sent", [b"", b"\x00", b"\x00\x00\x00\x05half"])
def test_silence_ends_at_the_deadline(ends, sent):
    ours, _, raw = ends
    raw.send(sent)
    with pytest.raises(Late):
        ours.receive(soon())


@pytest.mark.parametrize("sent", [b"", b"\x00", b"\x00\x00\x00\x05half"])
def test_a_closed_end_is_noticed(ends, sent):
    ours, theirs, raw = ends
    raw.send(sent)
    theirs.close()
    with pytest.raises(Closed):
        ours.receive(time.monotonic() + 20)


def test_sending_to_someone_who_does_not_read_ends_at_the_deadline(ends):
    with pytest.raises(Late):
        for _ in range(100):
            ends[0].send(bytes(1 << 20), soon())


def test_sending_to_someone_who_is_gone_says_so(ends):
    ours, theirs, _ = ends
    theirs.close()
    with pytest.raises(Closed):
        ours.send(bytes(1 << 20), time.monotonic() + 20)


def test_while_waiting_something_else_is_watched(ends):
    class Seen(Exception):
        pass

    def watch():
        raise Seen

    with pytest.raises(Seen):
        ends[0].receive(time.monotonic() + 20, watch)
