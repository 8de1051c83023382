#!/usr/bin/env bash
# Signals that were ignored when we were started stay ignored: under nohup, and in the background of a script.
# usage: signals.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"

flights 2000 >t.csv
mlsys init . -q >/dev/null
until_boosting() { until mlsys runs show @last --metric train_logloss -q 2>/dev/null | grep -q .; do sleep 0.05; done; }

# A training goes on after SIGHUP and SIGINT, and SIGTERM still ends it.
(trap '' HUP INT && exec nohup mlsys train t.csv --target late --exclude id --rounds 1000000 --threads 1 -q) \
  >"$scratch/log" 2>&1 </dev/null &
training=$!
until_boosting
kill -HUP $training
kill -INT $training
points() { mlsys runs show @last --metric train_logloss --history --json | grep -c '"step"'; }
before=$(points)
until [ "$(points)" -gt $((before + 20)) ]; do
  kill -0 $training 2>/dev/null || fail "a training under nohup ended with SIGHUP"
  sleep 0.05
done
kill -TERM $training
code=0
wait $training || code=$?
[ "$code" = 130 ] || fail "SIGTERM ended the training with $code instead of 130"

# The commands of a recipe ignore the same, and a step is stopped by a signal that it does not ignore.
cat >step.py <<'END'
import pathlib, signal, sys
ignored = [name for name in ("HUP", "INT") if signal.getsignal(getattr(signal, "SIG" + name)) == signal.SIG_IGN]
pathlib.Path("ignored").write_text(" ".join(ignored))
def heard(number, frame):
    with open("heard", "a") as file:
        file.write(signal.Signals(number).name + "\n")
    sys.exit(1)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, heard)
pathlib.Path("ready").touch()
while True:
    signal.pause()
END
cat >recipe.json <<'END'
{"schema": "mlsys.recipe/1", "name": "wait", "steps": [{"name": "wait", "command": ["python3", "step.py"], "always": true}]}
END
# run_step IGNORED HEARD: with the ignored signals of this shell.
run_step() {
  rm -f ready ignored heard
  mlsys recipe run -q >"$scratch/log" 2>&1 &
  local recipe=$!
  until [ -e ready ]; do
    kill -0 $recipe 2>/dev/null || fail "the recipe does not run"
    sleep 0.05
  done
  [ "$(cat ignored)" = "$1" ] || fail "the step ignores '$(cat ignored)' instead of '$1'"
  kill -TERM $recipe
  wait $recipe 2>/dev/null || true
  [ "$(tr '\n' ' ' <heard)" = "$2" ] || fail "the step heard '$(cat heard)' instead of '$2'"
}
(trap '' HUP INT && run_step "HUP INT" "SIGTERM ")
# Without job control a shell ignores SIGINT for what it starts in the background.
set -m
run_step "" "SIGINT "
echo "what was ignored stayed ignored"
