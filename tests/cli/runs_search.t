Four runs, of which the third's loss is not a number and the fourth has none:

  $ start() { mlsys runs start -e $1 --name $2 --start-time 2026-03-0$3 --param model=$4 --param depth=$5 -q; }
  $ A=$(start churn a 1 cnn 6); mlsys runs log $A --metric loss=0.5 --metric auc=0.8 --metric 'f1 score=0.7'
  $ mlsys runs log $A --metric loss=0.3 --step 1; mlsys runs end $A --end-time 2026-03-01T00:01:30Z
  $ B=$(start churn b 2 CNN-2 10); mlsys runs log $B --metric loss=0.4 --metric auc=0.9 --tag team="it's"
  $ mlsys runs end $B --status failed --end-time 2026-03-02T00:02:00Z
  $ C=$(start fraud c 3 tree 9); mlsys runs log $C --metric loss=nan --metric auc=0.9
  $ D=$(start fraud d 4 tree deep)

MLflow's filters, and what comes on top. The newest are first:

  $ search() { mlsys runs search "$@" --json | python3 -c 'import json, sys; print(*[r["name"] for r in json.load(sys.stdin)["runs"]])'; }
  $ search "metrics.loss < 0.45"
  b a
  $ search "params.model LIKE 'cnn%'"
  a
  $ search "params.model ILIKE 'cnn%' and metrics.\"f1 score\" >= 0.5"
  a
  $ search "attributes.status = \"FAILED\" OR tags.team IN ('it''s', 'x')"
  b
  $ search "NOT (params.model = 'tree' OR max(metrics.loss) < 0.5)"
  a
  $ search "min(metrics.loss) BETWEEN 0.25 AND 0.35"
  a

As numbers 10 is greater than 9, as texts it is less; 'deep' is no number:

  $ search "params.depth > 8"
  c b
  $ search "params.depth > '8'"
  d c

What a run does not have is found by IS NULL only; NaN is there:

  $ search "metrics.loss = 0.3 OR NOT metrics.loss = 0.3"
  c b a
  $ search "metrics.loss IS NULL"
  d
  $ search "metrics.loss IS NAN"
  c

Times and durations; several experiments; no filter:

  $ search "start_time >= '2026-03-02' AND start_time < '2026-03-04'"
  c b
  $ search "duration = 1.5m"
  a
  $ search "start_time > 1d ago AND start_time < now"
  (blank)
  $ search -e churn -e fraud "metrics.auc = 0.9"
  c b
  $ search "experiment = 'churn'"
  b a
  $ search
  d c b a

Order: NaN and then runs without the value are last either way; the newest first among equals:

  $ search --order-by metrics.loss
  a b c d
  $ search --order-by 'metrics.loss DESC'
  b a c d
  $ search --order-by 'metrics.auc desc, params.model'
  b c a d
  $ search --order-by 'metrics.auc DESC' --order-by start_time
  b c a d
  $ mlsys runs list --filter "experiment = 'fraud'" --order-by run_name -q | head -1 | grep -c $C
  1

Pages, whichever way the rows are found:

  $ PAGE=$(mlsys runs search --order-by metrics.loss -n 2 --json | json next_page)
  $ search --order-by metrics.loss -n 2 --page $PAGE
  c d
  $ search --order-by metrics.loss -n 2 --page-token $PAGE
  c d
  $ mlsys runs search --order-by metrics.auc --page $PAGE
  2> error: '*' is not a page of this search (glob)
  2> hint: pass "next_page" as it was, with the same filter, order, experiments and --deleted
  2> usage: mlsys runs search [FILTER] [options]
  [2]

Columns:

  $ mlsys runs search "metrics.auc > 0" --columns 'run_name,metrics.loss,first(metrics.loss),params.depth,duration' --order-by run_name | cut -c9-
    run_name  metrics.loss  first(metrics.loss)  params.depth  duration
    a                  0.3                  0.5  6                   90
    b                  0.4                  0.4  10                 120
    c                  nan                  nan  9                    -
  $ mlsys runs search "run_name = 'a'" --columns run_name,metrics.loss,tags.team --json
  {
    "schema": "mlsys.runs/1",
    "columns": [
      "run_name",
      "metrics.loss",
      "tags.team"
    ],
    "runs": [
      {
        "run_id": "<id>",
        "run_name": "a",
        "metrics.loss": 0.3,
        "tags.team": null
      }
    ],
    "next_page": null
  }
  $ mlsys runs list --columns run_name --metric auc
  2> error: --columns says what is shown: --metric and --param add nothing to it
  2> hint: --columns run_name,metrics.auc,params.depth
  2> usage: mlsys runs list [options]
  [2]

What is asked of the database, where nothing that was typed is part of the SQL:

  $ mlsys runs search "metrics.loss > 0.45 AND run_name != 'x'" --explain
  filter: metrics.loss > 0.45 AND run_name != 'x'
  counted metrics.loss: 0
  (blank)
  1. runs by metrics.loss
  SELECT r.id, r.start_time FROM latest_metrics AS k INDEXED BY latest_metrics_by_value CROSS JOIN runs AS r ON r.id = k.run WHERE k.key = (SELECT id FROM keys WHERE name = ?) AND k.value > ? AND r.name <> ? AND r.lifecycle = ? ORDER BY r.start_time DESC, r.id DESC LIMIT ?
  values: ["loss",0.45,"x","active",51]
    SEARCH k USING COVERING INDEX latest_metrics_by_value (key=? AND value>?)
    SCALAR SUBQUERY 1
      SEARCH keys USING COVERING INDEX sqlite_autoindex_keys_1 (name=?)
    SEARCH r USING INTEGER PRIMARY KEY (rowid=?)
    USE TEMP B-TREE FOR ORDER BY
  $ mlsys runs search "metrics.loss > 0.45" --explain --json | json filter statements.0.values.1 considered.0.what
  metrics.loss > 0.45
  0.45
  metrics.loss: 0

Mistakes are shown where they are; names that nobody has are said:

  $ mlsys runs search "metrics.loss > 0.1 AND stauts = 'FAILED'"
  2> error: cannot read the filter at character 24: runs have no attribute 'stauts'
  2> hint: did you mean 'status'?
  2> usage: mlsys runs search [FILTER] [options]
  [2]
  $ mlsys runs list --filter "params.depth = 'a"
  2> error: cannot read the filter at character 16: the quotation is not closed by '
  2> usage: mlsys runs list [options]
  [2]
  $ mlsys runs list --order-by 'metrics.loss DOWN'
  2> error: cannot read the sort keys at character 14: 'DOWN' stands where ASC, DESC, a comma or the end should follow
  2> usage: mlsys runs list [options]
  [2]
  $ mlsys runs list --columns 'run_name;'
  2> error: cannot read the columns at character 9: there is no meaning to ';'
  2> hint: put texts and unusual names in quotes
  2> usage: mlsys runs list [options]
  [2]
  $ mlsys runs search "metrics.los > 0.1 OR status = 'DONE'"
  2> no runs
  2> no run has the status 'DONE': there are RUNNING, SCHEDULED, FINISHED, FAILED, KILLED
  2> no run has a metric 'los': did you mean 'loss'?

A run whose process is gone is a failed one:

  $ sleep 1000 & PID=$!
  $ mlsys runs start --name gone --pid $PID -q >/dev/null
  $ search "status = 'RUNNING'"
  gone d c
  $ kill $PID; wait $PID 2>/dev/null; search "status = 'FAILED'"
  gone b
  $ search "status = 'RUNNING'"
  d c

With -q all that are found are listed, unless --limit says how many:

  $ for i in $(seq 55); do mlsys runs start -e many --start-time 2026-03-05 -q >/dev/null; done
  $ mlsys runs search "experiment = 'many'" -q | wc -l; mlsys runs list -e many -q | sort -u | wc -l; mlsys runs list -e many -n 7 -q | wc -l
  55
  55
  7
  $ mlsys runs list -e many --json | json next_page | wc -w; mlsys runs list -e many --columns start_time -q | wc -l
  1
  55
  $ mlsys runs search "experiment = 'many'" -q | xargs -r mlsys runs delete; mlsys runs list -e many -q

What was probably meant is said:

  $ hint() { mlsys runs search "$1" 2>&1 | sed -n 2p; }
  $ hint 'loss < 0.5'; hint 'f1 < 0.5'; hint 'metrics.loss < 1 && metrics.loss > 0'; hint 'metrics.loss < 1 || metrics.loss > 0'; hint '!status'; hint 'statos = 1'
  hint: write metrics.loss, params.loss or tags.loss; attributes are run_id, run_name, experiment, status, user_id, source, artifact_uri, start_time, end_time, duration
  hint: write metrics.f1, params.f1 or tags.f1; attributes are run_id, run_name, experiment, status, user_id, source, artifact_uri, start_time, end_time, duration
  hint: write AND
  hint: write OR
  hint: write NOT
  hint: did you mean 'status'?
