Predictions made elsewhere are measured as scikit-learn does, with the definition beside every value:

  $ cat >preds.csv <<END
  > y,s,w,city
  > 0,0.1,1,A
  > 0,0.4,1,A
  > 1,0.35,2,A
  > 1,0.8,1,B
  > END
  $ mlsys eval preds.csv --target y --score s --json | json rows task metrics.roc_auc.value metrics.roc_auc.definition metrics.average_precision.value verdict
  4
  binary
  0.75
  roc_auc{ties=trapezoid}
  0.8333333333333333
  pass
  $ mlsys eval preds.csv --target y --score s --weight w --json | json weight metrics.roc_auc.value metrics.accuracy.value
  5.0
  0.6666666666666666
  0.6
  $ mlsys eval preds.csv --target y --score s
  preds.csv: 4 rows, target y, binary (the target is 0 or 1)
  (blank)
  metric              value  95% interval
  roc_auc            0.7500  0.0570 to 1.0000
  average_precision  0.8333
  log_loss           0.4723
  brier              0.1581
  ece                0.3375
  ks                 0.5000
  accuracy           0.7500
  balanced_accuracy  0.7500
  precision          1.0000
  recall             0.5000
  f1                 0.6667
  mcc                0.5774
  positive: 1, 50% of the rows; threshold 0.5 (default)

Slices, and what is undefined on one of them:

  $ mlsys eval preds.csv --target y --score s --slice city --json | json slices.1.slice slices.1.rows slices.1.metrics.roc_auc.value slices.1.metrics.roc_auc.reason
  city=B
  1
  null
  only positive rows

Gates say yes or no by the exit code, and nothing that is not known passes:

  $ mlsys eval preds.csv --target y --score s --require 'roc_auc >= 0.75' --require 'log_loss < 1' -q
  pass
  $ mlsys eval preds.csv --target y --score s --require 'roc_auc > 0.75' --json | json gates verdict
  [{"expression": "roc_auc > 0.75", "passed": false, "reason": "roc_auc is 0.75", "value": 0.75, "definition": "roc_auc{ties=trapezoid}"}]
  fail
  $ mlsys eval preds.csv --target y --score s --require 'precision >= 0' --threshold 2 | tail -1
  failed  precision >= 0  (precision is undefined: no row is predicted positive)
  $ mlsys eval preds.csv --target y --score s --require 'roc_acu >= 0.5'
  2> error: cannot read the requirement 'roc_acu >= 0.5': unknown metric 'roc_acu'; known: roc_auc, roc_auc_weighted, average_precision, pr_auc_interp, ks, gini, log_loss, brier, ece, mce, accuracy, balanced_accuracy, precision, recall, f1, mcc, kappa, rmse, mae, r2, mape, ndcg, map, mrr
  2> hint: did you mean 'roc_auc'?
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval preds.csv --target y --score s --require 'rmse <= 0.5'
  2> error: cannot read the requirement 'rmse <= 0.5': 'rmse' is a metric of regression, not of binary
  2> hint: the metrics of binary: roc_auc, average_precision, pr_auc_interp, ks, gini, log_loss, brier, ece, mce, accuracy, balanced_accuracy, precision, recall, f1, mcc, kappa
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval preds.csv --target y --score s --require 'roc_auc'
  2> error: cannot read the requirement 'roc_auc': there is no comparison
  2> hint: write it like 'roc_auc >= 0.75'
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval preds.csv --target y --score s --require 'roc_auc >= 0.9' --format github
  ::error title=mlsys eval%3A preds.csv::roc_auc >= 0.9: roc_auc is 0.75
  [3]
  $ mlsys eval preds.csv --target y --score s --require 'roc_auc >= 0.9' --junit j.xml --markdown m.md -q; cat j.xml m.md
  fail
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites>
  <testsuite name="mlsys eval" tests="1" failures="1" errors="0" skipped="0">
  <testcase classname="preds.csv" name="roc_auc &gt;= 0.9"><failure message="roc_auc is 0.75"></failure></testcase>
  </testsuite>
  </testsuites>
  ### preds.csv
  (blank)
  4 rows of preds.csv, binary. **The gates did not pass.**
  (blank)
  | gate | | |
  |---|---|---|
  | roc\_auc &gt;= 0.9 | ❌ | roc\_auc is 0.75 |
  (blank)
  | metric | value | 95% interval |
  |---|---:|---|
  | roc\_auc | 0.7500 | 0.0570 to 1.0000 |
  | average\_precision | 0.8333 |  |
  | log\_loss | 0.4723 |  |
  | brier | 0.1581 |  |
  | ece | 0.3375 |  |
  | ks | 0.5000 |  |
  | accuracy | 0.7500 |  |
  | balanced\_accuracy | 0.7500 |  |
  | precision | 1.0000 |  |
  | recall | 0.5000 |  |
  | f1 | 0.6667 |  |
  | mcc | 0.5774 |  |

A model is measured on raw rows; what it was trained with need not be said again:

  $ flights 900 >t.csv; flights 400 >test.csv
  $ mlsys train t.csv --target late --exclude id --rounds 20 --seed 7 -q >run
  $ mlsys eval run:$(cat run) test.csv --json | json rows task threshold.value gates verdict warnings
  400
  binary
  0.5
  []
  pass
  []
  $ mlsys eval @last test.csv --json | json -d 6 metrics.roc_auc.value >model.txt
  $ mlsys predict @last test.csv --keep id,late -o out.csv -q && mlsys eval out.csv --target late --json | json -d 6 metrics.roc_auc.value | cmp - model.txt
  out.csv
  $ mlsys eval @last test.csv --slice origin --json | json slices.0.slice slices.0.rows slices.length
  origin=ATL
  87
  6
  $ mlsys train t.csv --target late --exclude id --rounds 1 --seed 7 -q >weak
  $ mlsys eval run:$(cat run) test.csv --require-better run:$(cat weak) --alpha 0.05 --json | json gates.0.passed comparison.ci_method verdict
  true
  delong
  pass
  $ mlsys eval run:$(cat run) <(cat test.csv) --require-better run:$(cat weak) -q
  pass
  $ mlsys eval run:$(cat run) - --input-format csv --require-better run:$(cat weak) -q <test.csv
  pass
  $ mlsys eval run:$(cat weak) test.csv --require-better run:$(cat run) -q
  fail
  [3]
  $ mlsys eval run:$(cat run) test.csv --require-better run:$(cat run) -q
  fail
  [3]
  $ mlsys eval run:$(cat run) test.csv --require-better nobody@champion -q
  2> error: no model 'nobody@champion'
  2> hint: list models with 'mlsys models list', runs with 'mlsys runs list'
  [4]
  $ mlsys eval run:$(cat run) test.csv --require-better nobody@champion --if-missing pass -q
  pass
  $ mlsys eval out.csv --target late --require-better run:$(cat run)
  2> error: cannot compare a file of predictions with a model: the model needs the features
  2> hint: evaluate both on the same data: mlsys eval MODEL DATA --require-better REF
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ cut -d, -f1,2,4 test.csv >short.csv; mlsys eval run:$(cat run) short.csv
  2> error: cannot read 'short.csv': no column 'origin'
  2> hint: the columns are 'id', 'distance', 'late'
  [1]

A ranking, several classes and a regression:

  $ printf 'q,rel,score,doc\n1,0,0.9,a\n1,1,0.5,b\n2,2,0.3,c\n2,0,0.3,d\n3,0,1,e\n' >rank.csv
  $ mlsys eval rank.csv --target rel --query q --json | json queries queries_skipped metrics.ndcg@10 metrics.mrr.value
  3
  1
  {"value": 0.7231973151785931, "ci_low": null, "ci_high": null, "definition": "ndcg@10{gain=exp,ties=average,empty=skip}"}
  0.625
  $ mlsys eval rank.csv --target rel --query q --id doc --convention trec_eval --metric ndcg@5 --json | json metrics.ndcg@5
  {"value": 0.420619835714305, "ci_low": null, "ci_high": null, "definition": "ndcg@5{gain=linear,ties=id,empty=0}"}
  $ printf 'kind,p_a,p_b,p_c\na,0.7,0.2,0.1\nb,0.1,0.8,0.1\nc,0.3,0.3,0.4\na,0.2,0.5,0.3\n' >classes.csv
  $ mlsys eval classes.csv --target kind --json | json task classes metrics.accuracy metrics.roc_auc.value
  multiclass
  ["a", "b", "c"]
  {"value": 0.75, "ci_low": null, "ci_high": null, "definition": "accuracy{class=top}"}
  0.9166666666666666
  $ printf 'price,prediction\n1.5,1\n2.5,2\n4,6\n' >numbers.csv
  $ mlsys eval numbers.csv --target price --json | json task metrics.rmse.value metrics.mae.value metrics.r2.value
  regression
  1.224744871391589
  1.0
  -0.42105263157894735

The report is one file, and a hostile name stays text in it:

  $ printf 'y,score,<script>alert(1)</script>\n0,0.1,<b>\n1,0.7,<b>\n0,0.3,x\n1,0.2,x\n' >hostile.csv
  $ mlsys eval hostile.csv --target y --slice '<script>alert(1)</script>' --report r.html -q
  pass
  $ grep -c '<script>' r.html; grep -c '&lt;script&gt;alert(1)' r.html; grep -cE 'https?:' r.html
  0
  1
  0
  [1]

What cannot be meant is refused, with what to do instead:

  $ mlsys eval preds.csv --score s
  2> error: cannot evaluate 'preds.csv': no target column was named
  2> hint: --target COLUMN
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval preds.csv --target z --score s
  2> error: cannot evaluate 'preds.csv': no column 'z'
  2> hint: the columns are 'y', 's', 'w', 'city'
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval preds.csv --target y
  2> error: cannot evaluate 'preds.csv': it has no column 'score', 'prediction' or 'p_<class>'
  2> hint: name the column that holds the score with --score, or give a model: mlsys eval MODEL DATA
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval preds.csv --target city --score s
  2> error: cannot evaluate 'preds.csv': the target 'city' is text, so the positive class must be named
  2> hint: --positive VALUE
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval @last
  2> error: cannot evaluate '@last' without data
  2> hint: mlsys eval @last DATA
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval missing.csv --target y
  2> error: cannot read 'missing.csv': no such file
  2> hint: data files here: classes.csv, hostile.csv, numbers.csv, out.csv, out.csv.json, preds.csv, rank.csv, short.csv, t.csv…
  [4]
  $ printf 'y,score\n0,0.1\n,0.2\n1,\n' >holes.csv && mlsys eval holes.csv --target y
  2> error: cannot evaluate 'holes.csv': the target 'y' has no value in 1 row, first in row 2
  2> hint: leave them out: --where '"y" IS NOT NULL'
  [1]
  $ printf 'y,score\n3,0.1\n1,0.2\n' >amounts.csv && mlsys eval amounts.csv --target y
  2> error: cannot evaluate 'amounts.csv': the target 'y' holds 2 whole numbers, which may be classes or amounts
  2> hint: --task regression, or --positive VALUE for one class against the others
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
