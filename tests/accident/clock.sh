#!/usr/bin/env bash
# A clock that goes back by an hour between commands: nothing that comes later is recorded as earlier, so that the latest
# point, the newest run, durations, the order of the record and what --as-of reads stay right; and it is said.
# usage: clock.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"
command -v cc >/dev/null || skip "no C compiler"
# A sanitizer's runtime asks for the time before the library below can answer.
grep -qa __asan_init "$(command -v mlsys)" && skip "a sanitizer reads the clock before it can be moved"

cat >"$scratch/clock.c" <<'EOC'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *now) {
  int (*real)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(id, now);
  const char *shift = getenv("SHIFT");
  if (result == 0 && shift && id == CLOCK_REALTIME) now->tv_sec += atol(shift);
  return result;
}
EOC
cc -shared -fPIC -o "$scratch/clock.so" "$scratch/clock.c" -ldl
export LD_PRELOAD=$scratch/clock.so SHIFT=0
back() { export SHIFT=-3600; }
forth() { export SHIFT=0; }
value() { mlsys "$@" --json | json "${path[@]}"; }
PATH=$root/tests/cli/tools:$PATH

flights 300 >t.csv
mlsys init . -q >/dev/null
back && [ "$(date +%Y)" -gt 2000 ] && early=$(date +%s) && forth
[ $(($(date +%s) - early)) -gt 3500 ] || skip "the clock cannot be moved here"

# The latest point is the one that was logged last, and the points are in the order of logging.
run=$(mlsys runs start -q)
expect 0 mlsys runs log "$run" --metric loss=1
back
expect 0 mlsys runs log "$run" --metric loss=2
said "warning: the clock says"
said "this is recorded as after then"
expect 0 mlsys runs log "$run" --metric loss=1.5
path=(value) && [ "$(value runs show "$run" --metric loss)" = 1.5 ] || fail "the latest point is not the last"
mlsys runs show "$run" --metric loss --history -q | paste -sd' ' >"$scratch/log"
[ "$(cat "$scratch/log")" = "1 2 1.5" ] || fail "the points are out of order"

# A run does not end before it started, and one that was started later is newer.
expect 0 mlsys runs end "$run"
path=(runs.0.duration) && took=$(mlsys runs search "run_id = '$run'" --columns duration --json | json runs.0.duration)
case $took in -*) fail "a run took $took s" ;; esac
second=$(mlsys runs start -q 2>/dev/null)
[ "$(mlsys runs list -q 2>/dev/null | head -1)" = "$second" ] || fail "a run that was started later is not the newest"

# The record is in order, whatever the clock says, and the past reads as it was.
forth
mlsys train t.csv --target late --exclude id --rounds 2 -q >/dev/null && mlsys register @last --name m -q >/dev/null
mlsys train t.csv --target late --exclude id --rounds 3 -q >/dev/null && mlsys register @last --name m -q >/dev/null
mlsys promote m/1 -q >/dev/null
back
mlsys promote m/2 -q >/dev/null 2>&1
mlsys rollback m -q >/dev/null 2>&1
forth
mlsys models history m --json >"$scratch/history"
python3 - "$scratch/history" >"$scratch/log" 2>&1 <<'EOP' || fail "the record is out of order"
import json, sys
history = json.load(open(sys.argv[1]))
times = [entry["time"] for entry in history["history"]]
assert times == sorted(times, reverse=True) and len(set(times[:3])) == 3, times
assert [p["version"] for p in history["promotions"]] == [1, 2, 1], history["promotions"]
open("then", "w").write(history["promotions"][1]["time"])
EOP
[ "$(mlsys models show m@champion --as-of "$(cat then)" -q)" = m/2 ] || fail "--as-of does not find what was the champion"
[ "$(mlsys models show m@champion -q)" = m/1 ] || fail "the rollback did not happen"
expect 0 mlsys store check
