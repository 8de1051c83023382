From a run to a version, a champion and back:

  $ flights 400 >t.csv
  $ RUN=$(mlsys train t.csv --target late --exclude id --rounds 5 -q)
  $ mlsys register run:$RUN --name fraud --json | json name version aliases run_id
  fraud
  1
  []
  <id>
  2> next: mlsys promote fraud/1 --to champion
  $ mlsys register $RUN --name fraud -q
  fraud/1
  $ mlsys train t.csv --target late --exclude id --rounds 6 -o model -q >/dev/null
  $ mlsys register model/ --name fraud --alias challenger
  fraud/2 (challenger), 48 golden rows replayed exactly
  $ mlsys promote fraud/1 --to champion
  fraud/1 is fraud@champion
  $ mlsys promote fraud@challenger --reason 'won the test' --json | json name version alias previous
  fraud
  2
  champion
  1
  $ mlsys models list
  model  versions  newest  aliases                       changed
  fraud         2       2  challenger → 2, champion → 2  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d (re)
  $ mlsys models show fraud@champion --json | json name version aliases
  fraud
  2
  ["challenger", "champion"]
  $ mlsys models show fraud --json | json version aliases versions.0.version versions.1.version
  2
  ["challenger", "champion"]
  2
  1
  $ mlsys rollback fraud --reason 'too slow'
  fraud/1 is fraud@champion again, no longer fraud/2
  $ mlsys rollback fraud
  2> error: cannot roll back fraud@champion: it pointed to no version before
  2> hint: see its history: mlsys models history fraud
  [4]
  $ mlsys models history fraud | awk '{print $4, $5}'
  which detail
  rollback fraud@champion
  promote fraud@champion
  promote fraud@champion
  promote fraud@challenger
  register fraud/2
  register fraud/1
  $ mlsys models history fraud --json | json promotions.0.action promotions.0.version promotions.0.reason
  rollback
  1
  too slow
  $ mlsys lineage fraud --json | json model run.status versions.0.version
  fraud/1
  FINISHED
  1

The past, of everything that reads the registry; that of what has none is refused rather than ignored:

  $ then=$(mlsys models history fraud --json | json history.1.time)
  $ mlsys lineage fraud --as-of $then --json | json model versions.0.aliases
  fraud/2
  ["challenger", "champion"]
  $ mlsys lineage fraud --as-of 2001-01-01
  2> error: there was no model 'fraud' at <time>
  2> hint: see when it came to be: mlsys models history fraud
  [4]
  $ mlsys predict model/ t.csv -o scores.csv --as-of $then
  2> error: cannot look back to <time>: 'model/' is not registered, and only registered models have a past
  2> hint: leave --as-of out, or name a registered model such as fraud or fraud@champion
  2> usage: mlsys predict MODEL DATA [options]
  [2]
  $ ls scores.csv 2>/dev/null
  [2]
  $ refused() { "$@" --as-of $then 2>&1 | head -1; }
  $ refused mlsys predict @last t.csv -o scores.csv
  error: cannot look back to <time>: 'run:<id>' is not registered, and only registered models have a past
  $ refused mlsys eval model/ t.csv; refused mlsys drift model/ t.csv; refused mlsys package model/ -o model.tar.zst
  error: cannot look back to <time>: 'model/' is not registered, and only registered models have a past
  error: cannot look back to <time>: 'model/' is not registered, and only registered models have a past
  error: cannot look back to <time>: 'model/' is not registered, and only registered models have a past
  $ refused mlsys lineage @last; refused mlsys models diff model/ @last
  error: cannot look back to <time>: 'run:<id>' is not registered, and only registered models have a past
  error: cannot look back to <time>: 'model/' and 'run:<id>' are not registered, and only registered models have a past
  $ refused mlsys drift t.csv t.csv; refused mlsys eval t.csv --target late --score distance
  error: cannot look back to <time>: no model is named, and only registered models have a past
  error: cannot look back to <time>: no model is named, and only registered models have a past
  $ mlsys models diff model/ fraud --as-of $then --json | json before after
  model/
  fraud/2
  2> nothing differs: they are the same bundle
  $ mlsys eval model/ t.csv --require-better fraud --as-of $then --json | json gates.0.passed
  false
  2> warning: the model was trained on these very rows: what is measured here flatters it
  2> warning: fraud/2 was trained on these very rows: what is measured here flatters it

What cannot be done is refused, and nothing changes:

  $ mlsys models delete fraud/1
  2> error: cannot delete fraud/1: it is champion
  2> hint: promote another version to champion first
  [1]
  $ mlsys models delete fraud/2
  2> error: cannot delete fraud/2: it is challenger
  2> hint: promote another version to challenger first
  [1]
  $ mlsys models unalias fraud@challenger
  $ mlsys models delete fraud/2 --reason 'not needed'
  $ mlsys promote fraud/2
  2> error: no version 2 of the model 'fraud'
  2> hint: there are fraud/1 (champion)
  [4]
  $ mlsys promote fraud/1 --to v1
  2> error: cannot use 'v1' as an alias: it would be taken for a version number
  2> hint: use a word such as champion
  2> usage: mlsys promote MODEL [options]
  [2]
  $ mlsys promote fruad/1
  2> error: no model 'fruad/1'
  2> hint: did you mean 'fraud'?
  [4]
  $ mlsys promote model/
  2> error: cannot promote 'model/': it is not a version of a registered model
  2> hint: register it first: mlsys register model/ --name NAME
  2> usage: mlsys promote MODEL [options]
  [2]
  $ mlsys register model/ --name a/b
  2> error: cannot name a model 'a/b': the name has a /
  2> hint: use letters, digits, - and _, such as fraud-detector
  2> usage: mlsys register MODEL --name NAME [options]
  [2]
  $ mlsys register nothing --name fraud
  2> error: no model 'nothing'
  2> hint: list models with 'mlsys models list', runs with 'mlsys runs list'
  [4]
  $ mlsys models show fraud --as-of 2001-01-01
  2> error: there was no model 'fraud' at <time>
  2> hint: see when it came to be: mlsys models history fraud
  [4]
  $ mlsys models show fraud --json | json version aliases
  1
  ["champion"]

A bundle that was changed is not registered:

  $ cp -r model damaged; chmod u+w damaged/model.ubj; echo x >>damaged/model.ubj
  $ mlsys register damaged/ --name fraud
  2> error: model bundle 'damaged/' is damaged: model.ubj has 15229 bytes instead of 15227
  2> hint: take the bundle from its run, registry or package again
  [5]

Registering it once more says so; what is said of it anew is recorded:

  $ mlsys register @last --name again --description one --tag a=b; mlsys register @last --name again; mlsys register @last --name again --description two --tag a=c --json | json known description tags
  again/1, 48 golden rows replayed exactly
  2> next: mlsys promote again/1 --to champion
  again/1, registered before, 48 golden rows replayed exactly
  2> next: mlsys promote again/1 --to champion
  true
  two
  {"a": "c"}
  2> next: mlsys promote again/1 --to champion
  $ mlsys models history again --json | json history.0.action history.0.detail history.1.action history.2
  annotate
  {"description": "two", "tags": {"a": "c"}}
  register
  <absent>

Texts that could not be read back are refused:

  $ bad=$(printf '\377'); for verb in 'promote again/1 --reason' 'register @last --name again --description' 'models tag again --description' 'models delete again/1 --reason'; do mlsys $verb $bad 2>&1 | head -1; done
  error: cannot record the reason '\xff': it is not UTF-8 text
  error: cannot record the description '\xff': it is not UTF-8 text
  error: cannot record the description '\xff': it is not UTF-8 text
  error: cannot record the reason '\xff': it is not UTF-8 text
  $ mlsys rollback again/1
  2> error: cannot roll back to 'again/1': an alias goes back to where it pointed before
  2> hint: name the model: mlsys rollback again; for another version: mlsys promote again/1 --to champion
  2> usage: mlsys rollback MODEL [options]
  [2]
  $ mlsys models list --as-of 2001-01-01
  2> there were no models at <time>

What people say of a model and of its versions:

  $ mlsys models list -q
  again
  fraud
  $ mlsys models tag fraud team=growth reviewed=no --description 'card payments' --json | json models.0.tags models.0.description
  {"reviewed": "no", "team": "growth"}
  card payments
  $ mlsys models tag fraud reviewed=yes --remove team -q
  fraud
  $ mlsys models show fraud --json | json tags description
  {"reviewed": "yes"}
  card payments
  $ mlsys models tag fraud/1 note='first of all' --json | json tags.note
  first of all
  $ mlsys models tag fraud/1 a=b --remove none
  2> error: 'fraud/1' has no tag 'none'
  2> hint: see its tags: mlsys models show fraud/1 --json
  [4]
  $ mlsys models show fraud/1 --json | json tags.a
  <absent>
  $ mlsys models history fraud --json | json history.0.action history.0.subject history.0.detail history.1.detail
  annotate
  fraud/1
  {"tags": {"note": "first of all"}}
  {"tags": {"reviewed": "yes"}, "untag": ["team"]}
  $ mlsys models tag fraud/9 a=b
  2> error: no version 9 of the model 'fraud'
  2> hint: there are fraud/1 (champion)
  [4]
  $ mlsys models tag froud a=b
  2> error: no model 'froud'
  2> hint: did you mean 'fraud'?
  [4]
  $ mlsys models tag fraud
  2> error: nothing to change
  2> hint: give KEY=VALUE, --remove KEY or --description TEXT
  2> usage: mlsys models tag MODEL [KEY=VALUE…] [options]
  [2]
  $ mlsys models tag fraud x
  2> error: 'x' is not KEY=VALUE
  2> hint: write team=growth
  2> usage: mlsys models tag MODEL [KEY=VALUE…] [options]
  [2]
  $ mlsys models tag fraud@champion "$(printf 'x%.0s' {1..251})=1"
  2> error: the tag name 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' cannot be used: it has more than 250 characters
  [1]

Values that were logged or said are shown on one line, and nothing of them steers the terminal:

  $ mkdir raw; cd raw; mlsys init -q . >/dev/null; flights 100 >t.csv; mlsys train t.csv --target late --exclude id --rounds 1 -o m -q >/dev/null
  $ RUN=$(mlsys runs list -q); bad=$(printf 'one\n\033[31mtwo'); mlsys runs log $RUN --param note="$bad" --tag mlflow.parentRunId="$bad" --dataset "$bad"=t.csv
  $ mlsys register $RUN --name fraud -q; mlsys models tag fraud --description "$bad" -q
  fraud/1
  fraud
  $ mlsys lineage fraud | grep 'two'; mlsys models show fraud | head -1
     ├─ part of run one\n?[31mtwo
     ├─ data t.csv (one\n?[31mtwo) sha256:<sha256>
     └─ parameters * note=one\n?[31mtwo* (glob)
  one\n?[31mtwo
  $ mlsys runs exec -q -- true "$bad"; mlsys runs show @last | grep two | tr '$' '%'
  % true one\n?[31mtwo
  $ mlsys runs list --columns "tags.\`$bad\`" | head -1
  run       tags.`one\n?[31mtwo`
  2> no run has a tag 'one\n\x1b[31mtwo'
  $ cd ..
