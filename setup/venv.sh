#!/bin/sh
# Make the virtual environment $1 with pip in it.
# Debian and Ubuntu keep pip for venvs in packages of their own (python3-venv,
# python3-pip-whl); when those are missing, the wheel is unpacked without root.
set -eu
venv=$1
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    echo "Python 3.10 or newer is needed; $python is $("$python" --version 2>&1). Choose another with PYTHON=…" >&2
    exit 1
}
if "$python" -c 'import ensurepip' 2>/dev/null; then
    exec "$python" -m venv "$venv"
fi

echo "python3-venv is not installed: taking pip from the package python3-pip-whl"
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
(cd "$parts" && apt-get download -q python3-pip-whl && dpkg-deb -x python3-pip-whl_*.deb .) || {
    echo "No pip for a virtual environment. Run: apt-get update && apt-get install python3-venv" >&2
    exit 1
}
wheel=$(ls "$parts"/usr/share/python-wheels/pip-*.whl)
"$python" -m venv --without-pip "$venv"
"$venv/bin/python" "$wheel/pip" install --quiet --no-index --find-links "$(dirname "$wheel")" pip
