#!/usr/bin/env python3
"""The README's ```console blocks do what they say: every command is run, in one shell, and must print what stands there.

usage: readme.py BUILD/mlsys

`...` alone on a line stands for any lines, ` …` at the end of a line for its rest. Ids, times and durations may differ,
decimal fractions by two in a hundred (they depend a little on the number of threads).
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VOLATILE = [
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"), (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\brun:[0-9a-f]{8}\b|^[0-9a-f]{8}(?= )"), "<short id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?"), "<time>"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:µs|ms|s)\b|\b\d+ min \d\d s\b"), "<duration>"), (re.compile(r"  +"), " "),
]
FRACTION = re.compile(r"\d+\.\d+")


def commands(text):
    """(command, expected lines) in the order of the README"""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        continued = False
        for line in block.splitlines():
            if continued:
                found[-1][0][-1] += "\n" + line
            elif line.startswith("$ "):
                found.append(([line[2:]], []))
            else:
                found[-1][1].append(line)
            continued = line.endswith("\\") and (continued or line.startswith("$ "))
    return [(command[0], lines) for command, lines in found]


def plain(line):
    for pattern, name in VOLATILE:
        line = pattern.sub(name, line)
    return line.rstrip()


def alike(expected, actual):
    expected, actual = plain(expected), plain(actual)
    if expected.endswith("…"):
        expected = expected[:-1].rstrip()
        actual = actual[:len(expected)]
    if FRACTION.sub("#", expected) != FRACTION.sub("#", actual):
        return False
    return all(abs(float(a) - float(b)) <= .02 * abs(float(a)) for a, b in zip(FRACTION.findall(expected), FRACTION.findall(actual)))


def fits(expected, actual):
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(fits(expected[1:], actual[at:]) for at in range(len(actual) + 1))
    return bool(actual) and alike(expected[0], actual[0]) and fits(expected[1:], actual[1:])


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    steps = commands((ROOT / "README.md").read_text())
    failed = 0
    with tempfile.TemporaryDirectory(prefix="mlsys-readme-") as scratch:
        work, log = pathlib.Path(scratch) / "work", pathlib.Path(scratch) / "log"
        work.mkdir(), log.mkdir()
        script = "".join(f"{{ {command}\n}} >{log}/{number} 2>&1 </dev/null\n" for number, (command, _) in enumerate(steps))
        subprocess.run(["bash", "--noprofile", "--norc", "-c", script], cwd=work, env={
            "HOME": scratch, "PATH": f"{binary.parent}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "TERM": "dumb", "COLUMNS": "100"} | {k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))})
        for number, (command, expected) in enumerate(steps):
            actual = (log / str(number)).read_text().splitlines() if (log / str(number)).exists() else ["(never run)"]
            if not fits(expected, actual):
                failed += 1
                print(f"README: $ {command}", "--- it says", *expected, "--- it prints", *actual, sep="\n")
    print(f"{len(steps) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not steps else 0)


main()
