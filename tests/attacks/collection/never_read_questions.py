"""Answer with frames but never read a question, until every buffer is full.

Against: no submission stops another.
"""
# stock: there is no such channel

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import socket
    import time

    channel = socket.socket(fileno=3)
    channel.setblocking(True)
    channel.settimeout(2)
    try:
        while True:
            channel.send(bytes(1 << 16))
    except OSError:
        time.sleep(20)
