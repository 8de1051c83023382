#!/usr/bin/env python3
"""Times one other engine on a model of forest_models.py and prints one JSON document.

    forest_engines.py MODELS NAME ENGINE [--rows N] [--threads N] [--turns N]

The engine is given the model that XGBoost saved, in the way its own documentation says, and row-major float32; only the
call is timed, the least of several turns. `error` is the greatest difference of a prediction from XGBoost's. LightGBM
cannot read the model: it has one of its own, of as many trees and levels, trained to predict XGBoost's classes. Needs
requirements-engines.txt.
"""
import argparse
import json
import pathlib
import tempfile
import time

import numpy as np
import xgboost as xgb


def best(work, turns, budget=0.3):
    """Seconds of the fastest call."""
    least = float("inf")
    for _ in range(turns):
        spent = 0.0
        while spent <= budget:
            begin = time.perf_counter()
            work()
            took = time.perf_counter() - begin
            least = min(least, took)
            spent += took
    return least


class Engines:
    """Each returns a function that gives the probabilities of rows."""

    def __init__(self, booster, matrix, threads, scratch):
        self.booster, self.matrix, self.threads, self.scratch = booster, matrix, threads, scratch

    def xgboost(self):
        return lambda rows: self.booster.inplace_predict(rows, validate_features=False)

    def onnx(self):
        import onnxruntime
        from onnxmltools.convert import convert_xgboost
        from onnxmltools.convert.common.data_types import FloatTensorType

        model = convert_xgboost(self.booster, initial_types=[("rows", FloatTensorType([None, self.booster.num_features()]))])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        output = session.get_outputs()[1].name
        return lambda rows: session.run([output], {"rows": rows})[0][:, 1]

    def daal4py(self):
        import daal4py

        model = daal4py.mb.convert_model(self.booster)
        return lambda rows: model.predict_proba(rows)[:, 1]

    def treelite(self):
        import treelite

        model = treelite.frontend.from_xgboost(self.booster)
        return lambda rows: treelite.gtil.predict(model, rows, nthread=self.threads)

    def tl2cgen(self):
        import tl2cgen
        import treelite

        model = treelite.frontend.from_xgboost(self.booster)
        library = pathlib.Path(self.scratch) / "predictor.so"
        tl2cgen.export_lib(model, toolchain="gcc", libpath=str(library), params={"parallel_comp": 16}, nthread=self.threads)
        predictor = tl2cgen.Predictor(str(library), nthread=self.threads)
        return lambda rows: predictor.predict(tl2cgen.DMatrix(rows, dtype="float32"))

    def lightgbm(self):
        import lightgbm

        trees = self.booster.num_boosted_rounds()
        levels = 6 if trees == 100 else 8
        sample = self.matrix[:100_000]
        target = self.booster.inplace_predict(sample, validate_features=False) > 0.5
        model = lightgbm.train({"objective": "binary", "num_leaves": 2 ** levels, "max_depth": levels, "min_data_in_leaf": 1, "verbose": -1,
                                "num_threads": self.threads, "seed": 1}, lightgbm.Dataset(sample, target.astype(int)), trees)
        return lambda rows: model.predict(rows, num_threads=self.threads)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("name")
    parser.add_argument("engine", choices=[name for name in vars(Engines) if not name.startswith("_")])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()

    booster = xgb.Booster(model_file=options.models / f"{options.name}.ubj")
    booster.set_param({"nthread": options.threads})
    matrix = np.fromfile(options.models / f"{options.name}.f32", np.float32).reshape(-1, booster.num_features())[:options.rows]
    with tempfile.TemporaryDirectory() as scratch:
        predict = getattr(Engines(booster, matrix, options.threads, scratch), options.engine)()
        sample = matrix[:10_000]
        result = {"batch": best(lambda: predict(matrix), options.turns, 0), "row": best(lambda: predict(matrix[:1]), options.turns)}
        if options.engine != "lightgbm":
            expected = booster.inplace_predict(sample, validate_features=False)
            result["error"] = float(np.abs(np.ravel(predict(sample)) - expected).max())
    print(json.dumps(result))


if __name__ == "__main__":
    main()
