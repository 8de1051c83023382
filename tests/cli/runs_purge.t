Deleted runs are kept for a month, unless told otherwise, and then removed with what only they had:

  $ A=$(mlsys runs start -e old --param depth=6 -q); echo one >a.txt; echo both >b.txt
  $ mlsys runs log $A --metric loss=0.5 --artifact a.txt --artifact b.txt
  $ B=$(mlsys runs start -e old -q); mlsys runs log $B --metric loss=0.25 --artifact b.txt
  $ mlsys runs delete $A
  $ mlsys runs purge --all
  2> removed 0 runs and 0 experiments, kept 0
  $ mlsys runs purge $A --json | json purged kept.0.run_id kept.0.why
  []
  <id>
  it was deleted at <time>
  2> removed 0 runs and 0 experiments, kept 1
  $ mlsys runs purge --all --older-than 0 --dry-run -q
  <id>
  $ mlsys runs show $A --json | json lifecycle
  deleted
  $ mlsys runs purge --all --older-than 0
  run  * deleted  * what (glob)
  * old  * removed (glob)
  2> removed 1 run and 0 experiments, kept 0
  2> their files go with: mlsys store gc
  $ mlsys runs show $A
  2> error: no run '<id>'
  2> hint: list runs with 'mlsys runs list'
  [4]
  $ mlsys runs list --deleted -q
  $ mlsys store gc --older-than 0 -q | wc -l
  1
  $ mlsys store check
  sound  1 run, 0 versions, 1 file of 5 B
  $ mlsys runs show $B --json | json metrics.loss artifacts.0.name
  0.25
  b.txt

What is not deleted stays, and so does what others need: the run of a version, the parent of a run that stays.

  $ mlsys runs purge $B
  2> error: cannot purge run '<id>': it is not deleted
  2> hint: delete it first: mlsys runs delete <id>
  [1]
  $ flights 400 >t.csv
  $ MODEL=$(mlsys train t.csv --target late --exclude id --rounds 2 -q); mlsys register $MODEL --name m -q
  m/1
  $ PARENT=$(mlsys runs start -q); CHILD=$(mlsys runs start --parent $PARENT -q); PART=$(mlsys runs start --parent $CHILD -q)
  $ mlsys runs delete $MODEL $PARENT $CHILD
  $ mlsys runs purge --all --older-than 0 --json | json purged kept.0.why kept.1.why kept.2.why
  []
  run <id> is a part of it
  run <id> is a part of it
  m/1 was registered from it
  2> removed 0 runs and 0 experiments, kept 3
  $ mlsys runs delete $PART
  $ mlsys runs purge --all --older-than 0 -q | wc -l
  3
  $ mlsys models delete m/1; mlsys runs purge --all --older-than 0s -q | wc -l
  1
  $ mlsys models history m --json | json history.1.detail.run_id
  <id>
  $ mlsys store gc --older-than 0 -q; mlsys store check
  bundles/<sha256>
  sound  1 run, 0 versions, 1 file of 5 B

An experiment that was deleted goes with its last run, and its name is free:

  $ mlsys experiments delete old
  $ mlsys runs start -e old
  2> error: cannot use the experiment 'old': it is deleted
  2> hint: restore it first: mlsys experiments restore 'old'
  [1]
  $ mlsys runs purge --all --older-than 0 | tail -1
  experiment 'old'
  2> removed 1 run and 1 experiment, kept 0
  2> their files go with: mlsys store gc
  $ mlsys runs start -e old -q
  <id>

Mistakes. A script that finds no run to purge purges none:

  $ mlsys runs delete $(mlsys runs start -q); mlsys runs search "experiment = 'nothing'" --deleted -q | xargs mlsys runs purge --older-than 0 -q
  2> error: no runs to purge
  2> hint: name deleted runs, or see what --all means: mlsys runs purge --all --dry-run
  2> usage: mlsys runs purge [RUN…] [options]
  [123]
  $ mlsys runs list --deleted -q | wc -l
  1
  $ mlsys runs purge --all $(mlsys runs list --deleted -q)
  2> error: --all means every deleted run: it excludes naming some
  2> usage: mlsys runs purge [RUN…] [options]
  [2]

  $ mlsys runs purge --all --older-than month
  2> error: --older-than 'month' is not an age
  2> hint: write 30d, 12h, 90m or 0
  2> usage: mlsys runs purge [RUN…] [options]
  [2]
