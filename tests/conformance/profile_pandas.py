#!/usr/bin/env python3
"""Writes tests/data/profile_pandas.{csv,json}: a table and what pandas says about it, for the tests of lib/profile.

Needs numpy, pandas, scipy and scikit-learn. Run it from the repository's root; the unit tests only read the files.
"""
import json
import pathlib

import numpy as np
import pandas as pd
import sklearn.metrics

random = np.random.default_rng(7)
rows = 500
table = pd.DataFrame(
    {
        "amount": np.round(random.lognormal(3, 1.2, rows), 2),
        "count": random.integers(-5, 40, rows),
        "city": random.choice(["Oslo", "Rome", "Zürich", "São Paulo"], rows, p=[0.5, 0.3, 0.15, 0.05]),
        "y": random.integers(0, 2, rows),
    }
)
table["amount"] += table["y"] * 5
table.loc[random.choice(rows, 60, replace=False), "amount"] = np.nan
table.loc[random.choice(rows, 30, replace=False), "city"] = None

columns = {}
for name in table:
    column = table[name]
    facts = {"nulls": int(column.isna().sum()), "distinct": int(column.nunique())}
    if name != "city":
        facts["mean"] = float(column.mean())
        facts["sd"] = float(column.std())
        facts["quantiles"] = [float(column.quantile(q)) for q in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)]
        present = column.notna()
        facts["auc"] = float(sklearn.metrics.roc_auc_score(table["y"][present], column[present]))
        facts["correlation"] = float(column.corr(table["count"]))
    else:
        lengths = column.dropna().str.len()
        facts["length"] = [int(lengths.min()), int(lengths.max()), float(lengths.mean())]
    counts = column.value_counts()
    facts["top_count"] = int(counts.iloc[0])
    columns[name] = facts

folder = pathlib.Path("tests/data")
table.to_csv(folder / "profile_pandas.csv", index=False)
(folder / "profile_pandas.json").write_text(
    json.dumps({"made_by": "tests/conformance/profile_pandas.py", "pandas": pd.__version__, "columns": columns}, indent=1)
    + "\n"
)
