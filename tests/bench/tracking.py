#!/usr/bin/env python3
"""Times tracking in whole processes on 100,000 runs of 20 parameters and 20 metrics.

Searches, show, a million points from JSON Lines and a chart of ten million, beside the same through Python's sqlite3 on the
same file and, where pip can install it, through MLflow.

usage: tracking.py BUILD/mlsys [--runs 100000] [--mlflow-runs 0 [--mlflow-python PYTHON]] [--store FOLDER] [--output FILE]

The runs are written by SQL, since what is timed is reading; --store keeps them for another time. With --mlflow-runs N
MLflow's server and mlsys each get a store of N runs with the same parameters and metrics, written by SQL as well; without
--mlflow-python MLflow is installed into a virtual environment first. It is timed twice: as a whole Python process, which is
what a shell script would start, and as a call of a client that is already running, which no shell script has. Of mlsys
whole processes are timed only.
"""
import argparse
import datetime
import itertools
import json
import os
import pathlib
import platform
import random
import resource
import signal
import socket
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
    for n in range(20):
        database.execute("INSERT INTO keys (name) VALUES (?), (?)", (f"p{n}", f"m{n}"))
    number = dict(database.execute("SELECT name, id FROM keys"))
    params, metrics = [number[f"p{n}"] for n in range(20)], [number[f"m{n}"] for n in range(20)]
    for batch in iter(lambda source=random_runs(runs): list(itertools.islice(source, 1000)), []):
        database.executemany("INSERT INTO runs (id, run_id, experiment, name, status, start_time, end_time, user, source)"
                             " VALUES (?, ?, 1, ?, 'FINISHED', ?, ?, 'ann', 'train.py')",
                             [(run, name, f"run-{run}", at, at + 60_000) for run, name, at, _, _ in batch])
        database.executemany("INSERT INTO params VALUES (?, ?, ?)",
                             [(run, key, value) for run, _, _, values, _ in batch for key, value in zip(params, values)])
        points = [(run, key, value, at) for run, _, at, _, values in batch for key, value in zip(metrics, values)]
        database.executemany("INSERT INTO metrics (run, key, value, step, time, ordinal) VALUES (?, ?, ?, 0, ?, 0)", points)
        database.executemany("INSERT INTO latest_metrics VALUES (?1, ?2, ?3, 0, ?4, 1, ?3, ?3)", points)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def timed(work, times):
    """Milliseconds of the best and the median run, and of processor time in the best."""
    work()
    seconds, processor = [], []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds) * 1000, statistics.median(seconds) * 1000, min(processor) * 1000


class Table:
    """Rows of Markdown, said as they are measured."""
    def __init__(self):
        self.rows = ["| what | best | median | processor | aim |", "|---|--:|--:|--:|---|"]
        self.best = {}

    def add(self, what, best, median, processor=None, aim=None):
        self.best[what] = best
        verdict = "" if aim is None else f"{aim} ms: {'met' if best <= aim else 'missed'}"
        self.rows.append(f"| {what} | {best:.1f} ms | {median:.1f} ms | {'' if processor is None else f'{processor:.1f} ms'} | {verdict} |")
        print(self.rows[-1], file=sys.stderr, flush=True)

    def ratio(self, what, other):
        return f"{self.best[other] / self.best[what]:.1f} ×" if what in self.best and other in self.best else "not measured"


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{os.cpu_count()} × {model.split('-Core')[0].split(' Processor')[0]}, {platform.system()}, SQLite of Python {sqlite3.sqlite_version}"


def by_hand(path):
    code = f"import sqlite3; d = sqlite3.connect({str(path)!r}); d.execute('PRAGMA cache_size=-16000'); print(len(d.execute({BY_HAND!r}).fetchall()))"
    subprocess.run([sys.executable, "-S", "-c", code], check=True, capture_output=True)


def points_file(folder, count):
    path = folder / f"points-{count}.jsonl"
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


# The peer: MLflow's server on SQLite, and a client of its REST interface. The first argument is its address, the second what
# to do: "warm" times every operation in this one process, anything else is done once.
MLFLOW = r"""
import sys, time
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
if sys.argv[2] == "setup":
    for attempt in range(600):
        try:
            print(client.create_experiment("bench"))
            break
        except Exception:
            time.sleep(0.2)
    sys.exit()
experiment, run = sys.argv[3:5]
def points(count):
    begin = time.time_ns() // 1000
    for first in range(0, count, 1000):
        client.log_batch(run, [Metric("x", 1.0, 0, begin + first + i) for i in range(1000)], [], [])
WORK = {
    "search": lambda: client.search_runs([experiment], "metrics.m3 > 0.9 AND params.p1 = 'v7'", order_by=["metrics.m5 DESC"], max_results=50),
    "show": lambda: client.get_run(run),
    "log one point": lambda: client.log_metric(run, "y", 1.0),
    "log 10,000 points": lambda: points(10_000),
}
if sys.argv[2] != "warm":
    WORK[sys.argv[2]]()
    sys.exit()
for name, work in WORK.items():
    work()
    found = []
    for _ in range(3 if "points" in name else 15):
        begin = time.perf_counter(); work(); found.append(time.perf_counter() - begin)
    print(name, min(found) * 1000, sorted(found)[len(found) // 2] * 1000, sep="\t")
"""


def random_runs(runs):
    """The same for both: (number, id, start, its 20 parameters, its 20 metrics)."""
    chance = random.Random(7)
    start = 1_700_000_000_000
    for run in range(2, runs + 2):
        name = f"{chance.getrandbits(128):032x}"
        params = ["rare" if n == 19 and run % 5000 == 0 else str(run % 1000) if n == 18 else f"v{chance.randrange(10)}"
                  for n in range(20)]
        yield run, name, start + run * 1000, params, [chance.random() for _ in range(20)]


def fill_mlflow(path, experiment, runs):
    """As its client would have written them, tag for tag and column for column."""
    database = sqlite3.connect(path, isolation_level=None, timeout=60)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -400000")
    columns = {table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
               for table in ("runs", "params", "metrics", "latest_metrics", "tags")}

    def insert(table, rows):
        rows = [{key: value for key, value in row.items() if key in columns[table]} for row in rows]
        names = list(rows[0])
        database.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                             [list(row.values()) for row in rows])

    database.execute("BEGIN")
    for batch in iter(lambda source=random_runs(runs): list(itertools.islice(source, 1000)), []):
        insert("runs", [{"run_uuid": name, "name": f"run-{run}", "source_type": "UNKNOWN", "source_name": "", "entry_point_name": "",
                         "user_id": "ann", "status": "FINISHED", "start_time": at, "end_time": at + 60_000, "source_version": "",
                         "lifecycle_stage": "active", "artifact_uri": f"mlflow-artifacts:/{experiment}/{name}/artifacts",
                         "experiment_id": int(experiment)} for run, name, at, _, _ in batch])
        insert("tags", [{"key": "mlflow.runName", "value": f"run-{run}", "run_uuid": name} for run, name, *_ in batch])
        insert("params", [{"key": f"p{n}", "value": value, "run_uuid": name} for _, name, _, params, _ in batch
                          for n, value in enumerate(params)])
        points = [{"key": f"m{n}", "value": value, "timestamp": at, "step": 0, "is_nan": False, "run_uuid": name}
                  for _, name, at, _, metrics in batch for n, value in enumerate(metrics)]
        insert("metrics", points)
        insert("latest_metrics", points)
    database.execute("COMMIT")
    newest = database.execute("SELECT run_uuid FROM runs ORDER BY start_time DESC LIMIT 1").fetchone()[0]
    database.close()
    return newest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mlflow_rows(python, folder, runs, times):
    """[(what, best, median)] in milliseconds, or None with the reason on standard error."""
    server = None
    try:
        if python is None:
            subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, capture_output=True)
            python = folder / "venv/bin/python"
            subprocess.run([python, "-m", "pip", "-q", "install", "mlflow"], check=True, capture_output=True)
        port = free_port()
        address = f"http://127.0.0.1:{port}"

        def client(*arguments):
            return subprocess.run([python, "-c", MLFLOW, address, *arguments], check=True, capture_output=True, text=True).stdout

        server = subprocess.Popen([python, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
                                   "--artifacts-destination", folder / "mlartifacts", "--port", str(port), "--workers", "1"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        experiment = client("setup").strip()
        run = fill_mlflow(folder / "mlflow.db", experiment, runs)
        rows = [(f"a client that runs already: {name}", float(best), float(median))
                for name, best, median in (line.split("\t") for line in client("warm", experiment, run).splitlines())]
        for name in ("search", "show", "log one point", "log 10,000 points"):
            best, median, _ = timed(lambda what=name: client(what, experiment, run), times)
            rows.append((f"a whole process: {name}", best, median))
        return rows
    except (subprocess.CalledProcessError, OSError, ValueError, sqlite3.Error) as error:
        print(f"without MLflow: {error} {getattr(error, 'stderr', '') or ''}"[-2000:], file=sys.stderr)
        return None
    finally:
        if server is not None:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def long_series(mlsys, folder, count):
    """A run with one series of so many points, written by SQL. Returns its id."""
    run = subprocess.run([mlsys, "runs", "start", "-e", "long", "-q"], cwd=folder, check=True, capture_output=True,
                         text=True).stdout.strip()
    subprocess.run([mlsys, "runs", "log", run, "--metric", "loss=1"], cwd=folder, check=True, capture_output=True)
    database = sqlite3.connect(folder / ".mlsys/mlsys.db", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    row, key = database.execute("SELECT runs.id, keys.id FROM runs, keys WHERE run_id = ? AND keys.name = 'loss'", (run,)).fetchone()
    database.execute("BEGIN")
    database.executemany("INSERT INTO metrics (run, key, step, time, ordinal, value) VALUES (?, ?, ?, ?, 0, ?)",
                         ((row, key, step, 1_700_000_000_000 + step, 1 / step) for step in range(1, count)))
    database.execute("UPDATE latest_metrics SET points = ?, step = ?, value = ?, least = ?, most = 1 WHERE run = ?",
                     (count, count - 1, 1 / (count - 1), 1 / (count - 1), row))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return run


REPORT = """# Tracking: times of whole processes

Made by `tests/bench/tracking.py` on {date}: {machine}. The load average was {load[0]:.1f} at the end, {load[2]:.1f} over a quarter of
an hour: above the number of processors the times are too long, and the processor's time, which is that of the best run, says more.
{runs:,} runs × 20 parameters × 20 metrics; a page is 50 runs with all of these.

{table}

- Searches beside Python's `sqlite3` with the statement written by hand, which returns two columns: {by_hand}.
- Points from JSON Lines beside Python's `sqlite3`, which parses the same file into a plainer table: {raw} as fast (aim: within 2 ×).
{mlflow}
What these times are made of: with four tests of which none is rare, about two thousand runs are visited in the order asked for, and
the rows of each lie on pages of their own; a number in a parameter is compared with every text of that key, since texts are not in
the order of numbers; a point costs a process (libraries bound, the schema parsed, the log of writes read) more than a write.
A million points are limited by SQLite's inserts and by looking up that run and key exist, not by reading the lines. A chart reads
about eight thousand points of a series, however long it is.
"""


OPERATIONS = ("search", "show", "log one point", "log 10,000 points")
AIMS = {"search": 10, "log one point": 20, "log 10,000 points": 20}
PEER = """
Beside MLflow (its server on SQLite, a client of its REST interface), each with a store of {runs:,} runs with the same parameters
and metrics: how many times as fast a process of mlsys is as

| operation | a process of MLflow's client | aim | a call of a client that runs already |
|---|--:|---|--:|
{rows}

The first is what a shell script has the choice between. The second leaves out what Python takes to start and to import MLflow, but
counts all that a process of mlsys takes.
"""


def peer_report(table, runs):
    def times(operation, kind):
        ours, theirs = f"with {runs:,} runs: {operation}", f"MLflow, {kind}: {operation}"
        return table.best[theirs] / table.best[ours]

    if f"MLflow, a whole process: {OPERATIONS[0]}" not in table.best:
        return ""
    rows = []
    for operation in OPERATIONS:
        process, warm = times(operation, "a whole process"), times(operation, "a client that runs already")
        aim = AIMS.get(operation)
        verdict = "" if aim is None else f"{aim} ×: {'met' if process >= aim else 'missed'}"
        rows.append(f"| {operation} | {process:.0f} × | {verdict} | {warm:.1f} × |")
    return PEER.format(runs=runs, rows="\n".join(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mlsys", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--mlflow-runs", type=int, default=0)
    parser.add_argument("--mlflow-python", type=pathlib.Path)
    parser.add_argument("--store", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--long", type=int, default=10_000_000, help="points of the series that is drawn; 0 for none")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).with_name("RESULTS-tracking.md"))
    options = parser.parse_args()
    mlsys = options.mlsys.resolve()
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        folder = options.store or scratch / "project"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".mlsys").exists():
            begin = time.perf_counter()
            make_store(mlsys, folder, options.runs)
            print(f"{options.runs} runs made in {time.perf_counter() - begin:.0f} s", file=sys.stderr)

        def run(*arguments, stdin=None):
            return subprocess.run([mlsys, *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  stdin=stdin).stdout

        for name, arguments in SEARCHES:
            table.add(f"search: {name}", *timed(lambda: run("runs", "search", *arguments, "--json"), options.times), aim=30)
        by_hand_name, search = "the second by hand, Python's sqlite3", f"search: {SEARCHES[1][0]}"
        table.add(by_hand_name, *timed(lambda: by_hand(folder / ".mlsys/mlsys.db"), options.times))
        newest = sqlite3.connect(folder / ".mlsys/mlsys.db").execute(
            "SELECT run_id FROM runs WHERE id = 77777 OR id = 7 ORDER BY id DESC").fetchone()[0]
        table.add("show", *timed(lambda: run("runs", "show", newest, "--json"), options.times), aim=10)
        table.add("log one point", *timed(lambda: run("runs", "log", newest, "--metric", "x=1"), 4 * options.times), aim=5)
        path = points_file(scratch, options.points)

        def log_file(file):
            started = run("runs", "start", "-q").decode().strip()
            with open(file, "rb") as stdin:
                run("runs", "log", started, "-", stdin=stdin)

        few = scratch / "few.jsonl"
        with open(path, encoding="utf-8") as points:
            few.write_text("".join(itertools.islice(points, 10_000)), encoding="utf-8")
        table.add("log 10,000 points from JSON Lines, and start a run", *timed(lambda: log_file(few), options.times))
        all_points = f"log {options.points:,} points from JSON Lines, and start a run"
        table.add(all_points, *timed(lambda: log_file(path), 3), aim=2000 * options.points / 1_000_000)
        table.add("the same points by Python's sqlite3", *timed(lambda: raw_points(scratch, path), 3))
        if options.long:
            for count in (10_000, options.long):
                long = long_series(mlsys, scratch_project(mlsys, scratch, f"long-{count}"), count)
                table.add(f"chart of {count:,} points",
                          *timed(lambda at=scratch / f"long-{count}": subprocess.run(
                              [mlsys, "runs", "show", long, "--metric", "loss", "--chart"], cwd=at, check=True, capture_output=True),
                              options.times))
        if options.mlflow_runs:
            compare_with_mlflow(mlsys, options, scratch, few, table)
    options.output.write_text(REPORT.format(
        date=datetime.date.today(), machine=machine(), load=os.getloadavg(), runs=options.runs, table="\n".join(table.rows),
        by_hand=table.ratio(search, by_hand_name), raw=table.ratio(all_points, "the same points by Python's sqlite3"),
        mlflow=peer_report(table, options.mlflow_runs)), encoding="utf-8")


def scratch_project(mlsys, scratch, name):
    folder = scratch / name
    folder.mkdir()
    subprocess.run([mlsys, "init", "."], cwd=folder, check=True, capture_output=True)
    return folder


def compare_with_mlflow(mlsys, options, scratch, few, table):
    folder = scratch / "peer"
    folder.mkdir()
    make_store(mlsys, folder, options.mlflow_runs)
    newest = sqlite3.connect(folder / ".mlsys/mlsys.db").execute("SELECT run_id FROM runs WHERE id = 2").fetchone()[0]

    def run(*arguments, stdin=None):
        subprocess.run([mlsys, "runs", *arguments], cwd=folder, check=True, capture_output=True, stdin=stdin)

    def log_few():
        with open(few, "rb") as stdin:
            run("log", newest, "-", stdin=stdin)

    work = {"search": lambda: run("search", *SEARCHES[1][1], "--json"), "show": lambda: run("show", newest, "--json"),
            "log one point": lambda: run("log", newest, "--metric", "y=1"), "log 10,000 points": log_few}
    for operation in OPERATIONS:
        table.add(f"with {options.mlflow_runs:,} runs: {operation}", *timed(work[operation], options.times))
    for name, best, median in mlflow_rows(options.mlflow_python, scratch, options.mlflow_runs, 5) or []:
        table.add(f"MLflow, {name}", best, median)


if __name__ == "__main__":
    main()
