#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the autograder's image.
#
# It installs what grading needs on a plain Ubuntu 22.04 or Debian 12 (or newer), and leaves the
# system's python3 as it is, because Gradescope's own harness runs on it. When something is
# missing, it stops and says what to do; a build that ends with "The autograder is ready" is ready.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")"

# Student code runs as a user of its own, who must be able to read Python: so not below /root.
home=/opt/proctor
tools=$home/tools   # uv, which installs the rest
venv=$home/venv     # what run_autograder runs
data=$home/data

main() {
    begin "System packages"
    install_system_packages
    begin "The installer uv"
    install_uv
    begin "Python"
    make_venv
    begin "Python packages"
    install_packages
    begin "Data"
    place_data
    begin "Check"
    check
    trap - EXIT
    echo "The autograder is ready."
}

begin() {
    step=$1
    echo "== $step"
}

stop() {
    echo "$1" >&2
    exit 1
}

trap 'echo "setup.sh stopped at the step \"$step\", see above. The autograder is not ready." >&2' EXIT

install_system_packages() {
    [ "$(id -u)" = 0 ] || stop "Run this as root, in a container: it installs packages."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update || true   # a list that cannot be had matters only if a package is missing for it
    apt-get -qy install --no-install-recommends ca-certificates python3 python3-venv ||
        stop "apt-get could not install python3-venv. Is the network there? Is the base image an Ubuntu or Debian?"
    xargs -r -a apt.txt apt-get -qy install --no-install-recommends ||
        stop "apt-get could not install what c.Gradescope.apt_packages names: $(xargs < apt.txt)"
    /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        stop "This image has $(/usr/bin/python3 --version); 3.10 is needed. Choose the base image Ubuntu 22.04."
}

install_uv() {
    /usr/bin/python3 -m venv "$tools"
    "$tools/bin/pip" -q --disable-pip-version-check install "uv>=0.9,<1" ||
        stop "pip could not install uv: is the package index reachable? Build again."
    export PATH="$tools/bin:$PATH"
    export UV_PYTHON_INSTALL_DIR=$home/python UV_NO_CONFIG=1
}

# The Python that the packages were pinned for, where it can be had: the image's, or a build that uv fetches.
make_venv() {
    wanted=$(cat .python-version)
    if ! uv venv -q --clear --python "$wanted" "$venv"; then
        echo "Python $wanted, which the bundle was made with, cannot be had here: using the image's own."
        uv venv -q --clear --python /usr/bin/python3 "$venv" || stop "uv could not make a virtual environment."
    fi
    "$venv/bin/python" --version
}

# The bundle's versions, but for those that do not exist for this Python: these are listed.
install_packages() {
    install_with --torch-backend=cpu && return
    echo "PyTorch's index of CPU wheels could not be used (see above)."
    echo "Taking the ordinary wheels with CUDA instead: they work as well, and need 5 GB more."
    install_with || stop "The packages could not be installed: is the package index reachable? Build again."
}

install_with() {
    cp requirements.txt "$home/requirements.txt"   # what stands in the output file is preferred
    uv pip compile -q --no-header --no-annotate --python "$venv/bin/python" "$@" \
        --output-file "$home/requirements.txt" requirements.in || return
    echo "Not among the bundle's versions:" \
        "$(comm -13 <(sort requirements.txt) <(sort "$home/requirements.txt") | xargs)"
    uv pip sync -q --python "$venv/bin/python" "$@" "$home/requirements.txt"
}

# Student code may not pass through this folder: data go where it may, and a link stays where nbgrader_config.py
# says that they are. A line of data.txt: the folder, a tab, the course's script that fetches it if there is one.
place_data() {
    while IFS=$'\t' read -r folder script; do
        mkdir -p "$(dirname "$data/$folder")" "$(dirname "$folder")"
        if [ -n "$script" ]; then
            "$venv/bin/python" "$script" "$data/$folder" </dev/null ||
                stop "$script could not fetch the data for $folder. Build again, or see above."
        else
            cp -rT "$folder" "$data/$folder"
            rm -r "$folder"
        fi
        chmod -R a+rX "$data/$folder"
        ln -sfnT "$data/$folder" "$folder"
    done < data.txt
}

check() {
    "$venv/bin/python" - <<'END' || stop "The packages do not work together, or student code cannot be confined here."
import importlib

from proctor.exam.room import PRELOAD, Room

for name in ("proctor.gradescope.autograder.run", *PRELOAD):
    importlib.import_module(name)  # and Python keeps the compiled modules for later
with Room() as room:
    print(f"Student code: {room.protection}")
    if "own user id" not in room.protection:
        raise SystemExit(f"Other users cannot read the Python in {importlib.sys.prefix}: its folders need mode 755.")
END
}

main
