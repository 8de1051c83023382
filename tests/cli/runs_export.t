Runs as a table, a column for each parameter, metric and tag:

  $ export LOGNAME=me; A=$(mlsys runs start -e exp --name first --param depth=6 --tag team=a --start-time 2026-03-01 -q)
  $ mlsys runs log $A --metric loss=0.5 --metric loss=0.25 --time 2026-03-01T01:00:00Z; mlsys runs end $A --end-time 2026-03-01T02:00:00Z
  $ B=$(mlsys runs start -e exp --name 'the "second", really' --param eta=0.1 --start-time 2026-03-02 -q)
  $ mlsys runs log $B --metric auc=nan --metric loss=inf --time 2026-03-02T00:00:01.5Z
  $ mlsys runs export | sed "s/$A/A/; s/$B/B/; y/T/_/"
  run_id,run_name,experiment,status,start_time,end_time,user_id,source,params.depth,params.eta,metrics.auc,metrics.loss,tags.team
  B,"the ""second"", really",exp,RUNNING,2026-03-02_00:00:00Z,,me,"",,0.1,,,
  A,first,exp,FINISHED,2026-03-01_00:00:00Z,2026-03-01_02:00:00Z,me,"",6,,,0.5,a
  2> note: standard output: 1 infinite value in column 'metrics.loss' is written as missing, since only Parquet holds such values
  $ mlsys runs export "params.depth = 6" -e exp -o good.csv
  'good.csv': 1 run, 1 row, 11 columns
  $ cut -d, -f 2- good.csv | sed y/T/_/
  run_name,experiment,status,start_time,end_time,user_id,source,params.depth,metrics.loss,tags.team
  first,exp,FINISHED,2026-03-01_00:00:00Z,2026-03-01_02:00:00Z,me,"",6,0.5,a
  $ mlsys runs export -o runs.parquet --json
  {
    "schema": "mlsys.runs/1",
    "output": "runs.parquet",
    "runs": 2,
    "rows": 2,
    "columns": 13
  }
  $ mlsys runs export --order-by metrics.loss -n 1 -o best.ndjson -q; json run_name start_time <best.ndjson | sed y/T/_/
  best.ndjson
  first
  2026-03-01_00:00:00Z

Every point of their metrics:

  $ mlsys runs export --history | sed "s/$A/A/; s/$B/B/; y/T/_/"
  run_id,metric,step,time,value
  B,auc,0,2026-03-02_00:00:01.5Z,
  B,loss,0,2026-03-02_00:00:01.5Z,
  A,loss,0,2026-03-01_01:00:00Z,0.5
  A,loss,0,2026-03-01_01:00:00Z,0.25
  2> note: standard output: 1 infinite value in column 'value' is written as missing, since only Parquet holds such values
  $ mlsys runs export --history --metric loss "run_name = 'first'" -o loss.tsv
  'loss.tsv': 1 run, 2 rows, 5 columns
  $ cut -f 2- loss.tsv | sed y/T/_/
  metric	step	time	value
  loss	0	2026-03-01_01:00:00Z	0.5
  loss	0	2026-03-01_01:00:00Z	0.25
  $ mlsys data profile runs.parquet --json | json rows columns.0.name
  2
  run_id

Names that differ in case only are told apart, since readers of tables may not:

  $ mlsys runs log $B --param ETA=2
  $ mlsys runs export "run_id = '$B'" | tail -1 | cut -d, -f 9-
  "",2,0.1,,
  2> column 'params.eta' is written as 'params.eta (2)': another differs from it in case only
  2> note: standard output: 1 infinite value in column 'metrics.loss' is written as missing, since only Parquet holds such values

Nothing found is a table without rows; mistakes:

  $ mlsys runs export "params.none = 'x'" | wc -l
  1
  2> no run has a parameter 'none'
  $ mlsys runs export --json
  2> {
  2>   "schema": "mlsys.error/1",
  2>   "error": {
  2>     "code": "usage",
  2>     "message": "the table and --json both want stdout",
  2>     "hint": "add -o FILE",
  2>     "exit": 2
  2>   }
  2> }
  [2]
  $ mlsys runs export -o runs.xlsx
  2> error: cannot write 'runs.xlsx': its ending names no format
  2> hint: known are .csv .tsv .parquet .ndjson .json, text also with .gz or .zst
  2> usage: mlsys runs export [FILTER] [options]
  [2]
  $ mlsys runs export --metric loss -o x.csv
  2> error: --metric chooses points: it needs --history
  2> hint: add --history
  2> usage: mlsys runs export [FILTER] [options]
  [2]
  $ mlsys runs export "metrics.loss >" -o x.csv
  2> error: cannot read the filter at character 15: it ends where a value should follow
  2> usage: mlsys runs export [FILTER] [options]
  [2]
  $ ls
  best.ndjson
  good.csv
  loss.tsv
  runs.parquet
