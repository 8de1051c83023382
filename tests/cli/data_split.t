Rows are divided exactly, and every row lands in one part, in the order of the source:

  $ flights 1001 >t.csv
  $ mlsys data split t.csv -o parts --parts train=0.7,valid=0.2,test=0.1 --stratify late --seed 7
  $ cat parts/train.csv parts/valid.csv parts/test.csv | grep -v id, | sort -n | diff - <(tail -n +2 t.csv) && echo same
  $ sort -nc -t, -k1 <(tail -n +2 parts/train.csv) && echo in order
  $ mlsys data split t.csv -o again --parts train=0.7,valid=0.2,test=0.1 --stratify late --seed 7 -q
  $ cmp parts/train.csv again/train.csv && echo the same seed, the same bytes

Nothing is replaced unasked:

  $ mlsys data split t.csv -o parts

Another format, as JSON:

  $ mlsys data split t.csv -o p --to parquet --json | json schema method parts.0.rows parts.1.rows parts.1.path

What cannot be split:

  $ mlsys data split t.csv -o x --parts a=0.5,b=0.6
  $ mlsys data split t.csv -o x --stratify latte
  $ mlsys data split t.csv -o x --time origin
  $ mlsys data split t.csv
  $ ls x 2>/dev/null
  [2]
