Files of a run, listed and copied out:

  $ RUN=$(mlsys runs start -q); mkdir plots; echo one >plots/a.svg; mkdir plots/deep; echo two >plots/deep/b.svg; printf 'no end of line' >note.txt
  $ mlsys runs artifacts $RUN
  2> it has no artifacts
  $ mlsys runs log $RUN --artifact plots --artifact note.txt
  $ mlsys runs artifacts $RUN
  artifact          size  sha256
  note.txt          14 B  ca03c11cc02b
  plots/a.svg        4 B  2c8b08da5ce6
  plots/deep/b.svg   4 B  27dd8ed44a83
  $ mlsys runs artifacts $RUN -q
  note.txt
  plots/a.svg
  plots/deep/b.svg
  $ mlsys runs artifacts $RUN note.txt
  no end of line (no-eol)
  $ mlsys runs artifacts $RUN plots/a.svg | cmp - plots/a.svg
  $ mlsys runs artifacts $RUN note.txt -o copy.txt -q
  note.txt
  $ cmp note.txt copy.txt; echo more >>copy.txt
  $ mlsys runs artifacts $RUN plots -o out; diff -r plots out
  artifact          size  sha256
  plots/a.svg        4 B  2c8b08da5ce6
  plots/deep/b.svg   4 B  27dd8ed44a83
  2> copied to 'out'
  $ mlsys runs artifacts $RUN -o all --json | json artifacts.0.name artifacts.1.name artifacts.2.name
  note.txt
  plots/a.svg
  plots/deep/b.svg
  2> copied to 'all'
  $ diff -r plots all/plots; cmp note.txt all/note.txt
  $ mkdir there; mlsys runs artifacts $RUN plots/deep/ -o there -q && cat there/b.svg
  plots/deep/b.svg
  two
  $ mkdir folder; mlsys runs artifacts $RUN plots/deep/b.svg -o folder -q && cat folder/b.svg
  plots/deep/b.svg
  two

A run's model is a folder:

  $ flights 200 >t.csv; mlsys train t.csv --target late --exclude id --rounds 2 -o model -q >/dev/null
  $ mlsys runs artifacts @last model -o again -q
  model
  $ diff -r model again && mlsys predict again/ t.csv -o scores.csv -q
  scores.csv

Mistakes:

  $ mlsys runs artifacts $RUN plts/a.svg
  2> error: run '<id>' has no artifact 'plts/a.svg'
  2> hint: did you mean 'plots/a.svg'?
  [4]
  $ mlsys runs artifacts $RUN plots
  2> error: 'plots' is a folder
  2> hint: copy it with -o FOLDER
  2> usage: mlsys runs artifacts RUN [NAME] [options]
  [2]
  $ mlsys runs artifacts $RUN note.txt --json
  2> {
  2>   "schema": "mlsys.error/1",
  2>   "error": {
  2>     "code": "usage",
  2>     "message": "the artifact and --json both want stdout",
  2>     "hint": "add -o FILE",
  2>     "exit": 2
  2>   }
  2> }
  [2]
  $ mlsys runs artifacts $RUN plots -o out
  2> error: cannot copy artifacts to 'out': it exists
  2> hint: name a new folder
  2> usage: mlsys runs artifacts RUN [NAME] [options]
  [2]
  $ mlsys runs artifacts $(mlsys runs start -q) x
  2> error: run '<id>' has no artifacts
  2> hint: log some: mlsys runs log <id> --artifact FILE
  [4]

What was altered in the store is never handed out, and nothing is left of the attempt; the others are:

  $ file=$(find .mlsys/objects -type f -size -2 | xargs grep -l one); chmod u+w $file; echo altered >$file
  $ altered() { "$@" 2>err; code=$?; sed 's/[0-9a-f]\{12\}/<digest>/g' err; return $code; }
  $ altered mlsys runs artifacts $RUN plots/a.svg
  error: cannot use the stored artifact <digest>: its contents have changed (they now have the digest <digest>)
  hint: restore it from a backup or its source
  [5]
  $ altered mlsys runs artifacts $RUN plots/a.svg -o new.svg; ls new.svg
  error: cannot use the stored artifact <digest>: its contents have changed (they now have the digest <digest>)
  hint: restore it from a backup or its source
  2> ls: cannot access 'new.svg': No such file or directory
  [2]
  $ altered mlsys runs artifacts $RUN -o new; ls new
  error: cannot use the stored artifact <digest>: its contents have changed (they now have the digest <digest>)
  hint: restore it from a backup or its source
  2> ls: cannot access 'new': No such file or directory
  [2]
  $ mlsys runs artifacts $RUN plots/deep/b.svg
  two
  $ mlsys store check >/dev/null
  [5]
  $ altered mlsys runs log $RUN --artifact plots; mlsys runs artifacts $RUN plots/a.svg; mlsys store check >/dev/null
  warning: the stored artifact <digest> had been altered: it is replaced by what is stored now
  one
  $ rm -f $file; altered mlsys runs artifacts $RUN plots/a.svg
  error: no artifact <digest> in the store '$PWD/.mlsys'
  hint: if it was removed by hand, restore it from a backup or log it again
  [4]
  $ mlsys store check >/dev/null
  [5]
  $ mlsys runs log $RUN --artifact plots; mlsys runs artifacts $RUN plots/a.svg; mlsys store check >/dev/null
  one
  $ bundle=$(ls -d .mlsys/bundles/*); chmod u+w $bundle/*; echo >>$bundle/model.ubj; altered mlsys runs artifacts @last~1 model -o new; ls new
  error: cannot use the stored bundle <digest>: its contents have changed (they now have the digest <digest>)
  hint: restore it from a backup or its source
  2> ls: cannot access 'new': No such file or directory
  [2]
  $ altered mlsys predict @last~1 t.csv -o new.csv
  error: cannot use the stored bundle <digest>: its contents have changed (they now have the digest <digest>)
  hint: restore it from a backup or its source
  [5]
  $ altered mlsys register @last~1 --name m
  error: cannot use the stored bundle <digest>: its contents have changed (they now have the digest <digest>)
  hint: restore it from a backup or its source
  [5]
  $ altered mlsys register model/ --name m; mlsys store check >/dev/null
  m/1, 48 golden rows replayed exactly
  warning: the stored bundle <digest> had been altered: it is replaced by what is stored now
  next: mlsys promote m/1 --to champion
