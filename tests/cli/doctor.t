A healthy installation says so, with the versions that run:

  $ mlsys doctor
  mlsys \S+ in .*/lib/mlsys (re)
          check            found
  ok      commands         \d+ commands of build \S+ (re)
  ok      DuckDB           v1\.[5-9]\.\d+ (re)
  ok      XGBoost          3\.\d+\.\d+ (re)
  ok      SQLite           3\.\d+\.\d+ (re)
  ok      threads          \d+ (re)
  ok      memory           \S+ .iB available, \S+ .iB to be used (re)
  ok      temporary files  .* free (re)
  notice  store            none here yet
  hint for store: mlsys init makes a project
  $ mlsys init . >/dev/null && mlsys runs start -q >/dev/null
  $ mlsys doctor --full --json | json schema healthy
  mlsys.doctor/1
  true

A store that is none, and a folder for temporary files that is not there, are broken; the rest is still checked:

  $ echo rubbish >.mlsys/mlsys.db && rm -f .mlsys/mlsys.db-*
  $ mlsys doctor | grep -c '^ok'
  7
  $ mlsys doctor | grep ^broken
  broken  store * (glob)
  $ mlsys doctor --temp-dir /proc/nowhere >out
  [1]
  $ grep 'temporary files' out
  broken  temporary files  * (glob)
  hint for temporary files: choose another folder with --temp-dir
