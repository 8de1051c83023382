#!/usr/bin/env python3
"""Expected values of our metrics from scikit-learn, SciPy, XGBoost and brute force, on random cases with ties and weights.

    metrics_oracle.py tests/data/metrics                 rewrite the committed cases (seed 1)
    metrics_oracle.py --check build/tests/test-metrics   fresh cases (a new seed), run through the unit test

Needs numpy, scipy, scikit-learn >= 1.7 and xgboost >= 3.
"""
import argparse
import itertools
import json
import math
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import scipy
import sklearn
import xgboost
from scipy import integrate, stats
from sklearn import calibration, metrics
from sklearn.preprocessing import label_binarize


def number(value):
    """A JSON number, or None where the value is not defined."""
    value = float(value)
    return value if math.isfinite(value) else None


def weights_for(rng, kind, n):
    if kind == "none":
        return None
    return rng.integers(0, 4, n).astype(float) if kind == "integer" else np.round(rng.gamma(2.0, 1.0, n), 3)


def interpolated_pr_area(tp, fp, positives):
    """Area under precision over recall, with false positives linear in true positives between the points."""
    area = 0.0
    for (tp0, fp0), (tp1, fp1) in itertools.pairwise(zip(np.r_[0, tp], np.r_[0, fp])):
        if tp1 > tp0:
            rate = (fp1 - fp0) / (tp1 - tp0)
            area += integrate.quad(lambda t: t / (t + fp0 + rate * (t - tp0)) if t > 0 else 1 / (1 + rate),
                                   tp0, tp1, epsabs=1e-13, epsrel=1e-13)[0]
    return area / positives


def delong(y, s):
    """DeLong's variance by its definition: every pair is compared."""
    pos, neg = s[y == 1], s[y == 0]
    wins = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    return wins.mean(axis=1), wins.mean(axis=0)


def calibration_error(p, y, w, bins, strategy):
    """The bins of sklearn.calibration.calibration_curve, with weights in the means."""
    q = np.linspace(0, 1, bins + 1)
    edges = q if strategy == "uniform" else np.percentile(p, q * 100)
    which = np.searchsorted(edges[1:-1], p)
    total = np.bincount(which, weights=w, minlength=bins)
    some = total > 0
    predicted = np.bincount(which, weights=w * p, minlength=bins)[some] / total[some]
    observed = np.bincount(which, weights=w * y, minlength=bins)[some] / total[some]
    if (w == 1).all():  # then it is scikit-learn's own function
        truth, prediction = calibration.calibration_curve(y, p, n_bins=bins, strategy=strategy)
        assert np.allclose(truth, observed) and np.allclose(prediction, predicted)
    error = np.abs(predicted - observed)
    return number((error * total[some]).sum() / total.sum()), number(error.max())


def threshold_metrics(y, predicted, w, average):
    """scikit-learn's values; None where it puts a convention in place of 0/0, or leaves the class out of a mean."""
    many = {"average": average, "zero_division": 0}
    matrix = metrics.confusion_matrix(y, predicted, sample_weight=w)
    never_predicted = (matrix.sum(axis=0) == 0).any()
    values = {
        "accuracy": number(metrics.accuracy_score(y, predicted, sample_weight=w)),
        "balanced_accuracy": number(metrics.balanced_accuracy_score(y, predicted, sample_weight=w)),
        "precision": number(metrics.precision_score(y, predicted, sample_weight=w, **many)),
        "recall": number(metrics.recall_score(y, predicted, sample_weight=w, **many)),
        "f1": number(metrics.f1_score(y, predicted, sample_weight=w, **many)),
        "mcc": number(metrics.matthews_corrcoef(y, predicted, sample_weight=w)),
        "kappa": number(metrics.cohen_kappa_score(y, predicted, sample_weight=w)),
    }
    if never_predicted if average == "macro" else matrix[:, 1].sum() == 0:
        values["precision"] = None
    if (matrix.sum(axis=0) > 0).sum() < 2:
        values["mcc"] = None
    return values


def binary_cases(rng):
    for n, digits, kind in itertools.product((12, 60, 211), (1, 2, 9), ("none", "integer", "real")):
        y = (rng.random(n) < 0.35).astype(int)
        y[:4] = [0, 1, 0, 1]
        s = np.round(np.clip(rng.beta(2, 3, n) * 0.7 + 0.25 * y, 0, 1), digits)
        other = np.round(np.clip(s + rng.normal(0, 0.15, n), 0, 1), digits)
        w = weights_for(rng, kind, n)
        if w is not None:
            w[:4] = 1
        ones = np.ones(n) if w is None else w
        fpr, tpr, _ = metrics.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
        total_p, total_n = ones[y == 1].sum(), ones[y == 0].sum()
        expected = {
            "roc_auc": number(metrics.roc_auc_score(y, s, sample_weight=w)),
            "gini": number(2 * metrics.roc_auc_score(y, s, sample_weight=w) - 1),
            "average_precision": number(metrics.average_precision_score(y, s, sample_weight=w)),
            "pr_auc_interp": number(interpolated_pr_area(tpr[1:] * total_p, fpr[1:] * total_n, total_p)),
            "ks": number(np.abs(tpr - fpr).max() if w is not None else stats.ks_2samp(s[y == 1], s[y == 0]).statistic),
            "log_loss": number(metrics.log_loss(y, s, sample_weight=w)),
            "brier": number(metrics.brier_score_loss(y, s, sample_weight=w)),
            **threshold_metrics(y, (s >= 0.5).astype(int), w, "binary"),
        }
        expected["ece"], expected["mce"] = calibration_error(s, y, ones, 10, "quantile")
        case = {"labels": y.tolist(), "scores": s.tolist(), "other": other.tolist(),
                "weights": None if w is None else w.tolist(), "expected": expected,
                "roc": [fpr.tolist(), tpr.tolist()]}
        case["ece_uniform"] = calibration_error(s, y, ones, 10, "uniform")[0]
        if w is None:
            v10, v01 = delong(y, s)
            o10, o01 = delong(y, other)
            case["delong_variance"] = number(v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01))
            difference = v10.mean() - o10.mean()
            variance = (v10 - o10).var(ddof=1) / len(v10) + (v01 - o01).var(ddof=1) / len(v01)
            case["delong_difference"] = number(difference)
            case["delong_p"] = number(2 * stats.norm.sf(abs(difference) / math.sqrt(variance))) if variance else 1.0
        yield case


def multiclass_cases(rng):
    for n, classes, kind in itertools.product((40, 150), (3, 6), ("none", "integer", "real")):
        y = rng.integers(0, classes, n)
        y[:classes] = range(classes)
        p = rng.dirichlet(np.ones(classes), n) + 0.4 * np.eye(classes)[y]
        p = np.array([rng.multinomial(64, row / row.sum()) for row in p]) / 64  # ties, and exact sums of 1
        w = weights_for(rng, kind, n)
        if w is not None:
            w[:classes] = 1
        ones = np.ones(n) if w is None else w
        predicted = p.argmax(axis=1)
        one_hot = label_binarize(y, classes=range(classes))
        expected = {
            "roc_auc": number(metrics.roc_auc_score(y, p, multi_class="ovr", average="macro", sample_weight=w)),
            "roc_auc_weighted": number(
                metrics.roc_auc_score(y, p, multi_class="ovr", average="weighted", sample_weight=w)),
            "average_precision": number(metrics.average_precision_score(one_hot, p, average="macro", sample_weight=w)),
            "log_loss": number(metrics.log_loss(y, p, sample_weight=w, labels=range(classes))),
            "brier": number(metrics.brier_score_loss(y, p, sample_weight=w, labels=range(classes))),
            **threshold_metrics(y, predicted, w, "macro"),
        }
        expected["ece"], expected["mce"] = calibration_error(
            p.max(axis=1), (predicted == y).astype(int), ones, 10, "quantile")
        yield {"labels": y.tolist(), "classes": classes, "scores": p.ravel().tolist(),
               "weights": None if w is None else w.tolist(), "expected": expected}


def regression_cases(rng):
    for n, kind in itertools.product((7, 90), ("none", "integer", "real")):
        y = np.round(rng.normal(50, 20, n), 3)
        p = np.round(y + rng.normal(0, 8, n), 3)
        w = weights_for(rng, kind, n)
        if w is not None:
            w[:3] = 1
        yield {"targets": y.tolist(), "predictions": p.tolist(), "weights": None if w is None else w.tolist(),
               "expected": {
                   "rmse": number(metrics.root_mean_squared_error(y, p, sample_weight=w)),
                   "mae": number(metrics.mean_absolute_error(y, p, sample_weight=w)),
                   "r2": number(metrics.r2_score(y, p, sample_weight=w)),
                   "mape": number(metrics.mean_absolute_percentage_error(y, p, sample_weight=w)),
               }}


def orders(scores, ids, ties):
    """The orders that a tie rule stands for, each as row numbers, best first."""
    rows = range(len(scores))
    if ties == "input":
        return [sorted(rows, key=lambda i: -scores[i])]
    if ties == "id":
        return [sorted(sorted(rows, key=lambda i: ids[i], reverse=True), key=lambda i: -scores[i])]
    groups = [list(g) for _, g in itertools.groupby(sorted(rows, key=lambda i: -scores[i]), key=lambda i: scores[i])]
    return [list(itertools.chain(*p)) for p in itertools.product(*(itertools.permutations(g) for g in groups))]


def gains(rel, gain):
    return [2.0**r - 1 if gain == "exp" else float(r) for r in rel]


def dcg(values, k):
    return sum(v / math.log2(i + 2) for i, v in enumerate(values[:k]))


def one_order(name, rel, k, rules):
    """The metric of one list of relevances in ranked order."""
    k = k or len(rel)
    hits = [r > 0 for r in rel]
    if name == "ndcg":
        return dcg(gains(rel, rules["gain"]), k) / dcg(sorted(gains(rel, rules["gain"]), reverse=True), k)
    if name == "map":
        over = min(sum(hits), k) if rules["map"] == "min" else sum(hits)
        return sum(sum(hits[: i + 1]) / (i + 1) for i in range(min(k, len(rel))) if hits[i]) / over
    if name == "mrr":
        return next((1 / (i + 1) for i in range(min(k, len(rel))) if hits[i]), 0.0)
    if name == "precision":
        return sum(hits[:k]) / (min(k, len(rel)) if rules["precision"] == "min" else k)
    return sum(hits[:k]) / sum(hits)


def of_empty(name, rules):
    """The value of a query without a relevant document; None where it is left out."""
    if rules["empty"] == 1.0 and name not in ("ndcg", "map"):  # the tools of this rule have no recall and no MRR
        return 0.0 if name == "precision" else None
    return None if rules["empty"] == "skip" else rules["empty"]


def check_xgboost(rows, expected):
    """XGBoost's own metrics of the same scores, where every query weighs 1: XGBoost 3.4 adds a query without a relevant
    document as 1 whatever it weighs, and divides by the weights. Its map and pre want relevances of 0 and 1."""
    rows = sorted(enumerate(rows), key=lambda row: row[1][0])  # by query, otherwise in their order
    rows = [row for _, row in rows]
    query = [row[0] for row in rows]
    for names, label in ((("ndcg",), [row[2] for row in rows]), (("map", "pre"), [float(row[2] > 0) for row in rows])):
        data = xgboost.DMatrix(np.zeros((len(rows), 1)), label=label, qid=query,
                               base_margin=[row[1] for row in rows])
        wanted = [f"{name}@{k}" for name in names for k in (1, 3, 10)
                  if f"{name}@{k}".replace("pre", "precision") in expected]
        booster = xgboost.train({"objective": "rank:ndcg", "base_score": 0.0, "eval_metric": wanted}, data, 0)
        for text in booster.eval(data).split()[1:]:
            name, value = text.removeprefix("eval-").split(":")
            known = expected[name.replace("pre", "precision")]
            assert known is not None and abs(float(value) - known) < 1e-6, (name, value, known)


CONVENTIONS = {
    "default": {"gain": "exp", "ties": "average", "empty": "skip", "map": "all", "precision": "k"},
    "xgboost": {"gain": "exp", "ties": "input", "empty": 1.0, "map": "min", "precision": "min"},
    "lightgbm": {"gain": "exp", "ties": "input", "empty": 1.0, "map": "min", "precision": "k"},
    "sklearn": {"gain": "linear", "ties": "average", "empty": 0.0, "map": "all", "precision": "k"},
    "trec_eval": {"gain": "linear", "ties": "id", "empty": 0.0, "map": "all", "precision": "k"},
}


def ranking_cases(rng):
    names = [("ndcg", k) for k in (0, 1, 3, 10)] + [("map", k) for k in (0, 2, 10)] + [("mrr", k) for k in (0, 2)]
    names += [("precision", k) for k in (1, 3, 10)] + [("recall", k) for k in (1, 3)]
    for queries, weighted in itertools.product((1, 6, 15), (False, True)):
        rows = []
        for q in range(queries):
            weight = float(rng.integers(1, 5)) if weighted else 1.0
            for _ in range(rng.integers(1, 8)):
                rows.append((q, float(rng.integers(0, 4)) / 2, float(max(0, rng.integers(-3, 4))), weight))
        rows[0] = (0, 0.5, 2.0, rows[0][3])
        rows = [rows[i] for i in rng.permutation(len(rows))]
        ids = [f"d{i:03d}" for i in rng.permutation(len(rows))]
        expected = {}
        for convention, rules in CONVENTIONS.items():
            expected[convention] = {}
            for name, k in names:
                sums = [0.0, 0.0]
                for q in range(queries):
                    mine = [i for i, row in enumerate(rows) if row[0] == q]
                    rel = [rows[i][2] for i in mine]
                    scores = [rows[i][1] for i in mine]
                    if not any(rel):
                        value = of_empty(name, rules)
                        if value is None:
                            continue
                    else:
                        value = np.mean([one_order(name, [rel[i] for i in order], k, rules)
                                         for order in orders(scores, [ids[i] for i in mine], rules["ties"])])
                        if name == "ndcg" and rules["ties"] == "average" and len(rel) > 1:
                            known = metrics.ndcg_score([gains(rel, rules["gain"])], [scores], k=k or None)
                            assert abs(known - value) < 1e-9, (known, value)
                    sums[0] += rows[mine[0]][3] * value
                    sums[1] += rows[mine[0]][3]
                expected[convention][f"{name}@{k}" if k else name] = number(sums[0] / sums[1]) if sums[1] else None
        if not weighted:
            check_xgboost(rows, expected["xgboost"])
        yield {"queries": [r[0] for r in rows], "scores": [r[1] for r in rows], "relevance": [r[2] for r in rows],
               "weights": [r[3] for r in rows] if weighted else None, "ids": ids, "expected": expected}


def normal_cases(_):
    for p in (1e-300, 1e-12, 0.001, 0.025, 0.3, 0.5, 0.61, 0.975, 0.9999, 1 - 1e-12):
        yield {"p": p, "z": float(stats.norm.ppf(p))}


def write(folder, seed):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made_by = {"script": "tests/conformance/metrics_oracle.py", "seed": seed, "numpy": np.__version__,
               "scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "xgboost": xgboost.__version__}
    for i, make in enumerate((binary_cases, multiclass_cases, regression_cases, ranking_cases, normal_cases)):
        cases = list(make(np.random.default_rng([seed, i])))
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        name = make.__name__.removesuffix("_cases")
        (folder / f"{name}.json").write_text(f'{{"made_by":{json.dumps(made_by)},\n"cases":[\n{lines}\n]}}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--check", metavar="TEST_PROGRAM")
    parser.add_argument("--seed", type=int)
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # undefined values are asked for as NaN
    if args.folder:
        write(args.folder, 1 if args.seed is None else args.seed)
    if args.check:
        seed = secrets.randbelow(10**9) if args.seed is None else args.seed
        print(f"seed {seed}")
        with tempfile.TemporaryDirectory() as folder:
            write(folder, seed)
            command = [args.check, "--test-case=*oracle*"]
            sys.exit(subprocess.run(command, env={**os.environ, "MLSYS_METRIC_CASES": folder}).returncode)
    if not args.folder and not args.check:
        parser.error("give a folder to write, or --check TEST_PROGRAM")


if __name__ == "__main__":
    main()
