"""Open files, pipes and pairs until no descriptor is left, and keep them.

Against: no submission stops another.
"""
# may lose: everything
# stock: would harm nothing but its own notebook

# %% after imports
import os
import socket

kept = []
for make in (os.pipe, lambda: open("/dev/null"), socket.socketpair):
    try:
        while True:
            kept.append(make())
    except OSError as error:
        print(error.strerror)
