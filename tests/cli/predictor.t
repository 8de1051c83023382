The forest and XGBoost give the same bytes:

  $ flights 400 >t.csv
  $ mlsys train t.csv --target late --exclude id --rounds 20 -o model -q >run
  $ mlsys predict model t.csv --margin -o forest.csv --json | json predictor rows
  forest
  400
  $ mlsys predict model t.csv --margin --predictor xgboost -o xgboost.csv --json | json predictor
  xgboost
  $ cmp forest.csv xgboost.csv

and so does what is measured from them:

  $ for who in forest xgboost; do mlsys eval model t.csv --require-better model --alpha 0.05 --predictor $who --json >$who.json; echo $?; done
  3
  3
  2> warning: the model was trained on these very rows: what is measured here flatters it
  2> warning: model was trained on these very rows: what is measured here flatters it
  2> warning: the model was trained on these very rows: what is measured here flatters it
  2> warning: model was trained on these very rows: what is measured here flatters it
  $ cmp forest.json xgboost.json; json metrics.roc_auc.value gates.0.passed <forest.json | tail -1
  false

Training has compared them:

  $ json parity <model/bundle.json
  {"rows": 4096, "different": 0}

A model for which they differed is scored by XGBoost, which is said:

  $ cp -r model other
  $ sed -i 's/"different": 0/"different": 3/' other/bundle.json
  $ mlsys predict other t.csv --margin -o other.csv --json | json predictor
  2> note: scoring with XGBoost, the slower predictor: 3 margins differed when the model was made
  xgboost
  $ cmp other.csv xgboost.csv
  $ mlsys eval other t.csv --json | json rows
  400
  2> note: scoring with XGBoost, the slower predictor: 3 margins differed when the model was made
  2> warning: the model was trained on these very rows: what is measured here flatters it
  $ mlsys verify other | grep -c 'golden rows give the same bits'
  2> note: scoring with XGBoost, the slower predictor: 3 margins differed when the model was made
  1
