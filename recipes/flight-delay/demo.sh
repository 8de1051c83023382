#!/usr/bin/env bash
# The life of a model, start to end, on 3,000,000 flights: what `make demo` runs. Leaves a project in demo/.
#
# usage: demo.sh [DATA [PROJECT]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
data=${1:-${MLSYS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlsys}/data/flights-3m.parquet}
project=${2:-$root/demo}
PATH="$root/build:$PATH"

if [ ! -e "$data" ]; then
  echo "demo: $data is missing; ./setup --data fetches it" >&2
  exit 4
fi
data=$(realpath "$data")
mlsys init "$project" -q >/dev/null
cd "$project"
ln -sfn "$data" flights.parquet

echo "Eight steps on $data. What has run before and did not change is skipped."
mapfile -t settings < <("$here/check.py" --settings all)
mlsys recipe run "$here" "${settings[@]}"
"$here/check.py" work all
DEMO_FROM=$OLDPWD "$here/summary.py" work
