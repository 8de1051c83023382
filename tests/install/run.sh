#!/usr/bin/env bash
# run.sh BUILD: installs BUILD, moves the installation, runs it, and builds a program of another project against it.
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --install "$build" --prefix "$scratch/first" >/dev/null
mv "$scratch/first" "$scratch/moved"
root=$scratch/moved
export HOME=$scratch/home
mkdir "$HOME"

if grep -rlI "$scratch/first" "$root"; then echo "these files remember where they were installed"; exit 1; fi
for file in bin/mlsys lib/mlsys/commands/version.so lib/mlsys/engines/libduckdb.so \
  lib/mlsys/engines/xgboost/lib/libxgboost.so share/mlsys/schemas/runs.schema.json lib/cmake/mlsys/mlsys-config.cmake share/mlsys/licenses/mlsys.txt; do
  [[ -e $root/$file ]] || { echo "not installed: $file"; exit 1; }
done
while read -r file; do
  path=$(objdump -p "$file" | awk '$1 == "RUNPATH" || $1 == "RPATH" {print $2}')
  [[ ":$path" != *:/* ]] || { echo "$file looks for libraries in absolute places: $path"; exit 1; }
done < <(find "$root/bin" "$root/lib/mlsys" -maxdepth 2 -type f -not -path '*/engines/*')

"$root/bin/mlsys" --version
(cd "$HOME" && "$root/bin/mlsys" doctor)
# A public header that includes a vendor's would not compile for somebody who has only ours.
if grep -rnE '#include [<"](duckdb|xgboost|sqlite3|archive|curl|openssl|CLI|fmt)' "$root/include"; then exit 1; fi

cmake -S "$here" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$root" -DCMAKE_BUILD_TYPE=Debug >"$scratch/log" ||
  { cat "$scratch/log"; exit 1; }
cmake --build "$scratch/build" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
printf 'id,y,score\n1,0,0.2\n2,1,0.9\n3,0,0.4\n4,1,0.35\n' >"$scratch/scores.csv"
"$scratch/build/consumer" "$scratch/scores.csv"
