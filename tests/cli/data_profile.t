A profile describes every column:

  $ flights 500 >t.csv
  $ mlsys data profile t.csv --target late
  't.csv': 500 rows, 4 columns
  (blank)
  column    type     missing  distinct  min    mean   max      auc  distribution
  id        integer                500    1   250.5   500    0.521  ████████████████████
  distance  integer                235  126  1325.7  2499    0.819  █▄▅▇█▇▆█▅▆▇▅█▅▆▇▆▅██
  origin    text                     6                     η 0.303  'ATL' 20.4%, 'SFO' 17.8%, 'ORD' 17.4%, length 3
  late      integer                  2    0   0.396     1           █                  ▆
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

Words for a missing value make numbers text, which is said; they are read as missing where that is asked for:

  $ printf 'age,city\n31,Oslo\nNA,NA\n47,?\n' >words.csv
  $ mlsys data profile words.csv --json | json columns.0.type columns.1.type
  text
  text
  2> note: 'words.csv': text only because of words such as 'NA': 'age'; add --null NA to read them as missing
  $ mlsys data profile words.csv --null NA --json | json columns.0.type columns.0.nulls
  integer
  1

One file, with everything in it:

  $ mlsys data profile t.csv --report p.html -q >digest
  $ grep -q ATL p.html && echo there; seq 40 | sed 's/.*/&,u&@example.org/; 1i n,mail' >mails.csv; mlsys data profile mails.csv --report m.html -q >digest; grep -c example.org m.html; rm mails.csv
  there
  0
  $ mlsys data profile t.csv --target late --report q.html -q >digest; grep -o '>η [0-9.]*<' q.html
  >η 0.303<
  $ grep -c '<svg' p.html >figures; grep -c 'http' p.html
  0
  [1]

Profiles of parts merge to the profile of the whole: counts exactly, the mean to the last digits, and a distribution with
few values exactly:

  $ (head -1 t.csv; sed -n 2,200p t.csv) >one.csv; (head -1 t.csv; sed -n 201,501p t.csv) >two.csv
  $ for part in one two t; do mlsys data profile $part.csv --save $part.json -q >/dev/null; done
  $ mlsys data merge one.json two.json -o all.json
  all.json: 500 rows of 2 profiles, 4 columns
  $ json rows columns.2.categories.values.0.count columns.0.moments.count columns.3.distribution.at <t.json >whole
  $ json rows columns.2.categories.values.0.count columns.0.moments.count columns.3.distribution.at <all.json | diff - whole && echo equal
  equal
  $ mlsys data merge one.json two.json -o all.json
  2> error: cannot write 'all.json': it exists
  2> hint: replace it with --force
  2> usage: mlsys data merge PROFILE… --output FILE [options]
  [2]
  $ mlsys data merge one.json -o new.json
  2> error: cannot merge one profile
  2> hint: name the profiles of two parts
  2> usage: mlsys data merge PROFILE… --output FILE [options]
  [2]
  $ json columns.0.distinct.count columns.0.distinct.exact columns.2.distinct.count columns.2.length.min columns.2.length.total <all.json
  500
  true
  6
  3
  1500
  $ flights 3000 >large.csv; for part in 1 2; do (head -1 large.csv; sed -n "$((part * 1500 - 1498)),$((part * 1500 + 1))p" large.csv) >part$part.csv; done
  $ for part in part1 part2 large; do mlsys data profile $part.csv --save $part.json -q >/dev/null; done
  $ mlsys data merge part1.json part2.json -o both.json -q; cmp <(json columns.0.distinct.registers <large.json) <(json columns.0.distinct.registers <both.json) && json columns.0.distinct.exact <both.json
  both.json
  false
  $ test $(json columns.0.distinct.count <both.json) -gt 2850 -a $(json columns.0.distinct.count <both.json) -lt 3150 && echo within 5 percent
  within 5 percent

Parts whose types were settled apart, one of them without a value:

  $ printf 'x,y\n1,\n2,\n' >whole.csv; printf 'x,y\n,7\n2.5,8\n' >real.csv
  $ for part in whole real; do mlsys data profile $part.csv --save $part.json -q 2>/dev/null >/dev/null; done; mlsys data merge whole.json real.json -o types.json
  types.json: 4 rows of 2 profiles, 2 columns
  $ json columns.0.type columns.0.moments.count columns.1.type columns.1.missing <types.json
  real
  3
  integer
  2
  $ printf 'x,y\na,1\n' >words.csv; mlsys data profile words.csv --save words.json -q >/dev/null; mlsys data merge whole.json words.json -o new.json
  2> error: cannot merge two profiles: column 'x' holds integer values in one and text values in the other
  2> hint: profile all parts in one run: mlsys data profile 'part*.csv'
  [1]
  $ mlsys data profile words.csv --column x --column x
  2> error: cannot profile 'words.csv': column 'x' is named twice
  2> usage: mlsys data profile DATA [options]
  [2]
  $ rm large.* part?.* both.json whole.* real.* types.json words.*
  $ mlsys data profile odd.csv --save odd.json -q >/dev/null 2>&1; mlsys data merge one.json odd.json -o new.json
  2> error: cannot merge two profiles: their columns differ
  [1]
  $ mlsys data merge one.json t.csv -o new.json
  2> error: profile 't.csv': it is no profile, but another kind of file
  2> hint: mlsys data profile FILE --save profile.json writes one
  2> usage: mlsys data merge PROFILE… --output FILE [options]
  [2]
  $ mlsys data profile t.csv --json >report.json; mlsys data merge one.json report.json -o new.json 2>&1 | head -1
  error: profile 'report.json': schema is 'mlsys.data.profile/1', expected 'mlsys.profile/1'
  $ head -c 900 one.json >cut.json; mlsys data merge one.json cut.json -o new.json
  2> error: profile 'cut.json': * (glob)
  [5]
  $ rm cut.json report.json
  $ ls new.json 2>/dev/null
  [2]

Days without a value, and the longest gap:

  $ printf 'd\n2024-01-01\n2024-01-02\n2024-01-09\n' >days.csv; mlsys data profile days.csv --json | json columns.0.gaps.days columns.0.gaps.days_without columns.0.gaps.longest.from columns.0.gaps.longest.to columns.0.quantiles_exact columns.0.distinct_by
  9
  6
  2024-01-02
  2024-01-09
  true
  counting

What cannot be profiled says so:

  $ mlsys data profile nowhere.csv
  2> error: cannot read 'nowhere.csv': no such file
  2> hint: data files here: all.json, days.csv, odd.csv, odd.json, one.csv, one.json, t.csv, t.json, two.csv, two.json
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
