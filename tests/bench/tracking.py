#!/usr/bin/env python3
"""Times tracking on 100,000 runs of 20 parameters and 20 metrics, whole processes: searches, show, and a million points
from JSON Lines, beside the same through Python's sqlite3 on the same file and, where pip can install it, through MLflow.

usage: tracking.py BUILD/mlsys [--runs 100000] [--mlflow-runs 0] [--store FOLDER]

The runs are written by SQL, since what is timed is reading; --store keeps them for another time. With --mlflow-runs N
MLflow gets a virtual environment and a database of N runs of its own, written through its own store.
"""
import argparse
import json
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

SEARCHES = [
    ("newest runs", []),
    ("metric and parameter, sorted by another metric",
     ["metrics.m3 > 0.9 AND params.p1 = 'v7'", "--order-by", "metrics.m5 DESC"]),
    ("best of a metric", ["metrics.m3 > 0.5", "--order-by", "metrics.m3 DESC"]),
    ("rare parameter, sorted", ["params.p19 = 'rare'", "--order-by", "metrics.m5"]),
    ("four tests, sorted",
     ["metrics.m1 > 0.5 AND metrics.m2 > 0.5 AND params.p1 != 'v1' AND params.p2 IN ('v1', 'v2')", "--order-by",
      "metrics.m7"]),
    ("OR and NOT, newest first", ["(params.p1 = 'v3' OR metrics.m9 < 0.1) AND NOT params.p2 LIKE 'v1%'"]),
    ("number in a parameter, sorted by it", ["params.p18 >= 900", "--order-by", "params.p18"]),
    ("extreme of a series, sorted", ["max(metrics.m4) > 0.999", "--order-by", "metrics.m4 DESC"]),
    ("nothing matches", ["metrics.m3 > 0.5 AND params.p1 = 'none'", "--order-by", "metrics.m5 DESC"]),
]

# The second search by hand, as one would write it.
BY_HAND = """
SELECT r.run_id, o.value FROM latest_metrics AS f JOIN runs AS r ON r.id = f.run
JOIN params AS p ON p.run = f.run AND p.key = (SELECT id FROM keys WHERE name = 'p1') AND p.value = 'v7'
LEFT JOIN latest_metrics AS o ON o.run = f.run AND o.key = (SELECT id FROM keys WHERE name = 'm5')
WHERE f.key = (SELECT id FROM keys WHERE name = 'm3') AND f.value > 0.9 AND r.lifecycle = 'active'
ORDER BY o.value DESC LIMIT 50
"""


def make_store(mlsys, folder, runs):
    subprocess.run([mlsys, "init", "."], cwd=folder, check=True, capture_output=True)
    subprocess.run([mlsys, "runs", "start", "-e", "bench", "-q"], cwd=folder, check=True, capture_output=True)
    database = sqlite3.connect(folder / ".mlsys/mlsys.db", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -400000")
    database.execute("BEGIN")
    chance = random.Random(7)
    for n in range(20):
        database.execute("INSERT INTO keys (name) VALUES (?), (?)", (f"p{n}", f"m{n}"))
    number = dict(database.execute("SELECT name, id FROM keys"))
    params, metrics = [number[f"p{n}"] for n in range(20)], [number[f"m{n}"] for n in range(20)]
    start = 1_700_000_000_000
    for first in range(2, runs + 2, 1000):
        rows, values, points = [], [], []
        for run in range(first, min(first + 1000, runs + 2)):
            at = start + run * 1000
            rows.append((run, f"{chance.getrandbits(128):032x}", f"run-{run}", at, at + 60_000))
            for n, key in enumerate(params):
                value = "rare" if n == 19 and run % 5000 == 0 else str(run % 1000) if n == 18 else f"v{chance.randrange(10)}"
                values.append((run, key, value))
            for key in metrics:
                points.append((run, key, chance.random(), at))
        database.executemany("INSERT INTO runs (id, run_id, experiment, name, status, start_time, end_time, user, source)"
                             " VALUES (?, ?, 1, ?, 'FINISHED', ?, ?, 'ann', 'train.py')", rows)
        database.executemany("INSERT INTO params VALUES (?, ?, ?)", values)
        database.executemany("INSERT INTO metrics (run, key, value, step, time, ordinal) VALUES (?, ?, ?, 0, ?, 0)", points)
        database.executemany("INSERT INTO latest_metrics VALUES (?1, ?2, ?3, 0, ?4, 1, ?3, ?3)", points)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def timed(work, times):
    work()
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds) * 1000, statistics.median(seconds) * 1000


def shown(best, median):
    return f"{best:.1f} | {median:.1f}"


def by_hand(path):
    code = f"import sqlite3; d = sqlite3.connect({str(path)!r}); d.execute('PRAGMA cache_size=-16000'); print(len(d.execute({BY_HAND!r}).fetchall()))"
    subprocess.run([sys.executable, "-S", "-c", code], check=True, capture_output=True)


def points_file(folder, count):
    path = folder / "points.jsonl"
    with open(path, "w", encoding="utf-8") as out:
        for step in range(count):
            out.write(json.dumps({"metric": "loss", "value": 1 / (1 + step), "step": step}) + "\n")
    return path


def raw_points(folder, path):
    """The same file by Python's sqlite3: a table as plain as it can be, one transaction."""
    target = folder / "raw.db"
    target.unlink(missing_ok=True)
    code = ("import json, sqlite3; d = sqlite3.connect(%r, isolation_level=None); d.execute('PRAGMA journal_mode=WAL');"
            "d.execute('CREATE TABLE m (run INTEGER, key INTEGER, step INTEGER, time INTEGER, value REAL, PRIMARY KEY (run, key, step, time)) WITHOUT ROWID');"
            "d.execute('BEGIN'); d.executemany('INSERT INTO m VALUES (1, 1, ?, 0, ?)', ((p['step'], p['value']) for p in map(json.loads, open(%r)))); d.execute('COMMIT')"
            % (str(target), str(path)))
    subprocess.run([sys.executable, "-S", "-c", code], check=True)


MLFLOW = r"""
import random, sys, time
from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient
client = MlflowClient("sqlite:///" + sys.argv[1])
runs = int(sys.argv[2])
chance = random.Random(7)
experiment = client.create_experiment("bench")
for n in range(runs):
    run = client.create_run(experiment)
    client.log_batch(run.info.run_id, [Metric(f"m{i}", chance.random(), 0, 0) for i in range(20)],
                     [Param(f"p{i}", f"v{chance.randrange(10)}") for i in range(20)], [])
def best(work):
    work()
    times = []
    for _ in range(7):
        begin = time.perf_counter(); work(); times.append(time.perf_counter() - begin)
    return min(times) * 1000
print(best(lambda: client.search_runs([experiment], "metrics.m3 > 0.9 AND params.p1 = 'v7'", order_by=["metrics.m5 DESC"], max_results=50)),
      best(lambda: client.get_run(run.info.run_id)), best(lambda: client.log_metric(run.info.run_id, "x", 1.0)))
"""


def mlflow_rows(folder, runs):
    try:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, capture_output=True)
        python = folder / "venv/bin/python"
        subprocess.run([python, "-m", "pip", "-q", "install", "mlflow-skinny", "sqlalchemy", "alembic"], check=True, capture_output=True)
        out = subprocess.run([python, "-c", MLFLOW, folder / "mlflow.db", str(runs)], check=True, capture_output=True, text=True).stdout
        return [float(text) for text in out.split()[-3:]]
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        print(f"without MLflow: {error}", file=sys.stderr)
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mlsys", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--mlflow-runs", type=int, default=0)
    parser.add_argument("--store", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    mlsys = options.mlsys.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.store or pathlib.Path(scratch) / "project"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".mlsys").exists():
            begin = time.perf_counter()
            make_store(mlsys, folder, options.runs)
            print(f"{options.runs} runs made in {time.perf_counter() - begin:.0f} s", file=sys.stderr)

        def run(*arguments, stdin=None):
            subprocess.run([mlsys, *arguments], cwd=folder, check=True, capture_output=True, stdin=stdin)

        print("| what | best, ms | median, ms |\n|---|---|---|")
        for name, arguments in SEARCHES:
            print(f"| search: {name} | {shown(*timed(lambda: run('runs', 'search', *arguments, '--json'), options.times))} |", flush=True)
        print(f"| the second by hand, Python's sqlite3 | {shown(*timed(lambda: by_hand(folder / '.mlsys/mlsys.db'), options.times))} |")
        newest = sqlite3.connect(folder / ".mlsys/mlsys.db").execute("SELECT run_id FROM runs WHERE id = 77777 OR id = 7 ORDER BY id DESC").fetchone()[0]
        print(f"| show | {shown(*timed(lambda: run('runs', 'show', newest, '--json'), options.times))} |")
        print(f"| log one point | {shown(*timed(lambda: run('runs', 'log', newest, '--metric', 'x=1'), options.times))} |")
        path = points_file(pathlib.Path(scratch), options.points)

        def log_points():
            started = subprocess.run([mlsys, "runs", "start", "-q"], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
            with open(path, "rb") as stdin:
                run("runs", "log", started, "-", stdin=stdin)

        print(f"| log {options.points} points from JSON Lines | {shown(*timed(log_points, 2))} |")
        print(f"| the same by Python's sqlite3 | {shown(*timed(lambda: raw_points(pathlib.Path(scratch), path), 2))} |")
        if options.mlflow_runs:
            rows = mlflow_rows(pathlib.Path(scratch), options.mlflow_runs)
            for name, best in zip(("search", "get_run", "log_metric"), rows or []):
                print(f"| MLflow within a process, {options.mlflow_runs} runs: {name} | {best:.1f} | |")
        print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
