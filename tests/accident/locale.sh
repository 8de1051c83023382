#!/usr/bin/env bash
# Numbers are written and read with a point, whatever the locale says.
# usage: locale.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"

export LOCPATH=$scratch/locale
mkdir "$LOCPATH"
localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8" 2>"$scratch/log" || skip "localedef cannot make de_DE.UTF-8 here"
[ "$(LC_ALL=de_DE.UTF-8 printf '%.1f' 0,5 2>&1)" = 0,5 ] || skip "de_DE.UTF-8 has no effect here"

flights 400 >t.csv
awk -F, -v OFS=, 'NR > 1 { $2 = $2 + 0.25 } 1' t.csv >real.csv
# The same commands under both; durations, and the digest of a bundle that holds its time, differ anyway.
everything() {
  mkdir "$1" && cd "$1"
  mlsys train ../real.csv --target late --exclude id --rounds 5 --valid 0.25 --param eta=0.25 --threshold 0.4 -o model --no-record --json |
    sed '/"seconds"/,/}/d; /"digest"/d'
  mlsys predict model ../real.csv --margin
  mlsys eval model ../real.csv --require 'roc_auc >= 0.5' --slice origin
  mlsys data profile ../real.csv
  mlsys data profile ../real.csv --json
  mlsys data infer ../real.csv
  mlsys drift ../real.csv ../real.csv --effect 0.15 --json
  mlsys data split ../real.csv -o parts --parts a=0.75,b=0.25 >/dev/null && cat parts/a.csv
  mlsys init . -q >/dev/null
  mlsys runs start -q >id && mlsys runs log "$(cat id)" --metric loss=0.125 && mlsys runs show "$(cat id)" --metric loss
  cat model/golden.json model/profile.json
  cd ..
}
everything plain >"$scratch/plain" 2>"$scratch/log" || fail "a command failed"
LC_ALL=de_DE.UTF-8 everything german >"$scratch/german" 2>"$scratch/log" || fail "a command failed with LC_ALL=de_DE.UTF-8"
unset LC_ALL
LC_NUMERIC=de_DE.UTF-8 everything numeric >"$scratch/numeric" 2>"$scratch/log" || fail "a command failed with LC_NUMERIC=de_DE.UTF-8"
for locale in german numeric; do
  diff "$scratch/plain" "$scratch/$locale" >"$scratch/log" || fail "another locale gives another output"
done
cmp plain/model/model.ubj german/model/model.ubj || fail "another locale gives another model"
[ "$(wc -l <"$scratch/plain")" -gt 1000 ] || fail "too little was compared"
