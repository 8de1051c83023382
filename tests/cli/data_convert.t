Another format, with the same values:

  $ flights 100 >t.csv
  $ mlsys data convert t.csv -o t.parquet
  t.parquet: 100 rows, 4 columns of 't.csv'
  $ mlsys data convert t.parquet -o back.csv -q && cmp t.csv back.csv && echo the same bytes
  back.csv
  the same bytes
  $ for to in tsv ndjson json csv.gz csv.zst; do mlsys data convert t.csv -o t.$to -q && mlsys data diff t.csv t.$to -q; done
  t.tsv
  same
  t.ndjson
  same
  t.json
  same
  t.csv.gz
  same
  t.csv.zst
  same

Some rows and columns, and new ones:

  $ mlsys data convert t.csv -o far.csv --where 'distance > 2000' --derive 'km=distance * 1.609' --column km --column id
  far.csv: 19 rows, 2 columns of 't.csv'
  $ awk -F, 'NR > 1 && $2 > 2000 {n++} END {print n}' t.csv
  19
  $ mlsys data convert t.csv -o far.csv
  2> error: cannot write 'far.csv': it exists
  2> hint: replace it with --force
  2> usage: mlsys data convert DATA --output FILE [options]
  [2]
  $ mlsys data convert t.csv -o far.csv --force --json | json schema rows columns.1.type
  mlsys.data.convert/1
  100
  integer
  $ mlsys data convert t.csv 'new table.csv'
  2> error: unexpected argument 'new table.csv'
  2> hint: name what to write with -o: -o 'new table.csv'
  2> usage: mlsys data convert DATA --output FILE [options]
  [2]
  $ mlsys data convert t.csv -o new.csv surplus
  2> error: unexpected argument 'surplus'
  2> usage: mlsys data convert DATA --output FILE [options]
  [2]
  $ mlsys data convert t.csv
  2> error: missing --output
  2> hint: name what to write with -o: -o FILE
  2> usage: mlsys data convert DATA --output FILE [options]
  [2]
  $ mlsys data convert t.csv -o t.xlsx
  2> error: cannot write 't.xlsx': its ending names no format
  2> hint: known are .csv .tsv .parquet .ndjson .json, text also with .gz or .zst
  2> usage: mlsys data convert DATA --output FILE [options]
  [2]
  $ mlsys data convert t.csv -o some.csv --column distanse
  2> error: cannot convert 't.csv': no column 'distanse'
  2> hint: did you mean 'distance'?
  2> usage: mlsys data convert DATA --output FILE [options]
  [2]
  $ ls some.csv 2>/dev/null
  [2]

A sample keeps the order of the rows, and the same seed takes the same ones:

  $ mlsys data sample t.csv -n 10 --seed 7 -o s.csv
  s.csv: 10 rows, 4 columns of 't.csv', seed 7
  $ mlsys data sample t.csv -n 10 --seed 7 -o again.csv -q && cmp s.csv again.csv && echo the same
  again.csv
  the same
  $ mlsys data sample t.csv -n 10 --seed 8 -o other.csv -q; cmp -s s.csv other.csv || echo others
  other.csv
  others
  $ tail -n +2 s.csv | sort -n -c && grep -c -F -x -f t.csv s.csv
  11
  $ mlsys data sample t.csv -n 1000 -o all.csv --json | json rows seed
  100
  0
  $ mlsys data sample t.csv -o none.csv
  2> error: missing --rows
  2> usage: mlsys data sample DATA --rows N --output FILE [options]
  [2]

NaN and infinities, which only Parquet holds, are written as missing, and counted; the types stay:

  $ printf 'x\n1\n' >x.csv; mlsys data convert x.csv -o odd.parquet -q --sql "SELECT * FROM (VALUES (1.5::DOUBLE, 'nan'::DOUBLE, 'a'), ('nan', 'nan', 'b'), ('inf', 2, 'c'), ('-inf', NULL, 'd'), (NULL, 3, 'e')) AS t(r, s, w)"
  odd.parquet
  $ mlsys data convert odd.parquet -o odd.csv && cat odd.csv
  odd.csv: 5 rows, 3 columns of 'odd.parquet'
  r,s,w
  1.5,,a
  ,,b
  ,2.0,c
  ,,d
  ,3.0,e
  2> note: 'odd.csv': 3 NaN and 2 infinite values in columns 'r', 's' are written as missing, since only Parquet holds such values
  $ for to in tsv json ndjson; do mlsys data convert odd.parquet -o odd.$to; done; tail -1 odd.ndjson
  odd.tsv: 5 rows, 3 columns of 'odd.parquet'
  odd.json: 5 rows, 3 columns of 'odd.parquet'
  odd.ndjson: 5 rows, 3 columns of 'odd.parquet'
  {"r":null,"s":3.0,"w":"e"}
  2> note: 'odd.tsv': 3 NaN and 2 infinite values in columns 'r', 's' are written as missing, since only Parquet holds such values
  2> note: 'odd.json': 3 NaN and 2 infinite values in columns 'r', 's' are written as missing, since only Parquet holds such values
  2> note: 'odd.ndjson': 3 NaN and 2 infinite values in columns 'r', 's' are written as missing, since only Parquet holds such values
  $ for file in odd.*; do echo $file $(mlsys data profile $file --json | json columns.0.type columns.0.nulls columns.1.type); done
  odd.csv real 4 real
  odd.json real 4 real
  odd.ndjson real 4 real
  odd.parquet real 1 real
  odd.tsv real 4 real
  $ mlsys data convert odd.parquet -o same.parquet && mlsys data diff odd.parquet same.parquet -q
  same.parquet: 5 rows, 3 columns of 'odd.parquet'
  same
  $ mlsys data split odd.parquet --parts a=0.4,b=0.6 --seed 1 -o parts --to csv --json | json parts.0.rows; cat parts/*.csv | grep -c ,
  2
  7
  2> note: 'parts/a.csv': 3 NaN in columns 'r', 's' are written as missing, since only Parquet holds such values
  2> note: 'parts/b.csv': 2 infinite values in column 'r' are written as missing, since only Parquet holds such values
  $ mlsys data infer odd.parquet -o c.json -q; mlsys validate odd.parquet -c c.json --valid good.csv -q; grep -c ,, good.csv
  c.json
  pass
  3

Times are ISO 8601 in UTC, with a fraction only where there is one; dates are dates:

  $ printf 'at,day\n2024-01-01 08:00:00,2024-01-01\n2024-02-29T23:59:59.25+01:00,2024-02-29\n' >at.csv
  $ for to in csv tsv ndjson json; do mlsys data convert at.csv -o to.$to -q >/dev/null; sed y/T/_/ to.$to; mlsys data profile to.$to --json | json columns.0.type columns.1.type; mlsys data diff at.csv to.$to -q; done
  at,day
  2024-01-01_08:00:00Z,2024-01-01
  2024-02-29_22:59:59.25Z,2024-02-29
  timestamp
  date
  same
  at	day
  2024-01-01_08:00:00Z	2024-01-01
  2024-02-29_22:59:59.25Z	2024-02-29
  timestamp
  date
  same
  {"at":"2024-01-01_08:00:00Z","day":"2024-01-01"}
  {"at":"2024-02-29_22:59:59.25Z","day":"2024-02-29"}
  timestamp
  date
  same
  [
  	{"at":"2024-01-01_08:00:00Z","day":"2024-01-01"},
  	{"at":"2024-02-29_22:59:59.25Z","day":"2024-02-29"}
  ]
  timestamp
  date
  same
  $ mlsys data sample at.csv -n 1 --seed 1 -o one.csv -q && grep -c Z one.csv
  one.csv
  1
