Violations are found with row, key and value; the exit code says so:

  $ flights 300 >t.csv
  $ mlsys data infer t.csv --target late -o c.json -q
  c.json
  $ sed 's/^5,[0-9]*/5,abc/; s/^7,[0-9]*/6,/; s/^9,[0-9]*,[A-Z]*/9,300,ZZZ/' t.csv >bad.csv
  $ mlsys validate bad.csv --contract c.json
  'bad.csv' against 'c.json': 300 rows, 14 checks
  (blank)
  check        column    failures  expected                                   first rows
  type         distance         1  integer                                    row 5 (line 6), key '5': 'abc'
  required     distance         1  a value in every row                       row 7 (line 8), key '6': missing
  enum         origin           1  one of ATL, BOS, DEN, JFK, ORD and 1 more  row 9 (line 10), key '9': 'ZZZ'
  primary_key  id               1  each key once, none missing                row 7 (line 8), key '6': '6'
  (blank)
  fail: 10 hold, 3 violated, 1 warning
  [3]
  $ mlsys validate bad.csv --contract c.json --json >v.json; echo $?; json verdict rows checks.2.name checks.4.name checks.4.columns.0 checks.4.severity checks.4.passed checks.4.failures checks.4.samples.0.row checks.4.samples.0.key checks.4.samples.0.value <v.json
  3
  fail
  300
  type
  type
  distance
  error
  false
  1
  5
  5
  abc

Warnings pass, unless strict:

  $ sed 's/^9,[0-9]*,[A-Z]*/9,300,ZZZ/' t.csv >new.csv
  $ mlsys validate new.csv -c c.json
  'new.csv' against 'c.json': 300 rows, 14 checks
  (blank)
  check  column  failures  expected                                   first rows
  enum   origin         1  one of ATL, BOS, DEN, JFK, ORD and 1 more  row 9 (line 10), key '9': 'ZZZ'
  (blank)
  pass: 13 hold, 0 violated, 1 warning
  $ mlsys validate new.csv -c c.json --strict -q
  fail
  [3]

For continuous integration:

  $ mlsys validate bad.csv -c c.json --format github --junit j.xml --markdown m.md --report r.html
  ::error file=bad.csv,line=6,title=mlsys validate%3A 'bad.csv' against 'c.json'::type of 'distance': 1 row (0.333%25), expected integer%0Arow 5 (line 6), key '5': 'abc'
  ::error file=bad.csv,line=8,title=mlsys validate%3A 'bad.csv' against 'c.json'::required of 'distance': 1 row (0.333%25), expected a value in every row%0Arow 7 (line 8), key '6': missing
  ::warning file=bad.csv,line=10,title=mlsys validate%3A 'bad.csv' against 'c.json'::enum of 'origin': 1 row (0.333%25), expected one of ATL, BOS, DEN, JFK, ORD and 1 more%0Arow 9 (line 10), key '9': 'ZZZ'
  ::error file=bad.csv,line=8,title=mlsys validate%3A 'bad.csv' against 'c.json'::primary_key of 'id': 1 row (0.333%25), expected each key once, none missing%0Arow 7 (line 8), key '6': '6'
  [3]
  $ cat j.xml
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites>
  <testsuite name="mlsys validate" tests="14" failures="3" errors="0" skipped="0">
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="schema"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="new_columns"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="type of &#39;id&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="required of &#39;id&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="type of &#39;distance&#39;"><failure message="1 row (0.333%), expected integer">row 5 (line 6), key &#39;5&#39;: &#39;abc&#39;</failure></testcase>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="required of &#39;distance&#39;"><failure message="1 row (0.333%), expected a value in every row">row 7 (line 8), key &#39;6&#39;: missing</failure></testcase>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="range of &#39;distance&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="type of &#39;origin&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="required of &#39;origin&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="enum of &#39;origin&#39;"><system-out>warning: 1 row (0.333%), expected one of ATL, BOS, DEN, JFK, ORD and 1 more
  row 9 (line 10), key &#39;9&#39;: &#39;ZZZ&#39;</system-out></testcase>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="type of &#39;late&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="required of &#39;late&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="range of &#39;late&#39;"/>
  <testcase classname="&#39;bad.csv&#39; against &#39;c.json&#39;" name="primary_key of &#39;id&#39;"><failure message="1 row (0.333%), expected each key once, none missing">row 7 (line 8), key &#39;6&#39;: &#39;6&#39;</failure></testcase>
  </testsuite>
  </testsuites>
  $ cat m.md
  ### ❌ mlsys validate: &#39;bad.csv&#39; against &#39;c.json&#39;
  (blank)
  10 passed, 3 failed, 1 warned, 0 skipped.
  (blank)
  | | what | why | rows |
  |---|---|---|---|
  | ❌ | type of &#39;distance&#39; | 1 row (0.333%), expected integer | row 5 (line 6), key &#39;5&#39;: &#39;abc&#39; |
  | ❌ | required of &#39;distance&#39; | 1 row (0.333%), expected a value in every row | row 7 (line 8), key &#39;6&#39;: missing |
  | ⚠️ | enum of &#39;origin&#39; | 1 row (0.333%), expected one of ATL, BOS, DEN, JFK, ORD and 1 more | row 9 (line 10), key &#39;9&#39;: &#39;ZZZ&#39; |
  | ❌ | primary\_key of &#39;id&#39; | 1 row (0.333%), expected each key once, none missing | row 7 (line 8), key &#39;6&#39;: &#39;6&#39; |
  $ grep -o 'The contract is violated' r.html
  The contract is violated

Standard input, columns that are missing or new, labels that are not there yet:

  $ cat bad.csv | mlsys validate - -c c.json -q
  fail
  [3]
  $ cut -d, -f1-3 t.csv >unlabelled.csv
  $ mlsys validate unlabelled.csv -c c.json
  'unlabelled.csv' against 'c.json': 300 rows, 11 checks
  (blank)
  check   column  failures  expected      first rows
  schema  late           1  all 4 fields  missing: 'late'
  (blank)
  fail: 10 hold, 1 violated, 0 warnings
  [3]
  $ mlsys validate unlabelled.csv -c c.json --without-target -q
  pass

Every failure has its code: no data, no contract, a contract that is none, data that cannot be read:

  $ mlsys validate nowhere.csv -c c.json
  2> error: cannot read 'nowhere.csv': no such file
  2> hint: data files here: bad.csv, c.json, new.csv, t.csv, unlabelled.csv, v.json
  [4]
  $ mlsys validate t.csv -c nowhere.json
  2> error: cannot read 'nowhere.json': No such file or directory
  2> hint: draft one: mlsys data infer DATA -o nowhere.json
  [4]
  $ mlsys validate t.csv -c cc.json
  2> error: cannot read 'cc.json': No such file or directory
  2> hint: did you mean 'c.json'?
  [4]
  $ echo '{"fields": [{"name": "a", "typ": "string"}]}' >typo.json; mlsys validate t.csv -c typo.json
  2> error: contract 'typo.json' 'fields[0]': unknown key 'typ'
  2> hint: did you mean 'type'?
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]
  $ echo '{"fields": [{"name": "id"}], "checks": [{"check": "expression", "expression": "id > (SELECT 1)"}]}' >sql.json; mlsys validate t.csv -c sql.json
  2> error: contract 'sql.json': cannot derive 'id > (SELECT 1)': a subquery cannot be used here
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]
  $ echo '{"fields": [{"name": "id"}, {"name": "origin"}], "checks": [{"check": "expression", "expression": "origin::INT > 0"}]}' >cast.json; mlsys validate t.csv -c cast.json
  2> error: cannot query 't.csv': could not convert string '???' to INT32 (glob)
  2> hint: if 'origin::INT > 0' fails on such a value: TRY_CAST and try_strptime make it missing
  [1]
  $ printf 'a,b\n1,2,3\n' >ragged.csv; mlsys validate ragged.csv -c c.json
  2> error: cannot read 'ragged.csv': line 2 has 3 fields, and the header has 2
  2> hint: a field that holds the delimiter or a line end must be in double quotes
  [1]
  $ mlsys validate t.csv
  2> error: missing --contract
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]

Rows are divided into those to go on with and those to look at, whatever the exit code:

  $ mlsys validate bad.csv -c c.json --valid good.csv --invalid broken.csv | tail -3
  fail: 10 hold, 3 violated, 1 warning
  valid: 298 rows in good.csv
  invalid: 2 rows in broken.csv
  $ diff <(sed '6d;8d' bad.csv) good.csv && echo the others, as they were
  the others, as they were
  $ tail -n +2 broken.csv | cut -d, -f1,2
  5,abc
  6,
  $ mlsys validate bad.csv -c c.json --valid x.csv --invalid x.csv
  2> error: cannot write valid and invalid rows to the same file 'x.csv'
  2> hint: name two files
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]

Checks against other tables, by a name given here or a file beside the contract:

  $ printf 'code\nATL\nBOS\n' >airports.csv
  $ printf 'n,origin,day\n1,ATL,01/02/2024\n2,QQQ,31/02/2024\n3,BOS,02/02/2024\n' >trips.csv
  $ cat >trips.json <<END
  > {"fields": [{"name": "n", "type": "integer"}, {"name": "origin", "type": "string"},
  >   {"name": "day", "type": "date", "format": "%d/%m/%Y"}, {"name": "refund", "serving": false}],
  >  "primaryKey": "n", "foreignKeys": [{"fields": "origin", "reference": {"resource": "airports.csv", "fields": "code"}}],
  >  "checks": [{"check": "overlap", "columns": ["n"], "reference": "train", "tolerance": 0.5}]}
  > END
  $ mlsys validate trips.csv -c trips.json --serving --reference train=t.csv
  2> error: cannot read 't.csv': no column 'n'
  2> hint: the columns are 'id', 'distance', 'origin', 'late'
  [1]
  $ printf 'n\n3\n4\n' >train.csv
  $ mlsys validate trips.csv -c trips.json --serving --reference train=train.csv
  'trips.csv' against 'trips.json': 3 rows, 8 checks
  (blank)
  check        column  failures  expected                first rows
  format       day            1  format %d/%m/%Y         row 2 (line 3), key '2': '31/02/2024'
  foreign_key  origin         1  code of 'airports.csv'  row 2 (line 3), key '2': 'QQQ'
  (blank)
  fail: 6 hold, 2 violated, 0 warnings
  [3]
  $ mlsys validate trips.csv -c trips.json
  2> error: contract 'trips.json': there is no table 'train' to compare with
  2> hint: say which one it is: --reference NAME=FILE; other names are files below the contract's own folder
  [4]
  $ mlsys validate trips.csv -c trips.json --reference train
  2> error: cannot use the reference 'train': it is not NAME=FILE
  2> hint: for example: --reference train=train.parquet
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]

Distributions are held against a profile by a named measure, and the value or bin that changed most is said:

  $ mlsys data profile t.csv --save t-profile.json -q >/dev/null
  $ cat >drift.json <<END
  > {"fields": [{"name": "id"}, {"name": "distance", "type": "integer"}, {"name": "origin", "type": "string"}, {"name": "late"}],
  >  "checks": [{"check": "distribution", "column": "origin", "reference": "t-profile.json", "measure": "psi", "maximum": 0.2},
  >   {"check": "distribution", "column": "origin", "reference": "t-profile.json", "measure": "chi2", "minimum": 0.001},
  >   {"check": "distribution", "column": "distance", "reference": "t-profile.json", "measure": "js", "maximum": 0.1}]}
  > END
  $ mlsys validate t.csv -c drift.json
  't.csv' against 'drift.json': 300 rows, 7 checks
  pass: 7 hold, 0 violated, 0 warnings
  $ awk -F, -v OFS=, 'NR>1 {$2=int($2/2); if (NR%2) $3="ORD"} 1' t.csv >moved.csv; mlsys validate moved.csv -c drift.json
  'moved.csv' against 'drift.json': 300 rows, 7 checks
  (blank)
  check         column    failures  expected                                   first rows
  distribution  origin           1  psi at most 0.2 from 't-profile.json'      population stability index is 0.8707, most in 'ORD', from 16.3% to 59%
  distribution  origin           1  chi2 at least 0.001 from 't-profile.json'  p-value of chi-squared is 7.115e-24, most in 'ORD', from 16.3% to 59%
  distribution  distance         1  js at most 0.1 from 't-profile.json'       Jensen-Shannon distance is 0.5605, most in 'up to 339', from 10% to 25.3%
  (blank)
  fail: 4 hold, 3 violated, 0 warnings
  [3]
  $ sed 's/"chi2", "minimum"/"chi2", "maximum"/' drift.json >maximum.json; mlsys validate t.csv -c maximum.json
  2> error: contract 'maximum.json' 'checks[1]': key 'maximum' cannot limit chi2, a p-value: give a 'minimum' such as 0.001
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]
  $ sed 's/"psi"/"ks"/' drift.json >order.json; mlsys validate t.csv -c order.json
  2> error: contract 'order.json': the check 'distribution' of column 'origin': its values have no order, which ks needs
  2> hint: js, psi and chi2 measure categories
  2> usage: mlsys validate DATA --contract FILE [options]
  [2]

Checks of labels wait for the labels:

  $ printf 'x,y\n1,0\n2,1\n' >labelled.csv; printf 'x\n1\n1\n' >new.csv
  $ cat >labels.json <<END
  > {"fields": [{"name": "x", "type": "integer"}, {"name": "y", "type": "integer"}], "roles": {"target": "y"},
  >  "checks": [{"check": "conflicting_labels", "label": "y"}, {"check": "class_ratio", "column": "y", "minimum": 0.1}]}
  > END
  $ mlsys validate labelled.csv -c labels.json -q
  pass
  $ mlsys validate new.csv -c labels.json --without-target
  'new.csv' against 'labels.json': 2 rows, 5 checks
  pass: 5 hold, 0 violated, 0 warnings
  $ mlsys validate new.csv -c labels.json -q
  fail
  [3]
