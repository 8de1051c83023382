Files that cannot be read are refused by every command alike: one message that says what and where, a hint, exit code 1
(4 when there is nothing of that name), and nothing written.

#timeout 300

  $ flights 300 >t.csv; mkdir .mlsys
  $ mlsys train t.csv --target late --exclude id --rounds 2 -o model -q >run && mlsys data infer t.csv --target late -o c.json -q
  c.json
  $ mlsys data split t.csv -o parts --parts a=0.5,b=0.5 --to parquet -q
  parts/a.parquet
  parts/b.parquet
  $ cp parts/a.parquet good.parquet; size=$(stat -c %s good.parquet)
  $ state() { find . -path './.mlsys/mlsys.db*' -prune -o -print | sort | sha256sum; mlsys runs list -q; ls -A $TMPDIR; }
  $ tries() {
  >   state >$TMPDIR/../before
  >   for command in "train $1 --target late --exclude id --rounds 2 -o new" "predict model $1 -o new.csv" "eval model $1 --report new.html" \
  >       "validate $1 -c c.json --report new.html" "data profile $1 --report new.html" "data infer $1 -o new.json" "data split $1 -o new" \
  >       "drift t.csv $1 --report new.html" "drift $1 t.csv" "drift model $1"; do
  >     mlsys $command 2>&1 </dev/null; echo "exit $?"
  >   done | sort | uniq -c | sed 's/^ *//'
  >   state | diff $TMPDIR/../before -
  > }

Nothing there, nothing in it, no table in it:

  $ tries nowhere.csv
  10 error: cannot read 'nowhere.csv': no such file
  10 exit 4
  10 hint: data files here: c.json, good.parquet, t.csv
  $ tries tt.csv
  10 error: cannot read 'tt.csv': no such file
  10 exit 4
  10 hint: did you mean 't.csv'?
  $ : >empty.csv; tries empty.csv
  10 error: cannot read 'empty.csv': it is empty
  10 exit 1
  10 hint: even a table without rows has a header
  $ : >empty.parquet; tries empty.parquet
  10 error: cannot read 'empty.parquet': it is empty
  10 exit 1
  10 hint: even a table without rows has a schema: fetch or write the file again
  $ : >empty.ndjson; tries empty.ndjson
  10 error: cannot read 'empty.ndjson': it is empty
  10 exit 1
  10 hint: the columns are the keys of its objects: give a file with one at least
  $ : >empty.svm; tries empty.svm
  10 error: cannot read 'empty.svm': it is empty
  10 exit 1
  10 hint: give a file with rows
  $ mkdir folder; tries folder
  10 error: cannot read folder 'folder': it holds no data files
  10 exit 4
  10 hint: known endings are .csv .tsv .parquet .json .ndjson .libsvm

Bytes that are no text, a NUL among text:

  $ head -n 198 t.csv >nul.csv; printf '1,2\0003,ATL,0\n' >>nul.csv; tries nul.csv
  10 error: cannot read 'nul.csv': it is a binary file, not text: line 199 holds a NUL byte
  10 exit 1
  10 hint: known are .csv .tsv .parquet .json .ndjson .libsvm, text also with .gz or .zst
  $ printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\002\0\0\0\002\0\b\006\0\0\0' >image.csv; tries image.csv
  10 error: cannot read 'image.csv': it is a binary file, not text: line 3 holds a NUL byte
  10 exit 1
  10 hint: known are .csv .tsv .parquet .json .ndjson .libsvm, text also with .gz or .zst
  $ cp image.csv image.jsonl; mlsys data profile image.jsonl
  2> error: cannot read 'image.jsonl': malformed JSON * (glob)
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ iconv -f UTF-8 -t LATIN1 <<<$'name,y\nZürich,1' >latin.csv; mlsys data profile latin.csv
  2> error: cannot read 'latin.csv': line 2: it is not UTF-8 text
  2> hint: convert it, for example: iconv -f LATIN1 -t UTF-8 FILE > NEW
  [1]

One format under the name of another:

  $ cp good.parquet parquet.csv; mlsys train parquet.csv --target late
  2> error: cannot read 'parquet.csv': it is a Parquet file
  2> hint: name it .parquet
  [1]
  $ cp t.csv csv.parquet; tries csv.parquet
  10 error: cannot read 'csv.parquet': it is no Parquet file
  10 exit 1
  10 hint: say what it is with --input-format
  $ cp t.csv csv.jsonl; mlsys data profile csv.jsonl
  2> error: cannot read 'csv.jsonl': malformed JSON * (glob)
  2> hint: each line must be an object like {"a": 1}
  [1]
  $ mlsys data profile 'sqlite:t.csv?table=flights'
  2> error: cannot query 'sqlite:t.csv?table=flights': the file is not an SQLite database
  2> hint: sqlite: takes a database; other files are named as they are
  [1]

Parquet that was cut short, or whose footer or pages are damaged:

  $ head -c $((size / 2)) good.parquet >cut.parquet; tries cut.parquet
  10 error: cannot read 'cut.parquet': its end is missing, so it was cut short
  10 exit 1
  10 hint: fetch or write the file again
  $ cp good.parquet footer.parquet; printf '\377\377\377' | dd of=footer.parquet bs=1 seek=$((size - 60)) conv=notrunc status=none
  $ tries footer.parquet | sed 's/damaged (.*)/damaged (…)/'
  10 error: cannot read 'footer.parquet': the data are damaged (…)
  10 exit 1
  10 hint: fetch or write the file again
  $ cp good.parquet pages.parquet; head -c 300 /dev/zero | tr '\0' '\377' | dd of=pages.parquet bs=1 seek=8 conv=notrunc status=none
  $ for command in "train pages.parquet --target late -o new" "data profile pages.parquet --report new.html" "data split pages.parquet -o new"; do mlsys $command; done 2>&1 | sed 's/damaged (.*)/damaged (…)/'
  error: cannot read 'pages.parquet': the data are damaged (…)
  hint: fetch or write the file again
  error: cannot read 'pages.parquet': the data are damaged (…)
  hint: fetch or write the file again
  error: cannot compare the parts of 'pages.parquet': the data are damaged (…)
  hint: fetch or write the file again

A compressed file that was cut short may end between two rows, and would be fewer of them:

  $ for i in $(seq 0 20000); do echo "$i,$((i * 7 % 1000)),ATL,$((i % 2))"; done | sed '1s/.*/id,distance,origin,late/' >many.csv
  $ gzip -c many.csv >many.csv.gz; zstd -qc many.csv >many.csv.zst; mlsys data profile many.csv.gz --json | json rows; mlsys data profile many.csv.zst --json | json rows
  20000
  20000
  $ head -c 40000 many.csv.gz >cut.csv.gz; tries cut.csv.gz
  10 error: cannot read 'cut.csv.gz': its compressed data are cut short
  10 exit 1
  10 hint: fetch or write it again; `gzip -t FILE` tests it
  $ head -c -9 many.csv.zst >cut.csv.zst; tries cut.csv.zst
  10 error: cannot read 'cut.csv.zst': its compressed data are cut short
  10 exit 1
  10 hint: fetch or write it again; `zstd -t FILE` tests it
  $ printf 'damage' | dd of=many.csv.gz bs=1 seek=30000 conv=notrunc status=none; mlsys validate many.csv.gz -c c.json -q
  2> error: cannot read 'many.csv.gz': its compressed data are damaged
  2> hint: fetch or write it again; `gzip -t FILE` tests it
  [1]

Lines that do not fit the header, or another delimiter than was said:

  $ (cat t.csv; echo 301,500) >ragged.csv; tries ragged.csv
  10 error: cannot read 'ragged.csv': line 302 has 2 fields, and the header has 4
  10 exit 1
  10 hint: a field that holds the delimiter or a line end must be in double quotes
  $ tr , ';' <t.csv >semi.csv; mlsys data profile semi.csv --delimiter ,
  2> error: cannot read 'semi.csv': one column only; its lines look separated by semicolons
  2> hint: use --delimiter ';'
  [1]
  $ mlsys train semi.csv --target late --exclude id --rounds 2 --no-record -o semi -q && cmp semi/model.ubj model/model.ubj
  semi
  $ tr , : <t.csv >colon.csv; mlsys predict model colon.csv
  2> error: cannot read 'colon.csv': one column only; its lines look separated by ':'
  2> hint: use --delimiter ':'
  [1]

A header without rows is a table, but nothing can be learnt, measured or compared; a contract does not hold of it:

  $ head -1 t.csv >header.csv; rm -rf semi
  $ mlsys train header.csv --target late -o new
  2> error: cannot train on 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys train t.csv --target late --where 'distance > 9999' -o new
  2> error: cannot train on 't.csv': it has no rows left
  2> hint: check --where, --sql, --limit and --sample
  [1]
  $ mlsys train t.csv --target late --valid header.csv -o new
  2> error: cannot validate on 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys eval model header.csv --report new.html
  2> error: cannot evaluate 'header.csv': it has no rows
  [1]
  $ mlsys eval header.csv --target late --score distance
  2> error: cannot evaluate 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys drift t.csv header.csv
  2> error: cannot compare 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys drift model header.csv
  2> error: cannot compare 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys data infer header.csv -o new.json
  2> error: cannot draft a contract of 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys data split header.csv -o new
  2> error: cannot split 'header.csv': it has no rows
  2> hint: it has a header only; give a file with rows
  [1]
  $ mlsys data convert header.csv -o none.parquet -q; mlsys data infer none.parquet -o new.json
  none.parquet
  2> error: cannot draft a contract of 'none.parquet': it has no rows
  2> hint: give a file with rows
  [1]
  $ mlsys validate header.csv -c c.json
  'header.csv' against 'c.json': 0 rows, 15 checks
  (blank)
  check  column  failures  expected        first rows
  rows                  1  at least 1 row  0 rows
  (blank)
  fail: 14 hold, 1 violated, 0 warnings
  [3]
  $ ls -d new*
  2> ls: cannot access 'new*': No such file or directory
  [2]
  $ mlsys predict model header.csv
  score
  2> warning: header.csv has no rows: there is nothing to score
  $ mlsys data profile header.csv --json | json rows columns.3.type
  0
  text

A pipe can be read once, and is enough for commands that look at the data twice; one that is never written to can be
interrupted:

  $ mkfifo pipe; cat t.csv >pipe & mlsys predict model pipe --keep id,late -o scores.csv -q; mlsys predict model t.csv --keep id,late | cmp - scores.csv
  scores.csv
  $ awk -F, -v OFS=, 'NR == 5 { $2 = "far" } 1' t.csv >pipe & mlsys validate pipe -c c.json --json | json rows errors
  300
  1
  $ cat empty.csv >pipe & mlsys data profile pipe
  2> error: cannot read 'pipe': it is empty
  2> hint: even a table without rows has a header
  [1]
  $ interruptible mlsys train pipe --target late -o new -q & sleep 0.5; kill -INT $!; wait $!
  2> error: interrupted
  [130]
  $ ls -d new .mlsys/bundles/.*.part
  2> ls: cannot access 'new': No such file or directory
  2> ls: cannot access '.mlsys/bundles/.*.part': No such file or directory
  [2]
