#!/usr/bin/env python3
"""Trains the models of the predictor's benchmark and writes each with rows to score: NAME.ubj and NAME.f32.

    forest_models.py DIRECTORY FLIGHTS.parquet [--rows N] [--train N]

A: flights, six features, two of them categorical with 254 values, 100 trees of depth 6. B: 28 numbers, 5% missing, 100
trees of depth 6. C: the same, 500 trees of depth 8. Needs numpy, pyarrow and xgboost 3.4.
"""
import argparse
import pathlib

import numpy as np
import pyarrow.parquet as pq
import xgboost as xgb


def flights(path):
    table = pq.read_table(path)
    time = table["date"].to_numpy(zero_copy_only=False).astype("datetime64[m]").astype(np.int64)
    columns = [time // 1440 % 7, time % 1440, time // 1440 % 31, table["distance"].to_numpy()]
    for name in ("origin", "destination"):
        columns.append(np.unique(table[name].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1])
    return np.stack(columns, axis=1).astype(np.float32), (table["delay"].to_numpy() > 15).astype(np.float32), ["q"] * 4 + ["c"] * 2


def numbers(rows):
    random = np.random.default_rng(1)
    matrix = random.normal(0, 1, (rows, 28)).astype(np.float32)
    score = matrix[:, :8].sum(axis=1) + np.sin(3 * matrix[:, 8]) * 2 + matrix[:, 9] * matrix[:, 10]
    target = (score + random.normal(0, 1, rows) > 0).astype(np.float32)
    matrix[random.random(matrix.shape) < 0.05] = np.nan
    return matrix, target, ["q"] * 28


def write(directory, name, data, rounds, depth, train_rows, rows):
    matrix, target, types = data
    order = np.random.default_rng(2).permutation(len(matrix))
    chosen = order[:train_rows]
    train = xgb.DMatrix(matrix[chosen], target[chosen], feature_types=types, enable_categorical=True)
    settings = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.1, "tree_method": "hist"}
    xgb.train(settings, train, rounds).save_model(directory / f"{name}.ubj")
    np.ascontiguousarray(matrix[order[-rows:]]).tofile(directory / f"{name}.f32")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("flights", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1_000_000, help="to score")
    parser.add_argument("--train", type=int, default=300_000, help="to train with")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    write(options.directory, "A", flights(options.flights), 100, 6, options.train, options.rows)
    data = numbers(max(options.rows, options.train))
    write(options.directory, "B", data, 100, 6, options.train, options.rows)
    write(options.directory, "C", data, 500, 8, options.train, options.rows)


if __name__ == "__main__":
    main()
