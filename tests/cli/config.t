Every setting is shown with its origin, and the nearest origin wins:

  $ mlsys config show
  setting       value                  from     what it does
  store         .mlsys of the project  default  Folder of the tracking and registry database
  experiment    default                default  Experiment that new runs belong to
  threads       all                    default  Most threads to use
  memory        80%                    default  Memory to stay within, e.g. 4GiB
  temp_dir      $TMPDIR or /tmp        default  Where to spill what exceeds memory
  max_unpacked  4GiB                   default  Refuse packages that take more when unpacked
  color         auto                   default  When to colour output
  $ mlsys config set --user threads 3
  2> threads = 3 in $SCRATCH/home/.config/mlsys/config.json
  $ mkdir .mlsys
  $ mlsys config set threads 5
  2> threads = 5 in $PWD/mlsys.json
  $ mlsys config show | grep threads
  threads * 5 * $PWD/mlsys.json * (glob)
  $ MLSYS_THREADS=7 mlsys config show | grep threads
  threads * 7 * MLSYS_THREADS * (glob)
  $ MLSYS_THREADS=7 mlsys config show --threads 9 | grep threads
  threads * 9 * --threads * (glob)
  $ mlsys config unset threads && mlsys config show | grep threads
  threads * 3 * $SCRATCH/home/.config/mlsys/config.json * (glob)
  $ mlsys config unset threads
  2> error: setting 'threads' is not set in '$PWD/mlsys.json'
  2> hint: mlsys config show tells where each setting comes from
  [4]

A user's configuration that cannot be read holds up nothing, and is said; that of the project is needed:

  $ ln -s loop loop; XDG_CONFIG_HOME=$PWD/loop mlsys runs list -q
  2> warning: configuration '$PWD/loop/mlsys/config.json': cannot read '$PWD/loop/mlsys/config.json': Too many levels of symbolic links
  $ XDG_CONFIG_HOME=$PWD/loop mlsys version
  mlsys \S+ (re)
  $ XDG_CONFIG_HOME=$PWD/loop mlsys doctor | grep settings
  notice  settings         configuration '$PWD/loop/mlsys/config.json': cannot read '$PWD/loop/mlsys/config.json': Too many levels of symbolic links
  $ XDG_CONFIG_HOME=/dev/null mlsys runs list -q
  $ rm mlsys.json; mkdir mlsys.json; mlsys runs list
  2> error: configuration '$PWD/mlsys.json': cannot read '$PWD/mlsys.json': Is a directory
  [1]
  $ rmdir mlsys.json

Unknown keys and wrong values are refused, wherever they are, and nothing is written:

  $ mlsys config set thread 5
  2> error: unknown setting 'thread'
  2> hint: did you mean 'threads'?
  2> usage: mlsys config set KEY VALUE [options]
  [2]
  $ mlsys config set memory lots
  2> error: memory: 'lots' is not an amount of memory of at least 64MiB, such as 4GiB
  2> usage: mlsys config set KEY VALUE [options]
  [2]
  $ MLSYS_COLOR=pink mlsys runs list
  2> error: environment variable MLSYS_COLOR: 'pink' is not one of auto, always, never
  2> usage: mlsys runs list [options]
  [2]
  $ echo '{"schema": "mlsys.config/1", "setings": {"threads": 4}}' >mlsys.json
  $ mlsys runs list
  2> error: configuration '$PWD/mlsys.json'* (glob)
  2> hint: did you mean 'settings'?
  2> usage: mlsys runs list [options]
  [2]
  $ mlsys config set threads 4
  2> error: configuration '$PWD/mlsys.json'* (glob)
  2> hint: did you mean 'settings'?
  2> usage: mlsys config set KEY VALUE [options]
  [2]
  $ echo '{"schema": "mlsys.config/2"}' >mlsys.json
  $ mlsys runs list
  2> error: * (glob)
  2> hint: * (glob)
  2> usage: mlsys runs list [options]
  [2]

What explains or mends settings runs although they are wrong:

  $ echo '{"schema": "mlsys.config/1", "settings": {"theme": "dark", "color": "pink", "memory": "1GiB"}}' >mlsys.json
  $ mlsys runs list
  2> error: configuration '$PWD/mlsys.json': unknown setting 'theme'
  2> hint: mlsys config show lists them
  2> usage: mlsys runs list [options]
  [2]
  $ for verb in version "help config" "completion bash" doctor; do mlsys $verb >out; echo $?; done
  0
  0
  0
  1
  $ mlsys config show --json 2>/dev/null | json settings.3.value settings.6.value problems.0.hint
  1GiB
  auto
  mlsys config show lists them
  $ mlsys config set color never
  2> warning: configuration '$PWD/mlsys.json': unknown setting 'theme'
  2> color = never in $PWD/mlsys.json
  $ mlsys config unset theme && mlsys runs list -q && json settings <mlsys.json
  {"color": "never", "memory": "1GiB"}
  $ mlsys config unset theme
  2> error: unknown setting 'theme'
  2> hint: mlsys config show lists them
  2> usage: mlsys config unset KEY [options]
  [2]
  $ rm mlsys.json; mlsys config set color never --json 2>/dev/null | json key value file
  color
  never
  $PWD/mlsys.json
  $ mlsys config unset color --json | json value
  null
