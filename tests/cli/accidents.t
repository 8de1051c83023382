Ctrl-C and SIGTERM stop a training after the round under way: exit code 130, the run is KILLED and keeps its best model,
`-o` is untouched, and nothing else is left.

#timeout 300

  $ flights 2000 >t.csv; mlsys init . -q >log
  $ train() { interruptible mlsys train t.csv --target late --exclude id --rounds 1000000 -o model -q; }
  $ boosting() { until mlsys runs show @last --metric train_logloss -q >points 2>/dev/null && [ -s points ]; do sleep 0.1; done; }
  $ (train) >id & PID=$!; boosting; kill -INT $PID; wait $PID
  2> warning: interrupted after [\d,]+ rounds: the best model so far is kept with the run (re)
  [130]
  $ mlsys runs show "$(cat id)" --json | json status
  KILLED
  $ mlsys predict "run:$(cat id)" t.csv | wc -l
  2001
  $ mlsys store check -q
  $ ls -A . .mlsys/bundles $TMPDIR
  .:
  .gitignore
  .mlsys
  id
  log
  mlsys.json
  points
  t.csv
  (blank)
  .mlsys/bundles:
  <sha256>
  (blank)
  $SCRATCH/tmp:
  $ mlsys runs delete "$(cat id)" && rm points; (train) >id & PID=$!; boosting; kill -TERM $PID; wait $PID
  2> warning: interrupted after [\d,]+ rounds: the best model so far is kept with the run (re)
  [130]
  $ mlsys runs show "$(cat id)" --json | json status; ls -d model; ls -A $TMPDIR
  KILLED
  2> ls: cannot access 'model': No such file or directory

A run that is stopped before its first round has no model:

  $ mkfifo pipe; mlsys train pipe --target late -q & sleep 0.3; kill -TERM $!; wait $!
  2> error: interrupted
  [130]
  $ mlsys runs list -q | wc -l; rm pipe
  1

Scoring that is stopped leaves no file, and the one before as it was:

  $ mlsys train t.csv --target late --exclude id --rounds 300 --no-record -o heavy -q >log
  $ mkfifo pipe; echo before >scores.csv; (cat t.csv; sleep 2) >pipe & timeout --preserve-status -s INT 0.5 mlsys predict heavy pipe -o scores.csv -q
  2> error: interrupted
  [130]
  $ cat scores.csv; wait
  before
  $ (cat t.csv; for i in $(seq 40); do tail -n +2 t.csv; done) >many.csv
  $ for after in 0.02 0.05 0.1 0.15 0.2 0.3; do
  >   echo before >scores.csv; timeout --preserve-status -s INT $after mlsys predict heavy many.csv -o scores.csv -q >log 2>&1; echo "$? $(wc -l <scores.csv)"
  > done | grep -vxE '130 1|0 82001'
  [1]

One wish that arrives twice, as timeout(1), supervisors and CI runners send it, is still an orderly end:

  $ for gap in 0.001 0.005 0.01 0.02 0.04; do for start in 0.03 0.06 0.1; do
  >   interruptible mlsys predict heavy many.csv -o scores.csv -q >log 2>&1 & PID=$!; sleep $start; kill -INT $PID 2>>log; sleep $gap; kill -INT $PID 2>>log; wait $PID
  >   echo $?
  > done; done | grep -vxE '130|0'
  [1]
  $ ls -A . $TMPDIR | grep 'part$\|tmp-'
  [1]

Trainings at the same time do not disturb each other, whether or not there is a store yet, even with the same output:

  $ mkdir many; cd many; for seed in 1 2 3 4 5 6 7 8; do (mlsys train ../t.csv --target late --exclude id --rounds 3 --threads 1 --seed $seed --param subsample=0.5 --store store -o model -q >$seed.id 2>$seed.err; echo $?) & done | sort | uniq -c | sed 's/^ *//'
  8 0
  $ cat ?.err; sort ?.id | uniq | wc -l; mlsys runs list --store store --json | json runs.length
  8
  8
  $ for id in $(cat ?.id); do mlsys predict run:$id ../t.csv --store store | sha256sum; done | sort -u | wc -l
  8
  $ mlsys store check --store store
  sound  8 runs, 0 versions, 8 files of * (glob)
  $ for id in $(cat ?.id); do cmp -s model/model.ubj store/bundles/$(mlsys runs show $id --store store --json | json artifacts.0.digest)/model.ubj && echo it is one of them; done; true
  it is one of them
  $ ls -A $TMPDIR; find . -name '*.part'
