Data made to break readers: a clear error, soon.

A line without an end, in the header and below it, plain and compressed to a thousandth of its size:

  $ (echo a,b; head -c 40000000 /dev/zero | tr '\0' x; echo ,1) >long.csv
  $ timeout 60 mlsys data profile long.csv
  2> error: cannot read 'long.csv': line 2: it is longer than 16.0 MiB
  2> hint: a quote that is never closed makes such lines
  [1]
  $ head -c 100000000 /dev/zero | tr '\0' x >endless.csv
  $ timeout 60 mlsys data profile endless.csv
  2> error: cannot read 'endless.csv': no line ends within its first 64.0 MiB
  [1]
  $ gzip -1 <endless.csv >bomb.csv.gz; timeout 60 mlsys data profile bomb.csv.gz
  2> error: cannot read 'bomb.csv.gz': line 1: it is longer than 16.0 MiB
  2> hint: a quote that is never closed makes such lines
  [1]
  $ head -c 100000000 /dev/zero | gzip -1 >zeros.csv.gz; timeout 60 mlsys data profile zeros.csv.gz
  2> error: cannot read 'zeros.csv.gz': line 1: it is longer than 16.0 MiB
  2> hint: a quote that is never closed makes such lines
  [1]

The same compressed by zstd to a ten-thousandth, and rows without end instead of a line, which are rows all the same:

  $ zstd -q -1 -c endless.csv >bomb.csv.zst; timeout 60 mlsys data profile bomb.csv.zst
  2> error: cannot read 'bomb.csv.zst': line 1: it is longer than 16.0 MiB
  2> hint: a quote that is never closed makes such lines
  [1]
  $ printf '{"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]}' >ab.json
  $ timeout 60 mlsys validate bomb.csv.zst -c ab.json
  2> error: cannot read 'bomb.csv.zst': line 1: it is longer than 16.0 MiB
  2> hint: a quote that is never closed makes such lines
  [1]
  $ (echo a,b; yes x,2 | head -n 5000000) | zstd -q -1 >rows.csv.zst; timeout 60 mlsys validate rows.csv.zst -c ab.json
  'rows.csv.zst' against 'ab.json': 5,000,000 rows, 4 checks
  pass: 4 hold, 0 violated, 0 warnings
  $ (echo a,b; yes x,2 | head -n 5000000) | gzip -1 >rows.csv.gz; timeout 60 mlsys validate rows.csv.gz -c ab.json -q
  pass
  $ printf '' | zstd -q >none.csv.zst; mlsys data profile none.csv.zst
  2> error: cannot read 'none.csv.zst': it is empty
  2> hint: even a table without rows has a header
  [1]

Latin-1 far below lines of UTF-8, and a footer of Parquet that is cut, damaged, or another file's:

  $ (echo a,b; seq 60000 | sed "s/^/$(printf 'caf\303\251'),/"; printf 'caf\351,7\n') >mixed.csv
  $ mlsys validate mixed.csv -c ab.json
  2> error: cannot read 'mixed.csv': line 60002: it is not UTF-8 text
  2> hint: convert it, for example: iconv -f LATIN1 -t UTF-8 FILE > NEW
  [1]
  $ seq 1000 | (echo a; cat) >n.csv; mlsys data convert n.csv -o n.parquet -q >/dev/null
  $ head -c -6 n.parquet >cut.parquet; mlsys validate cut.parquet -c ab.json
  2> error: cannot read 'cut.parquet': its end is missing, so it was cut short
  2> hint: fetch or write the file again
  [1]
  $ (head -c -40 n.parquet; head -c 32 /dev/zero | tr '\0' '\377'; tail -c 8 n.parquet) >damaged.parquet; mlsys validate damaged.parquet -c ab.json 2>&1 | cut -c1-70
  error: cannot read 'damaged.parquet': its footer is damaged (don't kno
  hint: fetch or write the file again
  $ (head -c -8 n.parquet; printf '\377\377\377\177PAR1') >long.parquet; mlsys validate long.parquet -c ab.json 2>&1 | cut -c1-70
  error: cannot read 'long.parquet': its footer is damaged (footer lengt
  hint: fetch or write the file again

Contracts that contradict themselves, say what nobody knows, or name what is not theirs:

  $ contract() { echo "$1" >c.json; mlsys validate n.csv -c c.json 2>&1 | head -1; }
  $ contract '{"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": 2, "maximum": 1}}]}'
  error: contract 'c.json' 'fields[0]' ('a') 'constraints': key 'minimum' is above 'maximum'
  $ contract '{"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": 2, "enum": [1]}}]}'
  error: contract 'c.json' 'fields[0]' ('a') 'constraints': key 'enum' lists '1', which is outside 'minimum' and 'maximum'
  $ contract '{"fields": [{"name": "a"}, {"name": "a"}]}'
  error: contract 'c.json': key 'fields' has two fields named 'a'
  $ contract '{"fields": [{"name": "a"}], "cheks": []}'
  error: contract 'c.json': unknown key 'cheks'
  $ contract '{"fields": [{"name": "a"}], "checks": [{"check": "outliers", "column": "a", "method": "iqr", "factor": 0}]}'
  error: contract 'c.json' 'checks[0]': key 'factor' must be above 0
  $ contract '{"fields": [{"name": "a"}], "checks": [{"check": "overlap", "reference": "/etc/passwd"}]}'
  error: contract 'c.json': there is no table '/etc/passwd' to compare with

Names made of quotes, line ends and SQL:

  $ printf '"a""b; DROP TABLE data; --","c\nd"\n1,2\n1,x\n' >names.csv
  $ mlsys data infer names.csv -o names.json && mlsys validate names.csv -c names.json --strict -q
  names.json: 2 fields from 2 rows of 'names.csv'
  (blank)
  next:
    mlsys validate NEW --contract names.json
  pass
  $ sed -i 's/"type": "string"/"type": "integer"/' names.json; mlsys validate names.csv -c names.json --json | json checks.5.name checks.5.columns.0 checks.5.samples.0.value checks.5.samples.0.line
  type
  c
  d
  x
  4

A hundred thousand columns:

  $ seq 100000 | sed 's/^/c/' | paste -sd, >wide.csv; seq 100000 | paste -sd, >>wide.csv
  $ timeout 60 mlsys validate wide.csv -c nowhere.json
  2> error: cannot read 'nowhere.json': No such file or directory
  2> hint: draft one: mlsys data infer DATA -o nowhere.json
  [4]
  $ timeout 60 mlsys data infer wide.csv
  2> error: cannot read 'wide.csv': 100,000 columns are more than the limit of 20,000
  2> hint: allow them with --max-columns 100000
  2> usage: mlsys data infer DATA [options]
  [2]

A NUL byte far below the head:

  $ (echo n,t; seq -f '%.0f,abc' 60000; printf '7,a\0b\n') >nul.csv; mlsys data infer nul.csv
  2> error: cannot read 'nul.csv': row 60,001 holds a NUL byte
  2> hint: it is no text, or damaged; `tr -d '\000' <FILE >NEW` takes such bytes out
  [1]

A contract whose expression would make texts without end, read files, or load code:

  $ printf 'a\naaaaaaaa\n' >a.csv
  $ refused() { printf '{"fields": [{"name": "a"}], "checks": [{"check": "expression", "expression": "%s"}]}' "$1" >c.json; timeout 20 mlsys validate a.csv -c c.json 2>&1 | head -1; }
  $ refused "length($(printf 'replace(%.0s' $(seq 40))a$(printf ", 'a', 'aaaaaaaaaa')%.0s" $(seq 40))) > 0"
  error: contract 'c.json': cannot derive 'length(replace(replace(replace(replace(replace(replace(replace(replace(replace(…': its replacements could make a text too long
  $ refused "a IN (SELECT content FROM read_text('/etc/passwd'))"
  error: contract 'c.json': cannot derive 'a IN (SELECT content FROM read_text(\'/etc/passwd\'))': a subquery cannot be used here
  $ refused "load('x') = 1"
  error: contract 'c.json': cannot derive 'load(\'x\') = 1': function 'load' is not allowed
  $ refused "getenv('HOME') = a"
  error: contract 'c.json': cannot derive 'getenv(\'HOME\') = a': function 'getenv' is not allowed

Thousands of columns, and a quote that keeps them from being cut without a parser:

  $ awk 'BEGIN {for (r = 0; r < 12; r++) for (c = 0; c < 3000; c++) printf "%s%s", r == 0 ? "c" c : r == 5 && c == 7 ? "\"x\"" : "t" (r * c) % 7, c == 2999 ? "\n" : ","}' >wide.csv
  $ awk 'BEGIN {printf "{\"schema\": \"mlsys.contract/1\", \"fields\": ["; for (c = 0; c < 3000; c++) printf "%s{\"name\": \"c%d\", \"type\": \"string\"}", c == 0 ? "" : ", ", c; print "]}"}' >wide.json
  $ mlsys validate wide.csv -c wide.json -q
  pass
