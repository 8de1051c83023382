  $ mlsys help config | head -4
  NAME
  (blank)
      mlsys-config - Show settings and where each came from
  (blank)
  $ mlsys help confg
  2> error: unknown command 'confg'
  2> hint: did you mean 'config'?
  2> usage: mlsys help COMMAND [VERB] [options]
  [2]

Topics have pages, too, and all of them can be had as documents:

  $ mlsys help json | sed -n 3p
      mlsys-json - Documents that --json prints, files, and the schemas of both
  $ mlsys help config --json | json topic
  config
  $ mlsys completion fish --json | json schema shell
  mlsys.completion/1
  fish

Any validator can use the schemas that are installed:

  $ flights 50 >t.csv; mlsys data infer t.csv -o contract.json -q >made
  $ SCHEMAS=$(dirname $(command -v mlsys))/share/mlsys/schemas
  $ python3 -m jsonschema -i contract.json $SCHEMAS/contract.schema.json
  $ sed -i s/integer/whole/ contract.json; python3 -m jsonschema -i contract.json $SCHEMAS/contract.schema.json 2>&1 | head -1 | cut -c1-28
  whole: 'whole' is not one of

One verb of a command is explained as by its own --help:

  $ mlsys help data profile >one; mlsys data profile --help | cmp - one
  $ mlsys help data profile --json | json topic
  data profile
  $ mlsys help data profle
  2> error: mlsys data has no verb 'profle'
  2> hint: did you mean 'profile'?
  2> usage: mlsys help COMMAND [VERB] [options]
  [2]
  $ mlsys help train again
  2> error: mlsys train has no verb 'again'
  2> hint: mlsys help train explains what there is
  2> usage: mlsys help COMMAND [VERB] [options]
  [2]
  $ mlsys help json verb
  2> error: 'json' has no verbs
  2> hint: mlsys help json
  2> usage: mlsys help COMMAND [VERB] [options]
  [2]

Prose fits the terminal; commands that may be copied stay in one piece:

  $ narrow() { script -qec "stty cols 60; $1 --color never" /dev/null </dev/null | tr -d '\r'; }
  $ narrow 'mlsys --help' | head -2
  mlsys: the whole life of a tabular model: validate, train,
  track, evaluate, register, watch, deliver
  $ narrow 'mlsys store check --help' | head -1
  Check the database, and every stored file against its
  $ narrow 'mlsys register --help' | grep -A1 ^usage
  usage: mlsys register MODEL --name NAME [options]
  (blank)
  $ script -qec 'stty cols 44; mlsys eval' /dev/null </dev/null | tr -d '\r' | tail -2
  usage: mlsys eval MODEL|PREDICTIONS [DATA]
         [options]
  $ flights 1000 >t.csv; mlsys init . -q >log; mlsys train t.csv --target late --exclude id --rounds 3 --name trained-once --threads 1 -q >log
  $ mlsys register @last --name m --alias champion -q
  m/1
  $ narrow "mlsys lineage m" | sed 's/ by [a-z_0-9-]*$/ by me/'
  m/1
  ├─ bundle
  │  <sha256>
  ├─ version m/1 (champion), registered
  │  <time> by me
  ├─ contract
  │  sha256:<sha256>
  ├─ data t.csv (train), 1,000 rows,
  │  sha256:<sha256>
  └─ run <id> trained-once in
     'default'
     ├─ made by mlsys train t.csv --target late --exclude id --rounds 3 --name trained-once --threads 1 -q
     ├─ data t.csv (train)
     │  sha256:<sha256>
     └─ parameters .* (re)
        .* (re)
        .* (re)
