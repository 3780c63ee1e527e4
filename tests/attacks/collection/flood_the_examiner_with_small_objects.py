"""Answer a test with a frame of millions of empty lists.

Against: no submission stops the host.
"""
# stock: there is no such channel

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    from proctor.exam.candidate import candidate

    honest = candidate.encode

    def once(message):
        candidate.encode = honest
        payload = b"\x83\xa4type\xa6answer\xa6number" + honest(message.number)
        payload += b"\xa4body\x82\xa4type\xa5value\xa4node\x93\xa1l\xa4list\xdd"
        return payload + (2_000_000).to_bytes(4, "big") + b"\x93\xa1l\xa4list\x90" * 2_000_000

    candidate.encode = once
