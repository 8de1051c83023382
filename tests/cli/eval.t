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

Predictions describe themselves, beside the file or inside it; a kept column is no class because of its name:

  $ awk 'BEGIN { print "x,p_width,size"; for (i = 0; i < 300; ++i) print i % 17 "," i / 10 "," (i % 17 < 6 ? "S" : i % 17 < 12 ? "M" : "L") }' >sizes.csv
  $ mlsys train sizes.csv --target size --exclude p_width --rounds 5 --seed 7 -o sizes -q >/dev/null
  $ mlsys predict sizes sizes.csv --keep size,p_width -o s.csv -q; mlsys predict sizes sizes.csv --keep size,p_width -o s.parquet -q
  s.csv
  s.parquet
  $ mlsys eval sizes sizes.csv --json | json -d 6 classes metrics.accuracy.value metrics.log_loss.value >model.txt
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys eval s.csv --json | json -d 6 classes metrics.accuracy.value metrics.log_loss.value | cmp - model.txt
  $ mlsys eval s.parquet --json | json -d 6 classes metrics.accuracy.value metrics.log_loss.value | cmp - model.txt
  $ mlsys eval s.csv --json | json task_reason
  the predictions'
  $ rm s.csv.json; mlsys eval s.csv --target size
  2> error: cannot evaluate 's.csv': the columns p_width, p_L, p_M, p_S are not the probabilities of classes: they sum to 1.1 in row 2
  2> hint: leave out what is no class, like: --sql 'SELECT * EXCLUDE (p_other) FROM data'
  [1]
  $ awk 'BEGIN { print "x,y"; for (i = 0; i < 300; ++i) print i % 17 "," (i * 7 % 17 < 6 ? "late" : i % 3 ? "late" : "on time") }' >trains.csv
  $ mlsys train trains.csv --target y --positive late --threshold 0.3 --rounds 5 --seed 7 -o trains -q >/dev/null
  $ mlsys predict trains trains.csv --keep y -o late.csv -q
  late.csv
  $ mlsys eval trains trains.csv --json | json confusion threshold.value >model.txt; tail -1 model.txt
  0.3
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys eval late.csv --json | json confusion threshold.value | cmp - model.txt
  $ mlsys eval late.csv --json | json threshold.source
  the predictions'

Beside a file that somebody else has written since, the description is of other predictions and is not believed:

  $ cp late.csv.json stale.csv.json && awk -F, -v OFS=, 'NR > 1 {$2 = $2 / 2} {print}' late.csv >stale.csv
  $ mlsys eval stale.csv --target y --positive late --json | json threshold task_reason
  {"value": 0.5, "source": "default"}
  * (glob)
  2> warning: 'stale.csv.json' describes other bytes than 'stale.csv' holds now, and is set aside
  $ mlsys eval stale.csv 2>&1 | head -1
  error: cannot evaluate 'stale.csv': no target column was named
  $ sed -i '/"file"/,/}/d; s/"calibration": "none",/"calibration": "none"/' stale.csv.json; mlsys eval stale.csv --json | json threshold.value
  0.3
  $ rm stale.csv stale.csv.json

A threshold that was chosen among scores parts the same rows when these are read from text:

  $ mlsys train t.csv --target late --exclude id --rounds 20 --seed 7 --valid 0.3 --threshold best-f1 -o best -q >/dev/null
  $ mlsys predict best t.csv --keep late -o best.csv -q; mlsys eval best t.csv --json | json confusion threshold.value >model.txt
  best.csv
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys eval best.csv --json | json confusion threshold.value | cmp - model.txt

What a model says itself is not said again, and a comparison's options need a comparison:

  $ mlsys eval trains trains.csv --positive late
  2> error: the positive class of a model is its own: --positive is for files of predictions
  2> hint: leave out --positive
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval trains trains.csv --task regression
  2> error: the task of a model is its own: --task is for files of predictions
  2> hint: leave out --task
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval trains trains.csv --score x
  2> error: the score of a model is its own: --score is for files of predictions
  2> hint: leave out --score
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval late.csv --unseen error
  2> error: --unseen is for a model; 'late.csv' holds scores already
  2> hint: leave it out, or score rows with a model: mlsys eval MODEL DATA
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval trains trains.csv --alpha 0.05
  2> error: --alpha belongs to a comparison, and there is none
  2> hint: name the model to beat: --require-better MODEL
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval trains trains.csv --margin 0
  2> error: --margin belongs to a comparison, and there is none
  2> hint: name the model to beat: --require-better MODEL
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval trains trains.csv --if-missing pass
  2> error: --if-missing belongs to a comparison, and there is none
  2> hint: name the model to beat: --require-better MODEL
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys eval trains trains.csv --require-better trains --metric log_loss --alpha 0.05 --replicates 100
  2> error: a comparison at alpha 0.05 needs at least 400 bootstrap replicates, not 100
  2> hint: leave out --replicates
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]

Each model has its own threshold in a comparison, unless one is given for both:

  $ mlsys train trains.csv --target y --positive late --threshold 0.9 --rounds 5 --seed 7 -o strict -q >/dev/null
  $ mlsys eval trains trains.csv --require-better strict --metric recall --json | json comparison.definition comparison.rival_definition gates.0.reason
  recall{threshold=0.3}
  recall{threshold=0.9}
  1 against 0.076271, better by 0.9237, each at its own threshold: recall{threshold=0.3} against recall{threshold=0.9}
  2> warning: the model was trained on these very rows: what is measured here flatters it
  2> warning: strict was trained on these very rows: what is measured here flatters it
  $ mlsys eval trains trains.csv --require-better strict --metric recall --threshold 0.5 --json | json comparison.definition comparison.rival_definition comparison.difference verdict
  recall{threshold=0.5}
  recall{threshold=0.5}
  0.0
  fail
  2> warning: the model was trained on these very rows: what is measured here flatters it
  2> warning: strict was trained on these very rows: what is measured here flatters it

A difference without variance is no evidence, however large it is:

  $ printf 'x,y\n1,1\n2,1\n3,0\n4,0\n' >four.csv
  $ awk 'BEGIN { print "x,y"; for (i = 0; i < 80; ++i) print 1 + i % 4 "," (i % 4 < 2 ? 1 : 0) }' >eighty.csv
  $ mlsys train eighty.csv --target y --rounds 5 --seed 7 -o good -q >/dev/null; mlsys train eighty.csv --target y --rounds 1 --param gamma=1000 --seed 7 -o flat -q >/dev/null
  2> warning: only 80 rows to learn from
  2> warning: only 80 rows to learn from
  $ mlsys eval good four.csv --require-better flat --json | json comparison.difference verdict
  0.5
  pass
  $ mlsys eval good four.csv --require-better flat --alpha 0.05 --json | json comparison.ci_low comparison.ci_reason comparison.p_reason gates.0.passed
  null
  the difference has no variance on these rows
  the difference has no variance on these rows
  false

A model that is known but whose files are lost is not a missing one:

  $ mlsys register @last --name lost -q; mlsys promote lost/1 --to champion -q
  lost/1
  lost/1
  $ rm -rf .mlsys/bundles/*
  $ mlsys eval good four.csv --require-better lost@champion --if-missing pass
  2> error: the files of the model lost/1 are lost: no bundle * in the store '$PWD/.mlsys' (glob)
  2> hint: restore them from a backup or import the model again; 'mlsys store check' says what else is lost
  [5]
  $ mlsys eval good four.csv --require-better lost@challenger --if-missing pass -q
  pass

A comparison reads standard input once:

  $ mlsys eval good - --input-format csv --require-better flat -q <four.csv
  pass

A ranking, several classes and a regression:

  $ printf 'q,rel,score,doc\n1,0,0.9,a\n1,1,0.5,b\n2,2,0.3,c\n2,0,0.3,d\n3,0,1,e\n' >rank.csv
  $ mlsys eval rank.csv --target rel --query q --json | json queries queries_skipped metrics.ndcg@10 metrics.mrr.value
  3
  1
  {"value": 0.7231973151785931, "ci_low": null, "ci_high": null, "definition": "ndcg@10{gain=exp,ties=average,empty=skip}"}
  0.625
  $ mlsys eval rank.csv --target rel --query q --id doc --convention trec_eval --metric ndcg@5 --json | json metrics.ndcg@5
  {"value": 0.420619835714305, "ci_low": null, "ci_high": null, "definition": "ndcg@5{gain=linear,ties=id,empty=0}"}
  $ mlsys eval rank.csv --target rel --query q --convention xgboost --metric precision@3 --json | json queries_skipped metrics.precision@3 metrics.mrr.definition
  1
  {"value": 0.3333333333333333, "ci_low": null, "ci_high": null, "definition": "precision@3{ties=input,over=min_k_n,empty=0}"}
  mrr{ties=input,empty=skip}
  $ awk 'BEGIN { print "q,x,rel"; for (i = 0; i < 240; ++i) print int(i / 8) "," i * 7 % 16 "," (i < 80 ? 0 : i * 7 % 16 > 9 ? 2 : 0) }' >queries.csv
  $ mlsys train queries.csv --target rel --query q --task ranking --rounds 5 --seed 7 -o ranker --json | json metrics.ndcg@10 warnings baseline
  1.0
  []
  {"ndcg@10": 0.7971525312069886, "ndcg": 0.7971525312069886, "map@10": 0.6855867346938775, "map": 0.6855867346938775, "mrr": 0.6089285714285714, "precision@10": 0.25, "recall@10": 1.0}
  $ mlsys eval ranker queries.csv --json | json metrics.ndcg@10 queries_skipped
  {"value": 1.0, "ci_low": null, "ci_high": null, "definition": "ndcg@10{gain=exp,ties=input,empty=1}"}
  10
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys predict ranker queries.csv --keep rel,q -o ranked.csv -q; mlsys eval ranked.csv --json | json metrics.ndcg@10 queries_skipped
  ranked.csv
  {"value": 1.0, "ci_low": null, "ci_high": null, "definition": "ndcg@10{gain=exp,ties=input,empty=1}"}
  10
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
  2> hint: data files here: best.csv, best.csv.json, classes.csv, eighty.csv, four.csv, hostile.csv, late.csv, late.csv.json, n…
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

Labels keep their type, as in the document of train; 0 and 1 of a file are whole numbers, other labels text:

  $ mlsys eval good four.csv --json 2>/dev/null | json classes
  [0, 1]
  $ mlsys eval trains trains.csv --json 2>/dev/null | json classes
  ["on time", "late"]
  $ mlsys eval preds.csv --target y --score s --json | json classes
  [0, 1]
  $ sed 's/^0,/no,/; s/^1,/yes,/' preds.csv >words.csv; mlsys eval words.csv --target y --score s --positive yes --json | json classes
  ["no", "yes"]
  $ sed 's/^0,/false,/; s/^1,/true,/' preds.csv >truths.csv; mlsys eval truths.csv --target y --score s --json | json classes
  [false, true]

A few rows that are all ranked rightly, or all wrongly, have no interval: there is no variance to tell one from:

  $ printf 'y,s\n1,0.9\n1,0.8\n0,0.2\n0,0.1\n' >right.csv; mlsys eval right.csv --target y --score s --json | json metrics.roc_auc.value metrics.roc_auc.ci_low metrics.roc_auc.ci_reason
  1.0
  null
  the placements have no variance on these rows
  $ mlsys eval right.csv --target y --score s | grep roc_auc
  roc_auc            1.0000

Slices of fewer than 30 rows stand where they belong and are never marked. By hand: `few` is wrong in each of 10 rows,
`poor` in 10 of 40, `good` in none.

  $ awk -v OFS=, 'BEGIN {
  >   print "g,y,p"
  >   for (i = 0; i < 200; i++) print "good", i % 2, i % 2
  >   for (i = 0; i < 40; i++) print "poor", i % 2, i % 4 ? i % 2 : 1
  >   for (i = 0; i < 10; i++) print "few", i % 2, 1 - i % 2
  > }' >slices.csv
  $ mlsys eval slices.csv --target y --score p --task regression --slice g --json | json slices.*.slice slices.*.metrics.rmse.value slices.*.worst
  ["g=good", "g=poor", "g=few"]
  [0.0, 0.5, 1.0]
  [false, true, false]
  $ mlsys eval slices.csv --target y --score p --task regression --slice g | grep -E '^(few|poor)'
  few     10  1.0000
  poor    40  0.5000  worst

A model that is worse is said to be:

  $ mlsys eval strict trains.csv --require-better trains --metric recall --json 2>/dev/null | json gates.0.reason
  0.076271 against 1, worse by 0.9237, each at its own threshold: recall{threshold=0.9} against recall{threshold=0.3}

Labels are shown as what they are, and steer nothing:

  $ yes=$(printf 'y\033[31m'); printf "y,s\n$yes,0.9\nn,0.1\n$yes,0.6\nn,0.4\n" >labels.csv
  $ mlsys eval labels.csv --target y --score s --positive "$yes" | grep '^positive'
  positive: y?[31m, 50% of the rows; threshold 0.5 (default)

Models of other targets are no rivals, though their classes are the same:

  $ awk 'BEGIN {print "x,a,b"; for (i = 0; i < 300; i++) print i % 20 / 10 "," (i % 7 > 3) "," (i % 5 > 2)}' >two.csv
  $ for target in a b; do mlsys train two.csv --target $target --features x --rounds 2 -o by_$target -q >/dev/null; done
  $ mlsys eval by_a two.csv --require-better by_b
  2> error: cannot compare with 'by_b': it is a model of 'b', not of 'a'
  2> hint: evaluate each by itself: mlsys eval MODEL DATA
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ for limit in 0.5 1.5; do mlsys train two.csv --derive "big=x > $limit" --target big --features a,b --rounds 2 -o big_$limit -q >/dev/null; done
  $ mlsys eval big_0.5 two.csv --require-better big_1.5
  2> error: cannot compare with 'big_1.5': its target 'big' is big = x > 1.5, and not big = x > 0.5
  2> hint: evaluate each by itself: mlsys eval MODEL DATA
  2> usage: mlsys eval MODEL|PREDICTIONS [DATA] [options]
  [2]
  $ mlsys train two.csv --derive 'big=x > 0.5' --target big --features a --rounds 2 -o less -q >/dev/null
  $ mlsys eval big_0.5 two.csv --require-better less --margin -1 -q
  2> warning: the model was trained on these very rows: what is measured here flatters it
  2> warning: less was trained on these very rows: what is measured here flatters it
  pass
