A word that is not known is never ignored and never guessed: exit code 2 for a word of the command line or a setting, 4
for a thing that does not exist; the hint is the word that was meant. Nothing is written.

  $ flights 300 >t.csv; mkdir .mlsys
  $ mlsys train t.csv --target late --exclude id --rounds 2 -q >run && mlsys register @last --name fraud -q && mlsys promote fraud/1 -q
  fraud/1
  fraud/1
  $ state() { find . -path './.mlsys/mlsys.db*' -prune -o -print | sort | sha256sum; mlsys runs list -q; mlsys models show fraud --json; }
  $ state >$TMPDIR/before
  $ said() { "$@" 2>&1 | grep -v ^usage; echo "exit ${PIPESTATUS[0]}"; }

Commands, verbs, options:

  $ said mlsys trian t.csv
  error: unknown command 'trian'
  hint: did you mean 'train'?
  exit 2
  $ said mlsys data profle t.csv
  error: mlsys data has no verb 'profle'
  hint: did you mean 'profile'?
  exit 2
  $ said mlsys train t.csv --taget late
  error: unknown option '--taget'
  hint: did you mean '--target'?
  exit 2
  $ said mlsys train t.csv --target late --task binry
  error: --task: 'binry' is not one of binary, multiclass, regression, ranking
  hint: did you mean 'binary'?
  exit 2
  $ said mlsys train t.csv --target late --rounds ten
  error: --rounds: 'ten' is not a whole number
  exit 2

Parameters of XGBoost, found before data are read:

  $ said mlsys train t.csv --target late --param max_dept=3
  error: XGBoost has no parameter 'max_dept'
  hint: did you mean 'max_depth'?
  exit 2
  $ said mlsys train t.csv --target late --param objective=binary:logit
  error: cannot train with objective 'binary:logit'
  hint: did you mean 'binary:logistic'?
  exit 2
  $ said mlsys train t.csv --target late --param eval_metric=aucc
  error: cannot set parameter eval_metric to 'aucc': Unknown metric function aucc
  hint: `mlsys help train` lists the parameters
  exit 2
  $ said mlsys train t.csv --target late --param subsample=2
  error: cannot set parameter subsample to '2': value 2 for Parameter subsample exceed bound [0,1]
  hint: `mlsys help train` lists the parameters
  exit 2

Settings, wherever they stand:

  $ said mlsys config set thread 2
  error: unknown setting 'thread'
  hint: did you mean 'threads'?
  exit 2
  $ echo '{"schema": "mlsys.config/1", "settings": {"thread": 2}}' >mlsys.json; said mlsys runs list; rm mlsys.json
  error: configuration '$PWD/mlsys.json': unknown setting 'thread'
  hint: did you mean 'threads'?
  exit 2
  $ MLSYS_THREDS=2 said mlsys runs list
  error: environment variable 'MLSYS_THREDS' is no setting
  hint: did you mean MLSYS_THREADS?
  exit 2
  $ MLSYS_THREADS=many said mlsys runs list
  error: environment variable MLSYS_THREADS: 'many' is not a number of threads (1 to 4096)
  exit 2
  $ MLSYS_OF_ANOTHER_PROGRAM=1 mlsys runs list -q | wc -l
  1
  $ (export MLSYS_EXPERIMENT=nightly MLSYS_STORE=$TMPDIR/store; mlsys runs start -q; mlsys train t.csv --target late --exclude id --rounds 1 -q; mlsys runs list -e nightly -q) | sort | uniq -c | sed 's/^ *//'
  2 <id>
  2 <id>

Metrics and requirements:

  $ said mlsys eval fraud t.csv --metric roc_acu | sed 's/; known.*//'
  error: unknown metric 'roc_acu'
  hint: did you mean 'roc_auc'?
  exit 2
  $ said mlsys eval fraud t.csv --require 'roc_acu>=0.7' | sed 's/; known.*//'
  error: cannot read the requirement 'roc_acu>=0.7': unknown metric 'roc_acu'
  hint: did you mean 'roc_auc'?
  exit 2
  $ said mlsys eval fraud t.csv --require 'roc_auc=>0.7'
  error: cannot read the requirement 'roc_auc=>0.7': comparisons are >= > <= < == !=
  hint: write it like 'roc_auc >= 0.75'
  exit 2

Columns:

  $ said mlsys train t.csv --target lat
  error: cannot train on 't.csv': no column 'lat'
  hint: did you mean 'late'?
  exit 2
  $ said mlsys train t.csv --target late --weight w
  error: cannot train on 't.csv': no column 'w'
  hint: the columns are 'id', 'distance', 'origin', 'late'
  exit 2
  $ said mlsys train t.csv --target late --valid orign=ATL
  error: cannot take validation rows from 't.csv': no column 'orign'
  hint: did you mean 'origin'?
  exit 2
  $ said mlsys train t.csv --target late --derive 'far=distanc > 900'
  error: cannot derive 'far': no column 'distanc'
  hint: did you mean 'distance'?
  exit 2
  $ said mlsys data profile t.csv --where 'distance >'
  error: cannot select rows of 't.csv': 'distance >' is not an expression: it is not complete, or a parenthesis in it is closed that was not opened
  exit 2
  $ said mlsys data profile t.csv --where 'distance > > 3'
  error: cannot select rows of 't.csv': 'distance > > 3' is not an expression: * (glob)
  exit 2
  $ said mlsys data profile t.csv --where 'distanc > 3'
  error: cannot select rows of 't.csv': no column 'distanc'
  hint: did you mean 'distance'?
  exit 2
  $ said mlsys predict fraud t.csv --keep iid -o new.csv
  error: cannot score 't.csv': no column 'iid'
  hint: did you mean 'id'?
  exit 2
  $ said mlsys eval fraud t.csv --slice orgin
  error: cannot score 't.csv': no column 'orgin'
  hint: did you mean 'origin'?
  exit 2
  $ said mlsys drift t.csv t.csv --features distence
  error: cannot compare 't.csv' with 't.csv': no column 'distence'
  hint: did you mean 'distance'?
  exit 2

Models, versions, aliases, runs; a file that is no package is a wrong word, and a damaged package is damage:

  $ said mlsys predict t.csv t.csv -o scores.csv
  error: 't.csv' is not a model: it is no package, but another kind of file
  hint: write run:ID, @last, name, name@alias, name/version, a bundle directory or a package file
  exit 2
  $ cp .mlsys/bundles/*/model.ubj $TMPDIR; said mlsys eval $TMPDIR/model.ubj t.csv
  error: '* is not a model: it is no package, but another kind of file (glob)
  hint: name the folder that holds it
  exit 2
  $ said mlsys register t.csv --name new | head -1
  error: 't.csv' is not a model: it is no package, but another kind of file
  $ said mlsys package t.csv -o $TMPDIR/new.tar.zst | head -1
  error: 't.csv' is not a model: it is no package, but another kind of file
  $ mlsys package fraud -o $TMPDIR/whole.tar.zst -q >/dev/null; for bytes in -9 100 3 0; do head -c $bytes $TMPDIR/whole.tar.zst >$TMPDIR/cut.tar.zst; said mlsys predict $TMPDIR/cut.tar.zst t.csv -o scores.csv | tail -1; done
  exit 5
  exit 5
  exit 5
  exit 5

  $ said mlsys predict fruad t.csv
  error: no model 'fruad'
  hint: did you mean 'fraud'?
  exit 4
  $ said mlsys predict fraud@champoin t.csv
  error: the model 'fraud' has no alias 'champoin'
  hint: it has fraud@champion
  exit 4
  $ said mlsys predict fraud/7 t.csv
  error: no version 7 of the model 'fraud'
  hint: there are fraud/1 (champion)
  exit 4
  $ said mlsys predict @last~99 t.csv
  error: no run '@last~99': there are not so many
  hint: list runs with 'mlsys runs list'
  exit 4
  $ said mlsys rollback fraud --alias champoin
  error: cannot roll back fraud@champoin: there is no such alias
  hint: see its history: mlsys models history fraud
  exit 4
  $ said mlsys eval fraud t.csv --require-better frud
  error: no model 'frud'
  hint: did you mean 'fraud'?
  exit 4
  $ said mlsys runs show 00000000
  error: no run '00000000'
  hint: list runs with 'mlsys runs list'
  exit 4

  $ state | diff $TMPDIR/before -
