Scores by run, bundle directory and from standard input, the same for the same rows.

  $ flights 500 >t.csv
  $ mlsys train t.csv --target late --exclude id --rounds 10 -o model -q >run
  $ mlsys predict @last t.csv --keep id,late -o scores.csv
  scored 500 rows in <duration>: scores.csv with id, late, score
  next: mlsys eval scores.csv --target late
  $ head -3 scores.csv
  id,late,score
  1,0,0.21475509
  2,0,0.18828721
  $ json schema model_digest task target <scores.csv.json
  mlsys.predictions/1
  <sha256>
  binary
  late
  $ mlsys predict model t.csv --keep id,late | cmp - scores.csv
  $ mlsys predict "$(cat run)" - --input-format csv --keep id,late <t.csv | cmp - scores.csv
  $ mlsys predict model t.csv --margin -o scores.ndjson --json | json rows output columns unseen
  500
  scores.ndjson
  ["score", "margin"]
  {}
  $ head -1 scores.ndjson | json keys
  ["score", "margin"]
  $ mlsys predict model t.csv -o scores.parquet -q
  scores.parquet

A target that the model derives can be kept, derived; a column of the data by that name is kept as it is:

  $ mlsys train t.csv --target long --derive 'long=distance > 1100' --exclude id --rounds 3 -o derived -q >/dev/null
  $ head -4 t.csv | cut -d, -f2 | xargs
  distance 1171 1006 131
  $ mlsys predict derived t.csv --keep id,long | head -4 | cut -d, -f1,2
  id,long
  1,true
  2,false
  3,false
  $ mlsys predict derived t.csv --keep long -o long.csv | tail -1; mlsys eval long.csv -q
  next: mlsys eval long.csv --target long
  pass
  $ sed '1s/.*/id,distance,origin,late,long/; 1!s/$/,7/' t.csv >own.csv; mlsys predict derived own.csv --keep long | head -2 | cut -d, -f1
  long
  7
  $ cut -d, -f1,3,4 t.csv >short.csv; mlsys predict derived short.csv --keep long
  2> error: cannot read 'short.csv': no column 'distance'
  2> hint: * (glob)
  [1]
  $ mlsys predict derived t.csv --derive 'long=distance > 1500' --keep long
  2> error: cannot derive columns for scoring: a model derives its own
  2> hint: leave out --derive
  2> usage: mlsys predict MODEL DATA [options]
  [2]
  $ mlsys predict --help | grep -c derive
  0
  [1]

A name with a comma is quoted, as in CSV:

  $ sed '1s/.*/"id, of the row",distance,origin,late/' t.csv >comma.csv
  $ mlsys predict model comma.csv --keep '"id, of the row",late' | head -2
  "id, of the row",late,score
  1,0,0.21475509
  $ mlsys predict model comma.csv --keep '"id, of the row'
  2> error: cannot read the columns '"id, of the row': a quoted name does not end where it should
  2> hint: quotes go around whole names; a quote inside is written twice
  2> usage: mlsys predict MODEL DATA [options]
  [2]

Columns are found by name; missing and mistyped ones are errors, unseen values are counted.

  $ awk -F, '{ print $3 "," $2 }' t.csv | mlsys predict model - --input-format csv | cut -d, -f1 >reordered
  $ mlsys predict model t.csv | cmp - reordered
  $ sed '1s/distance/dist/' t.csv >renamed.csv
  $ mlsys predict model renamed.csv -o out.csv
  2> error: cannot read 'renamed.csv': no column 'distance'
  2> hint: the columns are 'id', 'dist', 'origin', 'late'
  [1]
  $ sed '3s/,[0-9]*,/,far,/' t.csv >mistyped.csv
  $ mlsys predict model mistyped.csv -o out.csv
  2> error: cannot score 'mistyped.csv': 1 value of column 'distance' is not of type integer, which the model was trained on: row 2 has 'far'
  2> hint: correct the values; --null TEXT reads a text as missing
  [1]
  $ sed '2s/,[A-Z]*,/,ZZZ,/' t.csv >unseen.csv
  $ mlsys predict model unseen.csv -o out.csv -q
  out.csv
  2> warning: column 'origin': 1 row with values that training did not see, scored as missing: ZZZ
  $ sed "2s/,[A-Z]*,/,Z$(printf '\033')[31mZ,/" t.csv >steering.csv; mlsys predict model steering.csv -o out.csv -q
  out.csv
  2> warning: column 'origin': 1 row with values that training did not see, scored as missing: Z?[31mZ
  $ mlsys predict model unseen.csv -o refused.csv --unseen error
  2> error: cannot score 'unseen.csv': column 'origin' holds 'ZZZ', which training did not see
  2> hint: --unseen missing scores such values as missing
  [1]
  $ ls out.csv refused.csv
  out.csv
  2> ls: cannot access 'refused.csv': No such file or directory
  [2]

  $ mlsys predict model t.csv --predictor forrest
  2> error: --predictor: 'forrest' is not one of forest, xgboost
  2> hint: did you mean 'forest'?
  2> usage: mlsys predict MODEL DATA [options]
  [2]
  $ mlsys predict model t.csv -o out.xlsx
  2> error: cannot write scores to 'out.xlsx': unknown file type
  2> hint: end the name in .csv, .tsv, .parquet or .ndjson
  2> usage: mlsys predict MODEL DATA [options]
  [2]
  $ mlsys predict model t.csv --json
  2> {
  2>   "schema": "mlsys.error/1",
  2>   "error": {
  2>     "code": "usage",
  2>     "message": "the scores and --json both want stdout",
  2>     "hint": "add -o FILE",
  2>     "exit": 2
  2>   }
  2> }
  [2]
  $ mlsys predict nowhere t.csv
  2> error: no model 'nowhere'
  2> hint: list models with 'mlsys models list', runs with 'mlsys runs list'
  [4]
  $ printf x >>model/model.ubj
  $ mlsys predict model t.csv
  2> error: model bundle 'model' is damaged: model.ubj has 23770 bytes instead of 23769
  2> hint: take the bundle from its run, registry or package again
  [5]
