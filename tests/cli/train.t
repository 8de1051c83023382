A model, recorded as a run, with metrics beside a baseline and the next lines to type.

  $ flights 2000 >t.csv
  $ mlsys train t.csv --target late --exclude id --valid 0.25 --rounds 20 --name first
  binary model of 'late': the target 'late' has the values '0' and '1'
  1,500 rows, 500 for validation: 25% at random, stratified by 'late'; 2 features
  7 rounds of 20, the best logloss on validation in <duration>; the whole run took <duration>
  threshold 0.5 (default)
  (blank)
  on validation       model  baseline
  roc_auc            0.8273       0.5
  average_precision  0.7368       0.4
  log_loss           0.4911     0.673
  brier              0.1654      0.24
  ece                0.0407  0.001333
  ks                 0.5283         0
  accuracy            0.734       0.6
  balanced_accuracy  0.7208       0.5
  precision          0.6718         –
  recall              0.655         0
  f1                 0.6633         0
  mcc                0.4436         –
  baseline: every row with the share of '1' in training, 0.3987
  (blank)
  run   <id>
  model $PWD/.mlsys/bundles/<sha256>
  next:
    mlsys eval run:???????? TEST-DATA (glob)
    mlsys register run:???????? --name late (glob)
  2> note: no project here yet, keeping runs and models in '$PWD/.mlsys'
  $ mlsys train t.csv --target late --exclude id --rounds 5 -q
  <id>
  $ mlsys runs show @last --json | json status params.rounds tags
  FINISHED
  5
  {"mlsys.measured": "<sha256>", "mlsys.measured_on": "training", "mlsys.target": "late", "mlsys.task": "binary"}
  $ mlsys train t.csv --target late --exclude id --rounds 5 --json | json task best_iteration rows.train measured_on warnings seconds.keys
  binary
  4
  2000
  training
  []
  ["read", "quantize", "boost", "total"]
  $ mlsys runs show @last~1 --json | json -d 4 metrics.roc_auc >known
  $ mlsys train t.csv --target late --exclude id --rounds 5 --json | json -d 4 previous.metrics.roc_auc | diff known - && echo the last run beside it
  the last run beside it
  $ mlsys train t.csv --target late --exclude id,distance --rounds 5 | grep -e 'last run' -e roc_auc
  on training rows     model   baseline  last run
  roc_auc * 0.5 * (glob)
  last run: * (run:????????), measured on the same rows (glob)
  $ for other in "--where distance>10" "--valid 0.5" "--experiment other" "--threshold 0.4"; do
  >   mlsys train t.csv --target late --exclude id --rounds 5 $other --json | json previous
  > done
  <absent>
  <absent>
  <absent>
  <absent>
  $ mlsys train t.csv --target late --exclude id,distance --rounds 3 --no-record -o model
  binary model of 'late': the target 'late' has the values '0' and '1'
  2,000 rows; 1 feature
  3 rounds in <duration>; the whole run took <duration>
  threshold 0.5 (default)
  (blank)
  on training rows     model   baseline
  roc_auc             0.6172        0.5
  average_precision   0.5191      0.399
  log_loss            0.6391     0.6726
  brier               0.2234     0.2398
  ece                0.03587  1.097e-08
  ks                  0.2151          0
  accuracy             0.669      0.601
  balanced_accuracy   0.6075        0.5
  precision           0.6954          –
  recall              0.3033          0
  f1                  0.4223          0
  mcc                 0.2778          –
  baseline: every row with the share of '1' in training, 0.399
  measured on the rows it learned from, which flatters it: use --valid or eval
  (blank)
  model model
  next:
    mlsys eval model TEST-DATA
    mlsys register model --name late
  $ ls model
  bundle.json
  contract.json
  golden.json
  model.ubj
  profile.json

The same seed and threads give the same model; another seed samples other rows.

  $ mlsys train t.csv --target late --exclude id --rounds 5 --param subsample=0.5 -o one -q >run
  $ mlsys train t.csv --target late --exclude id --rounds 5 --param subsample=0.5 -o two -q >run
  $ cmp one/model.ubj two/model.ubj
  $ mlsys train t.csv --target late --exclude id --rounds 5 --param subsample=0.5 --seed 1 -o two -q >run
  $ cmp -s one/model.ubj two/model.ubj
  [1]

What cannot be right is refused with a hint, before data are read where possible.

  $ mlsys train nowhere.csv --target late --param max_dept=3
  2> error: XGBoost has no parameter 'max_dept'
  2> hint: did you mean 'max_depth'?
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train nowhere.csv --target late --param nthread=3
  2> error: --param nthread cannot be set
  2> hint: use --threads
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train nowhere.csv --target late --param eta=fast
  2> error: cannot set parameter eta to 'fast': it is not a number
  2> hint: `mlsys help train` lists the parameters
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train nowhere.csv --target late --early-stop 3
  2> error: --early-stop needs validation rows
  2> hint: add --valid 0.2, or --valid with a file
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train nowhere.csv --target late
  2> error: cannot read 'nowhere.csv': no such file
  2> hint: data files here: t.csv
  [4]
  $ mlsys train t.csv
  2> error: cannot train on 't.csv': which column is the target?
  2> hint: say --target COLUMN; the columns are id, distance, origin, late
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train t.csv --target lat
  2> error: cannot train on 't.csv': no column 'lat'
  2> hint: did you mean 'late'?
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train t.csv --target origin --task binary
  2> error: cannot train on 't.csv': the target 'origin' has 6 different values, and a binary task needs two
  2> hint: say --task multiclass, or make two with --derive NAME='"origin" = …'
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train t.csv --target distance --task binary
  2> error: cannot train on 't.csv': the target 'distance' has 300 different values, and a binary task needs two
  2> hint: say --task multiclass, or make two with --derive NAME='"distance" = …'
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train t.csv --target late --balance --task regression
  2> error: --balance weighs classes, and the task is regression
  2> hint: leave it out
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train t.csv --target late --no-record
  2> error: --no-record without -o would train and keep nothing
  2> hint: add -o DIR
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train t.csv --target late --where 'late = 1'
  2> error: cannot train on 't.csv': the target 'late' has the same value in every row
  2> hint: check --where and --limit, or choose another --target
  [1]
  $ awk 'NR == 5 { sub(/.$/, "") } 1' t.csv >gap.csv
  $ mlsys train gap.csv --target late
  2> error: cannot train on 'gap.csv': the target 'late' is missing in 1 row, first in row 4
  2> hint: leave them out with --where '"late" IS NOT NULL'
  [1]
  $ sed 's/^\([0-9]\)/900000\1/' t.csv >wide.csv
  $ mlsys train wide.csv --target late
  2> error: cannot train on 'wide.csv': column 'id' holds 1,965 integers beyond 2^24 that a float32 feature cannot hold
  2> hint: an identifier is no feature: --exclude 'id'; a category: --derive NAME='CAST("id" AS VARCHAR)' --exclude 'id'
  [1]
  $ mlsys train t.csv --target late --exclude id -o t.csv/model
  2> error: cannot write 't.csv/model': Not a directory
  [1]

A folder of models is replaced; one with anything else in it is not, nor the store, nor the folder one stands in.

  $ mlsys train t.csv --target late --exclude id --rounds 3 --no-record -o model -q
  model
  $ mkdir precious empty; echo mine >precious/notes.txt
  $ mlsys train t.csv --target late -o precious
  2> error: cannot write a model to 'precious': it holds 'notes.txt', which is no part of a model
  2> hint: name a new or an empty folder, or one that holds nothing but a model
  2> usage: mlsys train DATA [options]
  [2]
  $ cat precious/notes.txt
  mine
  $ mlsys train t.csv --target late -o . 2>&1 | head -1
  error: cannot write a model to '.': the store of runs and models lies there
  $ mlsys train t.csv --target late -o .mlsys/model 2>&1 | head -1
  error: cannot write a model to '.mlsys/model': it lies in the store of runs and models
  $ (cd empty && mlsys train ../t.csv --target late --store ../elsewhere -o . 2>&1 | head -1)
  error: cannot write a model to '.': it is the current folder, or holds it
  $ mlsys train t.csv --target late --exclude id --rounds 3 --no-record -o empty -q
  empty

A derived target: what it is computed from is no feature.

  $ mlsys train t.csv --target long --derive 'long=distance > 1500' --exclude id --rounds 3 --json | json task positive features left_out
  binary
  true
  ["origin", "late"]
  [{"column": "distance", "reason": "is what the target 'long' is computed from"}]
  2> note: column 'distance' is no feature: it is what the target 'long' is computed from

A contract is checked first, and its part for the inputs travels with the model.

  $ mlsys data infer t.csv -o contract.json -q
  contract.json
  $ mlsys train t.csv --target late --exclude id --contract contract.json --rounds 3 --no-record -o kept -q
  kept
  $ json fields.*.name <kept/contract.json
  ["distance", "origin"]

Data that violate it are not trained on: the verdict is 3, and there is neither a model nor a run of it.

  $ mlsys runs list -q >before; awk 'BEGIN { FS = OFS = "," } NR > 1 && NR < 4 { $2 = "far" } 1' t.csv >odd.csv
  $ mlsys train odd.csv --target late --exclude id --contract contract.json -o refused
  not trained: 'odd.csv' violates contract 'contract.json'
  next:
    mlsys validate odd.csv -c contract.json
  2> warning: contract 'contract.json': type of column 'distance': 2 rows, expected integer
  [3]
  $ mlsys train odd.csv --target late --exclude id --contract contract.json --json 2>/dev/null | json schema verdict
  mlsys.validate/1
  fail
  $ ls refused; mlsys runs list -q | diff before - && echo same
  same
  2> ls: cannot access 'refused': No such file or directory
  $ mlsys train odd.csv --target late --contract none.json
  2> error: cannot read 'none.json': No such file or directory
  2> hint: draft one: mlsys data infer DATA -o none.json
  [4]
  $ mlsys train odd.csv --target late --contract odd.csv
  2> error: * (glob)
  2> usage: mlsys train DATA [options]
  [2]

Ctrl-C keeps the best model so far with a run that is KILLED; -o is untouched, and the exit code is 130.

  $ interruptible mlsys train t.csv --target late --exclude id --rounds 1000000 --name stopped -o never -q >out 2>err &
  > until mlsys runs show @last --json | json name metrics | tr '\n' ' ' | grep -q '^stopped .*logloss'; do sleep 0.1; done
  > kill -INT $!; wait $!
  [130]
  $ ls never
  2> ls: cannot access 'never': No such file or directory
  [2]
  $ mlsys runs show @last --json | json status
  KILLED
  $ mlsys predict @last t.csv | head -1
  score
  $ for wait in 1 2 4 8 16; do
  >   interruptible mlsys train t.csv --target late --exclude id --rounds 1000000 --no-record -o never --json >out 2>err &
  >   sleep $wait; kill -INT $!; wait $!; code=$?
  >   grep -q '"status": "interrupted"' out && break  # else it came before the first round
  > done; echo $code
  130
  $ json status model run_id <out; ls never
  interrupted
  (blank)
  (blank)
  2> ls: cannot access 'never': No such file or directory
  [2]
  $ cat err
  warning: interrupted after [\d,]+ rounds: nothing is kept, since no run is recorded (re)

The largest float stands for missing in some data, and only infinity lies above it: a threshold, but not one of the golden
rows.

  $ awk 'BEGIN {print "x,y"; for (i = 0; i < 200; i++) print (i % 4 == 0 ? "3.4028235e38" : i % 4 == 1 ? "" : i / 2) "," (i % 4 == 1)}' >nodata.csv
  $ mlsys train nodata.csv --target y --rounds 3 --no-record -o nodata -q 2>err; cat err
  nodata
  warning: feature 'x' alone reaches an AUC of 1: is it known before the target is?
  $ mlsys verify nodata -q; json parity <nodata/bundle.json
  * (glob)
  {"rows": 4096, "different": 0}
  $ mlsys predict nodata nodata.csv >scores; paste -d, nodata.csv scores | awk -F, 'NR > 1 {print $2, ($3 > 0.5)}' | sort | uniq -c
      150 0 0
       50 1 1

A contract and data from a pipe: both readings see the rows.

  $ mlsys train - --input-format csv --target late --exclude id --contract contract.json --rounds 3 --no-record -o piped -q <t.csv
  piped
  $ cmp piped/model.ubj kept/model.ubj
