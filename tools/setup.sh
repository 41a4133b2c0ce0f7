#!/bin/sh
# Fill the virtual environment from requirements.lock: by uv, which pip fetches; by pip itself where uv cannot be had.
# Called by make with VENV, UV and PYTHON, which may be empty; needs Python 3.11 or later with venv, and nothing else.
set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1

# A name on the path may be a version manager's shim for a Python that is not there: each is tried.
usable=""
for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        usable="$candidate"
        break
    fi
done
if [ -z "$usable" ]; then
    echo "Python 3.11 or later with venv is needed; name one with: make PYTHON=/path/to/python3.11"
    exit 1
fi
# uv and pip keep caches at home; where home is missing or closed they get a place of their own here.
if [ ! -d "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
    export HOME="$PWD/.tools/home"
    mkdir -p "$HOME"
fi
if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "Making the virtual environment in $VENV"
    "$usable" -m venv --clear "$VENV" || {
        echo "The virtual environment could not be made; on Debian: apt install python3-venv"
        exit 1
    }
fi
pip="$VENV/bin/python -m pip"
if [ ! -x "$UV" ]; then
    echo "Fetching uv"
    $pip install -q --require-hashes --no-deps --target .tools/uv --upgrade -r tools/bootstrap.txt || echo "uv cannot be had; pip does it, more slowly"
fi
count=$(grep -c '^[a-z].*==' requirements.lock)
echo "Installing $count locked packages"
if [ -x "$UV" ] && "$UV" pip sync -q --python "$VENV/bin/python" --require-hashes requirements.lock; then
    :
else
    $pip install --progress-bar off -q --require-hashes -r requirements.lock || {
        echo "The packages could not be installed: the first time needs the network"
        exit 1
    }
fi
echo "Installed"
