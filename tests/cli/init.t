A project is made once, and what is there already stays:

  $ mlsys init p
  project in $PWD/p
    .mlsys/
    mlsys.json
    .gitignore
  (blank)
  next:
    cd p
    mlsys data profile DATA
    mlsys train DATA --target COLUMN
  $ cat p/mlsys.json p/.gitignore
  {
    "schema": "mlsys.config/1",
    "settings": {}
  }
  /.mlsys/
  $ cd p && mlsys config set threads 2 -q && mlsys init | head -1 && grep threads mlsys.json
  this is a project already: $PWD/p
      "threads": "2"
  $ cd .. && mlsys init p --json | json made project
  []
  $PWD/p

The example data come along, and the commands that use them:

  $ mlsys init "my flights" --example | head -6
  project in $PWD/my flights
    .mlsys/
    mlsys.json
    .gitignore
    flights.parquet
  (blank)
  $ cmp "my flights/flights.parquet" $RECIPES/flight-delay/data/flights-60k.parquet
  $ mlsys init q -q
  $PWD/q

They do what is promised, as they are printed:

  $ mlsys init tour --example | sed -n '/^next:/,$p' | grep -c '^  mlsys'
  4
  $ cd tour && mlsys init --example | grep '^  mlsys' >tour.sh && bash -e tour.sh >out 2>err; echo $?
  0
  $ grep -c '^roc_auc ' out; ls report.html; tail -1 out; mlsys models list -q; cd ..
  2
  report.html
  flights/1, * golden rows replayed exactly (glob)
  flights

What cannot be a project:

  $ touch file
  $ mlsys init file
  2> error: cannot make a project in '$PWD/file': it is not a folder
  2> usage: mlsys init [DIR] [options]
  [2]
