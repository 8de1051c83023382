#!/usr/bin/env python3
"""Trains random boosters with XGBoost and writes what it predicts on ordinary and hostile rows, for tests/unit/forest.

    forest_parity.py DIRECTORY [--count 500] [--seed 1] [--check PROGRAM] [--small]

With --check PROGRAM (build/tests/test-forest) the cases are compared bit by bit and removed again. --small writes the
share that is kept in tests/data/forest. Needs numpy, scipy and xgboost 3.4.1.

A case is one file, little-endian: the magic "MLFC2", then 12 u32 (rows, features, outputs, predictions of a row, trees,
rows with leaves, bytes of the model, first and last round of the ranged margins, trees of these, 0, 0), then the model, the
float32 matrix, margins, predictions, margins of the rounds, base margins, margins on these, then int32 leaves.
"""
import argparse
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np
import xgboost as xgb

xgb.set_config(verbosity=0)

OBJECTIVES = ["reg:squarederror", "reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror", "reg:absoluteerror",
              "reg:quantileerror", "reg:expectileerror", "reg:gamma", "reg:tweedie", "count:poisson", "binary:logistic",
              "binary:logitraw", "binary:hinge", "multi:softmax", "multi:softprob", "rank:ndcg", "rank:pairwise",
              "rank:map", "survival:cox", "survival:aft"]


def column(random, rows, kind, small):
    """One feature, and the number of its categories (0 for numbers)."""
    if kind == "category":
        size = int(random.choice([2, 3, 5, 12, 40] if small else [2, 3, 5, 12, 40, 254, 1000, 5000, 20000, 100000],
                                 p=None if small else [.15, .1, .15, .15, .15, .15, .1, .03, .01, .01]))
        return random.integers(0, size, rows).astype(np.float32), size
    make = {
        "normal": lambda: random.normal(0, 1, rows),
        "skewed": lambda: random.lognormal(0, 3, rows),
        "integer": lambda: random.integers(-20, 20, rows),
        "binary": lambda: random.integers(0, 2, rows),
        "tiny": lambda: random.normal(0, 1e-38, rows),
        "huge": lambda: random.normal(0, 1e37, rows),
        "mixed": lambda: random.normal(0, 1, rows) * 10.0 ** random.integers(-20, 20, rows),
    }
    return make[kind]().astype(np.float32), 0


def data(random, rows, features, missing, share_categories, small):
    columns, sizes = [], []
    for _ in range(features):
        kind = "category" if random.random() < share_categories else random.choice(
            ["normal", "normal", "skewed", "integer", "binary", "tiny", "huge", "mixed"])
        values, size = column(random, rows, kind, small)
        values[random.random(rows) < missing] = np.nan
        columns.append(values)
        sizes.append(size)
    return np.stack(columns, axis=1), sizes


def label(random, matrix, objective, classes):
    rows = len(matrix)
    order = np.argsort(np.argsort(np.nan_to_num(matrix, nan=0.0).astype(np.float64), axis=0), axis=0) / rows
    score = order @ random.normal(0, 1, matrix.shape[1]) + random.normal(0, 0.3, rows)
    score = (score - score.mean()) / (score.std() + 1e-9)
    if objective in ("binary:logistic", "binary:logitraw", "binary:hinge", "rank:map"):
        return (score > 0).astype(np.float32)
    if objective.startswith("multi"):
        return np.clip((score + 2) / 4 * classes, 0, classes - 1).astype(np.int32).astype(np.float32)
    if objective.startswith("rank"):
        return np.clip(score + 2, 0, 4).astype(np.int32).astype(np.float32)
    if objective == "reg:logistic":
        return (1 / (1 + np.exp(-score))).astype(np.float32)
    if objective in ("reg:gamma", "reg:tweedie", "count:poisson", "survival:cox", "survival:aft"):
        return np.floor(np.exp(score) + 1).astype(np.float32)
    if objective == "reg:squaredlogerror":
        return np.exp(score).astype(np.float32)
    return score.astype(np.float32)


def parameters(random, objective, classes):
    depth = int(random.integers(1, 15))
    result = {"objective": objective, "max_depth": depth, "eta": float(random.choice([0.05, 0.3, 1.0])),
              "max_bin": int(random.choice([4, 32, 256, 256, 1024])), "nthread": 2, "seed": int(random.integers(1 << 30)),
              "subsample": float(random.choice([1.0, 0.5])), "colsample_bytree": float(random.choice([1.0, 0.5])),
              "min_child_weight": float(random.choice([0, 1, 5])), "max_cat_to_onehot": int(random.choice([1, 4, 100])),
              "tree_method": str(random.choice(["hist", "hist", "approx"]))}
    if result["tree_method"] == "hist" and random.random() < 0.3:
        result.update(grow_policy="lossguide", max_leaves=int(random.choice([0, 5, 30, 255])),
                      max_depth=int(random.choice([0, 6, 20])))
        if result["max_depth"] == 0 and result["max_leaves"] == 0:
            result["max_leaves"] = 60
    if random.random() < 0.15:
        result["num_parallel_tree"] = int(random.integers(2, 5))
    if random.random() < 0.1:
        result.update(booster="dart", rate_drop=0.3, one_drop=1)
    if objective.startswith("multi"):
        result["num_class"] = classes
    if objective == "reg:quantileerror":
        result["quantile_alpha"] = [0.1, 0.5, 0.9] if random.random() < 0.7 else 0.5
    if objective == "reg:expectileerror":
        result["expectile_alpha"] = [0.2, 0.5, 0.8] if random.random() < 0.7 else 0.5
    if random.random() < 0.2 and objective not in ("reg:expectileerror",):
        result["base_score"] = 0.3
    return result


def train(random, small):
    objective = str(random.choice(OBJECTIVES))
    rows = int(random.integers(100, 400)) if small else int(random.integers(200, 3000))
    features = int(random.integers(1, 6)) if small else int(random.choice([1, 3, 8, 20, 60]))
    missing = float(random.choice([0, 0, 0.05, 0.5, 0.99]))
    matrix, sizes = data(random, rows, features, missing, float(random.choice([0, 0, 0.3, 1.0])), small)
    classes = int(random.integers(3, 8))
    target = label(random, matrix, objective, classes)
    settings = parameters(random, objective, classes)
    if small:
        settings["max_depth"] = min(settings["max_depth"], 9) or 9
    types = ["c" if size else "q" for size in sizes]
    extra = {}
    if objective.startswith("rank"):
        extra["qid"] = np.sort(random.integers(0, max(2, rows // 20), rows))
    matrix_of = xgb.DMatrix(matrix, target, feature_types=types, enable_categorical=True, **extra)
    if objective == "survival:aft":
        matrix_of.set_float_info("label_lower_bound", target)
        matrix_of.set_float_info("label_upper_bound", np.where(random.random(rows) < 0.3, np.inf, target).astype(np.float32))
    rounds = int(random.integers(1, 8)) if small else int(random.choice([1, 3, 10, 40]))
    if max(sizes) >= 5000:  # sets of thousands of categories make models of many megabytes
        rounds = min(rounds, 2)
        settings["max_depth"] = min(settings["max_depth"] or 6, 6)
    booster = xgb.train(settings, matrix_of, rounds)
    return booster, settings, matrix, sizes, rounds


def thresholds(booster, features):
    """The numeric thresholds of each feature."""
    result = [[] for _ in range(features)]
    for tree in json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"]:
        for left, feature, condition, kind in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"],
                                                  tree["split_type"]):
            if left != -1 and kind == 0:
                result[feature].append(np.float32(condition))
    return result


def hostile(random, booster, matrix, sizes, count):
    """Rows that meet thresholds exactly and from both sides, and values that no data should hold. First the finite."""
    features = matrix.shape[1]
    specials = np.array([np.nan, 0.0, -0.0, 3e38, -3e38, 1e-45, -1e-45, 1.0, -1.0, 0.5], np.float32)
    known = thresholds(booster, features)
    rows = matrix[random.integers(0, len(matrix), count)].copy()
    for feature in range(features):
        for row in range(count // 4, count):
            if sizes[feature]:
                size = sizes[feature]
                rows[row, feature] = random.choice(np.array(
                    [-1, -0.5, 0.5, size - 1, size - 0.5, size, size + 31, 1e6, 16777215, 16777216, 3e9, 3e38, np.nan,
                     random.integers(0, size)], np.float32))
            elif known[feature] and random.random() < 0.7:
                value = random.choice(known[feature])
                rows[row, feature] = random.choice(np.array(
                    [value, np.nextafter(value, np.float32(np.inf)), np.nextafter(value, np.float32(-np.inf)), -value],
                    np.float32))
            else:
                rows[row, feature] = random.choice(specials)
    rows[count // 4] = np.nan
    infinite = matrix[random.integers(0, len(matrix), count // 8 + 1)].copy()
    for row in infinite:
        for feature in range(features):
            if random.random() < 0.5:
                row[feature] = random.choice(np.array([np.inf, -np.inf], np.float32))
    rows[~np.isfinite(rows) & ~np.isnan(rows)] = 0  # thresholds may be infinite
    return rows, np.concatenate([rows, infinite])


def case(path, seed, small):
    random = np.random.default_rng(seed)
    booster, settings, matrix, sizes, rounds = train(random, small)
    finite, rows = hostile(random, booster, matrix, sizes, 40 if small else int(random.choice([100, 700])))
    rows = np.ascontiguousarray(rows)
    features = rows.shape[1]
    types = ["c" if size else "q" for size in sizes]
    matrix_of = xgb.DMatrix(finite, feature_types=types, enable_categorical=True)

    margins = booster.inplace_predict(rows, predict_type="margin", validate_features=False)
    margins = margins.reshape(len(rows), -1)
    assert margins[:len(finite)].tobytes() == booster.predict(matrix_of, output_margin=True).tobytes()
    outputs = margins.shape[1]
    values = booster.inplace_predict(rows, validate_features=False).reshape(len(rows), -1)
    begin = int(random.integers(0, rounds))
    end = int(random.integers(begin + 1, rounds + 1))
    ranged = booster.inplace_predict(rows, predict_type="margin", iteration_range=(begin, end), validate_features=False)
    base = random.normal(0, 1, margins.shape).astype(np.float32)
    based = booster.inplace_predict(rows, predict_type="margin", base_margin=base, validate_features=False)
    with_leaves = min(len(finite), 10 if small else 60)
    leaves = booster.predict(matrix_of.slice(range(with_leaves)), pred_leaf=True).reshape(with_leaves, -1).astype(np.int32)
    model = booster.save_raw("json" if seed % 4 == 0 else "ubj")
    indptr = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["iteration_indptr"]
    assert leaves.shape[1] == indptr[-1]

    header = struct.pack("<5s12I", b"MLFC2", len(rows), features, outputs, values.shape[1], leaves.shape[1], with_leaves,
                         len(model), begin, end, indptr[end] - indptr[begin], 0, 0)
    with open(path, "wb") as file:
        file.write(header)
        file.write(model)
        for array in (rows, margins, values, ranged, base, based):
            file.write(np.ascontiguousarray(array, np.float32).tobytes())
        file.write(leaves.tobytes())
    return settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    failures = done = 0
    for first in range(options.seed, options.seed + options.count, 20):
        seeds = range(first, min(first + 20, options.seed + options.count))
        with tempfile.TemporaryDirectory(dir=options.directory) as scratch:
            folder = pathlib.Path(scratch) if options.check else options.directory
            for seed in seeds:
                try:
                    settings = case(folder / f"{seed}.case", seed, options.small)
                    done += 1
                    if not options.check:
                        print(seed, json.dumps(settings))
                except xgb.core.XGBoostError as error:
                    print(f"seed {seed}: XGBoost refuses: {str(error).splitlines()[0]}")
            if options.check:
                result = subprocess.run([options.check, "--test-case=forest parity*"], capture_output=True, text=True,
                                        env={**os.environ, "MLSYS_FOREST_CASES": str(folder)}, check=False)
                print(f"seeds {seeds.start} to {seeds.stop - 1}: {'equal' if result.returncode == 0 else 'DIFFERENT'}", flush=True)
                if result.returncode != 0:
                    failures += 1
                    print(result.stdout[-4000:], result.stderr[-2000:])
    print(f"{done} boosters, {failures} group(s) with differences (xgboost {xgb.__version__})")
    sys.exit(1 if failures or not done else 0)


if __name__ == "__main__":
    main()
