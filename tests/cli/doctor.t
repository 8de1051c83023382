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
  ok      settings         all at their defaults
  notice  store            none here yet
  hint for store: mlsys init makes a project
  $ mlsys init . >/dev/null && mlsys runs start -q >/dev/null
  $ mlsys doctor --full --json | json schema healthy
  mlsys.doctor/1
  true

A store that is none, and a folder for temporary files that is not there, are broken; the rest is still checked:

  $ echo rubbish >.mlsys/mlsys.db && rm -f .mlsys/mlsys.db-*
  $ mlsys doctor | grep -c '^ok'
  8
  $ mlsys doctor | grep ^broken
  broken  store * (glob)
  $ mlsys doctor --temp-dir /proc/nowhere >out
  [1]
  $ grep 'temporary files' out
  broken  temporary files  * (glob)
  hint for temporary files: choose another folder with --temp-dir

Settings that commands refuse are broken, all of them at once; variables that may be another program's are worth a word:

  $ rm -r .mlsys; echo '{"schema": "mlsys.config/1", "settings": {"thread": 4, "color": "pink", "experiment": "churn"}}' >mlsys.json
  $ MLSYS_STOR=x mlsys doctor >out
  [1]
  $ grep settings out
  broken  settings         configuration '$PWD/mlsys.json': unknown setting 'thread'
  broken  settings         configuration '$PWD/mlsys.json', setting 'color': 'pink' is not one of auto, always, never
  broken  settings         environment variable 'MLSYS_STOR' is no setting
  hint for settings: did you mean 'threads'?
  hint for settings: did you mean MLSYS_STORE?
  $ echo '{"schema": "mlsys.config/1", "settings": {"experiment": "churn"}}' >mlsys.json
  $ mlsys doctor | grep settings
  ok      settings         experiment from $PWD/mlsys.json
  $ MLSYS_OF_ANOTHER_PROGRAM=x MLSYS_RUN_ID=x mlsys doctor | grep settings
  notice  settings         environment variable 'MLSYS_OF_ANOTHER_PROGRAM' is no setting
  hint for settings: mlsys config show lists them
  $ echo '{' >mlsys.json; mlsys doctor --json >out
  [1]
  $ json healthy <out; grep -A2 '"settings"' out | grep -c broken
  false
  1
