What files of other programs hold, and how they may be named.

Decimals without a fraction are whole numbers as long as all of them fit into 64 bits (written by pyarrow):

  $ mlsys data profile $DATA/parquet/decimals.parquet --json | json columns.0.type columns.1.type columns.2.type columns.3.type
  integer
  integer
  text
  real
  $ mlsys data profile $DATA/parquet/decimals.parquet --json | json columns.1.min columns.1.max
  -9223372036854775808
  9223372036854775807

Nanoseconds are cut to microseconds, and this is said where there are some (of times of UTC, it is not known):

  $ cp $DATA/parquet/nanoseconds.parquet ns.parquet
  $ mlsys data convert ns.parquet -o ns.csv && sed y/T/_/ ns.csv
  ns.csv: 3 rows, 4 columns of 'ns.parquet'
  ns,utc,whole,us
  2024-01-01_00:00:00Z,2024-01-01_00:00:00.123456Z,2024-01-01_00:00:00.123456Z,2024-01-01_00:00:00.123456Z
  ,,,
  2024-01-01_00:00:00.000001Z,1970-01-01_00:00:00Z,1970-01-01_00:00:00Z,1970-01-01_00:00:00Z
  2> note: 'ns.parquet': times in nanoseconds are cut to microseconds: 'ns', 'utc'
  $ awk 'BEGIN { print "us,y"; for (i = 0; i < 200; i++) printf "2024-01-01 00:%02d:00,%d\n", i % 60, (i % 7 > 3) }' >us.csv
  $ mkdir .mlsys; mlsys train us.csv --target y --derive 'minutes=minute(us)' --exclude us --rounds 2 -o model -q >/dev/null
  $ mlsys predict model ns.parquet --keep ns -o scores.csv --json | json rows
  3
  2> note: 'ns.parquet': times in nanoseconds are cut to microseconds: 'ns', 'utc'
  $ mlsys data profile ns.parquet --json --sql 'SELECT whole FROM data' | json columns.0.type
  timestamp
  2> note: 'ns.parquet': times in nanoseconds are cut to microseconds: 'ns', 'utc'

Parquet files of different types are read as a type that holds the values of all (written by pyarrow: see the unit test),
or refused:

  $ mlsys data convert $DATA/parquet/mixed -o mixed.csv >/dev/null; cut -d, -f1-7,9,10 mixed.csv | sed y/T/_/
  small,tiny,big,fits,price,whole,day,none,flag
  1.5,7,1,-1,1.25,3.0,2024-01-01_00:00:00Z,,
  ,,,,,,,,
  16777217.0,3000000000,18446744073709551615,5,1.25678,1.5,2024-01-02_15:30:00Z,0.25,7
  2> note: '$SOURCE/tests/data/parquet/mixed': times in nanoseconds are cut to microseconds: 'tz'
  $ mkdir kinds; printf 'x\n1\n2\n' >1.csv; printf 'x\n1.5\n2.7\n' >2.csv; printf 'x\ntrue\n' >3.csv; printf 'x\n9007199254740993\n' >4.csv
  $ for i in 1 2 3 4; do mlsys data convert $i.csv -o kinds/$i.parquet -q; done >/dev/null
  $ mlsys data convert 'kinds/[12].parquet' -o kinds.csv -q && cat kinds.csv
  kinds.csv
  x
  1.0
  2.0
  1.5
  2.7
  $ mlsys data convert 'kinds/[23].parquet' -o no.csv; ls no.csv
  2> error: cannot read 'kinds/[23].parquet': column 'x' is DOUBLE in '2.parquet' and BOOLEAN in '3.parquet'
  2> hint: files that are read together need columns of types that go together: read them one by one, or write some anew with CAST in the --sql of data convert
  2> ls: cannot access 'no.csv': No such file or directory
  [2]
  $ mlsys data profile 'kinds/[24].parquet'
  2> error: cannot read 'kinds/[24].parquet': column 'x' holds reals in some files, and 9007199254740993 in '4.parquet', which no real can hold
  2> hint: read them one by one, or write some anew with CAST in the --sql of data convert
  [1]

In text, a column that has some is text, and exact: nothing is lost unless a contract says that it holds times:

  $ printf 't,us\n2024-01-01T00:00:00.123456789Z,2024-01-01T00:00:00.123456000Z\n2024-01-01T00:00:00.123456111Z,2024-01-01T00:00:01Z\n' >fine.csv
  $ mlsys data convert fine.csv -o fine.ndjson -q >/dev/null; for from in csv ndjson; do mlsys data profile fine.$from --json | json columns.0.type columns.0.distinct columns.1.type; done
  text
  2
  timestamp
  text
  2
  timestamp
  $ mlsys data infer fine.csv --id t -o fine.json -q && mlsys validate fine.csv -c fine.json -q
  fine.json
  pass

NDJSON: the line that is wrong, blank ones counted; a byte order mark as in CSV:

  $ printf '{"a":1}\n{bad\n' >l.ndjson; mlsys data profile l.ndjson
  2> error: cannot read 'l.ndjson': malformed JSON at byte 2 in line 2: unexpected character
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ printf '{bad\n' >one.ndjson; mlsys data profile one.ndjson
  2> error: cannot read 'one.ndjson': malformed JSON at byte 2 in line 1: unexpected character
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ printf '\n{"a":1}\n \n\n{"a":2}\n{"a":\n' >blank.ndjson; mlsys data profile blank.ndjson
  2> error: cannot read 'blank.ndjson': malformed JSON at byte 7 in line 6: unexpected end of data
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ gzip -k blank.ndjson; mlsys data profile blank.ndjson.gz
  2> error: cannot read 'blank.ndjson.gz': malformed JSON at byte 7 in record 3: unexpected end of data
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ printf '[{"a":1},\n{bad}]' >l.json; mlsys data profile l.json
  2> error: cannot read 'l.json': malformed JSON at byte 2 in record 2: unexpected character
  2> hint: it must be a list of objects like [{"a": 1}]
  [1]
  $ mkdir two; printf '{"a":1}\n' >two/a.ndjson; cp l.ndjson two/b.ndjson; mlsys data profile two
  2> error: cannot read 'two': malformed JSON in file '$PWD/two/b.ndjson', at byte 2 in line 2: unexpected character
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ printf '\357\273\277{"a":1}\n{"a":2}\n' >mark.ndjson; mlsys data profile mark.ndjson --json | json rows columns.0.name columns.0.max
  2
  a
  2
  $ mlsys data profile - --input-format ndjson <mark.ndjson --json | json rows columns.0.name
  2
  a
  $ printf '\357\273\277[{"a":1}]' >mark.json; mlsys data convert mark.json -o mark.csv -q && cat mark.csv
  mark.csv
  a
  1
  $ printf '\357\273\277{"a":1}\n{bad\n' >both.ndjson; mlsys data profile both.ndjson
  2> error: cannot read 'both.ndjson': malformed JSON at byte 2 in line 2: unexpected character
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ for year in 2023 2024; do mkdir -p parts/year=$year; cp mark.ndjson parts/year=$year/; done; mlsys data convert parts -o parts.csv -q && cat parts.csv
  parts.csv
  a,year
  1,2023
  2,2023
  1,2024
  2,2024
  $ printf '{"d":1}\n{"d":"x"}\n' | { printf '\357\273\277'; cat; } >rows.ndjson; mlsys data infer mark.ndjson -o c.json -q
  c.json
  $ sed '0,/"a"/s//"d"/' c.json >d.json; mlsys validate rows.ndjson -c d.json --format github
  ::error file=rows.ndjson,line=2,title=mlsys validate%3A 'rows.ndjson' against 'd.json'::type of 'd': 1 row (50%25), expected integer%0Arow 2 (line 2): 'x'
  [3]

Folders key=value are columns below the folder that is named, not above it; files may be links:

  $ mkdir -p h/a=1/b=2 h/a=1/b=3 cache; printf 'x\n10\n' >h/a=1/b=2/f.csv; printf 'x\n20\n' >h/a=1/b=3/f.csv
  $ for named in h/a=1 'h/a=1/b=*/f.csv' h; do mlsys data convert "$named" -o h.csv -q --force >/dev/null && cat h.csv; done
  x,b
  10,2
  20,3
  x,b
  10,2
  20,3
  x,a,b
  10,1,2
  20,1,3
  $ for b in 2 3; do mlsys data convert h/a=1/b=$b/f.csv -o h/a=1/b=$b/f.parquet -q >/dev/null; mv h/a=1/b=$b/f.csv cache/$b.csv; done
  $ mlsys data convert h/a=1 -o h.csv -q --force >/dev/null && cat h.csv
  x,b
  10,2
  20,3
  $ for b in 2 3; do mkdir -p sy/b=$b; ln -s ../../cache/$b.csv sy/b=$b/d.csv; done; mlsys data convert sy -o h.csv -q --force >/dev/null && cat h.csv
  x,b
  10,2
  20,3

Texts that stand for missing values do so in every format:

  $ printf '{"fields":[{"name":"a","type":"string","constraints":{"required":true}}],"missingValues":["","NA"]}' >na.contract.json
  $ printf 'a,b\nNA,1\nx,2\n' >na.csv; for to in json ndjson parquet; do mlsys data convert na.csv -o na.$to -q; done
  na.json
  na.ndjson
  na.parquet
  $ for from in csv json ndjson parquet; do mlsys validate na.$from -c na.contract.json -q; done
  fail
  fail
  fail
  fail
  [3]
  $ mlsys data convert na.parquet --null NA -o null.csv -q --force; cat null.csv
  null.csv
  a,b
  ,1
  x,2

Lines of blanks are no records of NDJSON:

  $ printf '{"a":1}\n   \n{"a":"x"}\n\n{"a":"y"}\n' >blanks.ndjson; printf '{"fields":[{"name":"a","type":"integer"}]}' >a.json
  $ mlsys validate blanks.ndjson -c a.json --json | json checks.2.samples.0.line checks.2.samples.1.line
  3
  5

A name that is also a pattern names its file, whatever else it matches:

  $ for name in 'p[1]' p1 'q?' q1 'r*' r1 '[!x]' y; do printf 'a,y\n1,%s\n' "$name" >"$name.csv"; mlsys data convert "$name.csv" -o "$name.parquet" -q; mlsys data convert "$name.csv" -o "$name.ndjson" -q; done >/dev/null
  $ for name in 'p[1]' 'q?' 'r*' '[!x]'; do for ending in csv parquet ndjson; do mlsys data profile "$name.$ending" --json | json rows columns.1.top.0.value; done; done
  1
  p[1]
  1
  p[1]
  1
  p[1]
  1
  q?
  1
  q?
  1
  q?
  1
  r*
  1
  r*
  1
  r*
  1
  [!x]
  1
  [!x]
  1
  [!x]
  $ mkdir 'f[1]' f1; cp p1.csv f1/x.csv; cp r1.csv 'f[1]/x.csv'; mlsys data profile 'f[1]' --json | json columns.1.top.0.value
  r1
  $ gzip -c 'q?.csv' >'z?.csv.gz'; gzip -c q1.csv >z1.csv.gz; mlsys data profile 'z?.csv.gz' --json | json columns.1.top.0.value
  q?
  $ mlsys data convert 'p?.csv' -o all.csv -q; cat all.csv
  all.csv
  a,y
  1,p1

Compressed files are read whatever their lines end with, and beside files whose lines end otherwise no file is lost:

  $ printf 'a,b\r\n1,x\r\n2,y\r\n' >crlf.csv; printf 'a,b\n3,x\n4,y\n' >lf.csv; printf 'a,b\r5,x\r6,y\r' >cr.csv
  $ for file in crlf lf cr; do gzip -c $file.csv >$file.csv.gz; zstd -qc $file.csv >$file.csv.zst; for kind in gz zst; do mlsys data convert $file.csv.$kind -o out.csv --force -q >said; tail -n +2 out.csv | paste -sd' '; done; done
  1,x 2,y
  1,x 2,y
  3,x 4,y
  3,x 4,y
  5,x 6,y
  5,x 6,y
  $ mkdir ends endsgz; cp crlf.csv lf.csv cr.csv ends; cp crlf.csv.gz lf.csv.gz cr.csv.gz endsgz
  $ for folder in ends endsgz; do mlsys data convert $folder -o out.csv --force -q >said; tail -n +2 out.csv | sort | paste -sd' '; done
  1,x 2,y 3,x 4,y 5,x 6,y
  1,x 2,y 3,x 4,y 5,x 6,y
  $ echo '{"schema": "mlsys.contract/1", "fields": [{"name": "a", "type": "integer", "constraints": {"maximum": 4}}, {"name": "b", "type": "string"}]}' >ends.json
  $ for folder in ends endsgz; do mlsys validate $folder -c ends.json --json | json rows verdict; done
  6
  fail
  6
  fail

A header that is no UTF-8 is refused as values are:

  $ printf 'a,\xe9\n1,2\n' >latin.csv; mlsys data profile latin.csv
  2> error: cannot read 'latin.csv': the name of column 2: it is not UTF-8 text
  2> hint: convert it, for example: iconv -f LATIN1 -t UTF-8 FILE > NEW
  [1]

What a contract calls text stays as it was written, also where rows are selected or written, and beside a table where it is text:

  $ printf 'v,z\n1.10,1\n1.20,2\n1e5,3\n' >versions.csv; printf 'v,z\n1.10,1\n1.20,2\nx,3\n' >other.csv
  $ echo '{"schema": "mlsys.contract/1", "fields": [{"name": "v", "type": "string", "constraints": {"enum": ["1.10", "1.20", "1e5"]}}, {"name": "z", "type": "integer"}]}' >versions.json
  $ mlsys validate versions.csv -c versions.json --where 'z > 0' -q; mlsys validate versions.csv -c versions.json --sql 'SELECT * FROM data' -q
  pass
  pass
  $ mlsys validate versions.csv -c versions.json --valid valid.csv -q; diff versions.csv valid.csv
  pass
  $ mlsys data diff versions.csv other.csv --json | json removed added removed_rows.0.key
  1
  1
  v=1e5, z=3

An offset in a time of an expression would not count, and is refused:

  $ printf 't\n2024-05-31T22:30:00Z\n2024-06-01T01:00:00Z\n' >times.csv
  $ mlsys data profile times.csv --where "t >= '2024-06-01T00:00:00+02:00'"
  2> error: cannot select rows of 'times.csv': the offset in '2024-06-01T00:00:00+02:00' would not count
  2> hint: write the time in UTC: '<time>'
  2> usage: mlsys data profile DATA [options]
  [2]
  $ mlsys data profile times.csv --where "t >= '2024-05-31T22:00:00Z' AND t >= '2024-05-31T22:00:00+00'" --json | json rows
  2
