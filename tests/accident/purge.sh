#!/usr/bin/env bash
# Runs and versions that are deleted for good while others check, copy, export and score: what is removed on purpose is
# never met as damage, and every copy is whole.
# usage: purge.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"
seconds=4

expect 0 mlsys init . -q
flights 300 >t.csv
for rounds in 1 2; do expect 0 mlsys train t.csv --target late --exclude id --rounds $rounds --no-record -o m$rounds -q; done
expect 0 mlsys register m1/ --name fraud --alias champion

# The two models take turns: each time the one before is deleted, and so are a run and its file.
change() {
  local i=1 run
  while [ ! -e "$scratch/over" ]; do
    i=$((i + 1))
    mlsys register m$((2 - i % 2))/ --name fraud --alias champion -q >/dev/null
    mlsys models delete fraud/$((i - 1)) -q >/dev/null
    run=$(mlsys runs start -q)
    echo "$i" >"$scratch/file"
    mlsys runs log "$run" --artifact "$scratch/file" -q >/dev/null
    mlsys runs delete "$run" -q >/dev/null
    mlsys runs purge --all --older-than 0 -q >/dev/null
    mlsys store gc --older-than 0 -q >/dev/null
  done
  echo "$i" >"$scratch/changes"
}
change 2>"$scratch/change.log" &
changing=$!

look() {
  expect 0 mlsys store check
  rm -rf copy exported
  expect 0 mlsys store backup copy
  expect 0 mlsys store check --store copy
  expect 0 mlsys models export -o exported
  expect 0 mlsys predict fraud@champion t.csv -o scores.csv
  expect 0 mlsys lineage fraud
}
looks=0
end=$((SECONDS + seconds))
while [ $SECONDS -lt $end ]; do
  look
  looks=$((looks + 1))
done
touch "$scratch/over"
wait $changing || { cp "$scratch/change.log" "$scratch/log"; fail "the changes ended early"; }
[ ! -s "$scratch/change.log" ] || { cp "$scratch/change.log" "$scratch/log"; fail "the changes were disturbed"; }
expect 0 mlsys store check
echo "$looks looks during $(cat "$scratch/changes") changes"
