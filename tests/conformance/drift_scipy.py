#!/usr/bin/env python3
"""What SciPy says about the statistics of lib/drift.

usage: drift_scipy.py                                 writes tests/data/drift_scipy.json, which the unit tests read
       drift_scipy.py --check build/tests/test-drift  fresh cases (a new seed), run through the unit tests

Needs numpy and scipy. Run it from the repository's root.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

stored_seed = 20260301
random = np.random.default_rng(stored_seed)


def finite(value):
    return None if math.isnan(value) else float(value)


def samples():
    """Pairs of samples: ties, different sizes, disjoint, equal, one value each."""
    yield "ties", random.integers(0, 8, 60), random.integers(1, 10, 45)
    yield "equal sizes", random.normal(0, 1, 80).round(2), random.normal(0.3, 1, 80).round(2)
    yield "continuous", random.normal(0, 1, 300), random.normal(0.2, 1.3, 170)
    yield "disjoint", random.uniform(0, 1, 12), random.uniform(2, 3, 9)
    yield "same", np.arange(10.0), np.arange(10.0)
    yield "one value each", np.array([1.0]), np.array([2.0])
    yield "one against many", np.array([0.5]), random.uniform(0, 1, 40)
    yield "constant against spread", np.full(25, 3.0), random.normal(3, 1, 30).round(1)
    yield "infinities", np.array([-np.inf, 0, 1, np.inf]), np.array([0.0, 1, 2, 3, np.inf])
    yield "larger", random.normal(0, 1, 1500), random.normal(0.05, 1, 1100)


def ks():
    for name, first, second in samples():
        first, second = np.sort(first.astype(float)), np.sort(second.astype(float))
        result = stats.ks_2samp(first, second, method="exact")
        yield {
            "name": name,
            "first": [str(v) for v in first.tolist()],
            "second": [str(v) for v in second.tolist()],
            "statistic": result.statistic,
            "p_value": result.pvalue,
        }


def ks_survival():
    for n in (1, 2, 5, 20, 100, 141, 1000, 5000, 50_000, 750_000):
        for z in (0.2, 0.5, 0.8, 1.0, 1.3, 1.48, 1.5, 2.0, 3.0, 5.0):
            d = z / math.sqrt(n)
            if d < 1:
                yield {"n": n, "d": d, "p": stats.kstwo.sf(d, n)}


def tables():
    yield [50, 30, 20], [40, 45, 15]
    yield [10, 0, 5], [0, 10, 5]
    yield [7, 3], [5, 5]
    yield [0, 4, 0, 6], [0, 5, 0, 5]
    yield [1_000_000, 2_000_000, 3], [1_001_000, 1_999_000, 9]
    yield [5, 0], [0, 9]
    yield random.integers(0, 400, 60).tolist(), random.integers(0, 400, 60).tolist()


def psi(a, b):
    """Evidently's: zeros become 1e-4, or a millionth of the smallest other share where that is 1e-4 or less."""

    def filled(shares):
        smallest = shares[shares > 0].min()
        return np.where(shares == 0, smallest / 1e6 if smallest <= 1e-4 else 1e-4, shares)

    kept = (a + b) > 0
    p, q = filled(a / a.sum())[kept], filled(b / b.sum())[kept]
    return float(((p - q) * np.log(p / q)).sum())


def categorical():
    for first, second in tables():
        a, b = np.array(first), np.array(second)
        kept = (a + b) > 0
        result = stats.chi2_contingency(np.array([a[kept], b[kept]]), correction=False)
        yield {
            "first": first,
            "second": second,
            "chi2": result.statistic,
            "p_value": result.pvalue,
            "degrees": int(result.dof),
            "js": finite(jensenshannon(a / a.sum(), b / b.sum(), base=2)),
            "psi": psi(a, b),
        }


def adjustments():
    for p in ([0.01, 0.04, 0.03, 0.005], [0.5], [0.05, 0.05, 0.05], [1.0, 0.0, 0.2], random.uniform(0, 1, 25).tolist()):
        yield {"p": p, "adjusted": stats.false_discovery_control(p, method="bh").tolist()}


def document():
    return {
        "made_by": "tests/conformance/drift_scipy.py",
        "scipy": scipy.__version__,
        "numpy": np.__version__,
        "ks": list(ks()),
        "ks_survival": list(ks_survival()),
        "categorical": list(categorical()),
        "benjamini_hochberg": list(adjustments()),
    }


def write(target):
    target.write_text(json.dumps(document(), indent=1) + "\n")


def main():
    global random
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="TEST_PROGRAM")
    args = parser.parse_args()
    if not args.check:
        write(pathlib.Path("tests/data/drift_scipy.json"))
        return 0
    failed = 0
    for seed in np.random.SeedSequence().generate_state(20).tolist():
        random = np.random.default_rng(seed)
        with tempfile.TemporaryDirectory() as folder:
            cases = pathlib.Path(folder) / "cases.json"
            write(cases)
            run = subprocess.run([args.check, "--test-case=*SciPy*"], env={**os.environ, "MLSYS_DRIFT_CASES": str(cases)}, check=False,
                                 capture_output=True, text=True)
        if run.returncode:
            print(f"seed {seed}:\n{run.stdout}", file=sys.stderr)
            failed += 1
    print(f"{20 - failed} of 20 sets of cases agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
