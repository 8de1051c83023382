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

A model whose bytes would lead XGBoost astray is refused before XGBoost reads it, whoever was to score and whatever the
digests say. Here the parent of a node lies outside of its tree:

  $ cat >damage.py <<'END'
  > import hashlib, json, os, struct, sys
  > folder, golden = sys.argv[1], sys.argv[2] == "golden"
  > model = bytearray(open(folder + "/model.ubj", "rb").read())
  > begin = b"parents[$l#L"
  > at = model.index(begin) + len(begin) + 8
  > assert struct.unpack_from(">3i", model, at) == (2147483647, 0, 0)
  > struct.pack_into(">i", model, at + 4, 0x7f000000)
  > open(folder + "/model.ubj", "wb").write(model)
  > bundle = json.load(open(folder + "/bundle.json"))
  > for file in bundle["files"]:
  >     if file["name"] == "model.ubj":
  >         file["sha256"] = hashlib.sha256(model).hexdigest()
  > if golden:
  >     bundle["parity"]["different"] = 1
  > else:
  >     os.remove(folder + "/golden.json")
  >     bundle["files"] = [file for file in bundle["files"] if file["name"] != "golden.json"]
  > json.dump(bundle, open(folder + "/bundle.json", "w"))
  > END
  $ for kind in golden none; do
  >   rm -rf bad && cp -r model bad && python3 damage.py bad $kind
  >   mlsys verify bad; echo $?
  >   mlsys predict bad t.csv -o bad.csv; echo $?
  >   mlsys predict bad t.csv -o bad.csv --predictor xgboost; echo $?
  >   mlsys package bad -o bad.tar.zst; echo $?
  > done
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  2> error: cannot read 'bad/model.ubj': it is no model of XGBoost's: trees[0].parents points outside the tree
  5
  $ ls bad.csv bad.tar.zst
  2> ls: cannot access 'bad.csv': No such file or directory
  2> ls: cannot access 'bad.tar.zst': No such file or directory
  [2]

What a model was trained for is said twice, and must be the same:

  $ cp -r model contradicts && sed -i 's/"objective": "binary:logistic"/"objective": "reg:squarederror"/' contradicts/bundle.json
  $ mlsys verify contradicts
  2> error: 'contradicts/bundle.json': key 'objective' 'reg:squarederror' does not fit the task
  [5]
  $ sed -i 's/"objective": "reg:squarederror"/"objective": "binary:logitraw"/' contradicts/bundle.json
  $ for predictor in forest xgboost; do mlsys predict contradicts t.csv -o c.csv --predictor $predictor; echo $?; done
  2> error: model bundle 'contradicts' contradicts itself: the objective of model.ubj is 'binary:logistic', that of bundle.json is 'binary:logitraw'
  5
  2> error: model bundle 'contradicts' contradicts itself: the objective of model.ubj is 'binary:logistic', that of bundle.json is 'binary:logitraw'
  5
  $ mlsys verify contradicts
  2> error: model bundle 'contradicts' contradicts itself: the objective of model.ubj is 'binary:logistic', that of bundle.json is 'binary:logitraw'
  [5]
