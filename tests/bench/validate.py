#!/usr/bin/env python3
"""Times `mlsys validate` beside qsv, pandera and Great Expectations: the same 20 named checks on 3,000,000 flights as CSV and
on a generated CSV of 1,000,000 rows and 41 columns, with DuckDB's plain parse of all fields as text as the floor.

usage: validate.py BUILD/mlsys [--flights FILE.parquet] [--qsv PROGRAM] [--python PYTHON] [--times 5] [--rows 1000000]
                   [--older PYTHON] [--large] [--folder DIR] [--output FILE]

--python has tests/bench/requirements-validate.txt; without it a virtual environment is made. --older has the same with
pandas 2. --qsv is a program that the caller has built (`cargo install qsv --features lite`); without it qsv is left out.
--large also reads a file of 5 GB. --folder keeps the tables. Whole processes are timed; of the floor only the query, since Python's start is not DuckDB's.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

FLOOR = """
import duckdb, sys, time
path, times = sys.argv[1], int(sys.argv[2])
names = open(path, encoding="utf-8").readline().rstrip("\\n").split(",")
columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(names)))
counts = ", ".join(f"count(c{i})" for i in range(len(names)))
best = 1e9
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
for _ in range(times):
    begin = time.perf_counter()
    connection.execute(f"SELECT {counts} FROM read_csv('{path}', auto_detect = false, header = true, delim = ',', "
                             f"quote = '\\"', escape = '\\"', new_line = '\\\\n', columns = {{{columns}}})").fetchall()
    best = min(best, time.perf_counter() - begin)
print(best)
"""

GENERATE = """
import duckdb, sys
rows, path = int(sys.argv[1]), sys.argv[2]
columns = ["i AS id"]
for k in range(1, 41):
    h = f"hash(i * 41 + {k})"
    columns.append([f"({h} % 100000)::BIGINT",
                    f"round(({h} % 1000000) / 1000.0, 3)",
                    f"['alpha', 'beta', 'gamma', 'delta', 'epsilon'][1 + ({h} % 5)::INT]",
                    f"(DATE '2020-01-01' + ({h} % 1500)::INT)::DATE",
                    f"'C' || lpad(({h} % 1000000)::VARCHAR, 6, '0')",
                    f"CASE WHEN {h} % 10 = 0 THEN NULL ELSE ({h} % 1000)::INT END",
                    f"strftime(TIMESTAMP '2024-01-01' + INTERVAL (({h} % 10000000)::INT) SECOND, '%Y-%m-%d %H:%M:%S')",
                    f"'text value number ' || ({h} % 100000)::VARCHAR"][k % 8] + f" AS f{k}")
duckdb.connect().execute(f"COPY (SELECT {', '.join(columns)} FROM range({rows}) t(i)) TO '{path}' (FORMAT csv, HEADER)")
"""


def flights_checks(airports):
    names = ["date", "delay", "distance", "origin", "destination"]
    types = dict(zip(names, ["datetime", "integer", "integer", "string", "string"]))
    checks = [{"check": "type", "column": name, "type": types[name]} for name in names]
    checks += [{"check": "required", "column": name} for name in names]
    checks += [{"check": "range", "column": "delay", "minimum": -60, "maximum": 1500},
               {"check": "range", "column": "distance", "minimum": 0, "maximum": 5000}]
    for name in ("origin", "destination"):
        checks += [{"check": "enum", "column": name, "values": airports},
                   {"check": "pattern", "column": name, "pattern": "[A-Z]{3}"},
                   {"check": "length", "column": name, "minimum": 3, "maximum": 3}]
    return checks + [{"check": "rows", "minimum": 1000}, {"check": "mean", "column": "delay", "minimum": 0, "maximum": 20}]


def wide_checks():
    return [{"check": "type", "column": "id", "type": "integer"}, {"check": "required", "column": "id"},
            {"check": "unique", "column": "id"},
            {"check": "type", "column": "f1", "type": "number"}, {"check": "required", "column": "f1"},
            {"check": "range", "column": "f1", "minimum": 0, "maximum": 1000},
            {"check": "enum", "column": "f2", "values": ["alpha", "beta", "gamma", "delta", "epsilon"]},
            {"check": "required", "column": "f2"},
            {"check": "type", "column": "f3", "type": "date"}, {"check": "required", "column": "f3"},
            {"check": "pattern", "column": "f4", "pattern": "C[0-9]{6}"},
            {"check": "length", "column": "f4", "minimum": 7, "maximum": 7},
            {"check": "type", "column": "f5", "type": "integer"}, {"check": "required", "column": "f5", "tolerance": 0.15},
            {"check": "range", "column": "f5", "minimum": 0, "maximum": 998},
            {"check": "type", "column": "f6", "type": "datetime"},
            {"check": "length", "column": "f7", "minimum": 1, "maximum": 40},
            {"check": "type", "column": "f8", "type": "integer"},
            {"check": "range", "column": "f8", "minimum": 0, "maximum": 99999},
            {"check": "rows", "minimum": 1000}]


def contract(checks, names):
    """The checks as a contract. Fields without a type check are of any type, or of text where that is what is checked."""
    fields = {name: {"name": name, "constraints": {}} for name in names}
    listed = []
    for check in checks:
        kind = check["check"]
        if kind == "rows":
            listed.append({"check": "rows", "minimum": check["minimum"]})
            continue
        if kind == "mean":
            listed.append({"check": "statistic", "statistic": "mean", **{k: check[k] for k in ("column", "minimum", "maximum")}})
            continue
        field = fields[check["column"]]
        limits = field["constraints"]
        if kind == "type":
            field["type"] = check["type"]
        elif kind in ("required", "unique"):
            limits[kind] = True
            if "tolerance" in check:
                field["tolerance"] = {"required": check["tolerance"]}
        elif kind == "range":
            limits.update(minimum=check["minimum"], maximum=check["maximum"])
        else:
            field.setdefault("type", "string")
            limits.update({"enum": {"enum": check.get("values")}, "pattern": {"pattern": check.get("pattern")},
                           "length": {"minLength": check.get("minimum"), "maxLength": check.get("maximum")}}[kind])
    return {"fields": list(fields.values()), "checks": listed}


def json_schema(checks, names):
    """What JSON Schema, and so qsv, can say of them: not rows, mean, tolerances; uniqueness by a keyword of qsv's own."""
    properties = {name: {} for name in names}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}
    kinds = {"integer": "integer", "number": "number", "string": "string"}
    for check in checks:
        kind, field = check["check"], properties.get(check.get("column"), {})
        missing_allowed = not any(c["check"] == "required" and c["column"] == check.get("column") and "tolerance" not in c
                                  for c in checks)
        if kind == "type":
            wanted = kinds.get(check["type"], "string")
            field["type"] = [wanted, "null"] if missing_allowed else wanted
            if check["type"] == "date":
                field["format"] = "date"
            if check["type"] == "datetime":  # its own format wants a T and a zone
                field["pattern"] = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"
        elif kind == "required" and "tolerance" not in check:
            field.setdefault("type", "string")
        elif kind == "unique":
            schema["uniqueCombinedWith"] = [check["column"]]
        elif kind == "range":
            field.update(minimum=check["minimum"], maximum=check["maximum"])
        elif kind == "enum":
            field["enum"] = check["values"]
        elif kind == "pattern":
            field["pattern"] = f"^(?:{check['pattern']})$"
        elif kind == "length":
            field.update(minLength=check["minimum"], maxLength=check["maximum"])
    return schema


class Timer:
    """Best of several runs of a process: seconds, its processor's seconds, its largest memory in MiB. `output` is what the last
    one printed."""

    def __init__(self, folder, times):
        self.folder, self.times, self.output = folder, times, ""

    def run(self, command, accepted=(0,), times=None, before=None):
        best = None
        for _ in range(times or self.times):
            if before:
                before()
            with tempfile.TemporaryFile() as printed:
                begin = time.perf_counter()
                process = subprocess.Popen(command, cwd=self.folder, stdout=printed, stderr=subprocess.PIPE)
                message = process.stderr.read().decode(errors="replace")
                _, status, used = os.wait4(process.pid, 0)
                seconds = time.perf_counter() - begin
                printed.seek(0)
                self.output = printed.read().decode(errors="replace")
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in accepted:
                print(f"{command[0]}: exit code {process.returncode}: {message[-500:]}", file=sys.stderr)
                return None
            one = (seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
            best = one if best is None or one < best else best
        return best


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    return f"{os.cpu_count()} × {model}, {platform.system()}"


def venv(folder):
    python = folder / "python/bin/python"
    subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "-r",
                    HERE / "requirements-validate.txt"], check=True)
    return python


def pandas_of(python):
    return subprocess.run([python, "-c", "import pandas; print('pandas', pandas.__version__)"], check=True, capture_output=True,
                          text=True).stdout.strip()


def compare(options, timer, folder, name, table, checks, rows):
    """Lines of the report's table."""
    names = table.open(encoding="utf-8").readline().rstrip("\n").split(",")
    (folder / f"{name}.contract.json").write_text(json.dumps(contract(checks, names)))
    (folder / f"{name}.checks.json").write_text(json.dumps(checks))
    (folder / f"{name}.schema.json").write_text(json.dumps(json_schema(checks, names)))
    floor = float(subprocess.run([options.python, "-c", FLOOR, table, str(timer.times)], check=True, capture_output=True,
                                 text=True).stdout)
    lines = [f"| {name} | DuckDB: parse all fields as text | {floor:.2f} s | | | |"]
    ours = {}

    def add(what, result, against=None, aim=""):
        if result is None:
            return lines.append(f"| {name} | {what} | failed | | | |")
        ratio = f"{result[0] / against:.2f} ×" if against else ""
        lines.append(f"| {name} | {what} | {result[0]:.2f} s | {result[1]:.2f} s | {result[2]:.0f} MiB | {ratio}{aim} |")
        ours[what] = result

    mlsys = options.mlsys
    result = timer.run([mlsys, "validate", table, "-c", f"{name}.contract.json", "--json"], accepted=(0, 3))
    add("mlsys validate", result, floor, " the floor (aim: 1.5)" if result else "")
    document = json.loads(timer.output) if result else {}
    failing = document.get("errors", 0) + document.get("warnings", 0)
    add("mlsys data infer", timer.run([mlsys, "data", "infer", table, "-o", "drafted.json"]))
    add("mlsys data profile", timer.run([mlsys, "data", "profile", table, "--json"]))
    base = ours["mlsys validate"][0] if "mlsys validate" in ours else None
    if options.qsv:
        link = folder / f"{name}-qsv.csv"

        def fresh():
            for old in folder.glob(f"{name}-qsv*"):
                if not old.name.endswith(".idx"):
                    old.unlink()
            link.symlink_to(table)

        fresh()
        subprocess.run([options.qsv, "index", link], check=True, capture_output=True)
        add("qsv validate", timer.run([options.qsv, "validate", link.name, f"{name}.schema.json"], accepted=(0, 1), before=fresh), base,
            " mlsys validate (aim: above 1)")
        add("qsv schema", timer.run([options.qsv, "schema", link.name], times=1, before=fresh))
        add("qsv stats", timer.run([options.qsv, "stats", "--force", link.name], before=fresh))
    peers = [("pandera", options.python, None), ("great_expectations", options.python, 1)]
    if options.older:
        peers.insert(1, ("pandera", options.older, None))
    for tool, python, times in peers:
        peer = timer.run([python, HERE / "validate_peer.py", tool, table, f"{name}.checks.json"], times=times)
        add(f"{tool}, {pandas_of(python)}", peer, base, " mlsys validate (aim: 10)")
        if peer and int(timer.output.split()[-1]) != failing:
            sys.exit(f"{tool} finds {timer.output.split()[-1]} checks of {name} failing, mlsys {failing}: not the same checks")
    return lines, ours, floor


REPORT = """# Validation: times of whole processes

Made by `tests/bench/validate.py` on {date}: {machine}. The load average was {load[0]:.1f} at the end, {load[2]:.1f} over a
quarter of an hour: above 0.5 beside the processes that are timed, the times are too long. Best of {times} runs; Great
Expectations and `qsv schema` once. The same 20 named checks everywhere: qsv, by JSON Schema, cannot say the number of rows,
a mean or a tolerance. pandera and Great Expectations read the table with pandas and find as many checks failing as mlsys.

| table | what | time | processor | memory | beside |
|---|---|--:|--:|--:|---|
{table}

{notes}

Neither table has a quoted field, so `mlsys validate` cuts the lines itself and DuckDB evaluates the checks. Of the flights'
time a fifth is the start (half of it loading DuckDB), a tenth cutting, the rest casts, lookups, marks and the mean.

The aim of 10 × pandera is met beside pandas 2 and missed beside pandas 3, whose texts are Arrow's. A tenth of that time is
less than DuckDB's parse alone; 0.05 s of it are gone before DuckDB has started, and what remained would have to
do for reading, casts and twenty checks. As long as DuckDB evaluates the checks, no way was found to get there.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mlsys", type=lambda text: pathlib.Path(text).resolve())
    cache = os.environ.get("MLSYS_CACHE") or (os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) + "/mlsys"
    parser.add_argument("--flights", type=lambda text: pathlib.Path(text).resolve(), default=pathlib.Path(cache) / "data/flights-3m.parquet")
    parser.add_argument("--qsv", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--python", type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("--older", type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--folder", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "RESULTS-validate.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or pathlib.Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        options.python = options.python or venv(pathlib.Path(name))
        timer = Timer(folder, options.times)
        flights, few, wide = folder / "flights.csv", folder / "flights-tenth.csv", folder / "wide.csv"
        if not flights.exists():
            subprocess.run([options.mlsys, "data", "convert", options.flights, "-o", flights, "-q"], check=True, stdout=subprocess.DEVNULL)
        if not few.exists():
            with flights.open(encoding="utf-8") as lines:
                header, body = lines.readline(), lines.readlines()
            few.write_text(header + "".join(body[: len(body) // 10]), encoding="utf-8")
        if not wide.exists():
            subprocess.run([options.python, "-c", GENERATE, str(options.rows), wide], check=True)
        with flights.open(encoding="utf-8") as lines:
            next(lines)
            airports = sorted({value for line in lines for value in line.rstrip("\n").split(",")[3:5]})
        table, ours, _ = compare(options, timer, folder, "flights", flights, flights_checks(airports), 3_000_000)
        more, _, _ = compare(options, timer, folder, "wide", wide, wide_checks(), options.rows)
        check = [options.mlsys, "validate", "DATA", "-c", "flights.contract.json", "--json"]
        tenth = timer.run([few if word == "DATA" else word for word in check], accepted=(0, 3))
        notes = f"- A tenth of the flights: {tenth[0]:.2f} s; ten times the rows cost {ours['mlsys validate'][0] / tenth[0]:.1f} × (aim: 11)."
        quoted = folder / "flights-quoted.csv"
        if not quoted.exists():
            with flights.open(encoding="utf-8") as lines, quoted.open("w", encoding="utf-8") as out:
                out.write(next(lines))
                for line in lines:
                    start, destination = line.rstrip("\n").rsplit(",", 1)
                    out.write(f'{start},"{destination}"\n')
        parsed = timer.run([quoted if word == "DATA" else word for word in check], accepted=(0, 3))
        notes += f"\n- The flights with one column in quotes, which DuckDB parses: {parsed[0]:.2f} s."
        if options.large:
            large = folder / "large.csv"
            if not large.exists():
                body = flights.read_bytes()
                start = body.index(b"\n") + 1
                with large.open("wb") as out:
                    out.write(body[:start])
                    for _ in range(5_000_000_000 // len(body) + 1):
                        out.write(body[start:])
            size = large.stat().st_size / 1e9
            result = timer.run([large if word == "DATA" else word for word in check], accepted=(0, 3), times=1)
            notes += f"\n- {size:.1f} GB of flights: {result[0]:.1f} s, {result[2]:.0f} MiB (aim: below 1,000)."
        options.output.write_text(REPORT.format(date=datetime.date.today(), machine=machine(), load=os.getloadavg(), times=options.times,
                                                table="\n".join(table + more), notes=notes), encoding="utf-8")
        print(options.output.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
