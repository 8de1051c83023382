#!/usr/bin/env bash
# venv.sh [REQUIREMENTS]: prints the path of a Python that has tests/requirements.txt or those named, made in the cache
# when it is not there yet. For `make conformance` and `make bench`; `make test` needs none of it. These releases want
# Python 3.12 or later, which Debian 12 does not have: set PYTHON to one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${MLSYS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlsys}
requirements=${1:-$here/requirements.txt}
venv=$cache/python-$(sha256sum "$requirements" | cut -c1-12)
if [[ ! -f $venv/complete ]]; then
  for python in "${PYTHON:-}" python3.14 python3.13 python3.12 python3; do
    [[ -n $python ]] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && break
    python=
  done
  [[ -n $python ]] || { echo "venv.sh: Python 3.12 or later is needed: PYTHON=/path/to/python3.12 make …" >&2; exit 1; }
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary=:all: -r "$requirements" >&2
  touch "$venv/complete"
fi
echo "$venv/bin/python"
