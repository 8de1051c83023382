#!/usr/bin/env python3
"""Holds what the recipe measured against expect.json: [low, high] for numbers, the text itself for texts.

usage: check.py WORK sample|all          (--settings sample|all: prints the --set options that belong to it)
"""
import json
import pathlib
import sys

EXPECT = pathlib.Path(__file__).resolve().parent / "expect.json"


def look_up(document, path):
    for part in path.split("."):
        document = document[part]
    return document


def holds(value, expected):
    if isinstance(expected, list):
        return isinstance(value, (int, float)) and expected[0] <= value <= expected[1]
    return value == expected


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    expectations = json.loads(EXPECT.read_text(encoding="utf-8"))[sys.argv[2]]
    settings = expectations.pop("settings")
    if sys.argv[1] == "--settings":
        for name, value in settings.items():
            print(f"--set={name}={value}")
        return
    failed = 0
    for file, values in expectations.items():
        document = json.loads((pathlib.Path(sys.argv[1]) / file).read_text(encoding="utf-8"))
        for path, expected in values.items():
            try:
                value = look_up(document, path)
            except (KeyError, TypeError):
                value = "<absent>"
            if not holds(value, expected):
                failed += 1
                print(f"{file}: {path} is {value}, expected {expected}", file=sys.stderr)
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
