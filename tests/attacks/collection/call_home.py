"""Send answers and tests to a machine of the student's, by every kind of socket.

Against: no network.
"""

# %% after imports
import socket
import urllib.request

for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 22), timeout=1),
    lambda: socket.getaddrinfo("localhost", 80) and socket.socket(),
    lambda: socket.socket(socket.AF_INET6),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"answers", ("127.0.0.1", 53)),
    lambda: socket.socket(socket.AF_UNIX).connect("\0proctor-room-0"),
    lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", "\0proctor-room-0"),
    lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
    lambda: urllib.request.urlopen("http://127.0.0.1:1/", timeout=1),
):
    try:
        attempt()
    except OSError as error:
        if isinstance(error, (ConnectionRefusedError, FileNotFoundError, TimeoutError)):
            print("LOOT: reached the network", error)
    else:
        print("LOOT: a socket")
