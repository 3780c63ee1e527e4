"""Report a cell's result as millions of empty objects: a byte each to send, seventy to hold.

Against: no submission stops the host.
"""
# may lose: everything
# slow
# stock: there is no such channel

# %% after conv-output-shape
import msgspec

from proctor.exam.candidate import candidate
from proctor.exam.wire import messages

honest = candidate.encode
many = 4_000_000


def flood(message):
    if type(message) is not messages.Ran:
        return honest(message)
    start = b"\x84\xa4type\xa3ran\xa6number" + msgspec.msgpack.encode(message.number)
    start += b"\xa7outputs\x91\x83\xa4type\xacdisplay_data\xa4data\x81\xaatext/plain\xdd" + many.to_bytes(4, "big")
    return start + b"\x80" * many + b"\xa8metadata\x80\xa5error\xa0"


candidate.encode = flood
