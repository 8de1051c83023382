#!/usr/bin/env python3
"""Times the forest beside XGBoost's own predictor in one process and writes the table RESULTS-forest.md.

usage: forest.py BUILD [--engines] [--models FOLDER] [--turns 3] [--rows N] [--output tests/bench/RESULTS-forest.md]

BUILD has tests/forest-bench and the engines. The models of forest_models.py are made in FOLDER when they are not there.
"""
import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from run import CACHE, HERE, ROOT, machine

MODELS = {"A": "flights, 6 features of which 2 have 254 categories, 100 trees of depth 6",
          "B": "28 numbers with 5% missing, 100 trees of depth 6",
          "C": "the same rows, 500 trees of depth 8"}
KERNELS = {"avx512": "AVX-512", "avx2": "AVX2", "portable": "portable"}
ENGINES = {"xgboost": "XGBoost from Python", "onnx": "ONNX Runtime", "daal4py": "daal4py (oneDAL)", "treelite": "Treelite (GTIL)",
           "tl2cgen": "TL2cgen, compiled by gcc", "lightgbm": "LightGBM, a model of its own"}
# How many times faster than XGBoost with fresh matrices.
BATCH_AIM = {"avx512": 40, "avx2": 18, "portable": 8}
ROW_AIM = {"A": {"avx512": 100, "avx2": 35, "portable": 9}, "B": {"avx512": 100, "avx2": 35, "portable": 9}, "C": {"avx512": 20}}


def measure(build, folder, name, threads, turns, rows):
    library = next(path for path in (build / "lib/mlsys/engines/xgboost/lib/libxgboost.so", CACHE / "engines/lib/xgboost/lib/libxgboost.so")
                   if path.exists())
    # libgomp's threads would otherwise spin on processors that the other contestant needs.
    result = subprocess.run([build / "tests/forest-bench", library, folder / f"{name}.ubj", folder / f"{name}.f32", str(threads), str(turns), str(rows)],
                            capture_output=True, text=True, env={**os.environ, "OMP_WAIT_POLICY": "passive"}, check=False)
    if result.returncode:
        sys.exit(f"forest-bench {name} ended with {result.returncode}: {result.stderr}{result.stdout}")
    return json.loads(result.stdout)


def other_engine(python, folder, name, engine, turns, rows, seconds):
    try:
        result = subprocess.run([python, HERE / "forest_engines.py", folder, name, engine, "--turns", str(turns), "--rows", str(rows)],
                                capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"refused": f"not ready within {seconds} s"}
    if result.returncode:
        lines = result.stderr.strip().splitlines()
        return {"refused": lines[-1][:90] if lines else f"ended with {result.returncode}"}
    return json.loads(result.stdout.splitlines()[-1])


def ratio(theirs, ours):
    return f"{theirs / ours:.0f} ×" if theirs >= 10 * ours else f"{theirs / ours:.1f} ×"


def table(head, rows):
    return [f"| {' | '.join(head)} |", "|---|" + "--:|" * (len(head) - 1), *(f"| {' | '.join(row)} |" for row in rows)]


def single_row(few, kernel):
    """The better of a kernel's blocks and rows."""
    return min((few[key] for key in (kernel, f"{kernel}-rows") if key in few), default=None)


def end_to_end(build, turns):
    """Seconds of each part of `mlsys predict` on all flights, the best of several processes, by predictor."""
    flights = CACHE / "data/flights-3m.parquet"
    with tempfile.TemporaryDirectory() as scratch:
        def run(*arguments):
            return json.loads(subprocess.run([build / "mlsys", *arguments, "--json"], cwd=scratch, check=True, capture_output=True, text=True).stdout)
        run("init", ".")
        run("train", flights, "--limit", "500000", "--derive", "late=delay > 15", "--derive", "day=dayofweek(date)",
            "--derive", "minute=hour(date) * 60 + minute(date)", "--target", "late", "--exclude", "delay,date", "--rounds", "100", "-o", "model")
        return {predictor: min((run("predict", "model", flights, "-o", "scores.parquet", "--predictor", predictor)["seconds"] for _ in range(turns)),
                               key=lambda seconds: seconds["total"]) for predictor in ("forest", "xgboost")}


def report(found, alone, engines, whole, turns, load):
    kernels = [kernel for kernel in KERNELS if f"{kernel} rows" in found["A"]["batch"]]
    lines = ["# The forest beside XGBoost's predictor", "",
             f"Made by `tests/bench/forest.py` on {datetime.date.today()}: {machine()}; XGBoost 3.4.1, the least time of {turns} turns.",
             f"All margins have the same bits. The load average was {load:.1f}; above 2 this includes the work of others.", "",
             *(f"- {name}: {what}; {found[name]['rows']:,} rows" for name, what in MODELS.items()), "",
             "XGBoost is given a fresh DMatrix for each call, since it keeps what it predicted for one that it has seen; with few rows it",
             "is also timed in place. Rows are row-major float32 in memory, and turning and ranking them is part of our time.", ""]
    targets = []

    def aim(what, value, least):
        targets.append([what, f"{value:.1f} ×", f"{least} ×", "reached" if value >= least else "missed"])

    for title, results in (("2 threads on both sides", found), ("one thread on both sides", alone)):
        rows = []
        for name, result in results.items():
            batch = result["batch"]
            rows.append([name, f"{batch['xgboost'] * 1e3:.0f} ms",
                         *(f"{batch[f'{kernel} {order}'] * 1e3:.1f} ms ({ratio(batch['xgboost'], batch[f'{kernel} {order}'])})"
                           for kernel in kernels for order in ("rows", "columns"))])
            for kernel in kernels if results is found else ():
                aim(f"{name}: whole batch, {KERNELS[kernel]}, 2 threads", batch["xgboost"] / batch[f"{kernel} rows"], BATCH_AIM[kernel])
        head = ["model", "XGBoost", *(f"{KERNELS[kernel]}, {order}" for kernel in kernels for order in ("rows", "columns"))]
        lines += [f"Whole batch, {title}:", "", *table(head, rows), ""]

    rows = []
    for name, result in found.items():
        for count, few in result["few"].items():
            theirs = few["xgboost"]
            rows.append([name, count, f"{theirs * 1e6:.1f} µs", f"{few['xgboost in place'] * 1e6:.1f} µs",
                         f"{few['auto'] * 1e6:.2f} µs ({ratio(theirs, few['auto'])})",
                         *(f"{single_row(few, kernel) * 1e6:.2f} µs ({ratio(theirs, single_row(few, kernel))})" for kernel in kernels)])
            if count == "1":
                for kernel, least in ROW_AIM[name].items():
                    if kernel in kernels:
                        aim(f"{name}: one row, {KERNELS[kernel]}", theirs / single_row(few, kernel), least)
            if count in ("16", "64"):
                aim(f"{name}: {count} rows", theirs / few["auto"], 15)
    head = ["model", "rows", "XGBoost", "in place", "forest", *(f"best of {KERNELS[kernel]}" for kernel in kernels)]
    lines += ["Few rows, one thread; `forest` is what it chooses itself:", "", *table(head, rows), ""]

    if engines:
        rows = []
        for name, results in engines.items():
            result = found[name]
            ours = result["batch"][f"{kernels[0]} rows"]
            rows.append([name, "mlsys forest", f"{ours * 1e3:.1f} ms", "", f"{result['few']['1']['auto'] * 1e6:.2f} µs", "same bits"])
            for engine, figures in results.items():
                if "refused" in figures:
                    rows.append([name, ENGINES[engine], figures["refused"].replace("|", "/"), "", "", ""])
                else:
                    error = f"{figures['error']:.1g}" if "error" in figures else ""
                    rows.append([name, ENGINES[engine], f"{figures['batch'] * 1e3:.0f} ms", ratio(figures["batch"], ours),
                                 f"{figures['row'] * 1e6:.1f} µs", error])
        lines += ["Other engines in the same run, 2 threads, called from Python as their documentation says, which costs a single row some",
                  "microseconds; the last column is their greatest difference from XGBoost's probabilities in 10,000 rows:", "",
                  *table(["model", "engine", "whole batch", "forest is faster", "one row", "differs by"], rows), ""]

    parts = ["load", "read", "score", "write", "total"]
    lines += ["End to end: `mlsys predict` from Parquet to Parquet, 3,000,000 flights, 100 trees of depth 6 with two categorical features, 2 threads:", "",
              *table(["predictor", *parts, "share of scoring"],
                     [[predictor, *(f"{seconds[part]:.2f} s" for part in parts), f"{seconds['score'] / seconds['total']:.0%}"]
                      for predictor, seconds in whole.items()]), ""]

    compiled = [[name, f"{result['compile'] * 1e3:.1f} ms", f"{result['bytes'] / 2**20:.1f} MiB"] for name, result in found.items()]
    compile_c = found["C"]["compile"] * 1e3
    lines += ["Compiling a model from its file, and the memory of the compiled form:", "", *table(["model", "time", "memory"], compiled), "",
              "Aims:", "", *table(["what", "measured", "at least", ""],
                                  [*targets, ["C: compiled, 500 trees of depth 8", f"{compile_c:.0f} ms", "at most 100 ms",
                                              "reached" if compile_c <= 100 else "missed"]]), "",
              "16 to 64 rows are the weakest place: XGBoost spreads the cost of a call over them and walks them together, while a block costs",
              "nearly as much for 16 rows as for all of its 128, 256 or 512. With AVX-512 trees of up to six levels take four single rows at a",
              "time. The forest chooses the cheapest of what the machine has; the costs it goes by are in `lib/forest/src/kernel_*.cpp`.", ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path, default=CACHE / "bench-forest")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the whole batch")
    parser.add_argument("--engines", action="store_true", help="time other engines as well")
    parser.add_argument("--engine-seconds", type=int, default=240, help="an engine that needs more for a model is left out")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "RESULTS-forest.md")
    options = parser.parse_args()
    if not all((options.models / f"{name}.f32").exists() for name in MODELS):
        python = subprocess.run([ROOT / "tests/venv.sh"], check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run([python, HERE / "forest_models.py", options.models, CACHE / "data/flights-3m.parquet"], check=True)
    found, alone = ({name: measure(options.build.resolve(), options.models, name, threads, options.turns, options.rows) for name in MODELS}
                    for threads in (2, 1))
    engines = {}
    if options.engines:
        python = subprocess.run([ROOT / "tests/venv.sh", HERE / "requirements-engines.txt"], check=True, capture_output=True, text=True).stdout.strip()
        engines = {name: {engine: other_engine(python, options.models, name, engine, options.turns, options.rows, options.engine_seconds)
                          for engine in ENGINES} for name in MODELS}
    whole = end_to_end(options.build.resolve(), options.turns)
    options.output.write_text(report(found, alone, engines, whole, options.turns, os.getloadavg()[2]), encoding="utf-8")
    print(f"written: {options.output}")


if __name__ == "__main__":
    main()
