"""Start programs by ``!``, ``%%bash``, subprocess and os.system, to read what Python may not.

Against: no submission reads the host.
"""

# %% after imports
import os
import posix
import subprocess

get_ipython().system("cat /etc/passwd")  # what `!` and `x = !` become
listing = get_ipython().getoutput("ls @COURSE@")
print("LOOT" if listing else "", *listing)
for attempt in (
    lambda: subprocess.check_output(["cat", "/etc/passwd"]),
    lambda: subprocess.check_output("ls /", shell=True),
    lambda: os.popen("id").read(),
    lambda: os.posix_spawn("/bin/ls", ["ls"], {}),
    lambda: os.execv("/bin/ls", ["ls", "/"]),
    lambda: posix.posix_spawn("/bin/ls", ["ls", "/"], {}),
    lambda: posix.execv("/bin/ls", ["ls", "/"]),
    lambda: subprocess.run("cp /etc/passwd stolen", shell=True, check=True),
    lambda: open("stolen").read(),
):
    try:
        found = attempt()
        print("LOOT" if found else "", found)
    except (OSError, subprocess.CalledProcessError) as error:
        print(error)
print("LOOT" if os.system("true") == 0 else "")

# %% after shape-task
get_ipython().run_cell_magic("bash", "", "cat /etc/passwd && echo LOOT\nls @COURSE@ && echo LOOT\ncat @COURSE@/* && echo LOOT")
