"""Write files wherever one may, in every folder that others use.

Against: no file is left outside.
"""
# stock: would harm the course it runs in

# %% after imports
import os
import sys
import tempfile

libraries = os.path.dirname(os.__file__)
folders = ["/tmp", "/var/tmp", "/dev/shm", "..", "../..", "@COURSE@", "/", "/root", sys.prefix, libraries]
for folder in folders:
    for attempt in (lambda path: open(path, "w"), os.mkdir, os.mkfifo, lambda path: os.symlink("/", path), os.mknod):
        try:
            attempt(os.path.join(folder, "attack-was-here"))
            print("LOOT: wrote into", folder)
        except OSError as error:
            print(error.strerror)
