Data that exceed the memory to be used: one line says what is held there and where the rest goes. The numbers do not change.

  $ { echo y,n,t; for i in $(seq 500); do echo "$((i % 2)),$i,$(printf 'x%.0s' $(seq 1500))"; done; } >few.csv
  $ { head -1 few.csv; for i in $(seq 100); do tail -n +2 few.csv; done; } >large.csv
  $ mkdir aside
  $ mlsys data infer few.csv --where 'n > 0' -o contract.json -q
  contract.json
  $ mlsys validate large.csv -c contract.json --memory 64MiB --temp-dir aside --json >small.json
  2> note: 'large.csv' is 71.8 MiB, more than the 64.0 MiB of --memory: as many rows as fit are held in memory, the rest is put aside in 'aside' (--temp-dir) while this runs
  $ mlsys validate large.csv -c contract.json --json >usual.json
  $ cmp small.json usual.json
  $ mlsys data profile large.csv --memory 64MiB --temp-dir aside --json >small.json
  2> note: 'large.csv' is 71.8 MiB, more than the 64.0 MiB of --memory: as many rows as fit are held in memory, the rest is put aside in 'aside' (--temp-dir) while this runs
  $ mlsys data profile large.csv --json >usual.json
  $ cmp small.json usual.json
  $ mlsys train large.csv --target y --exclude t --rounds 2 --memory 64MiB --temp-dir aside -o model --json >trained.json
  2> note: no project here yet, keeping runs and models in '$PWD/.mlsys'
  2> note: 'large.csv' is 71.8 MiB, more than the 64.0 MiB of --memory: as many rows as fit are held in memory, the rest is put aside in 'aside' (--temp-dir) while this runs

Standard input and the second opening of a file say it once as well, and what fits is not talked about.

  $ mlsys validate - -c contract.json --memory 64MiB --temp-dir aside --json <large.csv | json verdict rows
  pass
  50000
  2> note: standard input is 71.8 MiB, more than the 64.0 MiB of --memory: as many rows as fit are held in memory, the rest is put aside in 'aside' (--temp-dir) while this runs
  $ mlsys validate few.csv -c contract.json --memory 64MiB --json | json verdict rows
  pass
  500

Nothing is left behind.

  $ ls aside
