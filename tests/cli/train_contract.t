What a contract leaves open is settled by the data: `a` had no value on the day of the draft, and is a number now.

  $ awk 'BEGIN {print "a,b,y"; for (i = 0; i < 400; i++) print (i * 37 % 101) / 10 "," i % 7 "," (i * 37 % 101 + 9 * (i % 7) > 75)}' >t.csv
  $ sed '1!s/^[^,]*//' t.csv >first.csv; mlsys data infer first.csv -o any.json -q
  any.json
  $ json fields.0.name fields.0.type <any.json
  a
  any
  $ train() { mlsys train "$@" --target y --rounds 5 --no-record -q; }
  $ train t.csv -o settled; train t.csv --contract any.json -o open
  settled
  open
  $ json features.0.type features.0.kind inputs.0.type <open/bundle.json
  real
  numeric
  real
  $ cmp open/model.ubj settled/model.ubj
  $ train - --input-format csv --contract any.json -o piped <t.csv; cmp piped/model.ubj settled/model.ubj
  piped
  $ sed -n 1,300p t.csv >v.csv; train t.csv --contract any.json --valid v.csv -o valid 2>/dev/null; json features.0.type <valid/bundle.json
  valid
  real
  $ echo '{"fields": [{"name": "a"}, {"name": "b"}, {"name": "y"}]}' >none.json
  $ train t.csv --contract none.json -o none; cmp none/model.ubj settled/model.ubj
  none

A date in a format of its own is read as `mlsys validate` reads it. It is no category, but numbers can be derived from it,
for whoever uses the model, too.

  $ awk -F, -v OFS=, 'NR == 1 {print "day", $0} NR > 1 {printf "%02d/%02d/2021,%s\n", 1 + NR % 28, 1 + int(NR / 40), $0}' t.csv >days.csv
  $ sed -n 2p days.csv
  03/01/2021,0,0,0
  $ echo '{"fields": [{"name": "day", "type": "date", "format": "%d/%m/%Y"}, {"name": "a", "type": "number"},
  > {"name": "b", "type": "integer"}, {"name": "y", "type": "integer"}]}' >days.json
  $ mlsys validate days.csv -c days.json -q
  pass
  $ mlsys train days.csv --target y --rounds 5 --contract days.json --no-record -o days 2>&1 | grep day
  note: column 'day' is no feature: it is a date in the format '%d/%m/%Y': derive numbers from it, for example --derive 'month=month(strptime("day", '\''%d/%m/%Y'\''))'
  model days
    mlsys eval days TEST-DATA
    mlsys register days --name y
  $ cmp days/model.ubj settled/model.ubj
  $ train days.csv --contract days.json --derive 'month=month(strptime("day", '\''%d/%m/%Y'\''))' -o month 2>/dev/null
  month
  $ json features.*.name inputs.0.name inputs.0.type <month/bundle.json; json fields.0 <month/contract.json
  ["a", "b", "month"]
  day
  text
  {"name": "day", "type": "date", "format": "%d/%m/%Y"}
  $ sed 's/^\(..\).\(..\).\(....\),/\3-\2-\1,/' days.csv >iso.csv; sed -n 2p iso.csv
  2021-01-03,0,0,0
  $ train iso.csv --derive 'month=month("day")' -o iso; mlsys predict iso iso.csv >expected; mlsys predict month days.csv | cmp - expected
  iso

  $ train days.csv --contract days.json --features day,a -o odd
  2> error: cannot train on 'days.csv': column 'day' cannot be a feature: it is a date in the format '%d/%m/%Y': derive * (glob)
  2> hint: leave it out of --features
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train days.csv --contract days.json --target day --no-record -o odd
  2> error: cannot train on 'days.csv': the target 'day' is a date in the format '%d/%m/%Y'
  2> hint: derive a number or a class from it with --derive NAME=EXPR
  [1]
  $ train days.csv --contract days.json --valid 0.2 --time day -o odd
  2> error: cannot train on 'days.csv' by time: column 'day' is a date in the format '%d/%m/%Y'
  2> hint: derive the time: --derive 'time=strptime("day", '\''%d/%m/%Y'\'')' --time time
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train days.csv --target y --contract days.json --valid 0.2 --no-record -o latest --derive 'time=strptime("day", '\''%d/%m/%Y'\'')' --time time --json 2>/dev/null | json valid
  the latest 20% by 'time'
