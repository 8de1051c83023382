#!/usr/bin/env bash
# The recipe on its sample: it runs whole, measures what expect.json says, runs nothing twice, and starts where it must.
# usage: flight-delay.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"
recipe=$root/recipes/flight-delay
# How many steps the last run ran, as it said.
ran() { sed -n 's/^flight-delay: \([0-9]*\) run, .*/\1/p' log; }

mlsys init p -q >log && cd p && cp "$recipe/data/flights-60k.parquet" flights.parquet
mapfile -t settings < <("$recipe/check.py" --settings sample)
mlsys recipe run "$recipe" "${settings[@]}" >log 2>&1 || fail "the recipe"
[ "$(ran)" = 8 ] || fail "it did not run all steps"
"$recipe/check.py" work sample || fail "what it measured"
"$recipe/summary.py" work >log || fail "the summary"
grep -q '^ROC AUC  *0\.6' log || fail "the summary has no ROC AUC"

mlsys recipe run "$recipe" "${settings[@]}" >log 2>&1 || fail "the recipe again"
[ "$(ran)" = 0 ] || fail "steps ran although nothing had changed"

rm work/drift.html
mlsys recipe run "$recipe" "${settings[@]}" >log 2>&1 || fail "the recipe without a report"
[ "$(ran)" = 1 ] || fail "not just the step whose report was missing ran"

# A worse model does not become the champion: the verdict is the recipe's exit code, and the champion stays.
code=0
mlsys recipe run "$recipe" --set train.rounds=1 --set train.depth=1 --set eval.min_roc_auc=0.5 \
  --set eval.min_average_precision=0.1 >log 2>&1 || code=$?
[ "$code" = 3 ] || fail "a worse model ended with $code, not 3"
grep -q "step 'promote' ended with a negative verdict" log || fail "it was not promotion that stopped it"
[ "$(mlsys models show flight-delay@champion --json | sed -n 's/^  "version": \([0-9]*\),/\1/p')" = 1 ] || fail "the champion"

# delay must never be a feature, nor the month that divides the rows.
grep -q '"name": "delay"' work/model/bundle.json || fail "the target's input is not in the bundle"
python3 - work/model/bundle.json <<'END' || fail "the features"
import json, sys
features = [feature["name"] for feature in json.load(open(sys.argv[1]))["features"]]
sys.exit(sorted(features) != ["destination", "distance", "minute", "origin", "weekday"])
END
echo "flight-delay: all checks hold"
