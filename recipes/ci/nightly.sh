#!/usr/bin/env bash
# Retrain, gate, promote: every night, from cron or a scheduler, in the project's folder. Copy it and change the first
# block.
#
#   exit 0   the new model is the champion, and packaged
#   exit 3   the champion stays: the new data break the contract, or the new model is not better
#   others   something broke (see mlsys --help); nothing was promoted
#
# `set -e` ends the script at the first command that fails. Where 3, a verdict, is no reason to end, it is caught.
set -euo pipefail

model=${MODEL:-flights}
train=${TRAIN:-train.parquet}      # what to learn from, the latest rows included
test=${TEST:-test.parquet}         # what to judge on: newer than all of `train`, never trained on
contract=${CONTRACT:-contract.json}
out=${OUT:-nightly}                # reports and the package
require=${REQUIRE:-roc_auc >= 0.6}
train_options=(
  --derive "late=delay > 15"
  --derive "minute=hour(date) * 60 + minute(date)"
  --derive "weekday=dayofweek(date)"
  --target late --time date --exclude delay --valid 0.2
)

mkdir -p "$out"

# New data that break the contract end it here, with 3.
mlsys validate "$test" --contract "$contract"

# Drift is worth knowing and no reason to stop: retraining is the answer to it.
drift=0
mlsys drift "$train" "$test" --time date --report "$out/drift.html" --json >"$out/drift.json" || drift=$?
case $drift in
  0) echo "no drift" ;;
  3) echo "the data drifted: see $out/drift.html" ;;
  *) exit "$drift" ;;
esac

run=$(mlsys train "$train" "${train_options[@]}" -q)
version=$(mlsys register "run:$run" --name "$model" -q)
mlsys eval "$version" "$test" --slice origin --report "$out/eval.html"  # for people; the gate measures for itself

# The first night there is no champion to beat; what it must reach anyway is in `require`.
promoted=0
mlsys promote "$version" --to champion --data "$test" --require "$require" --require-better champion \
  --if-missing pass || promoted=$?
case $promoted in
  0) ;;
  3) echo "the champion stays: $version is not better" && exit 3 ;;
  *) exit "$promoted" ;;
esac

mlsys package "$model@champion" -o "$out/$model.tar.zst"
mlsys verify "$out/$model.tar.zst"
echo "$version is the champion"
