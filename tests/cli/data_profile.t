A profile describes every column:

  $ flights 500 >t.csv
  $ mlsys data profile t.csv --target late
  't.csv': 500 rows, 4 columns
  (blank)
  column    type     missing  distinct  min    mean   max    auc  distribution
  id        integer                500    1   250.5   500  0.521  ████████████████████
  distance  integer                235  126  1325.7  2499  0.819  █▄▅▇█▇▆█▅▆▇▅█▅▆▇▆▅██
  origin    text                     6                            'ATL' 20.4%, 'SFO' 17.8%, 'ORD' 17.4%
  late      integer                  2    0   0.396     1         █                  ▆
  (blank)
  next:
    mlsys data infer t.csv -o contract.json

Keys that scripts rely on:

  $ mlsys data profile t.csv --json | json rows columns.1.name columns.1.type columns.1.nulls columns.1.distinct columns.1.distinct_exact columns.1.min columns.1.max columns.2.top.0.count
  500
  distance
  integer
  0
  235
  true
  126
  2499
  102

Columns without values, dates, quotes and Unicode in names:

  $ printf '"a ""b""",ü,none\n2024-01-01,true,\n2024-01-02,,\n' >odd.csv
  $ mlsys data profile odd.csv
  'odd.csv': 2 rows, 3 columns
  (blank)
  column  type     missing  distinct         min  mean         max  distribution
  a "b"   date                     2  2024-01-01        2024-01-02  █                  █
  ü       boolean        1         1        true              true  'true' 50.0%
  none    text           2         0
  (blank)
  next:
    mlsys data infer odd.csv -o contract.json
  2> note: 'odd.csv': no value at all, taken as text: 'none'

One file, with everything in it:

  $ mlsys data profile t.csv --report p.html -q >digest
  $ grep -c '<svg' p.html >figures; grep -c 'http' p.html
  0
  [1]

What cannot be profiled says so:

  $ mlsys data profile nowhere.csv
  2> error: cannot read 'nowhere.csv': no such file
  2> hint: data files here: odd.csv, t.csv
  [4]
  $ mlsys data profile t.csv --target lat
  2> error: cannot profile 't.csv': no column 'lat'
  2> hint: did you mean 'late'?
  2> usage: mlsys data profile DATA [options]
  [2]
  $ : >empty.csv; mlsys data profile empty.csv
  2> error: cannot read 'empty.csv': it is empty
  2> hint: even a table without rows has a header
  [1]
