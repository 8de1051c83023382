A recipe runs what is out of date, and says why:

  $ mkdir .mlsys && seq 5 >in
  $ cat >recipe.json <<'END'
  > {"schema": "mlsys.recipe/1", "name": "sums", "description": "Adds numbers", "variables": {"input": "in"}, "steps": [
  >   {"name": "print", "command": ["cat", "sum"], "deps": ["sum"]},
  >   {"name": "sum", "command": ["awk", "{s += $$1 * ${times}} END {print s}", "${input}"], "params": {"times": 1},
  >    "deps": ["${input}"], "stdout": "sum"},
  >   {"name": "version", "command": ["mlsys", "version"], "deps": ["sum"]}]}
  > END
  $ mlsys recipe list | grep sums
  sums * 3  Adds numbers * $PWD/recipe.json (glob)
  $ mlsys recipe list --json | json recipes.0.name recipes.0.steps recipes.0.variables recipes.1.name
  sums
  3
  {"input": "in"}
  flight-delay
  $ mlsys recipe graph
  1. sum
     reads  in
     makes  sum
     runs   awk '{s += $1 * 1} END {print s}' in
  2. print  (after sum)
     reads  sum
     runs   cat sum
  3. version  (after sum)
     reads  sum
     runs   mlsys version
  $ mlsys recipe graph --format mermaid
  flowchart TD
    s0["sum"]
    s1["print"]
    s2["version"]
    s0 --> s1
    s0 --> s2
  $ mlsys recipe run --dry-run
  sum would run: it has not run before
  print would run: step 'sum' may make other files for it
  version would run: step 'sum' may make other files for it
  sums: 3 would run, 0 unchanged
  $ mlsys recipe run
  sums: 3 run, 0 unchanged
  2> sum: it has not run before
  2> sum: done in <duration>
  2> print: it has not run before
  2> print | 15
  2> print: done in <duration>
  2> version: it has not run before
  2> version | mlsys * (glob)
  2> version: done in <duration>
  $ mlsys recipe run
  sums: 0 run, 3 unchanged
  2> sum: skipped, nothing it depends on changed
  2> print: skipped, nothing it depends on changed
  2> version: skipped, nothing it depends on changed

An input in another order gives the same sum, so that nothing after it runs:

  $ seq 5 -1 1 >in
  $ mlsys recipe run
  sums: 1 run, 2 unchanged
  2> sum: 'in' changed
  2> sum: done in <duration>
  2> print: skipped, nothing it depends on changed
  2> version: skipped, nothing it depends on changed
  $ mlsys recipe run --set sum.times=2 --only sum --json 2>/dev/null | json steps.0.status steps.0.reason steps.1.status
  ran
  param 'times' was '1', is '2'
  not_selected
  $ mlsys recipe run --set sum.tims=2
  2> error: recipe 'sums' has no variable 'sum.tims'
  2> hint: did you mean 'sum.times'?
  2> usage: mlsys recipe run [RECIPE] [options]
  [2]

The exit code of mlsys in a step is the recipe's, a verdict (3) too. Of another program only 0 means success: what its
codes say is not known. The next run starts there:

  $ printf 'y,s\n0,0.9\n1,0.2\n1,0.6\n0,0.7\n' >preds.csv
  $ cat >gate.json <<'END'
  > {"schema": "mlsys.recipe/1", "name": "gate", "steps": [
  >   {"name": "first", "command": ["true"], "deps": ["in"]},
  >   {"name": "gate", "command": ["mlsys", "eval", "preds.csv", "--target", "y", "--score", "s", "--require", "roc_auc >= ${least}"],
  >    "params": {"least": 0.8}, "deps": ["preds.csv"], "stdout": "eval.txt"},
  >   {"name": "last", "command": ["sh", "-c", "echo no match >&2; exit ${code}"], "params": {"code": 3}}]}
  > END
  $ mlsys recipe run gate.json 2>&1 | sed -n 's/^stopped/&/p'; echo ${PIPESTATUS[0]}
  stopped: step 'gate' ended with a negative verdict (exit code 3)
  3
  $ grep failed eval.txt
  failed  roc_auc >= 0.8  (roc_auc is 0)
  $ mlsys recipe run gate.json --set gate.least=0 -q
  2> error: step 'last' failed with exit code 3: no match
  [1]
  $ mlsys recipe run gate.json --set gate.least=0 --json 2>/dev/null | json exit_code steps.2.exit_code
  1
  3
  $ mlsys recipe run gate.json --set gate.least=0 --set last.code=0 -q

A recipe's own files are the project's when it lies there, for `run` and `graph` alike:

  $ mkdir -p recipes/copy
  $ cat >recipes/copy/recipe.json <<'END'
  > {"schema": "mlsys.recipe/1", "name": "copy", "steps": [
  >   {"name": "use", "command": ["cat", "${recipe}/made"], "deps": ["${recipe}/made"]},
  >   {"name": "make", "command": ["echo", "hello"], "stdout": "recipes/copy/made"}]}
  > END
  $ mlsys recipe graph copy
  1. make
     makes  recipes/copy/made
     runs   echo hello
  2. use  (after make)
     reads  recipes/copy/made
     runs   cat recipes/copy/made
  $ mlsys recipe run copy -q

What cannot be run:

  $ mlsys recipe run none
  2> error: no recipe 'none'
  2> hint: mlsys recipe list
  [4]
  $ rm in
  $ mlsys recipe run
  2> error: step 'sum' depends on 'in', which does not exist
  2> hint: give its place with --set, or run the steps that make it
  [4]
  $ echo '{"schema": "mlsys.recipe/1", "name": "x", "steps": [{"name": "a", "comand": ["true"]}]}' >bad.json
  $ mlsys recipe run bad.json
  2> error: recipe '$PWD/bad.json', steps[0]: unknown key 'comand'
  2> hint: did you mean 'command'?
  2> usage: mlsys recipe run [RECIPE] [options]
  [2]

The example of the manual runs as it is printed, a second time too, when its data have changed:

  $ mlsys init manual --example -q >/dev/null && cd manual
  $ sed -n '/^    {"schema"/,/}]}$/p' $SOURCE/man/recipe.md >recipe.json
  $ mlsys recipe run 2>/dev/null
  late-flights: 2 run, 0 unchanged
  $ json task target valid <train.json
  binary
  late
  (blank)
  $ mlsys recipe run 2>/dev/null
  late-flights: 0 run, 2 unchanged
  $ mlsys data convert flights.parquet -o fewer.parquet --limit 30000 -q >/dev/null
  $ mlsys recipe run --set data=fewer.parquet 2>/dev/null
  late-flights: 2 run, 0 unchanged
