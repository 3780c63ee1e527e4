"""Report a cell's result as millions of empty objects: a byte each to send, a hundred to hold. (No submission stops the host.)"""
# may lose: everything
# stock: there is no such channel

# %% after conv-output-shape
import msgspec

from proctor.exam import candidate, messages

cheap = b"\x84\xa4type\xa3ran\xa6number\x00\xa7outputs\x91\x83\xa4type\xacdisplay_data\xa4data\x81\xaatext/plain\xdd" + (20_000_000).to_bytes(4, "big")
cheap += b"\x80" * 20_000_000 + b"\xa8metadata\x80\xa5error\xa0"


def encode(message):
    number = getattr(message, "number", 0)
    return cheap.replace(b"number\x00", b"number" + msgspec.msgpack.encode(number), 1) if type(message) is messages.Ran else msgspec.msgpack.encode(message)


candidate.encode = encode
