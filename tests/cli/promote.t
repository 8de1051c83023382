A promotion on evidence measures the version anew on the rows given:

  $ flights 2000 >all.csv; head -1 all.csv >test.csv; tail -500 all.csv >>test.csv; head -1501 all.csv >train.csv
  $ mlsys train train.csv --target late --features origin --rounds 1 -q >/dev/null && mlsys register @last --name fraud -q
  fraud/1
  $ mlsys train train.csv --target late --exclude id --rounds 10 -q >/dev/null && mlsys register @last --name fraud -q
  fraud/2
  $ mlsys promote fraud/1 --data test.csv --require 'brier <= 0.5' --require-better champion --if-missing pass --json >out.json
  $ json name version aliases verdict alias previous gates.0.expression gates.0.passed gates.1.passed <out.json
  fraud
  1
  ["champion"]
  pass
  champion
  null
  brier <= 0.5
  true
  true
  $ json evidence.schema evidence.rows <out.json
  mlsys.eval/1
  500

The model to beat is the champion, as it is at that moment:

  $ mlsys promote fraud/2 --data test.csv --require-better champion --json | json version verdict previous
  2
  pass
  1
  $ mlsys promote fraud/1 --data test.csv --require-better champion --json >out.json
  [3]
  $ json version verdict aliases <out.json
  1
  fail
  []
  $ mlsys promote fraud/1 --data test.csv --require-better champion | tail -1
  fraud/1 is not promoted: fraud@champion stays as it was
  $ mlsys models show fraud@champion -q
  fraud/2
  $ mlsys models history fraud --json | json promotions.0.version promotions.0.evidence.rows promotions.0.evidence.schema
  2
  500
  mlsys.eval/1

A model of another target is no rival, and nothing moves:

  $ sed '1s/late/delayed/' train.csv >other.csv && mlsys train other.csv --target delayed --exclude id --rounds 3 -o other -q >/dev/null && rm other.csv
  $ mlsys register other --name other -q && mlsys promote other/1 -q
  other/1
  other/1
  $ mlsys promote fraud/1 --data test.csv --require-better other@champion
  2> error: cannot compare with 'other/1': it is a model of 'delayed', not of 'late'
  2> hint: evaluate each by itself: mlsys eval MODEL DATA
  2> usage: mlsys promote MODEL [options]
  [2]

Gates fail closed, and a mistake is no verdict. A refusal is in the record, with what it was decided on:

  $ mlsys promote fraud/1 --data test.csv --require 'roc_auc >= 0.999' --reason nightly -q
  fail
  [3]
  $ mlsys models history fraud --json | json history.0.action history.0.subject history.0.detail.version history.0.detail.previous history.0.detail.reason history.0.detail.evidence.rows promotions.0.action promotions.0.version
  refuse
  fraud@champion
  1
  2
  nightly
  500
  promote
  2
  $ mlsys models history fraud | awk 'NR == 2' | sed 's/  */ /g'
  .* refuse fraud@champion version 1, previous 2, reason nightly, failed roc_auc >= 0.999 \(roc_auc is 0.\d+\) (re)
  $ mlsys promote fraud/1 --require 'roc_auc >= 0.5'
  2> error: cannot promote fraud/1 on evidence without data
  2> hint: gates are measured anew: name the rows with --data test.parquet
  2> usage: mlsys promote MODEL [options]
  [2]
  $ mlsys promote fraud/1 --data test.csv --require 'roc_uac >= 0.5'
  2> error: cannot read the requirement 'roc_uac >= 0.5': unknown metric 'roc_uac'; known: roc_auc, roc_auc_weighted, average_precision, pr_auc_interp, ks, gini, log_loss, brier, ece, mce, accuracy, balanced_accuracy, precision, recall, f1, mcc, kappa, rmse, mae, r2, mape, ndcg, map, mrr
  2> hint: did you mean 'roc_auc'?
  2> usage: mlsys promote MODEL [options]
  [2]
  $ mlsys promote fraud/1 --to shadow --data test.csv --require-better shadow
  2> error: the model 'fraud' has no alias 'shadow'
  2> hint: it has fraud@champion
  [4]
  $ mlsys promote fraud/1 --data missing.csv --require 'roc_auc >= 0.5'
  2> error: cannot read 'missing.csv': no such file
  2> hint: data files here: all.csv, out.json, test.csv, train.csv
  [4]
  $ mlsys models show fraud@champion -q
  fraud/2
  $ mlsys promote fraud/1 --to shadow --data test.csv --require-better shadow --if-missing pass -q
  fraud/1

A new alias is made, but not one that reads like another, before anything is measured:

  $ mlsys promote fraud/1 --to shdow --data missing.csv --require 'roc_auc >= 0.5'
  2> error: the model 'fraud' has no alias 'shdow'
  2> hint: did you mean 'shadow'? to make another one beside it, add --new-alias
  [4]
  $ mlsys promote fraud/1 --to champions
  2> error: the model 'fraud' has no alias 'champions'
  2> hint: did you mean 'champion'? to make another one beside it, add --new-alias
  [4]
  $ mlsys promote fraud/1 --to canary
  fraud/1 is fraud@canary, a new alias
  $ mlsys promote fraud/2 --to champions --new-alias --reason 'one for each shop'
  fraud/2 is fraud@champions, a new alias
  $ mlsys register fraud/1 --name fraud --alias cannary
  2> error: the model 'fraud' has no alias 'cannary'
  2> hint: did you mean 'canary'? to make another one beside it, add --new-alias
  [4]

A promotion that is repeated decides nothing anew, nor does one that was refused; the operation is of that decision alone:

  $ mlsys promote fraud/2 --data test.csv --require-better canary --operation ci-7 --reason ci --json >first.json
  $ mlsys models history fraud --json >before.json
  $ mv test.csv gone.csv; mlsys promote fraud/2 --data test.csv --require-better canary --operation ci-7 --reason ci --json | diff - first.json; mv gone.csv test.csv
  2> decided before by this operation: nothing was measured or changed now
  $ mlsys promote fraud/1 --data test.csv --require-better champion --operation ci-8 --json >refused.json; echo $?
  3
  $ mlsys models history fraud --json >after.json; json history.0.action <after.json
  refuse
  $ mlsys promote fraud/1 --data test.csv --require-better champion --operation ci-8 --json >again.json; echo $?; for of in refused again; do json verdict gates evidence.rows <$of.json >$of.txt; done; diff refused.txt again.txt && mlsys models history fraud --json | diff - after.json && echo same
  3
  same
  2> decided before by this operation: nothing was measured or changed now
  $ mlsys promote fraud/1 --operation ci-8 --reason other
  2> error: cannot repeat operation 'ci-8': it was another one (promote)
  2> hint: use a new operation id
  [6]
  $ mlsys promote fraud/2 --data test.csv --require-better canary --require 'roc_auc > 0.99' --operation ci-7 --reason ci
  2> error: cannot repeat operation 'ci-7': it was another one (promote)
  2> hint: use a new operation id
  [6]

A misspelt alias of the model to beat passes nothing, in eval neither; one that is yet to come does:

  $ mlsys promote fraud/1 --to shadow --data test.csv --require-better champoin --if-missing pass
  2> error: the model 'fraud' has no alias 'champoin'
  2> hint: did you mean 'champion'?
  [4]
  $ mlsys promote fraud/1 --to shadow --data test.csv --require-better fraud@champoin --if-missing pass
  2> error: the model 'fraud' has no alias 'champoin'
  2> hint: did you mean 'champion'?
  [4]
  $ mlsys eval fraud/1 test.csv --require-better fraud@champoin --if-missing pass -q
  2> error: the model 'fraud' has no alias 'champoin'
  2> hint: did you mean 'champion'?
  [4]
  $ mlsys eval fraud/1 test.csv --require-better fraud@europe --if-missing pass -q
  pass
  $ mlsys eval fraud/1 test.csv --require-better newcomer@champion --if-missing pass -q
  pass
  $ mlsys register fraud/1 --name fresh -q && mlsys eval fraud/1 test.csv --require-better fresh@champion --if-missing pass -q
  fresh/1
  pass

Rows that a model was trained on are no evidence, which the record says as well:

  $ mlsys promote fraud/1 --to trial --data train.csv --require 'roc_auc > 0.5' -q
  2> warning: the model was trained on these very rows: what is measured here flatters it
  fraud/1
  $ mlsys models history fraud --json | json promotions.0.evidence.warnings
  ["the model was trained on these very rows: what is measured here flatters it"]
  $ mlsys eval fraud/1 train.csv --require-better fraud/2 --json 2>/dev/null | json warnings.0 warnings.1
  the model was trained on these very rows: what is measured here flatters it
  fraud/2 was trained on these very rows: what is measured here flatters it
  $ cp train.csv renamed.csv; mlsys eval fraud/1 renamed.csv -q
  2> warning: the model was trained on these very rows: what is measured here flatters it
  pass
  $ mlsys eval fraud/1 train.csv --where 'id > 1000' -q
  pass
  $ mlsys train train.csv --valid test.csv --target late --exclude id --rounds 3 -q >run && mlsys eval run:$(cat run) test.csv -q
  2> warning: the model was validated in training on these very rows: what is measured here flatters it
  pass
