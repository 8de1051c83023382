Rows are divided exactly, and every row lands in one part, in the order of the source:

  $ flights 1001 >t.csv
  $ mlsys data split t.csv -o parts --parts train=0.7,valid=0.2,test=0.1 --stratify late --seed 7
  't.csv': 1,001 rows, stratified by late, seed 7
  (blank)
  part   rows   share  file
  train   701     0.7  parts/train.csv
  valid   200     0.2  parts/valid.csv
  test    100  0.0999  parts/test.csv
  (blank)
  next:
    mlsys train parts/train.csv --target COLUMN --valid parts/valid.csv
  $ cat parts/train.csv parts/valid.csv parts/test.csv | grep -v id, | sort -n | diff - <(tail -n +2 t.csv) && echo same
  same
  $ sort -nc -t, -k1 <(tail -n +2 parts/train.csv) && echo in order
  in order
  $ mlsys data split t.csv -o again --parts train=0.7,valid=0.2,test=0.1 --stratify late --seed 7 -q
  again/train.csv
  again/valid.csv
  again/test.csv
  $ cmp parts/train.csv again/train.csv && echo the same seed, the same bytes
  the same seed, the same bytes

Nothing is replaced unasked:

  $ mlsys data split t.csv -o parts
  2> error: cannot write 'parts/train.csv': it exists
  2> hint: replace it with --force
  2> usage: mlsys data split DATA --output DIR [options]
  [2]

Another format, as JSON:

  $ mlsys data split t.csv -o p --to parquet --json | json schema method parts.0.rows parts.1.rows parts.1.path
  mlsys.data.split/1
  random
  801
  200
  p/test.parquet

Rows that stand in two parts are known to who learned from the first; of ten equal rows the five of the second part are:

  $ (echo a,b; for i in 1 2 3 4 5 6 7 8 9 10; do echo 7,x; done) >alike.csv
  $ mlsys data split alike.csv -o alike --parts one=0.5,two=0.5 -q
  2> warning: 5 rows of 'two' have the same values as rows of an earlier part: what is learned there is known here
  alike/one.csv
  alike/two.csv
  $ mlsys data split alike.csv -o alike --parts one=0.5,two=0.5 --force --json 2>/dev/null | json parts.0.shared_rows parts.1.shared_rows
  0
  5

What cannot be split:

  $ mlsys data split t.csv -o x --parts a=0.5,b=0.6
  2> error: cannot split: the fractions add up to 1.1, not 1
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ mlsys data split t.csv -o x --stratify latte
  2> error: cannot read 't.csv': no column 'latte'
  2> hint: did you mean 'late'?
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ mlsys data split t.csv -o x --time origin
  2> error: cannot split 't.csv' by time: column 'origin' holds text values
  2> hint: a date, a timestamp (YYYY-MM-DD hh:mm:ss) or an integer orders rows
  [1]
  $ mlsys data split t.csv
  2> error: missing --output
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ ls x 2>/dev/null
  [2]
