#!/usr/bin/env bash
# The CI recipes as they are shipped, on the flights sample: nightly.sh over several nights, and the steps of pr-gate.yml
# with GitHub's environment.
# usage: ci.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"
# expect CODE WHAT COMMAND...: runs it with its output in ./log.
expect() {
  local want=$1 what=$2 code=0
  shift 2
  "$@" >log 2>&1 || code=$?
  [ "$code" = "$want" ] || fail "$what ended with $code instead of $want"
}
champion() { mlsys models show flights@champion --json | sed -n 's/^  "version": \([0-9]*\),/\1/p'; }
mlsys init project -q >log && cd project && cp "$root/recipes/flight-delay/data/flights-60k.parquet" flights.parquet
cp "$root/recipes/flight-delay/contract.json" .
sed -i 's/"minimum": 50000/"minimum": 1000/' contract.json
mlsys data split flights.parquet --time date --parts train=0.83,test=0.17 -o . -q >log
nightly=$root/recipes/ci/nightly.sh

# ---- nightly.sh
expect 0 "the first night, without a champion" "$nightly"
[ "$(champion)" = 1 ] || fail "the first champion"
expect 0 "verifying its package" mlsys verify nightly/flights.tar.zst
[ -s nightly/eval.html ] && [ -s nightly/drift.html ] || fail "the reports"

expect 3 "a night with the same data: no better" "$nightly"
grep -q 'the champion stays' log || fail "it did not say that the champion stays"
[ "$(champion)" = 1 ] || fail "the champion after a refusal"

expect 3 "a night below the requirement" env REQUIRE='roc_auc >= 0.9' "$nightly"

# Evening flights alone: minutes drift from the mornings, which is said and stops nothing before the gate does.
mlsys data split flights.parquet --where 'hour(date) >= 20' --time date -o evening -q >log
mlsys data split flights.parquet --where 'hour(date) < 12' --time date -o morning -q >log
sed 's/--time date --report/--time date --derive "minute=hour(date) * 60 + minute(date)" --report/' "$nightly" >drifting.sh
expect 3 "a night with drift" env TRAIN=morning/train.parquet TEST=evening/test.parquet REQUIRE='roc_auc >= 0.99' bash drifting.sh
grep -q 'the data drifted' log || fail "drift was not said"
grep -q 'the champion stays' log || fail "drift stopped the night before the gate"

echo 'date,delay,distance,origin,destination
2001-06-01 10:00:00,5,-1,ATL,BOS' >broken.csv
expect 3 "a night with broken data" env TEST=broken.csv "$nightly"
expect 4 "a night without data" env TEST=none.parquet "$nightly"
[ "$(champion)" = 1 ] || fail "the champion after all that"

# ---- pr-gate.yml: the `run` blocks after the installation, as GitHub runs them.
python3 - "$root/recipes/ci/pr-gate.yml" "$scratch" <<'END'
import pathlib, re, sys
text, out = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
env = dict(re.findall(r"^  ([A-Z]+): (.+)$", text.split("jobs:")[0], re.M))
(out / "env.sh").write_text("".join(f"export {name}='{value}'\n" for name, value in env.items()))
steps = re.findall(r"- name: (.+?)\n(?:        #.*\n)*        run: \|\n((?:          .*\n)+)", text)
assert [name for name, _ in steps] == ["Install mlsys", "Check the data", "Train what is proposed",
                                       "Compare with the champion"], steps
for number, (_, block) in enumerate(steps[1:]):
    (out / f"step{number}.sh").write_text("".join(line[10:] + "\n" for line in block.split("\n")))
END
mkdir "$scratch/pull" && cd "$scratch/pull" && mkdir data
cp ../project/train.parquet ../project/test.parquet data/ && cp ../project/contract.json .
export GITHUB_STEP_SUMMARY=$scratch/summary.md
step() { (. "$scratch/env.sh" && eval "${2:-}" && exec bash --noprofile --norc -eo pipefail "$scratch/step$1.sh"); }

expect 0 "checking the data" step 0
expect 0 "training" step 1
expect 0 "the gate without a champion" step 2
grep -q 'The gates passed' "$GITHUB_STEP_SUMMARY" || fail "the summary"
grep -q '<testsuite' gates.xml || fail "the JUnit file"
cp ../project/nightly/flights.tar.zst champion.tar.zst
expect 0 "the gate against an equal champion" step 2
expect 3 "the gate with a requirement it misses" step 2 "export REQUIRE='roc_auc >= 0.9'"
grep -q '^::error' log || fail "no annotation"
sed 's/--target late/--target late --features distance/' "$scratch/step1.sh" >worse.sh && cp worse.sh "$scratch/step1.sh"
expect 0 "training a worse model" step 1
expect 3 "the gate against a better champion" step 2
printf x >>champion.tar.zst
expect 5 "the gate against a damaged champion" step 2
cp ../project/broken.csv data/broken.csv
expect 3 "checking broken data" step 0 "export TEST=data/broken.csv"
echo "ci: all checks hold"
