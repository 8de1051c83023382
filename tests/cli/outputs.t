An output that is one of the files read would destroy it, and is refused before the work (2):

  $ flights 300 >t.csv; cp t.csv kept.csv; mkdir .mlsys
  $ mlsys train t.csv --target late --exclude id --rounds 3 -o model -q >/dev/null
  $ mlsys data infer t.csv -o c.json -q
  c.json
  $ mlsys predict model t.csv -o t.csv
  2> error: cannot write 't.csv': it is read as DATA
  2> hint: write another file: --output t-new.csv
  2> usage: mlsys predict MODEL DATA [options]
  [2]
  $ refused() { "$@" 2>&1 >/dev/null | grep -E '^(error|hint)'; }
  $ refused mlsys data profile t.csv --report t.csv
  error: cannot write 't.csv': it is read as DATA
  hint: write another file: --report t-new.csv
  $ refused mlsys data profile t.csv --save t.csv
  error: cannot write 't.csv': it is read as DATA
  hint: write another file: --save t-new.csv
  $ refused mlsys data infer t.csv -o t.csv
  error: cannot write 't.csv': it is read as DATA
  hint: write another file: --output t-new.csv
  $ for out in --valid --invalid --report --junit --markdown; do refused mlsys validate t.csv -c c.json $out t.csv | head -1; done | uniq -c | sed 's/^ *//'
  5 error: cannot write 't.csv': it is read as DATA
  $ refused mlsys validate t.csv -c c.json --junit c.json
  error: cannot write 'c.json': it is read as --contract
  hint: write another file: --junit c-new.json
  $ refused mlsys eval model t.csv --report t.csv
  error: cannot write 't.csv': it is read as DATA
  hint: write another file: --report t-new.csv
  $ refused mlsys drift kept.csv t.csv --markdown kept.csv
  error: cannot write 'kept.csv': it is read as REFERENCE|MODEL
  hint: write another file: --markdown kept-new.csv
  $ refused mlsys validate t.csv -c c.json --reference train=kept.csv --valid kept.csv
  error: cannot write 'kept.csv': it is read as --reference, 'train=kept.csv'
  hint: write another file: --valid kept-new.csv

Links, other spellings, globs and folders mean the same file:

  $ ln -s t.csv link.csv; ln t.csv hard.csv; mkdir parts; cp t.csv parts/a.csv; cp t.csv parts/b.csv
  $ for out in link.csv hard.csv ./t.csv "$PWD/parts/../t.csv"; do mlsys predict model t.csv -o "$out" 2>/dev/null; echo $?; done
  2
  2
  2
  2
  $ refused mlsys predict model 'parts/*.csv' -o parts/b.csv
  error: cannot write 'parts/b.csv': it is read as DATA, 'parts/*.csv'
  hint: write another file: --output parts/b-new.csv
  $ refused mlsys predict model parts -o parts/b.csv
  error: cannot write 'parts/b.csv': it is read as DATA, 'parts'
  hint: write another file: --output parts/b-new.csv
  $ refused mlsys eval model t.csv --junit model/model.ubj
  error: cannot write 'model/model.ubj': it is read as MODEL|PREDICTIONS, 'model'
  hint: write another file: --junit model/model-new.ubj
  $ cmp t.csv kept.csv && cmp parts/b.csv kept.csv && mlsys verify model -q
  <sha256>

A report may stand beside the data it is about, and be written again; other files are replaced as ever:

  $ mlsys data profile parts --report parts/report.html -q && mlsys data profile parts --report parts/report.html -q
  sha256:<sha256>
  sha256:<sha256>
  $ mlsys predict model t.csv -o s.csv -q && mlsys predict model t.csv -o s.csv -q
  s.csv
  s.csv

A package replaces an older one, and nothing else:

  $ mlsys package model -o model.tar.zst -q && mlsys package model -o model.tar.zst -q
  model.tar.zst
  model.tar.zst
  $ mlsys package model -o t.csv
  2> error: cannot write package 't.csv': a file of that name is no package
  2> hint: choose another name, or remove it first
  2> usage: mlsys package MODEL --output FILE [options]
  [2]
  $ mlsys data convert t.csv -o t.csv.zst -q >/dev/null; mlsys package model -o t.csv.zst 2>&1 | head -1
  error: cannot write package 't.csv.zst': a file of that name is no package
  $ : >empty; mlsys package model -o empty -q
  empty
  $ cmp t.csv kept.csv
