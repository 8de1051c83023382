A table against itself is stable, against a shifted one it has drifted:

  $ flights 1000 >old.csv
  $ awk -F, -v OFS=, 'NR > 1 {$2 += 500} {print}' old.csv >new.csv
  $ mlsys drift old.csv old.csv
  'old.csv' (1,000 rows) against 'old.csv' (1,000 rows)
  (blank)
  column    test  statistic  p corrected  effect    change
  distance  ks            0            1       0    mean 1336 → 1336
  origin    chi2          0            1       0    'ORD' 18.1% → 18.1%
  late      ks            0            1       0    mean 0.416 → 0.416
  (blank)
  not compared: id (no value occurs twice: an identifier)
  stable: 0 of 3 columns drifted
  $ mlsys drift old.csv new.csv
  'new.csv' (1,000 rows) against 'old.csv' (1,000 rows)
  (blank)
  column    test  statistic  p corrected  effect           change
  distance  ks        0.229     6.48e-23   0.229  drifted  mean 1336 → 1836
  origin    chi2          0            1       0           'ORD' 18.1% → 18.1%
  late      ks            0            1       0           mean 0.416 → 0.416
  (blank)
  not compared: id (no value occurs twice: an identifier)
  drifted: 1 of 3 columns drifted
  [3]
  $ mlsys drift old.csv new.csv --json >d.json; echo $?; json verdict share columns.1.name columns.1.type columns.1.test columns.1.statistic columns.1.effect columns.1.threshold columns.1.drifted <d.json
  3
  drifted
  0.3333333333333333
  distance
  integer
  ks
  0.229
  0.229
  0.1
  true

A saved profile does for the table: the same where it lists every value, and else D at its points, at most 1/255 less:

  $ mlsys data profile old.csv --save old.json -q >digest
  $ mlsys drift old.json new.csv --json >p.json; echo $?; for of in d p; do json columns.2.p_adjusted columns.2.effect columns.2.reference columns.3.statistic columns.3.p_value columns.3.bins columns.*.reason reference.rows <$of.json >$of.txt; done; diff d.txt p.txt && echo same
  3
  same
  $ for of in d p; do json columns.1.statistic <$of.json; done | paste -sd' ' | awk '{print ($2 <= $1 && $2 >= $1 - 1 / 255)}'
  1
  $ mlsys drift old.json old.csv -q
  stable
  $ mlsys drift old.json new.csv --reference-where "late = 1" 2>&1 | head -1
  error: --reference-where needs a table: 'old.json' is a profile
  $ mlsys drift old.csv old.json 2>&1 | head -1
  error: 'old.json' is a profile, and current data are a table
  $ mlsys data profile old.csv --json >said.json; mlsys drift said.json new.csv 2>&1 | head -2
  error: 'said.json' is what 'mlsys data profile --json' says of a table
  hint: compare with a profile: mlsys data profile FILE --save profile.json
  $ sed 's/"rows": 1000/"rows": -1/' old.json >bad.json; mlsys drift bad.json new.csv
  2> error: profile 'bad.json': key 'rows' must not be negative
  [5]
  $ rm old.json p.json said.json bad.json

Looking only, larger limits, fewer columns:

  $ mlsys drift old.csv new.csv --exit-zero -q
  drifted
  $ mlsys drift old.csv new.csv --effect 0.5 -q
  stable
  $ mlsys drift old.csv new.csv --max-share 0.5 -q
  stable
  $ mlsys drift old.csv new.csv --exclude distance -q
  stable

Lists of columns are written alike everywhere; rows of one query or group are not compared by them:

  $ mlsys drift old.csv new.csv --exclude distance,late --json | json tested columns.*.reason
  1
  ["no value occurs twice: an identifier", "excluded", null, "excluded"]
  $ mlsys drift old.csv old.csv --query origin --group late --features distance | grep '^not'
  not compared: id (not among the features), origin (its role is query), late (its role is group)

Values that go missing are drift, too:

  $ awk -F, -v OFS=, 'NR > 1 && NR % 5 == 0 {$2 = ""} {print}' old.csv >gaps.csv
  $ mlsys drift old.csv gaps.csv --features distance
  'gaps.csv' (1,000 rows) against 'old.csv' (1,000 rows)
  (blank)
  ...
  [3]
  $ mlsys drift old.csv gaps.csv --missing-effect 0.3 -q
  stable

Identifiers are not compared, but whether they are missing is; amounts that never repeat are no identifiers:

  $ awk -F, -v OFS=, 'NR > 1 && NR % 2 == 0 {$1 = ""} {print}' old.csv >lost.csv
  $ mlsys drift old.csv lost.csv
  'lost.csv' (1,000 rows) against 'old.csv' (1,000 rows)
  (blank)
  column    test  statistic  p corrected  effect           change
  ...
  (blank)
  drifted: 1 of 4 columns drifted
  [3]
  $ mlsys drift old.csv lost.csv --json | json columns.0.reason columns.0.test columns.0.missing_test.effect
  missing values: p * < 0.05 and effect 0.5 ≥ 0.1; missing values went from 0% to 50%; no value occurs twice: an identifier (glob)
  null
  0.5
  $ awk 'BEGIN {print "amount"; for (i = 0; i < 300; i++) print 1000000 + i * 29983}' >cents.csv
  $ awk 'NR > 1 {$1 = int($1 / 10)} {print}' cents.csv >tens.csv
  $ mlsys drift cents.csv tens.csv -q
  drifted
  [3]
  $ mlsys drift old.csv old.csv --features id --json | json tested columns.0.test
  1
  ks

One table, two parts of it:

  $ mlsys drift old.csv old.csv --reference-where "origin <> 'ORD'" --current-where "origin = 'ORD'" --features origin
  'old.csv' where origin = 'ORD' (181 rows) against 'old.csv' where origin <> 'ORD' (819 rows)
  (blank)
  column  test  statistic  p corrected  effect           change
  origin  chi2       1000    6.01e-214       1  drifted  'ORD' 0.0% → 100.0%; 1 new value in 181 rows
  (blank)
  not compared: id, distance, late (not among the features)
  drifted: 1 of 1 columns drifted
  [3]

For continuous integration:

  $ mlsys drift old.csv new.csv --format github --junit j.xml --markdown m.md --report r.html
  ::error title=mlsys drift%3A 'new.csv' against 'old.csv'::column 'distance': p 6.48e-23 < 0.05 and effect 0.229 ≥ 0.1%0Amean 1336 → 1836
  [3]
  $ cat m.md
  ### ❌ mlsys drift: &#39;new.csv&#39; against &#39;old.csv&#39;
  (blank)
  2 passed, 1 failed, 0 warned, 1 skipped.
  (blank)
  | | what | why | rows |
  |---|---|---|---|
  | ❌ | column &#39;distance&#39; | p 6.48e-23 &lt; 0.05 and effect 0.229 ≥ 0.1 | mean 1336 → 1836 |
  $ grep -c 'testcase' j.xml; grep -o 'Drifted: 1 of 3 columns drifted' r.html
  4
  Drifted: 1 of 3 columns drifted

A failure is never a verdict:

  $ mlsys drift old.csv nowhere.csv
  2> error: cannot read 'nowhere.csv': no such file
  2> hint: data files here: cents.csv, d.json, gaps.csv, lost.csv, new.csv, old.csv, tens.csv
  [4]
  $ mlsys drift no-such-model old.csv
  2> error: no model 'no-such-model'
  2> hint: there is no store here; name one with --store, or give a bundle directory
  [4]
  $ mlsys drift old.csv new.csv --alpha 1.5
  2> error: alpha is 1.5: it must lie between 0 and 1
  2> usage: mlsys drift REFERENCE|MODEL DATA [options]
  [2]
  $ mlsys drift old.csv new.csv --id idd
  2> error: cannot compare 'old.csv' with 'new.csv': no column 'idd'
  2> hint: did you mean 'id'?
  2> usage: mlsys drift REFERENCE|MODEL DATA [options]
  [2]
  $ cut -d, -f1 old.csv >ids.csv; mlsys drift ids.csv ids.csv
  2> error: cannot compare 'ids.csv' with 'ids.csv': no column is left to test
  2> hint: every column has a role, is a time or an identifier, or is on one side only
  2> usage: mlsys drift REFERENCE|MODEL DATA [options]
  [2]
