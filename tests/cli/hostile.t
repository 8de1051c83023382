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

A hundred thousand columns:

  $ seq 100000 | sed 's/^/c/' | paste -sd, >wide.csv; seq 100000 | paste -sd, >>wide.csv
  $ timeout 60 mlsys validate wide.csv -c nowhere.json
  2> error: cannot read 'nowhere.json': No such file or directory
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
  error: contract 'c.json': cannot derive 'check 1': its replacements could make a text too long
  $ refused "a IN (SELECT content FROM read_text('/etc/passwd'))"
  error: contract 'c.json': cannot derive 'check 1': a subquery cannot be used here
  $ refused "load('x') = 1"
  error: contract 'c.json': cannot derive 'check 1': function 'load' is not allowed
  $ refused "getenv('HOME') = a"
  error: contract 'c.json': cannot derive 'check 1': function 'getenv' is not allowed
