"""What a data scientist would write in Python for each step of the bench: pandas, scikit-learn, SciPy, xgboost.

    peer.py STEP FLIGHTS FOLDER      prints a JSON document with what it found
"""
import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

step, flights, folder = sys.argv[1:]
warnings.simplefilter("ignore")  # pandas: values that are no category become missing, as is wanted here
FEATURES = ["weekday", "minute", "distance", "origin", "destination"]
MAY, JUNE = pd.Timestamp("2001-05-01"), pd.Timestamp("2001-06-01")


def read(where=None):
    frame = pd.read_parquet(flights)
    return frame if where is None else frame[where(frame["date"])]


def prepared(frame, dictionary=None):
    made = pd.DataFrame({
        "weekday": frame["date"].dt.day_of_week, "minute": frame["date"].dt.hour * 60 + frame["date"].dt.minute,
        "distance": frame["distance"]})
    for column in ("origin", "destination"):
        known = dictionary[column] if dictionary else sorted(frame[column].unique())
        made[column] = pd.Categorical(frame[column], categories=known)
    return made


def profile():
    frame = read()
    columns = {}
    for name in frame:
        column = frame[name]
        columns[name] = {"nulls": int(column.isna().sum()), "distinct": int(column.nunique()),
                         "top": [[str(k), int(v)] for k, v in column.value_counts().head(10).items()]}
        if pd.api.types.is_numeric_dtype(column):
            columns[name] |= {"mean": column.mean(), "sd": column.std(),
                              "quantiles": column.quantile([.01, .05, .25, .5, .75, .95, .99]).tolist()}
        columns[name] |= {"min": str(column.min()), "max": str(column.max())}
    return {"rows": len(frame), "columns": columns}


def validate():
    frame = read()
    rules = json.load(open(f"{folder}/contract.json"))
    checks = {}
    for field in rules["fields"]:
        column, limits = frame[field["name"]], field.get("constraints", {})
        failures = int(column.isna().sum()) if limits.get("required") else 0
        if "enum" in limits:
            failures += int((~column.isin(limits["enum"])).sum())
        if "minimum" in limits:
            failures += int((column < type(column.iloc[0])(limits["minimum"])).sum())
        if "maximum" in limits:
            failures += int((column > type(column.iloc[0])(limits["maximum"])).sum())
        checks[field["name"]] = failures
    return {"rows": len(frame), "checks": checks}


PARAMETERS = {"objective": "binary:logistic", "tree_method": "hist", "eta": 0.3, "max_depth": 6, "seed": 1}


def train():
    import xgboost
    started = time.perf_counter()
    frame = read(lambda date: date < MAY)
    features, label = prepared(frame), (frame["delay"] > 15).astype(int)
    data = xgboost.QuantileDMatrix(features, label, enable_categorical=True)
    boosting = time.perf_counter()
    booster = xgboost.train(PARAMETERS, data, 60)
    boosted = time.perf_counter()
    booster.save_model(f"{folder}/python.ubj")
    json.dump({column: list(features[column].cat.categories) for column in ("origin", "destination")},
              open(f"{folder}/python.json", "w"))
    return {"rows": len(frame), "read": boosting - started, "boost": boosted - boosting}


def scored():
    import xgboost
    frame = read(lambda date: date >= JUNE)
    booster = xgboost.Booster(model_file=f"{folder}/python.ubj")
    return frame, booster.inplace_predict(prepared(frame, json.load(open(f"{folder}/python.json"))))


def predict():
    frame, score = scored()
    pd.DataFrame({"score": score}).to_parquet(f"{folder}/python.parquet")
    return {"rows": len(frame)}


def evaluate():
    from sklearn import metrics
    frame, score = scored()
    y = (frame["delay"] > 15).to_numpy(int)
    found = {"roc_auc": metrics.roc_auc_score(y, score), "average_precision": metrics.average_precision_score(y, score),
             "log_loss": metrics.log_loss(y, score), "brier": metrics.brier_score_loss(y, score),
             "accuracy": metrics.accuracy_score(y, score >= .5), "f1": metrics.f1_score(y, score >= .5),
             "precision": metrics.precision_score(y, score >= .5), "recall": metrics.recall_score(y, score >= .5)}
    slices = {}
    for origin, part in pd.DataFrame({"y": y, "score": score, "origin": frame["origin"].to_numpy()}).groupby("origin"):
        if part["y"].nunique() == 2:
            slices[origin] = metrics.roc_auc_score(part["y"], part["score"])
    return {"rows": len(frame), "metrics": found, "slices": len(slices)}


def drift():
    from scipy import stats
    from scipy.spatial.distance import jensenshannon
    frame = read()
    before, after = frame[frame["date"] < "2001-02-01"], frame[frame["date"] >= JUNE]
    columns = {}
    for name in ("delay", "distance"):
        result = stats.ks_2samp(before[name], after[name])
        columns[name] = [float(result.statistic), float(result.pvalue)]
    for name in ("origin", "destination"):
        counts = pd.concat([before[name].value_counts(), after[name].value_counts()], axis=1).fillna(0).to_numpy()
        columns[name] = [float(jensenshannon(counts[:, 0], counts[:, 1], base=2)), float(stats.chi2_contingency(counts).pvalue)]
    return {"rows": [len(before), len(after)], "columns": columns}


def parse():
    import pyarrow.parquet
    started = time.perf_counter()
    table = pyarrow.parquet.read_table(flights)
    return {"rows": table.num_rows, "seconds": time.perf_counter() - started}


print(json.dumps({"profile": profile, "validate": validate, "train": train, "predict": predict, "eval": evaluate,
                  "drift": drift, "parse": parse}[step](), default=float))
