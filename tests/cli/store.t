A store is checked, copied and cleaned:

  $ RUN=$(mlsys runs start -q); echo one >a.txt
  $ mlsys runs log $RUN --artifact a.txt --metric m=1
  $ mlsys store check
  sound  1 run, 0 versions, 1 file of 4 B
  $ mlsys store check --json | json verdict runs objects
  pass
  1
  1
  $ mlsys store backup copy
  2> to use it: mlsys runs list --store 'copy'
  $ mlsys runs list --store copy -q | wc -l
  1
  $ mlsys store backup .mlsys/copy 2>&1 | head -1; mlsys store backup . 2>&1 | head -1
  error: cannot back up to '.mlsys/copy': it lies in the store of runs and models
  error: cannot back up to '.': the store of runs and models lies there
  $ mlsys store backup copy
  2> error: cannot back up to 'copy': it exists
  2> hint: name a new folder
  2> usage: mlsys store backup FOLDER [options]
  [2]
  $ echo two >a.txt; mlsys runs log $RUN --artifact a.txt
  $ mlsys store gc --dry-run --older-than 0 --json | json dry_run removed.0 | sed 's/[0-9a-f]\{64\}/<digest>/'
  true
  objects/2c/<digest>
  2> would remove 1 file or bundle, 4 B
  $ mlsys store gc
  2> removed 0 files and bundles, 0 B
  $ mlsys store gc --older-than 24
  2> error: --older-than '24' is not an age
  2> hint: write 30d, 12h, 90m or 0
  2> usage: mlsys store gc [options]
  [2]
  $ mlsys store gc --older-than 0 -q | wc -l
  1

Ids of writes are kept, so that a repetition changes nothing, until somebody wants them forgotten:

  $ mlsys runs log $RUN --metric again=1 --operation nightly; mlsys runs log $RUN --metric again=1 --operation nightly
  $ mlsys runs show $RUN --metric again --history -q | wc -l
  1
  $ mlsys store gc --operations-older-than 30d
  2> removed 0 files and bundles, 0 B
  2> forgot 0 operations
  $ python3 -c 'import sqlite3; db = sqlite3.connect(".mlsys/mlsys.db"); db.execute("UPDATE operations SET time = time - 31 * 86400000"); db.commit()'
  $ mlsys store gc --operations-older-than 30d --dry-run --json 2>/dev/null | json dry_run operations
  true
  6
  $ mlsys runs log $RUN --metric again=1 --operation nightly
  $ mlsys store gc --operations-older-than 30d
  2> removed 0 files and bundles, 0 B
  2> forgot 6 operations
  $ mlsys runs log $RUN --metric again=1 --operation nightly
  $ mlsys runs show $RUN --metric again --history -q | wc -l
  2
  $ mlsys store gc --operations-older-than 12h
  2> error: --operations-older-than 12h is less than a day: others may still repeat these writes
  2> hint: write 30d
  2> usage: mlsys store gc [options]
  [2]
  $ mlsys store gc --operations-older-than month 2>&1 | head -1
  error: --operations-older-than 'month' is not an age

Damage is found:

  $ file=$(find .mlsys/objects -type f); chmod u+w $file; echo more >>$file
  $ mlsys store check | sed 's/[0-9a-f]\{12,\}/<digest>/g'
  damaged  objects/<digest>: cannot use the stored artifact <digest>: its contents have changed (they now have the digest <digest>)
  $ mlsys store check --json | json verdict
  fail

A backup names everything that is damaged and is not made, or made of the rest; both end with 5:

  $ echo lost >lost.txt; echo sound >sound.txt; mlsys runs log $RUN --artifact lost.txt --artifact sound.txt
  $ rm .mlsys/objects/*/$(sha256sum <lost.txt | cut -c -64)
  $ mlsys store backup second
  damaged  objects/<sha256>: cannot use the stored artifact *: its contents have changed (*) (glob)
  damaged  objects/<sha256>: no artifact * in the store '$PWD/.mlsys' (glob)
  2> error: cannot back up '$PWD/.mlsys': 2 of 3 files are damaged or lost
  2> hint: restore them, or make a backup of everything else: add --skip-damaged
  [5]
  $ mlsys store backup second --json 2>/dev/null | json backup verdict objects bytes problems.0.subject problems.1.subject
  null
  fail
  1
  6
  objects/<sha256>
  objects/<sha256>
  $ ls second
  2> ls: cannot access 'second': No such file or directory
  [2]
  $ mlsys store backup second --skip-damaged -q
  second
  2> warning: 2 of 3 files are damaged or lost, and not in the backup
  [5]
  $ ls second/objects/*/ | grep -c $(sha256sum <sound.txt | cut -c -64)
  1
  $ mlsys store check --store second --json | json verdict bytes problems.0.problem | cut -c -12
  fail
  6
  no artifact 
  $ mlsys store backup third --skip-damaged --json 2>/dev/null | json backup verdict objects
  third
  fail
  1
  $ mlsys runs log $RUN --artifact lost.txt; mlsys runs log $RUN --artifact a.txt
  2> warning: the stored artifact * had been altered: it is replaced by what is stored now (glob)
  $ mlsys store backup fourth --json | json verdict objects problems
  pass
  3
  []
  2> to use it: mlsys runs list --store 'fourth'

  $ printf garbage >copy/mlsys.db; mlsys runs list --store copy
  2> error: cannot query the store '$PWD/copy': the file is not an SQLite database
  [5]

What only looks, or changes what must be there already, makes no store in a folder that has none:

  $ mkdir ../elsewhere; cd ../elsewhere
  $ mlsys store gc --dry-run
  2> error: cannot open the store '$SCRATCH/elsewhere/.mlsys': there is no such folder
  2> hint: make a project with 'mlsys init', or name a store with --store
  [4]
  $ for verb in "store gc" "runs log abcd1234 --metric a=1" "runs end abcd1234" "runs edit abcd1234 --name x" "runs delete abcd1234" \
  >   "runs restore abcd1234" "runs purge --all" "runs start --parent abcd1234" "runs exec --parent abcd1234 -- true" "promote x/1" \
  >   "rollback x" "models tag x a=b" "models delete x/1" "models unalias x@y" "experiments tag x a=b" "experiments rename x y" \
  >   "experiments delete x"; do
  >   mlsys $verb 2>&1 | head -1; echo ${PIPESTATUS[0]}
  > done | sort | uniq -c
  \s+17 4 (re)
  \s+17 error: cannot open the store '.*/elsewhere/.mlsys': there is no such folder (re)
  $ ls -A

A project that has recorded nothing yet is no mistake:

  $ mlsys init -q . >/dev/null; mlsys store gc --dry-run; mlsys runs end abcd1234
  2> would remove 0 files and bundles, 0 B
  2> error: no run 'abcd1234'
  2> hint: list runs with 'mlsys runs list'
  [4]
