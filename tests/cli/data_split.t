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

Folds for cross-validation, as files, of which a pattern takes all but one:

  $ mlsys data split t.csv -o folds --folds 4 --stratify late
  't.csv': 1,001 rows, stratified by late, seed 0
  (blank)
  part   rows  share  file
  fold1   251  0.251  folds/fold1.csv
  fold2   250   0.25  folds/fold2.csv
  fold3   250   0.25  folds/fold3.csv
  fold4   250   0.25  folds/fold4.csv
  (blank)
  next:
    mlsys train 'folds/fold[!1].csv' --target COLUMN --valid folds/fold1.csv
  $ mlsys train 'folds/fold[!1].csv' --target late --rounds 2 --valid folds/fold1.csv --json 2>/dev/null | json task
  binary
  $ mlsys data split t.csv -o many --folds 12 -q | head -2
  many/fold01.csv
  many/fold02.csv

And as a column, from which training takes one fold after the other:

  $ mlsys data split t.csv -o folds.csv --folds 4 --stratify late --column fold
  't.csv': 1,001 rows, stratified by late, seed 0
  (blank)
  part  rows  share
  1      251  0.251
  2      250   0.25
  3      250   0.25
  4      250   0.25
  (blank)
  next:
    mlsys train folds.csv --target COLUMN --valid fold=1
  $ tail -n +2 folds.csv | cut -d, -f5 | sort | uniq -c
      251 1
      250 2
      250 3
      250 4
  $ mlsys train folds.csv --target late --rounds 2 --valid fold=3 --json 2>/dev/null | json task
  binary
  $ mlsys data split t.csv -o split.parquet --column split --time id -q
  split.parquet
  $ mlsys data split t.csv -o split.parquet --column split --force --json | json part_column parts.0.path
  split
  split.parquet
  $ mlsys data split t.csv -o late.csv --column late
  2> error: cannot split 't.csv': it has a column 'late' already
  2> hint: choose another name: --column NAME
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ mlsys data split t.csv -o x --folds 1
  2> error: cannot split into 1 folds
  2> hint: --folds takes 2 to 255
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ mlsys data split t.csv -o x --folds 3 --parts a=0.5,b=0.5
  2> error: --folds and --parts both say what the parts are
  2> hint: choose one
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ ls x late.csv 2>/dev/null
  [2]

Values that should be on one side only, and rows that are alike but for their number:

  $ printf 'id,t,user\n1,1,a\n2,1,b\n3,2,b\n4,2,c\n' >users.csv
  $ mlsys data split users.csv -o users --parts past=0.5,future=0.5 --time t --leak user --exclude id --exclude t -q
  users/past.csv
  users/future.csv
  2> warning: 1 row of 'future' have the same values as rows of an earlier part: what is learned there is known here
  2> warning: 1 row of 'future' have a value of 'user' that an earlier part has too; --group user keeps them together
  $ mlsys data split users.csv -o users --parts past=0.5,future=0.5 --time t --leak user --force --json 2>/dev/null | json parts.1.shared_values.user parts.1.shared_rows
  1
  0

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
  2> hint: name what to write with -o: -o DIR
  2> usage: mlsys data split DATA --output DIR [options]
  [2]
  $ ls x 2>/dev/null
  [2]

The first line says how the rows were divided:

  $ awk 'BEGIN {print "g,t,y"; for (i = 0; i < 50; i++) print i % 5 "," i "," i % 2}' >ways.csv
  $ for how in '' '--stratify y' '--time t' '--group g'; do mlsys data split ways.csv -o ways --force $how 2>/dev/null | head -1; done
  'ways.csv': 50 rows, at random, seed 0
  'ways.csv': 50 rows, stratified by y, seed 0
  'ways.csv': 50 rows, in the order of t
  'ways.csv': 50 rows, rows of one g together, seed 0
