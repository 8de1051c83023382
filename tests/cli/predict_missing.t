What was missing in training is missing in scoring: the texts of --null, and those of a contract, are the model's. The
scores are those of the same table with empty fields, which need no word.

  $ flights 600 | awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 { $2 = -999 } { print }' >words.csv
  $ sed 's/-999//' words.csv >empty.csv
  $ train() { mlsys train "$@" --target late --exclude id --rounds 10 --no-record -q; }
  $ train empty.csv -o plain
  plain
  $ mlsys predict plain empty.csv >expected
  $ train words.csv --null -999 -o by_word
  by_word
  $ mlsys predict by_word words.csv | cmp - expected
  $ mlsys predict by_word empty.csv | cmp - expected
  $ json reading <by_word/bundle.json; json missingValues <by_word/contract.json
  {"null": ["-999"]}
  ["", "-999"]
  $ mlsys eval by_word words.csv --json 2>/dev/null | json metrics.roc_auc.value >by_word.auc
  $ mlsys eval plain empty.csv --json 2>/dev/null | json metrics.roc_auc.value | cmp - by_word.auc
  $ mlsys drift by_word words.csv -q
  stable
  $ mlsys drift plain words.csv -q
  drifted
  [3]

  $ echo '{"missingValues": ["", "-999"], "fields": [{"name": "id", "type": "integer"}, {"name": "distance", "type":
  > "integer"}, {"name": "origin", "type": "string"}, {"name": "late", "type": "integer"}]}' >contract.json
  $ train words.csv --contract contract.json -o by_contract
  by_contract
  $ mlsys predict by_contract words.csv | cmp - expected

So they are in a file of validation rows, and beside the words of the command line, which are added:

  $ train words.csv --contract contract.json --valid words.csv -o valid 2>/dev/null
  valid
  $ train empty.csv --valid empty.csv -o valid_empty 2>/dev/null; cmp valid/model.ubj valid_empty/model.ubj
  valid_empty
  $ sed '2s/,[0-9-]*,/,none,/' words.csv >more.csv; sed '2s/,[0-9-]*,/,,/' empty.csv >more_empty.csv
  $ mlsys predict by_word more.csv >/dev/null
  2> error: cannot score 'more.csv': 1 value of column 'distance' is not of type integer, which the model was trained on: row 1 has 'none'
  2> hint: correct the values; --null TEXT reads a text as missing
  [1]
  $ mlsys predict by_word more.csv --null none >more; mlsys predict plain more_empty.csv | cmp - more

A model of Parquet has no words: there -999 was a number.

  $ mlsys data convert words.csv -o words.parquet -q
  words.parquet
  $ train words.parquet --null -999 -o parquet
  parquet
  $ json reading <parquet/bundle.json
  <absent>
  $ mlsys predict parquet words.parquet >numbers; mlsys predict parquet words.csv | cmp - numbers

Absent entries of sparse rows mean what they meant in training; another meaning contradicts the model.

  $ awk 'BEGIN { for (i = 0; i < 300; ++i) { a = i % 7; b = i % 5; c = i % 3;
  > print (a + 2 * b - c > 6) (a ? " 1:" a : "") (b ? " 2:" b : "") (c ? " 3:" c : "") } }' >rows.libsvm
  $ awk 'BEGIN { print "label,f1,f2,f3"; for (i = 0; i < 300; ++i) { a = i % 7; b = i % 5; c = i % 3;
  > print (a + 2 * b - c > 6) "," a "," b "," c } }' >rows.csv
  $ mlsys train rows.libsvm --sparse-absent zero --rounds 5 --no-record -o sparse -q
  sparse
  $ mlsys train rows.csv --target label --rounds 5 --no-record -o dense -q
  dense
  $ mlsys predict dense rows.csv >expected; mlsys predict sparse rows.libsvm | cmp - expected
  $ mlsys predict sparse rows.libsvm --sparse-absent zero | cmp - expected
  $ mlsys drift sparse rows.libsvm -q
  stable
  $ mlsys predict sparse rows.libsvm --sparse-absent missing
  2> error: cannot read 'rows.libsvm' like the data the model was trained on: there an absent entry is zero, not missing
  2> hint: leave out --sparse-absent: the model says what it means
  2> usage: mlsys predict MODEL DATA [options]
  [2]
  $ mlsys train rows.libsvm --rounds 5 --no-record -o known -q 2>/dev/null; json reading <known/bundle.json
  known
  {"sparse_absent": "missing"}

Bundles of before this was kept are read as they were then, by the options alone.

  $ python3 - <<'end'
  > import json
  > manifest = json.load(open("by_word/bundle.json"))
  > del manifest["reading"]
  > json.dump(manifest, open("by_word/bundle.json", "w"))
  > end
  $ mlsys predict by_word words.csv --null -999 >old; mlsys predict plain empty.csv | cmp - old
