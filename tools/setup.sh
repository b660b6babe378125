#!/bin/sh
# setup.sh VENV PYTHON LOCK: make the virtual environment VENV hold exactly what the file LOCK says, and this
# project editable. VENV/.done holds this folder's path, and only while VENV is whole: after an interrupted setup, or
# in a folder that was moved or copied, all starts again from nothing.
set -eu
venv=$1
python=$2
lock=$3
want='import sys; sys.exit(sys.version_info < (3, 11))'

stop() {
  printf 'setup: %s\n' "$1" >&2
  printf '       Another Python can be named: make setup PYTHON=/path/to/python3.13\n' >&2
  exit 1
}
version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) ||
  stop "'$python' does not run. Python 3.11 or later is needed."
"$python" -c "$want" || stop "'$python' is Python $version, and 3.11 or later is needed."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  stop "'$python' cannot make virtual environments: its venv or ensurepip module is missing (Debian and Ubuntu: apt-get install python3-venv)."

started=$(date +%s)
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_PROGRESS_BAR=off PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0
log=$venv/setup.log
pip() {
  # Into a log: what a machine's own pip settings make it warn of is no news here.
  "$venv/bin/python" -m pip install "$@" >>"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "setup: pip failed (above: the end of $log). To try again: make setup" >&2
    exit 1
  }
}
if [ "$(cat "$venv/.done" 2>/dev/null)" = "$(pwd -P)" ] && "$venv/bin/python" -c "$want" 2>/dev/null; then
  echo "setup: bringing $venv up to date with $lock"
  rm -f "$venv/.done"
else
  echo "setup: building $venv with Python $version from $lock (hashes checked; a minute the first time)"
  rm -f "$venv/.done"
  "$python" -m venv --clear "$venv"
fi
# The lock is complete: nothing is resolved, so that no release of tomorrow can change what is installed or break it
# (older pips look at a newer release of a locked package when another asks for it with an extra, and then miss its hash).
pip --no-deps --require-hashes -r "$lock"
# The build backend is in the lock too, so nothing is fetched that no hash vouches for.
pip --no-deps --no-build-isolation --editable .
pwd -P >"$venv/.done"
echo "setup: $venv is ready after $(($(date +%s) - started)) s"
