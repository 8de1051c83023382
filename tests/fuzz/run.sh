#!/usr/bin/env bash
# run.sh BUILD SECONDS [TARGET...]: each fuzz target on its seeds and what earlier runs found, as many at once as there
# are processors. What breaks one is left in BUILD/fuzz/<target>/; make it small with -minimize_crash=1 and add it to
# tests/fuzz/corpus/<target>/ with the fix.
set -uo pipefail
build=$(realpath "$1") seconds=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(basename -s .cpp "$here"/*.cpp)
corpora=${MLSYS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlsys}/fuzz

fuzz() {
  local target=$1 found=$corpora/$1 out=$build/fuzz/$1
  rm -rf "$out"
  mkdir -p "$found" "$out" "$here/corpus/$target"
  if (cd "$out" && "$build/tests/fuzz-$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=16384 \
    -artifact_prefix="$out/" -print_final_stats=1 "$found" "$here/corpus/$target") >"$out/log" 2>&1; then
    echo "ok   $target: $(awk '/number_of_executed_units/ {print $2}' "$out/log") inputs, \
$(grep -oE 'cov: [0-9]+' "$out/log" | tail -1)"
  else
    tail -40 "$out/log"
    echo "FAIL $target: see $out"
  fi
}

export -f fuzz
export build seconds here corpora
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I {} bash -c 'fuzz {}' >"$build/fuzz.log"
cat "$build/fuzz.log"
bad=$(grep -c '^FAIL' "$build/fuzz.log")
echo "$(grep -c '^ok' "$build/fuzz.log") passed, $bad failed"
((bad == 0))
