#!/usr/bin/env python3
"""A bundle's model.ubj opens in Python's xgboost and scores the same bit for bit, with pandas categories in any order.

    xgboost_python.py build/mlsys

Needs pandas and xgboost.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import xgboost

binary = str(pathlib.Path(sys.argv[1]).resolve())
random = np.random.default_rng()
rows = 4000
frame = pd.DataFrame({
    "distance": random.integers(50, 2500, rows),
    "height": random.normal(0, 1, rows).astype(np.float32),
    "origin": random.choice(["ATL", "BOS", "DEN", "ORD", "Zürich", "é"], rows),
    "carrier": random.choice([f"c{i}" for i in range(40)], rows),
})
chance = 1 / (1 + np.exp(-(frame["height"] + (frame["origin"] == "ORD") * 1.5 - frame["distance"] / 2000)))
frame["late"] = (random.uniform(size=rows) < chance).astype(int)
frame.loc[random.integers(0, rows, 200), "height"] = np.nan
frame.loc[random.integers(0, rows, 200), "carrier"] = None


def mlsys(*arguments):
    subprocess.run([binary, *arguments], check=True, stdout=subprocess.DEVNULL)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    frame.to_csv(folder / "train.csv", index=False)
    mlsys("train", str(folder / "train.csv"), "--target", "late", "--rounds", "40", "--seed", "7", "-o", str(folder / "model"),
          "--store", str(folder / "store"))
    mlsys("predict", str(folder / "model"), str(folder / "train.csv"), "--margin", "-o", str(folder / "out.csv"))
    ours = pd.read_csv(folder / "out.csv")["margin"].to_numpy(np.float32)

    booster = xgboost.Booster()
    booster.load_model(folder / "model/model.ubj")
    features = frame[booster.feature_names].copy()
    for column in ("origin", "carrier"):
        known = features[column].dropna().unique()
        random.shuffle(known)
        features[column] = pd.Categorical(features[column], categories=known)
    theirs = booster.predict(xgboost.DMatrix(features, enable_categorical=True), output_margin=True)

different = int((ours.view(np.uint32) != theirs.view(np.uint32)).sum())
print(f"{rows} margins, {different} differ in bits")
sys.exit(1 if different else 0)
