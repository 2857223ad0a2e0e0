#!/bin/sh
# Create a virtual environment in folder $1 with a Python that the pins are made for.
# PYTHON names one; else the first on PATH that fits is taken.
set -eu
venv=$1

# Print nothing and succeed if $1 fits, else print what is wrong with it.
check() {
    "$1" - 2>/dev/null <<'PY' || echo "does not start"
import sys
version = "%d.%d.%d" % sys.version_info[:3]
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    print(version)
else:
    try:
        import ensurepip, venv
    except ImportError:
        print(version + " without venv (on Debian: apt-get install python%d.%d-venv)" % sys.version_info[:2])
PY
}

if [ -x "$venv/bin/python" ] && [ -z "$(check "$venv/bin/python")" ] &&
    "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    exit 0
fi

found=
for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    path=$(command -v "$python") || continue
    problem=$(check "$path")
    if [ -z "$problem" ]; then
        exec "$path" -m venv --clear "$venv"
    fi
    found="$found
  $path: $problem"
done
cat >&2 <<MESSAGE
Expected Python 3.11, 3.12 or 3.13, found:${found:- none called ${PYTHON:-python3}.}
Install one of them, or name one: make install PYTHON=/path/to/python3.12
MESSAGE
exit 1
