Two tables by key: columns and rows that came and went, and values that changed:

  $ printf 'id,n,t\n1,1.5,a\n2,2,b\n3,,c\n4,4,d\n' >a.csv
  $ printf 'id,t,n,new\n4,d,4.000001,x\n1,a,1.5,x\n2,B,2,x\n5,e,5,x\n' >b.csv
  $ mlsys data diff a.csv b.csv --key id
  'a.csv': 4 rows; 'b.csv': 4 rows
  (blank)
  column  before  after
  new     added   text
  (blank)
     row  id
  -    3  3
  +    4  5
  (blank)
  column  changed  first
  n             1  key '4': '4' to '4.000001'
  t             1  key '2': 'b' to 'B'
  (blank)
  different: 1 removed, 1 added, 2 changed
  [3]
  $ mlsys data diff a.csv b.csv --key id --json | json verdict removed added changed columns.0.name columns.0.samples.0.row_after
  different
  1
  1
  2
  n
  1
  $ mlsys data diff a.csv b.csv --key id --tolerance 1e-5 --exclude t -q --exit-zero
  different

Whole rows, in any order and format:

  $ mlsys data convert a.csv -o a.parquet -q
  a.parquet
  $ (head -1 a.csv; tail -n +2 a.csv | sort -r) >turned.csv
  $ mlsys data diff turned.csv a.parquet
  'turned.csv': 4 rows; 'a.parquet': 4 rows
  (blank)
  same: 0 removed, 0 added
  $ (cat a.csv; echo 4,4,d) >twice.csv; mlsys data diff a.csv twice.csv
  'a.csv': 4 rows; 'twice.csv': 5 rows
  (blank)
     row  values
  +    5  id=4, n=4, t=d
  (blank)
  different: 0 removed, 1 added
  [3]

A key must name every row once:

  $ mlsys data diff a.csv twice.csv --key id
  2> error: cannot compare 'twice.csv' by id: 1 row repeats the key of another
  2> hint: name more columns with --key until it names every row once, or leave it out
  [1]
  $ mlsys data diff a.csv b.csv --key n
  2> error: cannot compare 'a.csv' by n: 1 row has no value of it
  2> hint: leave --key out to compare whole rows
  [1]
  $ mlsys data diff a.csv b.csv --key idd
  2> error: cannot compare 'a.csv': no column 'idd'
  2> hint: did you mean 'id'?
  2> usage: mlsys data diff BEFORE AFTER [options]
  [2]

Contracts: what breaks those who rely on the old one, and those who have to keep the new one:

  $ mlsys data infer a.csv -o old.json -q
  old.json
  $ sed 's/"maximum": 4/"maximum": 9/; s/"required": true/"required": false/' old.json >new.json
  $ mlsys data diff --contracts old.json new.json
  where       change                           breaks
  field 'id'  required: values may be missing  readers
  field 'n'   maximum is 9, was 4              readers
  field 't'   required: values may be missing  readers
  (blank)
  breaking: who relies on the old contract cannot rely on the new one
  [3]
  $ mlsys data diff --contracts new.json old.json
  where       change                               breaks
  field 'id'  required: values may not be missing  writers
  field 'n'   maximum is 4, was 9                  writers
  field 't'   required: values may not be missing  writers
  (blank)
  compatible: who relies on the old contract can read what keeps the new one
  $ mlsys data diff --contracts old.json old.json --json | json schema verdict
  mlsys.data.contracts/1
  compatible
  $ mlsys data diff --contracts old.json nowhere.json
  2> error: cannot read 'nowhere.json': No such file or directory
  2> hint: draft one: mlsys data infer DATA -o nowhere.json
  [4]

