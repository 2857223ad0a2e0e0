#!/bin/sh
# Pin pyproject.toml's dependencies for Python 3.11 to 3.13 on every platform, with uv from PATH
# or, where it is missing, from the virtual environment in folder $1; further arguments go to uv.
set -eu
venv=$1
shift
if uv --version >/dev/null 2>&1; then
    set -- uv pip compile "$@"
else
    sh tools/create_venv.sh "$venv"
    "$venv/bin/python" -m pip install --disable-pip-version-check --quiet uv
    set -- "$venv/bin/python" -m uv pip compile "$@"
fi
export UV_CUSTOM_COMPILE_COMMAND="make requirements"
set -- "$@" --quiet --universal --python-version 3.11 --no-emit-index-url
"$@" pyproject.toml --output-file requirements.txt
"$@" --group test --constraint requirements.txt --output-file requirements-test.txt
