What differs between two versions:

  $ export LOGNAME=me; flights 400 >t.csv
  $ mlsys train t.csv --target late --exclude id --rounds 5 -q >/dev/null && mlsys register @last --name fraud --tag team=a -q
  fraud/1
  $ mlsys train t.csv --target late --exclude id,origin --derive far='distance > 900' --rounds 6 --param eta=0.1 -q >/dev/null && mlsys register @last --name fraud --description 'no origin' -q
  fraud/2
  $ mlsys models diff fraud/1 fraud/2 | grep -v ^metric | sed 's/  */ /g; s/ *$//'
  what name fraud/1 fraud/2 change
  model best_iteration 4 5 +1
  model rounds 5 6 +1
  parameter eta - 0.1 added
  feature far - {"type":"boolean","kind":"numeric"} added
  feature origin {"type":"text","kind":"categorical","categories":6} - removed
  derivation far - distance > 900 added
  contract origin {"type":"string","constraints":{"required":true,"enum":["AT… - removed
  $ mlsys models diff fraud/1 fraud/2 --json >diff.json; json before after same differences.0.section differences.0.key differences.0.before differences.0.after differences.0.change <diff.json
  fraud/1
  fraud/2
  false
  model
  best_iteration
  4
  5
  +1
  $ after() { python3 -c "import json; print(*[d['after'] for d in json.load(open('diff.json'))['differences'] if d['key'] == '$1'])"; }
  $ after roc_auc >found; mlsys runs show @last --json | json metrics.roc_auc | diff found -
  $ mlsys models diff fraud/2 fraud/2
  2> nothing differs: they are the same bundle
  $ mlsys models diff fraud/1 fraud/9
  2> error: no version 9 of the model 'fraud'
  2> hint: there are fraud/2, fraud/1
  [4]

A registry as files; the same state gives the same bytes:

  $ mlsys promote fraud/1 --data t.csv --require 'roc_auc > 0.5' --reason 'the first' -q && mlsys promote fraud/2 --to challenger -q
  fraud/1
  fraud/2
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys models export -o out
  'out': 2 versions, 2 aliases, 2 bundles of * KiB (glob)
  $ mlsys models export -o again -q && diff -r out again
  again
  $ json schema models.0.name models.0.versions.1.version models.0.aliases.champion.reason models.0.aliases.champion.evidence.rows <out/registry.json
  mlsys.registry/1
  fraud
  2
  the first
  400
  $ mlsys models export fraud@champion -o one --json | json versions aliases bundles
  ["fraud/1"]
  ["fraud@champion"]
  1

Read into another store: numbers, aliases and their evidence are the same, and once more changes nothing:

  $ mlsys models import out --store there --dry-run
  2> error: cannot open the store '$PWD/there': there is no such folder
  2> hint: make a project with 'mlsys init', or name a store with --store
  [4]
  $ mkdir there; mlsys models import out --store there --dry-run
  fraud/1
  fraud/2
  fraud@challenger
  fraud@champion
  2> would import 2 versions and 2 aliases; 0 versions were here already
  $ mlsys models import out --store there
  fraud/1
  fraud/2
  fraud@challenger
  fraud@champion
  2> imported 2 versions and 2 aliases; 0 versions were here already
  $ mlsys models import out --store there
  2> imported 0 versions and 0 aliases; 2 versions were here already
  $ mlsys models show fraud --store there --json | json version aliases versions.0.description versions.1.tags.team
  1
  ["champion"]
  no origin
  a
  $ mlsys models history fraud --store there --json | json promotions.0.evidence.rows promotions.0.reason history.3.action history.3.subject history.3.detail.by
  400
  imported: the first
  import
  fraud/1
  me
  $ mlsys lineage fraud/1 --store there | sed 's/[0-9a-f]\{64\}/<sha256>/g'
  fraud/1
  ├─ bundle <sha256>
  ├─ version fraud/1 (champion), imported <time>; registered <time> by me from run:<id>
  ├─ contract sha256:<sha256>
  ├─ data t.csv (train), 400 rows, sha256:<sha256>
  └─ run <id>, which is not in this store
  $ mlsys lineage fraud/1 --store there --json | json contract made_by data.0.role data.0.rows versions.0.origin.registered >there.txt
  $ mlsys lineage fraud/1 --json | json contract made_by data.0.role data.0.rows versions.0.created >here.txt; diff here.txt there.txt
  $ mlsys models show fraud/1 --store there | head -3
  version     fraud/1
  aliases     champion
  run         <id>, which is not in this store
  $ mlsys models history fraud --store there --json | json history.3.detail.from
  $PWD/out
  $ mlsys store check --store there
  sound  0 runs, 2 versions, 2 files of * KiB (glob)
  $ mlsys predict fraud@champion t.csv -o a.csv -q; mlsys predict fraud@champion t.csv --store there -o b.csv -q; cmp a.csv b.csv
  a.csv
  b.csv
  $ mlsys models history fraud --as-of 2001-01-01
  2> error: there was no model 'fraud' at <time>
  2> hint: see when it came to be: mlsys models history fraud
  [4]
  $ mlsys models history --as-of 2001-01-01
  2> nothing has happened yet

Files that were lost or altered are there again after an import:

  $ lost=$(mlsys models show fraud/1 --store there --json | json model); altered=$(mlsys models show fraud/2 --store there --json | json model)
  $ chmod -R u+w there; rm -r $lost; echo >>$altered/model.ubj; mlsys predict fraud/1 t.csv --store there -o a.csv 2>&1 | tail -1
  hint: restore them from a backup or import the model again; 'mlsys store check' says what else is lost
  $ mlsys models import out --store there --dry-run
  2> would restore the files of fraud/1, fraud/2, which were lost or altered here
  2> would import 0 versions and 0 aliases; 2 versions were here already
  $ mlsys models import out --store there --json 2>err | json versions known restored; sed 's/[0-9a-f]\{12\}/<digest>/' err
  []
  ["fraud/1", "fraud/2"]
  ["fraud/1", "fraud/2"]
  warning: the stored bundle <digest> had been altered: it is replaced by what is stored now
  restored the files of fraud/1, fraud/2, which were lost or altered here
  imported 0 versions and 0 aliases; 2 versions were here already
  $ mlsys store check --store there
  sound  0 runs, 2 versions, 2 files of * KiB (glob)

Conflicts are refused as a whole: an alias that points elsewhere, a number or a bundle that is something else here.

  $ mlsys promote fraud/2 -q; mlsys train t.csv --target late --exclude id --rounds 7 -q >/dev/null && mlsys register @last --name fraud -q
  fraud/2
  fraud/3
  $ mlsys models export -o out -q
  out
  $ mlsys models import out --store there
  2> error: cannot import fraud@champion as fraud/2: here it is fraud/1
  2> hint: to follow the export, add --move-aliases
  [6]
  $ mlsys models show fraud@champion --store there -q; mlsys models list --store there --json | json models.0.versions.2
  fraud/1
  <absent>
  $ mlsys models import out --store there --move-aliases -q
  fraud/3
  fraud@champion
  $ mlsys models export fraud/2 -o two -q; mlsys register two/bundles/* --name fraud --store third -q
  two
  fraud/1
  $ mlsys models import out --store third
  2> error: cannot import fraud/1: here that number is another bundle (* instead of *) (glob)
  2> hint: import into another store, or register its bundle under another name
  [6]
  $ mlsys models import two --store third
  2> error: cannot import fraud/2: here its bundle is fraud/1
  2> hint: import into another store, or leave it out
  [6]
  $ mlsys models delete fraud/3 --store there && mlsys models import out --store there
  2> error: cannot import fraud/3: it was deleted here, and numbers are never used again
  2> hint: leave it out
  [6]
  $ mlsys models list --store third --json | json models.0.versions.1 models.0.aliases
  <absent>
  {}

Files that were changed are refused, and so is what is no export:

  $ mkdir fourth; cp -r one bad; chmod -R u+w bad; echo >>bad/bundles/*/model.ubj
  $ mlsys models import bad --store fourth 2>err
  [5]
  $ sed 's/[0-9a-f]\{12,\}/<digest>/g; s/[0-9]* bytes instead of [0-9]*/N bytes instead of N/' err
  error: model bundle 'bad/bundles/<digest>' is damaged: model.ubj has N bytes instead of N
  hint: take the bundle from its run, registry or package again
  $ echo >>bad/bundles/*/bundle.json; mlsys models import bad --store fourth 2>err
  [5]
  $ sed 's/[0-9a-f]\{12\}/<digest>/g' err
  error: cannot import fraud/1: its bundle has the digest <digest> instead of <digest>
  hint: export it again
  $ python3 -c 'import json; d = json.load(open("bad/registry.json")); d["models"] *= 2; json.dump(d, open("bad/registry.json", "w"))'; mlsys models import bad --store fourth
  2> error: cannot import 'bad/registry.json': key 'models' has 'fraud' twice
  2> hint: export it again
  [5]
  $ sed 's/"version": 1/"version": 0/' one/registry.json >bad/registry.json; mlsys models import bad --store fourth
  2> error: cannot import 'bad/registry.json': 'fraud': key 'version' must be 1 or more
  2> hint: export it again
  [5]
  $ sed 's,mlsys.registry/1,mlsys.registry/2,' one/registry.json >bad/registry.json; mlsys models import bad --store fourth
  2> error: cannot import 'bad/registry.json': schema 'mlsys.registry/2' is newer than this mlsys reads (mlsys.registry/1)
  2> hint: upgrade mlsys
  [1]
  $ mlsys models import t.csv --store fourth
  2> error: cannot import 't.csv': it has no registry.json
  2> hint: name a folder that 'mlsys models export' made
  [4]
  $ mlsys models list --store fourth
  2> no models yet: mlsys register run:ID --name NAME
  $ mkdir taken; touch taken/x; mlsys models export -o taken
  2> error: cannot export to 'taken': it holds 'x', which is no part of an export
  2> hint: name a new folder
  2> usage: mlsys models export [MODEL…] --output FOLDER [options]
  [2]
  $ cp -r one mixed; touch mixed/notes.txt; mlsys models export -o mixed 2>&1 | head -1; ls mixed
  error: cannot export to 'mixed': it holds 'notes.txt', which is no part of an export
  bundles
  notes.txt
  registry.json
  $ cp -r one mixed2; touch mixed2/bundles/notes.txt; mlsys models export -o mixed2 2>&1 | head -1
  error: cannot export to 'mixed2': it holds 'bundles/notes.txt', which is no part of an export
  $ mkdir empty; mlsys models export -o empty -q; (cd empty && mlsys models export --store ../.mlsys -o . 2>&1 | head -1); mlsys models export -o .mlsys/out 2>&1 | head -1
  empty
  error: cannot export to '.': it is the current folder, or holds it
  error: cannot export to '.mlsys/out': it lies in the store of runs and models
  $ mlsys models export frod -o x
  2> error: no model 'frod'
  2> hint: list models with 'mlsys models list'
  [4]
