#!/usr/bin/env python3
"""`mlsys validate` against pandas on random tables: which checks fail, in how many rows, in which, and the values there.

    validate_pandas.py BINARY [--tables 200] [--seed 1]    compares; every count, row and value must agree
    validate_pandas.py --write                             makes tests/data/validate_pandas.json for the unit tests

For each table: a contract of random limits, against what pandas and plain Python say of the same text; the contract that
`mlsys data infer` drafts, which must hold, strictly; and the same contract after faults were put into known cells, which
must all be found and nothing else. Needs pandas and scipy.
"""
import argparse
import datetime
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import scipy.spatial.distance
import scipy.stats

ROOT = pathlib.Path(__file__).resolve().parents[2]
INTEGER = re.compile(r"[+-]?\d+")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
CODES = ["AB1", "CD22", "EF3", "gh4", "X"]


def is_of(text, kind):
    if kind == "integer":
        return INTEGER.fullmatch(text) is not None
    if kind == "number":
        return NUMBER.fullmatch(text) is not None
    if kind == "boolean":
        return text.lower() in ("true", "false", "0", "1")
    if kind == "date":
        try:
            return len(text) == 10 and datetime.date.fromisoformat(text) is not None
        except ValueError:
            return False
    return True


def table(rng):
    rows = rng.randint(1, 60)
    missing = {name: rng.choice([0, 0, 0.1, 0.4]) for name in "nrcsdb"}
    dirty = rng.choice([0, 0, 0.05])
    lines = []
    for i in range(rows):
        row = {
            "id": str(i + 1 if rng.random() > 0.03 else max(1, i)),
            "n": str(rng.randint(-20, 20)),
            "r": repr(round(rng.uniform(-5, 5), 3)),
            "c": rng.choice("pqrst") if rng.random() > 0.03 else rng.choice(["NA", "null", " ", "- ", "Nap"]),
            "s": rng.choice(CODES) + rng.choice(["", "", "é", '"q"', ",", "\n"]),
            "d": (datetime.date(2024, 1, 1) + datetime.timedelta(days=rng.randint(0, 90))).isoformat(),
            "b": rng.choice(["true", "false"]),
        }
        for name, share in missing.items():
            if rng.random() < share:
                row[name] = ""
        for name, bad in (("n", "1x"), ("r", "often"), ("d", "2024-02-30"), ("b", "maybe")):
            if rng.random() < dirty:
                row[name] = bad
        lines.append(row)
    return pd.DataFrame(lines, dtype=str)


def contract_for(rng):
    low, high = sorted(rng.sample(range(-20, 20), 2))
    one, other = sorted(rng.sample(range(91), 2))
    day = lambda k: (datetime.date(2024, 1, 1) + datetime.timedelta(days=k)).isoformat()
    fields = [
        {"name": "id", "type": "integer", "constraints": {"unique": True}},
        {"name": "n", "type": "integer", "constraints": {"required": True, "minimum": low, "maximum": high}},
        {"name": "r", "type": "number", "constraints": {"minimum": low / 4}},
        {"name": "c", "type": "string", "constraints": {"required": True, "enum": sorted(rng.sample("pqrst", 3))}},
        {"name": "s", "type": "string", "constraints": {"pattern": "[A-Z]+[0-9]+", "minLength": 2, "maxLength": 4}},
        {"name": "d", "type": "date", "constraints": {"minimum": day(one), "maximum": day(other)}},
        {"name": "b", "type": "boolean", "constraints": {"required": True}}]
    checks = [
        {"check": "expression", "expression": "n > r"},
        {"check": "unique", "columns": ["n", "c"]},
        {"check": "duplicates", "columns": ["c", "b", "n"]},
        {"check": "conflicting_labels", "label": "b", "inputs": ["c", "n"]},
        {"check": "class_ratio", "column": "b", "minimum": 0.4},
        {"check": "order", "columns": ["n"], "by": ["c"]},
        {"check": "overlap", "columns": ["n", "c"], "reference": "other.csv"},
        {"check": "unseen_categories", "column": "c", "reference": "other.csv"},
        {"check": "statistic", "column": "r", "statistic": "mean", "minimum": round(rng.uniform(-1, 1), 2)},
        {"check": "statistic", "column": "n", "statistic": "quantile", "share": 0.3, "maximum": rng.randint(-9, 3)},
        {"check": "statistic", "column": "c", "statistic": "missing_share", "maximum": 0.1},
        {"check": "rows", "minimum": rng.randint(1, 60)},
        {"check": "null_words", "columns": ["c"]},
        {"check": "outliers", "column": "r", "method": "zscore", "factor": round(rng.uniform(0.8, 2.5), 2)},
        {"check": "outliers", "column": "n", "method": "iqr", "factor": round(rng.uniform(0.05, 1), 2)}]
    for name, measure in (("n", rng.choice(["ks", "js", "psi", "chi2"])), ("c", rng.choice(["js", "psi", "chi2"]))):
        limit = {"minimum": round(rng.uniform(0.001, 0.3), 3)} if measure == "chi2" else {"maximum": round(rng.uniform(0.2, 0.8), 3)}
        checks.append({"check": "distribution", "column": name, "reference": "other.csv", "measure": measure, **limit})
    return {"fields": fields, "primaryKey": "id", "checks": checks,
            "foreignKeys": [{"fields": "n", "reference": {"resource": "other.csv", "fields": "n"}}]}


def cells_of(reference, current):
    """Counts of both in the bins between the reference's deciles, or for each text."""
    if reference.dtype == object or not pd.api.types.is_numeric_dtype(reference):
        values = sorted(set(reference) | set(current))
        return [[int((side == v).sum()) for v in values] for side in (reference, current)]
    ordered = sorted(reference)
    # The smallest value that at least k tenths do not exceed.
    ends = sorted({ordered[-(-k * len(ordered) // 10) - 1] for k in range(1, 10)})
    bins = [float("-inf"), *ends, float("inf")]
    return [[int(((side > low) & (side <= high)).sum()) for low, high in zip(bins, bins[1:])] for side in (reference, current)]


def distance(reference, current, measure):
    if measure == "ks":
        return scipy.stats.ks_2samp(reference, current).statistic
    first, second = (np.array(counts) for counts in cells_of(reference, current))
    kept = first + second > 0
    first, second = first[kept], second[kept]
    if measure == "chi2":
        return scipy.stats.chi2_contingency([first, second], correction=False).pvalue if len(first) > 1 else 1.0
    p, q = first / first.sum(), second / second.sum()
    if measure == "js":
        return scipy.spatial.distance.jensenshannon(p, q, base=2)
    p, q = np.where(p == 0, 1e-4, p), np.where(q == 0, 1e-4, q)  # no share of 60 rows is smaller
    return ((p - q) * np.log(p / q)).sum()


def expected(frame, other, contract):
    """{check and its columns: (failures, rows)}; rows are None where the check has none."""
    found = {}
    typed = {}
    for field in contract["fields"]:
        name, kind = field["name"], field["type"]
        present = frame[name] != ""
        fits = frame[name].map(lambda text: is_of(text, kind))
        found["type", name] = present & ~fits
        value = frame[name].where(present & fits)
        if kind == "integer":
            value = value.map(lambda text: int(text), na_action="ignore")
        elif kind == "number":
            value = value.map(lambda text: float(text), na_action="ignore")
        elif kind == "boolean":
            value = value.map(lambda text: text.lower() in ("true", "1"), na_action="ignore")
        typed[name] = value
        limits = field.get("constraints", {})
        if limits.get("required"):
            found["required", name] = ~present
        if "minimum" in limits or "maximum" in limits:
            outside = value.map(lambda v: v < limits.get("minimum", v) or v > limits.get("maximum", v), na_action="ignore")
            found["range", name] = outside.eq(True)
        if "enum" in limits:
            found["enum", name] = value.notna() & ~value.isin(limits["enum"])
        if "pattern" in limits:
            found["pattern", name] = value.map(lambda v: re.fullmatch(limits["pattern"], v) is None, na_action="ignore").eq(True)
            size = value.map(len, na_action="ignore")
            found["length", name] = (size < limits["minLength"]) | (size > limits["maxLength"])
        if limits.get("unique"):
            found["unique", name] = value.notna() & value.duplicated()
    data = pd.DataFrame(typed, dtype=object)
    found["primary_key", "id"] = data["id"].isna() | data["id"].duplicated()
    known = {int(n) for n in other["n"]}
    found["foreign_key", "n"] = data["n"].notna() & ~data["n"].isin(known)
    comparable = data["n"].notna() & data["r"].notna()
    found["expression", "n,r"] = comparable & pd.Series([c and not n > r for n, r, c in zip(data["n"], data["r"], comparable)])
    pair = data[["n", "c"]]
    found["unique", "n,c"] = pair.notna().all(axis=1) & pair.astype(str).duplicated()
    found["duplicates", "c,b,n"] = data[["c", "b", "n"]].astype(str).duplicated()
    labelled = data[data["b"].notna()]
    labels = labelled["b"].astype(int).groupby([labelled["c"].astype(str), labelled["n"].astype(str)], dropna=False).transform("nunique")
    found["conflicting_labels", "b"] = (labels > 1).reindex(data.index, fill_value=False)
    before, late = {}, []
    for c, n in zip(data["c"].astype(str), data["n"]):
        late.append(not pd.isna(n) and c in before and n < before[c])
        if not pd.isna(n):
            before[c] = n
    found["order", "n"] = pd.Series(late)
    seen = {(int(n), c) for n, c in zip(other["n"], other["c"])}
    found["overlap", "n,c"] = pd.Series([not pd.isna(n) and (n, c) in seen for n, c in zip(data["n"], data["c"])])
    found["unseen_categories", "c"] = data["c"].notna() & ~data["c"].isin(set(other["c"]))
    found["null_words", "c"] = data["c"].map(lambda text: text.strip().lower() in ("", "na", "null", "-"), na_action="ignore").eq(True)
    for check in contract["checks"]:
        if check["check"] != "outliers":
            continue
        numbers = pd.to_numeric(data[check["column"]])
        if check["method"] == "zscore":
            far = (numbers - numbers.mean()).abs() > check["factor"] * numbers.std()
        else:
            low, high = numbers.quantile(0.25), numbers.quantile(0.75)
            far = (numbers < low - check["factor"] * (high - low)) | (numbers > high + check["factor"] * (high - low))
        found["outliers", check["column"]] = far
    whole = {}
    shares = data["b"].dropna().value_counts(normalize=True)
    if len(shares) > 0:  # a class that no row has is one of a boolean's two
        shares = shares.reindex([False, True], fill_value=0)
    whole["class_ratio", "b"] = int((shares < contract["checks"][4]["minimum"]).sum())
    for check in contract["checks"]:
        if check["check"] == "rows":
            whole["rows", ""] = int(len(data) < check["minimum"])
        if check["check"] == "distribution":
            name = check["column"]
            now = data[name].dropna()
            before = other[name]
            if name == "n":
                now, before = pd.to_numeric(now), pd.to_numeric(before)
            fails = len(now) == 0
            if not fails:
                value = distance(before, now, check["measure"])
                fails = value < check["minimum"] if check["measure"] == "chi2" else value > check["maximum"]
            whole["distribution", name] = int(fails)
        if check["check"] != "statistic":
            continue
        column = data[check["column"]]
        if check["statistic"] == "missing_share":
            whole["statistic", "c"] = int(column.isna().mean() > check["maximum"])
            continue
        numbers = pd.to_numeric(column.dropna())
        value = numbers.mean() if check["statistic"] == "mean" else numbers.quantile(check["share"])
        failing = len(numbers) > 0 and not (check.get("minimum", value) <= value <= check.get("maximum", value))
        whole["statistic", check["column"]] = int(failing)
    return found, whole


def observed(report):
    return {(check["check"], ",".join(check["columns"])): check for check in report["checks"]}


class Disagreement(Exception):
    pass


def demand(condition, what):
    if not condition:
        raise Disagreement(what)


def compare(frame, other, contract, report):
    rows, whole = expected(frame, other, contract)
    checks = observed(report)
    demand(set(rows) | set(whole) | {("schema", ""), ("new_columns", "")} == set(checks),
           f"checks {sorted(set(rows) ^ set(checks))}")
    starts, line = [], 2
    for _, row in frame.iterrows():
        starts.append(line)
        line += 1 + sum(text.count("\n") for text in row)
    for key, failing in rows.items():
        check, numbers = checks[key], [int(i) + 1 for i in failing[failing].index]
        demand(check["failures"] == len(numbers), f"{key}: {check['failures']} failures, pandas has {len(numbers)}")
        demand(check["passed"] == (not numbers), f"{key}: passed is {check['passed']}")
        samples = check["samples"]
        demand([s["row"] for s in samples] == numbers[:20 if key[0] == "type" else None], f"{key}: rows {samples}, pandas {numbers}")
        for sample in samples:
            demand(sample["line"] == starts[sample["row"] - 1], f"{key}: line {sample}")
            cell = frame[key[1]].iloc[sample["row"] - 1] if key[1] in frame else None
            if key[0] in ("type", "enum", "pattern", "length", "unseen_categories"):
                demand(sample["value"] == cell, f"{key}: value {sample}, cell {cell!r}")
            if key[0] == "range":
                demand(sample["value"] == cell or float(sample["value"]) == float(cell), f"{key}: value {sample}, cell {cell!r}")
    for key, failures in whole.items():
        demand(checks[key]["failures"] == failures, f"{key}: {checks[key]['failures']} failures, pandas has {failures}")


def text_of(frame):
    out = io.StringIO()
    frame.to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def made(seed):
    rng = random.Random(seed)
    frame = table(rng)
    other = pd.DataFrame({"c": [rng.choice("pqrsu") for _ in range(8)], "n": [str(rng.randint(-20, 20)) for _ in range(8)]})
    return rng, frame, other, contract_for(rng)


def faults(rng, frame):
    """The table with faults in cells of their own, and what must be found."""
    frame = frame.copy()
    cells, wanted = set(), {}
    for kind, name, value in (("type", "n", "1.5x"), ("type", "d", "2024-13-01"), ("enum", "c", "zz"), ("range", "n", "999"),
                              ("required", "b", "")):
        row = rng.randrange(len(frame))
        if row in cells:
            continue
        cells.add(row)
        frame.loc[row, name] = value
        wanted[kind, name] = row + 1
    return frame, wanted


def run(binary, folder, *arguments):
    done = subprocess.run([binary, *arguments, "--json"], cwd=folder, capture_output=True, text=True)
    demand(done.returncode in (0, 3), f"{arguments}: {done.stderr}")
    return done.returncode, json.loads(done.stdout)


def one(binary, seed):
    rng, frame, other, contract = made(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "t.csv").write_text(text_of(frame))
        (folder / "other.csv").write_text(text_of(other))
        (folder / "c.json").write_text(json.dumps(contract))
        _, report = run(binary, folder, "validate", "t.csv", "-c", "c.json", "--samples", "100")
        compare(frame, other, contract, report)
        run(binary, folder, "data", "infer", "t.csv", "-o", "own.json")
        code, report = run(binary, folder, "validate", "t.csv", "-c", "own.json", "--strict")
        demand(code == 0, f"the inferred contract does not hold: {report}")
        # Faults in a clean table of enough rows.
        clean = frame[["c"]].assign(id=[str(i) for i in range(len(frame))], n=[str(i % 7) for i in range(len(frame))],
                                    c=[("p", "q")[i % 2] for i in range(len(frame))], d="2024-01-05", b="true")
        clean = pd.concat([clean] * 4, ignore_index=True).assign(id=lambda t: [str(i) for i in range(len(t))])
        (folder / "clean.csv").write_text(text_of(clean))
        run(binary, folder, "data", "infer", "clean.csv", "-o", "own.json")
        faulty, wanted = faults(rng, clean)
        (folder / "faulty.csv").write_text(text_of(faulty))
        _, report = run(binary, folder, "validate", "faulty.csv", "-c", "own.json")
        found = {(c["check"], ",".join(c["columns"])): [s["row"] for s in c["samples"]] for c in report["checks"] if not c["passed"]}
        demand(found == {key: [row] for key, row in wanted.items()}, f"faults {wanted}, found {found}")


def write():
    cases = []
    for seed in range(1, 13):
        _, frame, other, contract = made(seed)
        rows, whole = expected(frame, other, contract)
        failures = {f"{kind}({columns})": [int(i) + 1 for i in failing[failing].index] for (kind, columns), failing in rows.items()}
        cases.append({"csv": text_of(frame), "other": text_of(other), "contract": contract, "rows": failures,
                      "counts": {f"{kind}({columns})": count for (kind, columns), count in whole.items()}})
    path = ROOT / "tests/data/validate_pandas.json"
    path.write_text(json.dumps({"made_by": "tests/conformance/validate_pandas.py --write", "pandas": pd.__version__,
                                "cases": cases}, indent=1, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary", type=pathlib.Path, nargs="?")
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write:
        return write()
    failed = 0
    for seed in range(options.seed, options.seed + options.tables):
        try:
            one(options.binary.resolve(), seed)
        except Disagreement as problem:
            failed += 1
            print(f"table {seed}: {problem}")
    print(f"{options.tables - failed} tables agree with pandas, {failed} do not")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
