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
data=$(cd "$(dirname "$data")" && pwd)/$(basename "$data")
mlsys init "$project" -q > /dev/null
cd "$project"
ln -sfn "$data" flights.parquet

echo "Eight steps on $(basename "$data"); what ran before and did not change is skipped."
mlsys recipe run "$here" "${RECIPE_OPTIONS[@]:---set=eval.min_roc_auc=0.75}"
"$here/summary.py" work
