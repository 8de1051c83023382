A model carries the profile of its training rows. Those rows do not drift from it: `share` has values that float32, which
the model was trained with, does not have exactly.

  $ awk 'BEGIN {print "share,place,late"; for (i = 0; i < 600; i++) print i % 10 / 10 "," substr("ab", 1 + i % 2, 1) "," (i * 7 % 13 > 6)}' >old.csv
  $ mlsys train old.csv --target late --rounds 3 -o model -q >run
  $ mlsys drift model old.csv
  'old.csv' (600 rows) against model (600 rows)
  (blank)
  column  test  statistic  p corrected  effect    change
  share   ks            0            1       0    mean 0.45 → 0.45
  place   chi2          0            1       0    'a' 50.0% → 50.0%
  score   ks            0            1       0    mean 0.4617 → 0.4617
  (blank)
  stable: 0 of 3 columns drifted

The target is compared when it is asked for, and must then be there:

  $ mlsys drift model old.csv --target late --json | json verdict columns.*.name columns.2.role
  stable
  ["share", "place", "late", "score"]
  target
  $ cut -d, -f1,2 old.csv >unlabelled.csv; mlsys drift model unlabelled.csv -q
  stable
  $ mlsys drift model unlabelled.csv --target late
  2> error: cannot read 'unlabelled.csv': no column 'late'
  2> hint: the columns are 'share', 'place'
  [1]
  $ mlsys drift model unlabelled.csv --target lat
  2> error: cannot compare model with 'unlabelled.csv': no column 'lat'
  2> hint: the columns are 'share', 'place', 'score'
  2> usage: mlsys drift REFERENCE|MODEL DATA [options]
  [2]

So is one of classes that are real numbers, of two or of more:

  $ sed '1!s/$/.0/' old.csv >real.csv; mlsys train real.csv --target late --rounds 3 -o real -q >run
  $ mlsys drift real real.csv --target late --json | json verdict columns.2.name columns.2.type columns.2.test columns.2.statistic
  stable
  late
  real
  ks
  0.0
  $ mlsys train old.csv --derive 'grade=CASE WHEN share < 0.3 THEN 0.0 WHEN share < 0.6 THEN 0.5 ELSE 1.5 END' --target grade --task multiclass --rounds 3 -o grades -q >run
  $ mlsys drift grades old.csv --target grade -q
  stable
  $ mlsys drift grades old.csv --target grade --where 'share < 0.6' --json | json verdict columns.2.name columns.2.statistic
  drifted
  grade
  0.4

Data from a pipe are read twice, to be scored and to be compared:

  $ mlsys drift model - --input-format csv -q <old.csv
  stable
  $ mlsys drift model <(cat old.csv) -q
  stable

What an alias meant is found with `--as-of`, wherever a model is named:

  $ mlsys register model --name m -q >out 2>&1; mlsys promote m/1 -q >out
  $ before=$(date -u +%Y-%m-%dT%H:%M:%SZ -d '1 hour ago')
  $ mlsys drift m old.csv --as-of "$before" 2>&1 | head -1
  error: there was no model 'm' at <time>
  $ mlsys predict m old.csv --as-of "$before" >out 2>&1; echo $?; mlsys eval m old.csv --as-of "$before" >out 2>&1; echo $?; mlsys package m -o m.tar.zst --as-of "$before" >out 2>&1; echo $?
  4
  4
  4
  $ mlsys drift m old.csv --as-of 2100-01-01 -q
  stable
  $ mlsys drift m old.csv --as-of soon 2>&1 | head -1
  error: --as-of 'soon' is not a time

A feature may be called like the model's scores:

  $ sed '1s/share/score/' old.csv >named.csv; mlsys train named.csv --target late --rounds 3 -o named -q >run
  $ mlsys drift named named.csv --json | json verdict columns.*.name columns.*.role
  stable
  ["score", "place", "score_"]
  [null, null, "score"]

A profile of a part of the rows counts what is missing in that part, also in text:

  $ awk 'BEGIN {FS = OFS = ","} NR > 1 {if (NR % 5 == 0) $2 = ""; if (NR % 7 == 0) $1 = ""} {print $0, (NR > 1 ? NR % 4 : "part")}' old.csv >parts.csv
  $ mlsys train parts.csv --target late --valid part=0 --rounds 3 -o part -q >run
  $ awk -F, 'NR > 1 && $4 != 0 {share += $1 == ""; place += $2 == ""} END {print share; print place}' parts.csv
  64
  90
  $ json columns.0.missing columns.1.missing <part/profile.json
  64
  90
  $ mlsys drift part parts.csv --where 'part <> 0' -q
  stable
  $ mlsys train parts.csv --target late --valid 0.2 --exclude part --rounds 3 -o part -q >run; mlsys drift part parts.csv -q
  stable

Most values of a column went missing:

  $ awk 'BEGIN {FS = OFS = ","} NR > 1 && int(NR / 10) % 10 {$1 = ""} 1' old.csv >gaps.csv; mlsys drift model gaps.csv
  'gaps.csv' (600 rows) against model (600 rows)
  (blank)
  column  test  statistic  p corrected  effect           change
  share   ks            0            1       0  drifted  mean 0.45 → 0.45; missing values went from 0% to 90%
  place   chi2          0            1       0           'a' 50.0% → 50.0%
  score   ks         0.45     8.74e-55    0.45  drifted  mean 0.4617 → 0.4619
  (blank)
  drifted: 2 of 3 columns drifted
  [3]

Rows that differ, by the model's own columns; `distance`, which it does not know, is not looked at. Half of the places 'a'
became 'c': chi-squared is 2 (75²/225 + 75²/75) = 200, and the Jensen-Shannon distance 0.3945.

  $ awk -F, 'NR == 1 {print "place,share,distance"} NR > 1 {print ($2 == "a" && NR % 4 ? "c" : $2) "," $1 + 0.5 "," NR}' old.csv >new.csv
  $ mlsys drift model new.csv
  'new.csv' (600 rows) against model (600 rows)
  (blank)
  column  test  statistic  p corrected  effect           change
  share   ks          0.5     4.65e-68     0.5  drifted  mean 0.45 → 0.95
  place   chi2        200     5.58e-44  0.3945  drifted  'a' 50.0% → 25.0%; 1 new value in 150 rows
  score   ks * drifted * (glob)
  (blank)
  drifted: 3 of 3 columns drifted
  [3]
  $ cut -d, -f1 new.csv >narrow.csv; mlsys drift model narrow.csv
  2> error: cannot read 'narrow.csv': no column 'share'
  2> hint: the columns are 'place'
  [1]
