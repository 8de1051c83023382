What was learnt from one table is not applied to another one that only looks like it. A column that is not there, or of
another type, ends predict, eval and drift with 1; nothing is written.

  $ flights 300 >t.csv; mkdir .mlsys
  $ mlsys train t.csv --target late --exclude id --rounds 3 -o model -q >run
  $ three() { for command in "predict model $1 -o new.csv" "eval model $1 --report new.html" "drift model $1 --report new.html"; do mlsys $command 2>&1; echo "exit $?"; done | sort | uniq -c | sed 's/^ *//'; ls -d new* 2>/dev/null; true; }

  $ cut -d, -f1,3,4 t.csv >missing.csv; three missing.csv
  3 error: cannot read 'missing.csv': no column 'distance'
  3 exit 1
  3 hint: the columns are 'id', 'origin', 'late'
  $ sed '1s/distance/Distance/' t.csv >renamed.csv; three renamed.csv
  3 error: cannot read 'renamed.csv': no column 'distance'
  3 exit 1
  3 hint: did you mean 'Distance'?
  $ awk -F, -v OFS=, 'NR > 1 { $2 = "d" $2 } 1' t.csv >text.csv; three text.csv
  3 error: cannot score 'text.csv': 300 values of column 'distance' are not of type integer, which the model was trained on: row 1 has 'd1171'
  3 exit 1
  3 hint: correct the values; --null TEXT reads a text as missing
  $ awk -F, -v OFS=, 'NR == 7 { $2 = "1.5" } NR == 9 { $2 = "9223372036854775808" } 1' t.csv >real.csv; three real.csv
  3 error: cannot score 'real.csv': 2 values of column 'distance' are not of type integer, which the model was trained on: row 6 has '1.5'
  3 exit 1
  3 hint: correct the values; --null TEXT reads a text as missing

A category may be new, and is then missing, counted and said; a column may be all missing:

  $ awk -F, -v OFS=, 'NR > 1 { $2 = "" } 1' t.csv >hollow.csv; mlsys predict model hollow.csv -o hollow.out.csv --json | json rows unseen
  300
  {}
  $ mlsys drift model hollow.csv --json | json verdict columns.0.drifted columns.0.reason
  drifted
  true
  no value in the current data
  $ awk -F, -v OFS=, 'NR > 1 { $3 = $3 NR % 2 } 1' t.csv >new.csv; mlsys predict model new.csv -o out.csv --json | json unseen
  {"origin": 300}
  2> warning: column 'origin': 300 rows with values that training did not see, scored as missing: BOS1, ATL0, ATL1, ORD0, SFO0
  $ rm out.csv* hollow.out* new.csv

Labels: text needs to be told which class is positive, and one class alone teaches nothing and measures little.

  $ awk -F, -v OFS=, 'NR > 1 { $4 = $4 ? "yes" : "no" } 1' t.csv >yes.csv; mlsys train yes.csv --target late -o new
  2> error: cannot train on 'yes.csv': which of 'no' and 'yes' is the positive class of 'late' is not plain
  2> hint: say --positive no or --positive yes
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train yes.csv --target late --positive Yes -o new
  2> error: cannot train on 'yes.csv': the target 'late' never has the value 'Yes'
  2> hint: did you mean 'yes'?
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys eval model yes.csv
  2> error: cannot score 'yes.csv': 300 values of column 'late' are not of type integer, which the model was trained on: row 1 has 'no'
  2> hint: correct the values; --null TEXT reads a text as missing
  [1]
  $ awk -F, -v OFS=, 'NR > 1 { $4 = 1 } 1' t.csv >one.csv; mlsys train one.csv --target late -o new
  2> error: cannot train on 'one.csv': the target 'late' has the same value in every row
  2> hint: check --where and --limit, or choose another --target
  [1]
  $ mlsys eval model one.csv --require 'roc_auc >= 0' -q
  fail
  [3]

A column without any value is no feature, target, weight or time:

  $ awk -F, -v OFS=, '{ print $0, NR == 1 ? "none" : "" }' t.csv >none.csv
  $ mlsys train none.csv --target late --features none -o new
  2> note: 'none.csv': no value at all, taken as text: 'none'
  2> error: cannot train on 'none.csv': no column is left as a feature
  2> hint: column 'none' was left out: it has no value in any row
  [1]
  $ mlsys train none.csv --target none -o new
  2> note: 'none.csv': no value at all, taken as text: 'none'
  2> error: cannot train on 'none.csv': the target 'none' is missing in 300 rows, first in row 1
  2> hint: leave them out with --where '"none" IS NOT NULL'
  [1]
  $ mlsys train none.csv --target late --weight none -o new
  2> note: 'none.csv': no value at all, taken as text: 'none'
  2> error: cannot read 'none.csv': column 'none' holds text, not numbers
  2> hint: look at its values with mlsys data profile
  [1]

2^24 + 1 is the first whole number that float32 cannot hold, so an id beyond it cannot be a feature. A date that could be
in two months stays text, which is said.

  $ awk -F, -v OFS=, 'NR > 1 { $1 += 16777216 } 1' t.csv >wide.csv; mlsys train wide.csv --target late -o new
  2> error: cannot train on 'wide.csv': column 'id' holds 150 integers beyond 2^24 that a float32 feature cannot hold
  2> hint: an identifier is no feature: --exclude 'id'; a category: --derive NAME='CAST("id" AS VARCHAR)' --exclude 'id'
  [1]
  $ printf 'day,x,y\n03/04/2001,1,0\n05/06/2001,2,1\n,3,1\n' >dates.csv; mlsys data profile dates.csv --json | json columns.0.type
  text
  2> note: 'dates.csv': column 'day' holds dates such as '03/04/2001', whose day and month could be either, and is taken as text: derive the date with strptime("day", '%d/%m/%Y')
  $ mlsys data split dates.csv -o new --time day
  2> note: 'dates.csv': column 'day' holds dates such as '03/04/2001', whose day and month could be either, and is taken as text: derive the date with strptime("day", '%d/%m/%Y')
  2> error: cannot split 'dates.csv' by time: column 'day' holds text values
  2> hint: a date, a timestamp (YYYY-MM-DD hh:mm:ss) or an integer orders rows
  [1]
  $ mlsys data profile dates.csv --derive d="CAST(strptime(\"day\", '%d/%m/%Y') AS DATE)" --json 2>/dev/null | json columns.3.type columns.3.min columns.3.nulls
  date
  2001-04-03
  1
  $ ls -d new*
  2> ls: cannot access 'new*': No such file or directory
  [2]

`a` and `A` are two columns, until they have to be written in a format that takes them for one:

  $ awk -F, -v OFS=, 'NR == 1 { print "a,A,y" } NR > 1 { print $2, $3, $4 }' t.csv >case.csv
  $ mlsys train case.csv --target y --rounds 3 -o case -q >/dev/null && mlsys predict case case.csv | tail -n +2 | cmp - <(mlsys predict model t.csv | tail -n +2)
  $ json features.0.name features.1.name <case/bundle.json
  a
  A
  $ mlsys train case.csv --target Y
  2> error: cannot train on 'case.csv': no column 'Y'
  2> hint: did you mean 'y'?
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys data split case.csv -o new --to parquet
  2> error: cannot write 'new/train.parquet': columns 'a' and 'A' differ only in case
  2> hint: rename one of them in the source
  [1]
  $ printf 'a,b,a\n1,2,3\n' >twice.csv; mlsys data profile twice.csv
  2> error: cannot read 'twice.csv': columns 1 and 3 are both named 'a'
  2> hint: rename one of them
  [1]

Names and values are text to all commands, whatever they look like, and tables stay aligned:

  $ { printf '"na""me","new\nline",👩‍🚀 crew,"; DROP TABLE runs; --",日本,y\n'
  >   for i in $(seq 60); do printf '%d,"v ""%d""\nx",👨‍👩‍👧‍👦%d,"'"'"'); DROP TABLE runs; --%d",漢字%d,%d\n' $i $((i % 3)) $((i % 2)) $((i % 5)) $((i % 4)) $((i * 7 % 10 > 4)); done; } >odd.csv
  $ mlsys data profile odd.csv | sed 's/ *$//'
  'odd.csv': 60 rows, 6 columns
  (blank)
  column                 type     missing  distinct  min  mean  max  distribution
  na"me                  integer                 60    1  30.5   60  ████████████████████
  new\nline              text                     3                  'v "0"\nx' 33.3%, 'v "1"\nx' 33.3%, 'v "2"\nx' 33.3%, length 7
  👩‍🚀 crew                text                     2                  '👨‍👩‍👧‍👦0' 50.0%, '👨‍👩‍👧‍👦1' 50.0%, length 8
  ; DROP TABLE runs; --  text                     5                  * (glob)
  日本                   text                     4                  '漢字0' 25.0%, '漢字1' 25.0%, '漢字2' 25.0%, length 3
  y                      integer                  2    0   0.5    1  █                  █
  (blank)
  next:
    mlsys data infer odd.csv -o contract.json
  $ mlsys train odd.csv --target y --rounds 3 -o odd -q >run 2>/dev/null
  $ mlsys predict odd odd.csv --keep '; DROP TABLE runs; --',"$(printf 'new\nline')" | head -3
  ; DROP TABLE runs; --,"new
  line",score
  '); DROP TABLE runs; --1,"v ""1""
  $ mlsys eval odd odd.csv --slice '👩‍🚀 crew' --json | json slices.0.slice slices.0.rows verdict
  👩‍🚀 crew=👨‍👩‍👧‍👦0
  30
  pass
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys data infer odd.csv -o oc.json -q && mlsys validate odd.csv -c oc.json -q && mlsys drift odd odd.csv -q
  oc.json
  pass
  stable
  $ mlsys runs start --name "x'); DROP TABLE runs; --" -e "a'b" --tag "k'=v; --" -q >odd.run; mlsys runs list -e "a'b" --json | json runs.0.name runs.0.tags
  x'); DROP TABLE runs; --
  {"k'": "v; --"}
  $ mlsys train odd.csv --target "$(printf 'new\nlime')" -o new
  2> error: cannot train on 'odd.csv': no column 'new\nlime'
  2> hint: did you mean 'new\nline'?
  2> usage: mlsys train DATA [options]
  [2]

Very many columns work (1,000 here; 10,000 take seconds), and more than the limit are refused with the way out:

  $ awk 'BEGIN { srand(1); for (i = 0; i < 1000; i++) printf "c%d,", i; print "y"; for (r = 0; r < 60; r++) { for (i = 0; i < 1000; i++) printf "%d,", rand() * 100; print r % 2 } }' >many.csv
  $ mlsys train many.csv --target y --rounds 2 -o many --json 2>/dev/null | json features.length; mlsys predict many many.csv | wc -l
  1000
  61
  $ mlsys data profile many.csv --json | json columns.length; mlsys data infer many.csv -o many.json -q; mlsys validate many.csv -c many.json -q
  1001
  many.json
  pass
  $ mlsys data profile many.csv --max-columns 1000
  2> error: cannot read 'many.csv': 1,001 columns are more than the limit of 1,000
  2> hint: allow them with --max-columns 1001
  2> usage: mlsys data profile DATA [options]
  [2]
