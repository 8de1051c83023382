#!/usr/bin/env python3
"""Tells a person what the recipe did: reads the JSON documents in WORK and prints one page.

usage: summary.py WORK
"""
import json
import os
import pathlib
import sys
import textwrap

WIDTH = 88


def load(work, name):
    return json.loads((work / f"{name}.json").read_text(encoding="utf-8"))


def title(text):
    print(f"\n{text}\n{'-' * len(text)}")


def say(text):
    print(textwrap.fill(text, WIDTH))


def value(report, name):
    return report["metrics"][name]["value"]


def interval(report, name):
    metric = report["metrics"][name]
    if metric.get("ci_low") is None:
        return ""
    return f" (95% interval {metric['ci_low']:.4f} to {metric['ci_high']:.4f})"


def checked(work):
    report = load(work, "validate")
    failed = [check for check in report["checks"] if not check["passed"]]
    title("The data")
    say(f"{report['rows']:,} flights were held against {len(report['checks'])} checks of the contract: "
        f"{len(report['checks']) - len(failed)} passed.")
    for check in failed:
        say(f"  {check['severity']}: {check['name']}: {check['failures']:,} rows")


def trained(work):
    report = load(work, "train")
    title("The model")
    say(f"Boosted trees, {report['best_iteration'] + 1} rounds, learned from January to April and stopped by May; "
        f"{report['seconds']['read']:.0f} s of reading and {report['seconds']['boost']:.0f} s of boosting.")
    for warning in report["warnings"]:
        say(f"  note: {warning}")


def judged(work):
    report = load(work, "eval")
    title(f"June: {report['rows']:,} flights it had never seen")
    auc, precision = value(report, "roc_auc"), value(report, "average_precision")
    print(f"ROC AUC             {auc:.4f}{interval(report, 'roc_auc')}")
    say(f"    Of one late and one punctual flight it names the right one as likelier late {auc:.0%} of the time; "
        "a coin does 50%.")
    print(f"average precision   {precision:.4f}")
    say("    Of the flights it points at, this share is late, averaged over how many it is asked to point at; "
        "pointing at random gets the share of late flights, about a fifth.")
    if "ece" in report["metrics"]:
        print(f"calibration error   {value(report, 'ece'):.4f}")
        say("    When it says 30%, how far from 30% of the flights are late, on average.")
    for gate in report["gates"]:
        print(f"gate                {gate['expression']}: {'passed' if gate['passed'] else 'FAILED'}")


def weakest(work):
    report = load(work, "eval")
    known = [item for item in report["slices"] if item["rows"] >= 1000 and slice_auc(item) is not None]
    title("Where it is weakest, among groups of 1,000 flights and more")
    for item in sorted(known, key=slice_auc)[:5]:
        print(f"    {item['slice']:<16} {item['rows']:>8,} flights   ROC AUC {slice_auc(item):.3f}")


def slice_auc(item):
    return item["metrics"].get("roc_auc", {}).get("value")


def drifted(work):
    report = load(work, "drift")
    moved = [column for column in report["columns"] if column["drifted"]]
    title("January against June")
    if not moved:
        say("Nothing moved enough to matter. With this many rows every difference is significant; only large ones "
            "count.")
    else:
        say(f"{len(moved)} of {len(report['columns'])} columns drifted:")
    shown = moved or sorted((c for c in report["columns"] if c.get("effect") is not None),
                            key=lambda column: -column["effect"])[:3]
    for column in shown:
        print(f"    {column['name']:<12} {column['test']}: effect {column['effect']:.3f}, "
              f"large from {column['threshold']}")


def delivered(work):
    promotion, package, verified = load(work, "promote"), load(work, "package"), load(work, "verify")
    title("What there is now")
    here = pathlib.Path.cwd()
    print(f"    model     {promotion['name']}/{promotion['version']}, the {', '.join(promotion['aliases'])}")
    print(f"    run       {load(work, 'train')['run_id']}")
    print(f"    package   {here / package['package']}  ({'verified' if verified['verdict'] == 'pass' else 'DAMAGED'}, "
          f"{verified['golden_rows']} golden rows bit by bit)")
    print(f"    reports   {here / work / 'eval.html'}")
    print(f"              {here / work / 'drift.html'}")


def next_steps(work):
    name = load(work, "promote")["name"]
    title("What to type next")
    place = os.path.relpath(pathlib.Path.cwd(), os.environ.get("DEMO_FROM", pathlib.Path.cwd()))
    if place != ".":
        print(f"    cd {place}")
    print(f"    mlsys runs list                                 every run with its metrics")
    print(f"    mlsys models show {name}                  versions, aliases and what they were decided on")
    print(f"    mlsys predict {name} flights.parquet --limit 1000 -o scores.csv")
    print(f"    mlsys recipe run flight-delay --set train.depth=6   another model; champion unless it is worse")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    work = pathlib.Path(sys.argv[1])
    for part in (checked, trained, judged, weakest, drifted, delivered, next_steps):
        part(work)


if __name__ == "__main__":
    main()
