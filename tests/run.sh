#!/usr/bin/env bash
# The tests, in stages. The last line is `N passed, N failed` over all of them; the exit status is 1 when
# anything failed.
#   tests/run.sh            release, sanitized and fuzz
#   tests/run.sh STAGE...   those named: release sanitized fuzz tidy
#
# release     builds what users run with GCC; unit, golden, scanner, recipe and installation tests on it
# sanitized   the same sources built by Clang with AddressSanitizer and UBSan; unit tests, and the golden tests again
# fuzz        each fuzz target for a minute ($MLSYS_FUZZ_SECONDS)
# tidy        clang-tidy and the formatter's check on every source
set -uo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 summary=()

# count STAGE PASSED FAILED SECONDS
count() {
  passed=$((passed + $2)) failed=$((failed + $3))
  summary+=("$(printf '%-10s %4d passed %4d failed %6d s' "$1" "$2" "$3" "$4")")
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  cmake --preset "$preset" >"$results/configure" 2>&1 || { cat "$results/configure"; return 1; }
  cmake --build --preset "$preset" --target "$@"
}

# tested PRESET FILTER...: runs ctest, and sets ok and bad to how many tests passed and failed.
tested() {
  local preset=$1
  shift
  rm -f "$results/tests.xml"
  ctest --preset "$preset" -j "$jobs" --output-junit "$results/tests.xml" "$@"
  read -r ok bad < <(python3 - "$results/tests.xml" <<'PYTHON'
import sys, xml.etree.ElementTree as tree
try:
    suite = tree.parse(sys.argv[1]).getroot()
    total = int(suite.get("tests"))
    cases = list(suite.iter("testcase"))
    skipped = [case for case in cases if "SKIP_RETURN_CODE" in getattr(case.find("skipped"), "attrib", {}).get("message", "")]
    for case in skipped:
        print("skipped: " + case.get("name"), file=sys.stderr)
    total -= len(skipped)
    bad = total - sum(case.get("status") == "run" for case in cases)
except (OSError, tree.ParseError):
    total, bad = 1, 1
print(total - bad, bad if total else 1)
PYTHON
  )
}

stage_release() {
  build release all tests || { ok=0 bad=1; return; }
  tested release
}

stage_sanitized() {
  build asan all tests || { ok=0 bad=1; return; }
  export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=0
  export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.txt:print_suppressions=0
  export UBSAN_OPTIONS=print_stacktrace=1
  tested asan -L 'unit|cli'
}

stage_tidy() {
  cmake --preset tidy >"$results/configure" 2>&1 || { cat "$results/configure"; ok=0 bad=1; return; }
  tests/tidy.py build-tidy | tee "$results/tidy"
  read -r ok bad < <(tail -1 "$results/tidy" | awk '{print $1, $3}')
}

stage_fuzz() {
  build asan fuzzers || { ok=0 bad=1; return; }
  tests/fuzz/run.sh build-asan "${MLSYS_FUZZ_SECONDS:-60}" | tee "$results/fuzz"
  read -r ok bad < <(tail -1 "$results/fuzz" | awk '{print $1, $3}')
}

stages=("$@")
((${#stages[@]})) || stages=(release sanitized fuzz)
for stage in "${stages[@]}"; do
  declare -F "stage_$stage" >/dev/null || { echo "tests/run.sh: no stage '$stage'" >&2; exit 2; }
  echo "=== $stage"
  SECONDS=0 ok=0 bad=0
  "stage_$stage"
  ((${ok:-0} + ${bad:-0})) || bad=1
  count "$stage" "${ok:-0}" "${bad:-1}" "$SECONDS"
done
echo
printf '%s\n' "${summary[@]}"
echo "$passed passed, $failed failed"
((failed == 0))
