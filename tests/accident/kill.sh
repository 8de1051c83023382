#!/usr/bin/env bash
# kill -9 at any moment of a training: the store is sound, no half a model, the run reads as FAILED, and the next
# training works and clears up.
# usage: kill.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"

flights 1000 >t.csv
mlsys init . -q >/dev/null
train() { exec mlsys train t.csv --target late --exclude id --rounds 15 --threads 1 --seed "$1" -o model -q; }
started=$(date +%s%N)
(train 0) >"$scratch/log" 2>&1 || fail "training does not work"
whole=$((($(date +%s%N) - started) / 1000000))
((whole < 1500)) || whole=1500

killed=0
for attempt in $(seq 10); do
  (train "$attempt") >"$scratch/log" 2>&1 &
  sleep "$(awk -v s="$attempt" -v ms="$whole" 'BEGIN { srand(s); printf "%.3f", (0.02 + rand() * 0.95) * ms / 1000 }')"
  kill -9 $! 2>/dev/null || true
  code=0
  wait $! 2>/dev/null || code=$?
  [ "$code" = 137 ] && killed=$((killed + 1))
  expect 0 mlsys store check
  if [ -d model ]; then expect 0 mlsys verify model; fi
  expect 0 mlsys runs list --json
  if grep -q '"RUNNING"' "$scratch/log"; then fail "a run whose process was killed reads as RUNNING"; fi
  # A run that has a model has a whole one.
  if mlsys runs show @last --json | grep -q '"FINISHED"'; then expect 0 mlsys predict @last t.csv -o scores.csv; fi
done
[ "$killed" -ge 3 ] || fail "only $killed of 10 trainings were killed in time"

(train 99) >"$scratch/log" 2>&1 || fail "training does not work after the kills"
expect 0 mlsys predict @last t.csv -o scores.csv
rest=$(ls -A "$TMPDIR")
[ -z "$rest" ] || fail "temporary files are left: $rest"
expect 0 mlsys store gc --older-than 0
rest=$(find .mlsys -name '*.part')
[ -z "$rest" ] || fail "the store keeps $rest"
echo "$killed of 10 trainings killed, each within $whole ms"
