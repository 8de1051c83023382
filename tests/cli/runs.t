The life of a run, from a shell:

  $ RUN=$(mlsys runs start -e exp -q)
  $ mlsys runs log $RUN --metric loss=0.3 --step 7
  $ mlsys runs end $RUN
  $ mlsys runs show $RUN --metric loss --history --json
  {
    "schema": "mlsys.runs/1",
    "run_id": "<id>",
    "metric": "loss",
    "points": [
      {"step":7,"time":"<time>","value":0.3}
    ]
  }
  $ mlsys runs show $RUN --metric loss --history --json | json points.0.step points.0.value
  7
  0.3

Parameters, tags, files; metrics whose names hold a definition; numbers that are none:

  $ echo "a plot" >plot.txt
  $ mlsys runs log $RUN --param depth=6 --tag note='second try' --artifact plot.txt
  $ mlsys runs log $RUN --metric 'ndcg@10{gain=exp,ties=average}=0.5' --metric bad=nan --step 8 --json
  {
    "schema": "mlsys.runs/1",
    "run_id": "<id>",
    "metrics": 2,
    "params": 0,
    "tags": 0,
    "inputs": 0,
    "artifacts": 0
  }
  $ mlsys runs show $RUN --json | json name status params.depth tags.note artifacts.0.name metrics.loss metrics.bad
  [a-z]+-[a-z]+-\d+ (re)
  FINISHED
  6
  second try
  plot.txt
  0.3
  NaN
  $ mlsys runs show $RUN --metric loss
  0.3
  $ mlsys runs show ${RUN:0:8} --json | json run_id
  <id>
  $ mlsys runs show @last --json | json experiment
  exp

A parameter never changes; the same value again is no change:

  $ mlsys runs log $RUN --param depth=6
  $ mlsys runs log $RUN --param depth=7
  2> error: cannot log parameter 'depth' = '7': it was logged as '6' and parameters do not change
  2> hint: log what changes as a metric or a tag, or start another run
  [1]

JSON Lines, logged whole or up to a line that is named:

  $ mlsys runs log $RUN - --json <<'EOF' | json metrics params tags inputs
  > {"metrics": {"loss": 0.2, "auc": "NaN"}, "step": 8, "time": "2026-03-01T12:30:00Z"}
  > 
  > {"metric": "loss", "value": 0.1, "step": 9}
  > {"params": {"eta": 0.1}, "tags": {"k": "v"}}
  > {"inputs": [{"name": "train.csv", "digest": "abc", "context": "train"}]}
  > EOF
  3
  1
  1
  1
  $ mlsys runs show $RUN --metric loss --history -q
  0.3
  0.2
  0.1
  $ printf '{"metric": "a", "value": 1}\n{"metric": "b", "valu": 1}\n' | mlsys runs log $RUN --stdin
  2> error: cannot log standard input, line 2: key 'value' is missing
  2> hint: nothing of it was logged
  [1]
  $ echo 'not json' >lines; mlsys runs log $RUN lines
  2> error: cannot log 'lines', line 1: line 1, column 2: invalid literal (read: 'no')
  2> hint: nothing of it was logged
  [1]

What the options give is in the first batch, so that a call that failed can be repeated as it is:

  $ printf '{"metric": "a", "value": 1}\nbad\n' | mlsys runs log $RUN --metric once=1 -
  2> error: cannot log standard input, line 2: line 1, column 1: invalid literal (read: 'b')
  2> hint: nothing of it was logged
  [1]
  $ echo '{"metric": "a", "value": 1}' | mlsys runs log $RUN --metric once=1 - --json | json metrics
  2
  $ mlsys runs show $RUN --metric once --history -q
  1

A mistake that is found later than on its line is placed, too, and says what was logged:

  $ printf '{"metric": "a", "value": 2}\n{"metric": "", "value": 1}\n' | mlsys runs log $RUN -
  2> error: cannot log standard input, line 2: the metric name '' cannot be used: it is empty
  2> hint: nothing of it was logged
  [1]
  $ printf '{"metric": "a", "value": 3}\n{"params": {"depth": 7}}\n' | mlsys runs log $RUN -
  2> error: cannot log standard input, lines 1 to 2: parameter 'depth' = '7': it was logged as '6' and parameters do not change
  2> hint: log what changes as a metric or a tag, or start another run; nothing of it was logged
  [1]
  $ (seq 0 99999 | sed 's/.*/{"metric": "many", "value": &, "step": &}/'; echo '{"params": {"depth": 7}}') | mlsys runs log $RUN --tag k=w -
  2> error: cannot log standard input, line 100001: parameter 'depth' = '7': it was logged as '6' and parameters do not change
  2> hint: log what changes as a metric or a tag, or start another run; lines 1 to 100000 were logged
  [1]
  $ mlsys runs show $RUN --json | json metrics.many tags.k
  99999.0
  w

Numbers among parameters and tags are what was written, so that they are the same from everywhere:

  $ N=$(mlsys runs start -q --param lr=1e-5); echo '{"params": {"lr": 1e-5, "big": 12345678901234567890123, "half": 0.50, "n": 7, "list": [1, 2.5]}, "tags": {"x": 1E+2, "t": true}}' | mlsys runs log $N -
  $ mlsys runs show $N --json | json params tags
  {"big": "12345678901234567890123", "half": "0.50", "list": "[1,2.5]", "lr": "1e-5", "n": "7"}
  {"t": "true", "x": "1E+2"}
  $ mlsys runs delete $N; mlsys runs purge $N --older-than 0 -q | wc -l
  1

Points in their plainest form are read by a way of their own, with the same result; what is no JSON is none there either:

  $ cat >plain <<'EOF'
  > {"metric": "x", "value": 0.1, "step": 1}
  > {"step":-2,"value":-1.5e-3,"metric":"x"}  
  > { "metric" : "x" , "value" : 9007199254740993 }
  > {"metric": "x", "value": 0, "step": 9223372036854775807}
  > {"metric": "x", "value": -0.0, "step": 3}
  > {"metric": "x", "value": 1E2, "step": 4}
  > EOF
  $ sed 's/"metric"/"\\u006detric"/' plain >escaped; grep -c u006d escaped
  6
  $ P=$(mlsys runs start -q); mlsys runs log $P plain --time 2026-03-01; mlsys runs show $P --metric x --history | awk '{print $1, $3}' >a
  $ Q=$(mlsys runs start -q); mlsys runs log $Q escaped; mlsys runs show $Q --metric x --history | awk '{print $1, $3}' | diff a - && cat a
  step value
  -2 -0.0015
  0 9007199254740992
  1 0.1
  3 0
  4 100
  9223372036854775807 0
  $ for value in 01 1. .5 +1 1e 0x1 - 1e999 nan '1 2' '"1"' 1,; do echo "{\"metric\": \"x\", \"value\": $value}" | mlsys runs log $P - 2>/dev/null; echo -n "$? "; done
  1 1 1 1 1 1 1 1 1 1 1 1  (no-eol)
  $ mlsys runs delete $P $Q; mlsys runs purge $P $Q --older-than 0 -q | wc -l
  2

An operation that is repeated is done once:

  $ mlsys runs log $RUN --metric m=1 --operation step-1
  $ mlsys runs log $RUN --metric m=1 --operation step-1
  $ mlsys runs show $RUN --metric m --history -q
  1
  $ mlsys runs log $RUN --metric m=2 --operation step-1
  2> error: cannot repeat operation 'step-1': it was another one (runs.log)
  2> hint: use a new operation id
  [6]
  $ mlsys runs log $RUN --tag same=1 --operation word; mlsys runs log $RUN --param same=1 --operation word
  2> error: cannot repeat operation 'word': it was another one (runs.log)
  2> hint: use a new operation id
  [6]
  $ for i in 1 2; do echo '{"metric": "n", "value": 1}' | mlsys runs log $RUN --metric n=0 --operation lines -; done; mlsys runs show $RUN --metric n --history -q
  0
  1

Lists, pages and comparisons:

  $ OTHER=$(mlsys runs start -e exp --name second --param depth=3 -q)
  $ mlsys runs log $OTHER --metric loss=0.4
  $ mlsys runs end $OTHER --status failed
  $ mlsys runs list --json | json runs.0.name runs.0.status runs.1.status next_page
  second
  FAILED
  FINISHED
  null
  $ mlsys runs list -n 1 --json | json runs.0.name
  second
  $ PAGE=$(mlsys runs list -n 1 --json | json next_page)
  $ mlsys runs list -n 1 --page $PAGE -q | wc -l
  1
  $ mlsys runs list --metric loss | awk '{print $(NF-2), $(NF-1), $NF}' | sed -n 1p
  started took loss
  $ mlsys runs list -e nothing
  2> error: no experiment 'nothing'
  2> hint: list experiments with 'mlsys experiments list'
  [4]
  $ mlsys runs compare @last @last~1 --json | json differences.0.key differences.1.section differences.1.key
  status
  param
  depth
  $ LONG=$(mlsys runs start -e exp --param text=$(printf 'x%.0s' {1..99}) -q); mlsys runs log $LONG --metric loss=0.123456789 --metric same=1
  $ SHORT=$(mlsys runs start -e exp --param text=y -q); mlsys runs log $SHORT --metric loss=0.12345 --metric same=1
  $ mlsys runs compare $LONG $SHORT | sed 's/  */ /g' | grep -v name
  param text xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… y
  metric loss 0.12346 0.12345 -6.79e-06
  $ mlsys runs log $SHORT --metric loss=0.25 --step 1
  $ mlsys runs compare $LONG $SHORT | sed 's/  */ /g' | grep loss
  metric loss 0.12346 0.25 +0.127
  $ mlsys runs delete $LONG $SHORT

A metric drawn; the picture of a straight line is one:

  $ LINE=$(mlsys runs start -e exp --name line -q); seq 0 99 | sed 's/.*/{"metric": "loss", "value": &, "step": &}/' | mlsys runs log $LINE -
  $ mlsys runs show $LINE --metric loss --chart | sed "s/of .* line/of RUN line/"
  loss of RUN line: 100 points, 0 to 99
  99 │                                                                                        ⢀⣀⡠⠤⠔⠒⠊⠉
     │                                                                                 ⣀⣀⠤⠤⠒⠒⠉⠁
     │                                                                        ⢀⣀⡠⠤⠒⠒⠒⠉⠉
     │                                                                ⢀⣀⡠⠤⠔⠒⠊⠉⠁
     │                                                        ⣀⣀⣀⠤⠤⠒⠊⠉⠁
     │                                                ⣀⣀⠤⠤⠒⠒⠉⠉
     │                                        ⢀⣀⡠⠤⠔⠒⠊⠉
     │                                ⣀⣀⠤⠔⠒⠊⠉⠉⠁
     │                        ⣀⣀⠤⠤⠒⠒⠉⠉
     │               ⢀⣀⡠⠤⠤⠔⠒⠉⠉
     │       ⢀⣀⡠⠤⠔⠒⠊⠉⠁
   0 │⣀⣀⠤⠤⠒⠒⠉⠁
      0                                                                                        99 step
  $ mlsys runs show $LINE --metric loss --chart --json | json axis total whole curve.0 curve.99
  step
  100
  true
  [0.0, 0.0]
  [99.0, 99.0]
  $ mlsys runs show $LINE --metric loss --chart -q | tail -1
  99
  $ STEEP=$(mlsys runs start -e exp --name steep -q); seq 0 99 | awk '{print "{\"metric\": \"loss\", \"value\": " $1 * 4 ", \"step\": " $1 "}"}' | mlsys runs log $STEEP -
  $ mlsys runs compare $LINE $STEEP --chart | tail -2 | cut -c12-
  line   ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃  99
  steep  ▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇██████  396
  $ mlsys runs compare $LINE $STEEP --chart --json | json curves.0.metric curves.0.greatest curves.1.greatest
  loss
  99.0
  396.0
  $ mlsys runs compare $LINE $STEEP --report compared.html | tail -1
  report: compared.html
  $ grep -o '<svg' compared.html | wc -l
  1

Columns of its tables are as wide as their longest word, and what has no picture says why:

  $ grep -c 'overflow-wrap:break-word' compared.html
  1
  $ mlsys runs log $STEEP --metric nothing=nan && mlsys runs show $STEEP --report nothing.html -q >/dev/null && grep -o '<svg' nothing.html | wc -l; grep -o 'No point is a finite number' nothing.html
  1
  No point is a finite number

A run has its colour in every picture, those without the first run too:

  $ mlsys runs log $STEEP --metric 'only=1' --step 1 && mlsys runs log $STEEP --metric 'only=2' --step 2 && mlsys runs compare $LINE $STEEP --report colours.html -q && grep -o '<path class="[^"]*"' colours.html
  <path class="l1"
  <path class="l2"
  <path class="l2"
  $ mlsys runs show $LINE --report line.html | sed -n '1p;$p'
  <id>  line
  report: line.html
  $ grep -c '<svg' line.html
  1

A series of a million points is drawn from some of every part of it, and says so. A spike is known, if not where it is:

  $ seq 0 999999 | sed 's/.*/{"metric": "long", "value": &, "step": &}/; s/"value": 123456,/"value": -5,/' | mlsys runs log $LINE -
  $ mlsys runs show $LINE --metric long --chart | sed -n '1s/of .* line/of RUN line/p'
  long of RUN line: 1,000,000 points, -5 to 1e+06
  2> 8,125 of 1,000,000 points were read, evenly over the steps: what lies between them is not shown; of all points the least is -5, the greatest 1e+06
  $ mlsys runs show $LINE --metric long --chart --json | json total read whole least greatest
  1000000
  8125
  false
  -5.0
  999999.0
  2> 8,125 of 1,000,000 points were read, evenly over the steps: what lies between them is not shown; of all points the least is -5, the greatest 1e+06

What cannot be drawn:

  $ mlsys runs show $LINE --metric los --chart | cat
  2> error: run '<id>' has no metric 'los'
  2> hint: did you mean 'loss'?
  $ mlsys runs show $LINE --chart
  2> error: --chart needs --metric NAME
  2> hint: mlsys runs show <id> --metric loss --chart, or --report FILE for all of them
  2> usage: mlsys runs show RUN [options]
  [2]
  $ mlsys runs show $LINE --metric loss --history --report x.html; ls x.html 2>/dev/null
  2> error: --history lists points: it excludes --chart and --report
  2> usage: mlsys runs show RUN [options]
  [2]
  $ mlsys runs show $LINE --metric loss --chart --history
  2> error: --history lists points: it excludes --chart and --report
  2> usage: mlsys runs show RUN [options]
  [2]
  $ mlsys runs compare $LINE $STEEP --metric loss
  2> error: --metric says what is drawn: it needs --chart or --report FILE
  2> hint: add --chart
  2> usage: mlsys runs compare RUN… [options]
  [2]
  $ mlsys runs compare $LINE $STEEP --metric los --chart | cat
  2> error: none of these runs has a metric 'los'
  2> hint: did you mean 'loss'?
  $ mlsys runs log $LINE --metric none=nan; mlsys runs show $LINE --metric none --chart | sed "s/of .* line/of RUN line/"
  none of RUN line: 1 point, none to draw
  2> 1 of 1 points read not drawn: NaN or infinite
  $ mlsys runs delete $LONG $SHORT $LINE $STEEP
  $ mlsys runs compare @last @last
  2> nothing differs

An empty text is something, and so is each of the data of one context:

  $ X=$(mlsys runs start -e exp --param x= -q); Y=$(mlsys runs start -e exp -q); echo a >a.csv; echo b >b.csv
  $ mlsys runs log $X --dataset train=a.csv --dataset train=b.csv; mlsys runs log $Y --dataset train=b.csv
  $ mlsys runs compare $X $Y | sed 's/  */ /g' | tail -n +2
  param x '' -
  input train sha256:02638, sha256:87428 sha256:02638
  $ mlsys runs compare $X $Y --json | json differences.0.values | sed "s/$X/X/; s/$Y/Y/"
  {"X": "", "Y": null}
  $ mlsys runs delete $X $Y; mlsys runs purge $X $Y --older-than 0 -q | wc -l
  2
  $ mlsys runs compare @last
  2> error: cannot compare fewer than two runs
  2> hint: mlsys runs compare @last @last~1
  2> usage: mlsys runs compare RUN… [options]
  [2]

A run is renamed, moved to another experiment, and loses a tag, all of it or nothing:

  $ MOVED=$(mlsys runs start -e exp --tag draft=yes -q)
  $ mlsys runs edit $MOVED --name baseline -e elsewhere --untag draft --json | json name experiment tags
  baseline
  elsewhere
  {}
  $ mlsys runs edit $MOVED --name other --untag draft
  2> error: run '<id>' has no tag 'draft'
  2> hint: see its tags: mlsys runs show <id>
  [4]
  $ mlsys runs show $MOVED --json | json name
  baseline
  $ mlsys runs edit $MOVED
  2> error: nothing to change
  2> hint: give --name, --experiment or --untag; 'mlsys runs log' sets tags
  2> usage: mlsys runs edit RUN [options]
  [2]
  $ mlsys runs delete $MOVED; mlsys runs edit $MOVED --name x
  2> error: cannot write to run '<id>': it is deleted
  2> hint: restore it first: mlsys runs restore <id>
  [1]
  $ mlsys runs restore $MOVED; mlsys runs edit $MOVED -e exp -q | grep -c $MOVED; mlsys runs delete $MOVED
  1

Deleting hides, restoring brings back:

  $ mlsys runs delete $OTHER
  $ mlsys runs list -q | wc -l
  1
  $ mlsys runs list --deleted -q | wc -l
  6
  $ mlsys runs restore $OTHER
  $ mlsys runs list -q | wc -l
  2

A run of a process that is gone reads as failed:

  $ sleep 1000 & PID=$!
  $ GONE=$(mlsys runs start --pid $PID -q)
  $ mlsys runs show $GONE --json | json status
  RUNNING
  $ kill $PID; wait $PID 2>/dev/null; mlsys runs show $GONE --json | json status stale
  FAILED
  true

Mistakes:

  $ mlsys runs show 00000000
  2> error: no run '00000000'
  2> hint: list runs with 'mlsys runs list'
  [4]
  $ mlsys runs show abc
  2> error: 'abc' is too short for a run
  2> hint: give at least 4 digits of its id
  2> usage: mlsys runs show RUN [options]
  [2]
  $ mlsys runs show $RUN --metric los
  2> error: run '<id>' has no metric 'los'
  2> hint: did you mean 'loss'?
  [4]
  $ mlsys runs log $RUN
  2> error: nothing to log
  2> hint: give --metric, --param, --tag, --dataset, --artifact, or - for JSON Lines
  2> usage: mlsys runs log RUN [INPUT] [options]
  [2]
  $ mlsys runs log $RUN --metric loss
  2> error: --metric 'loss' is not KEY=NUMBER
  2> hint: write --metric loss=0.3
  2> usage: mlsys runs log RUN [INPUT] [options]
  [2]
  $ mlsys runs log $RUN --metric loss=high
  2> error: --metric 'loss=high': 'high' is not a number
  2> hint: log texts with --param or --tag
  2> usage: mlsys runs log RUN [INPUT] [options]
  [2]
  $ mlsys runs end $RUN --status done
  2> error: --status: 'done' is not one of finished, failed, killed
  2> usage: mlsys runs end RUN [options]
  [2]
  $ mlsys runs list --store nowhere
  2> error: cannot open the store '$PWD/nowhere': there is no such folder
  2> hint: make a project with 'mlsys init', or name a store with --store
  [4]

A run begins with all that it is to begin with, or not at all:

  $ mkdir whole; cd whole; mlsys init -q . >/dev/null
  $ long=$(printf '%0300d' 0); mlsys runs start -q --param a=1 --param $long=1 2>&1 | head -1 | cut -c1-20; mlsys runs start -q --param a=1 --param a=2 2>&1 | head -1
  error: the parameter
  error: cannot log parameter 'a' = '2': it was logged as '1' and parameters do not change
  $ mlsys runs start --name $long 2>&1 | tail -c 45; mlsys runs start --name "$(printf 'a\033[31m')"; mlsys runs start --name "$(printf '\377')"
  not be used: it has more than 250 characters
  2> error: the run name 'a\x1b[31m' cannot be used: it has control characters
  2> error: the run name '\xff' cannot be used: it is not UTF-8
  [1]
  $ mlsys runs list
  2> no runs yet: mlsys train, or mlsys runs start
  $ RUN=$(mlsys runs start -q --param a=1 --operation once); mlsys runs start -q --param a=1 --operation once | diff - <(echo $RUN); mlsys runs start -q --param a=2 --operation once
  2> error: cannot repeat operation 'once': it was another one (runs.start)
  2> hint: use a new operation id
  [6]
  $ mlsys runs list --limit 0
  2> no runs

Data are kept by name and digest, that of a file as sha256sum prints it and `train` records it:

  $ printf 'a,y\n1,0\n2,1\n3,0\n' > rows.csv; mkdir -p parts; cp rows.csv parts/
  $ mlsys runs log $RUN --dataset train=rows.csv --dataset test=parts/ --json | json inputs
  2
  $ mlsys runs show $RUN --json | json inputs.0.context inputs.0.name inputs.1.context inputs.1.name inputs.1.source_type
  train
  rows.csv
  test
  parts
  folder
  $ mlsys runs search "datasets.digest = 'sha256:$(sha256sum rows.csv | cut -c1-64)'" -q | diff - <(echo $RUN)
  $ mlsys runs log $RUN --metric loss=1 --dataset rows.csv
  2> error: --dataset 'rows.csv' is not CONTEXT=FILE
  2> hint: write --dataset train=rows.csv
  2> usage: mlsys runs log RUN [INPUT] [options]
  [2]
  $ mlsys runs log $RUN --metric other=1 --dataset train=gone.csv
  2> error: cannot read 'gone.csv': No such file or directory
  [4]
  $ mlsys runs show $RUN --json | grep -c other
  0
  [1]

After a mistake a call can be repeated as it is: no point is there twice.

  $ mlsys runs log $RUN --metric loss=0.5 --artifact missing.txt
  2> error: cannot store 'missing.txt': No such file or directory
  [4]
  $ mlsys runs log $RUN missing.ndjson --metric loss=0.5
  2> error: cannot read 'missing.ndjson': No such file or directory
  [4]
  $ touch missing.txt; mlsys runs log $RUN --metric loss=0.5 --artifact missing.txt --artifact-path kept/ && mlsys runs show $RUN --metric loss --history -q | wc -l; mlsys runs artifacts $RUN -q
  1
  kept/missing.txt
  $ mkdir -p plots/deep; touch plots/deep/roc.svg; ln -s deep plots/link; ln -s nowhere plots/dangling; mlsys runs log $RUN --artifact plots 2>&1 | sort; mlsys runs artifacts $RUN -q | grep plots
  warning: 'plots/dangling' is left out: it is no file, nor a folder by itself
  warning: 'plots/link' is left out: it is no file, nor a folder by itself
  plots/deep/roc.svg
  $ mlsys runs log $RUN --metric late=1 --time 1700000000000 && mlsys runs show $RUN --metric late --history --json | json points.0.time
  <time>
  $ mlsys runs show $RUN --metric late --history --json | grep -c 2023-11-14T22:13:20Z
  1
  $ echo '{"metrics": {"loss": true}}' | mlsys runs log $RUN -
  2> error: cannot log standard input, line 1: key 'metrics.loss' must be a number, "NaN", "Infinity" or "-Infinity"
  2> hint: nothing of it was logged
  [1]

Deleting what is deleted already changes nothing, so that a run which was deleted with its experiment is restored with it:

  $ mlsys experiments create gone; OF=$(mlsys runs start -e gone -q); mlsys experiments delete gone; mlsys runs delete $OF; mlsys experiments restore gone; mlsys runs list -e gone -q
  <id>

Lines that come slowly are logged while their writer goes on:

  $ (echo '{"metric": "slow", "value": 1}'; while [ ! -e seen ]; do sleep 0.05; done; echo '{"metric": "slow", "value": 2}') | mlsys runs log $RUN - &
  $ until mlsys runs show $RUN --metric slow -q >/dev/null 2>&1; do sleep 0.05; done; touch seen; wait; mlsys runs show $RUN --metric slow
  2

What waits to be logged when a signal comes is logged, although the pipe stays open:

  $ mkfifo pipe; mlsys runs log $RUN pipe 2>said & PID=$!
  $ exec 9>pipe; echo '{"metric": "kept", "value": 1}' >&9; until mlsys runs show $RUN --metric kept -q >/dev/null 2>&1; do sleep 0.05; done
  $ echo '{"metric": "kept", "value": 2}' >&9; sleep 0.3; kill -TERM $PID; wait $PID
  [130]
  $ exec 9>&-; cat said; mlsys runs show $RUN --metric kept --history -q
  error: interrupted
  hint: lines 1 to 2 were logged
  1
  2

With an operation id a repetition logs it, in the same batches:

  $ mlsys runs log $RUN pipe --operation later 2>said & PID=$!
  $ exec 9>pipe; echo '{"metric": "later", "value": 1}' >&9; sleep 0.3; kill -TERM $PID; wait $PID
  [130]
  $ exec 9>&-; cat said; echo '{"metric": "later", "value": 1}' | mlsys runs log $RUN - --operation later && mlsys runs show $RUN --metric later --history -q
  error: interrupted
  hint: nothing of it was logged
  1

Files of one call are kept together or not at all, and none takes the place of another:

  $ mkdir -p p q; echo one >p/m.txt; echo two >q/m.txt; F=$(mlsys runs start -q)
  $ mlsys runs log $F --artifact p/m.txt --artifact q/m.txt
  2> error: cannot store both 'p/m.txt' and 'q/m.txt' as 'm.txt'
  2> hint: log one of them by itself, elsewhere: --artifact 'q/m.txt' --artifact-path FOLDER
  2> usage: mlsys runs log RUN [INPUT] [options]
  [2]
  $ mlsys runs log $F --artifact p/m.txt --artifact nowhere.txt
  2> error: cannot store 'nowhere.txt': No such file or directory
  [4]
  $ mlsys runs artifacts $F -q
  $ mlsys runs log $F --artifact p/m.txt && mlsys runs log $F --artifact q/m.txt --artifact-path other && mlsys runs artifacts $F -q
  m.txt
  other/m.txt
  $ long=$(printf 'd%.0s' {1..120})/$(printf 'e%.0s' {1..120}); mkdir -p $long; echo three >$long/f.txt
  $ for i in 1 2; do mlsys runs log $F --artifact $long/f.txt --operation files; done; mlsys runs artifacts $F f.txt
  three
  $ mlsys runs log $F --artifact p/m.txt --operation files
  2> error: cannot repeat operation 'files/artifacts': it was another one (runs.artifact)
  2> hint: use a new operation id
  [6]

A name of a file that is no text is shown as well as it can be:

  $ mlsys runs exec -q -- true "$(printf 'caf\303\251 \377.csv')"; mlsys runs search "source = 'true café �.csv'" -q
  <id>
  $ cd ..
