Without a command the help goes to stderr and the code says usage:

  $ mlsys 2>/dev/null
  [2]
  $ mlsys --help | head -3
  mlsys: the whole life of a tabular model: validate, train, track, evaluate, register, watch, deliver
  (blank)
  A first look

Typos get a suggestion:

  $ mlsys versoin
  2> error: unknown command 'versoin'
  2> hint: did you mean 'version'?
  [2]
  $ mlsys version --jsn
  2> error: unknown option '--jsn'
  2> hint: did you mean '--json'?
  2> usage: mlsys version [options]
  [2]
  $ mlsys config shwo
  2> error: mlsys config has no verb 'shwo'
  2> hint: did you mean 'show'?
  [2]
  $ mlsys config
  2> error: mlsys config needs a verb
  2> hint: mlsys config --help lists them
  [2]

Missing and surplus arguments, and values that do not convert:

  $ mlsys help
  ...
  $ mlsys completion
  2> error: missing SHELL
  2> usage: mlsys completion SHELL [options]
  [2]
  $ mlsys completion tcsh
  2> error: SHELL: 'tcsh' is not one of bash, zsh, fish
  2> usage: mlsys completion SHELL [options]
  [2]
  $ mlsys version surplus
  2> error: unexpected argument 'surplus'
  2> usage: mlsys version [options]
  [2]
  $ mlsys version --threads 0
  2> error: --threads: '0' is not a number of threads (1 to 4096)
  2> usage: mlsys version [options]
  [2]
  $ mlsys version --threads
  2> error: option --threads needs a value: --threads N
  2> usage: mlsys version [options]
  [2]
  $ mlsys version --threads -q
  2> error: option --threads needs a value: -q is another option
  2> hint: if it is the value: --threads=-q
  2> usage: mlsys version [options]
  [2]

Nor does an empty value take it, and an empty value, which is what an unset variable leaves, is no value:

  $ mlsys runs list --experiment= --json 2>&1 | json error.message
  --experiment is empty
  $ mlsys promote m/1 --data t.csv --require-better "$UNSET"
  2> error: --require-better is empty
  2> hint: leave it out, or give it a value: is a variable not set?
  2> usage: mlsys promote MODEL [options]
  [2]
  $ mlsys data profile ''
  2> error: DATA is empty
  2> hint: leave it out, or give it a value: is a variable not set?
  2> usage: mlsys data profile DATA [options]
  [2]
  $ mlsys runs list --filter '' --experiment=none
  2> error: cannot open the store '$PWD/.mlsys': there is no such folder
  2> hint: make a project with 'mlsys init', or name a store with --store
  [4]
  $ mlsys version --json --quiet
  2> {
  2>   "schema": "mlsys.error/1",
  2>   "error": {
  2>     "code": "usage",
  2>     "message": "--json and --quiet exclude each other",
  2>     "hint": null,
  2>     "exit": 2
  2>   }
  2> }
  [2]

-h and --help are the same, anywhere on the line:

  $ mlsys config show -h >a; mlsys config --help >/dev/null; mlsys config show --help >b; cmp a b
  $ mlsys config set threads --help | head -1
  Change a setting.

Colour follows --color, then NO_COLOR, then FORCE_COLOR:

  $ FORCE_COLOR=1 mlsys nonsense 2>&1 | od -c | head -1
  0000000 033   [   3   1   m   e   r   r   o   r   : 033   [   0   m    
  $ NO_COLOR=1 FORCE_COLOR=1 mlsys nonsense 2>&1 | head -1
  error: unknown command 'nonsense'
  $ mlsys nonsense --color always 2>&1 | od -c | head -1
  0000000 033   [   3   1   m   e   r   r   o   r   : 033   [   0   m    

A reader that leaves early is no error:

  $ mlsys --help | true
