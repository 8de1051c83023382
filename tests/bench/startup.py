#!/usr/bin/env python3
"""How long the shortest commands take as whole processes, the loading of their libraries included.

usage: startup.py build/mlsys [--times 200]

Each is run many times in turns; the best and the median are printed, with the goal of 5 ms. `/bin/true`, which loads the C
library alone, is what starting a process costs on this machine.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

GOAL = 5.0  # ms
COMMANDS = {
    "mlsys --version": "--version",
    "mlsys help": "help",
    "mlsys runs list": "runs list",
    "mlsys models list": "models list",
    "mlsys runs log, one metric": "runs log {run} --metric loss=0.3 --step {step}",
}


def run(arguments):
    """Milliseconds of a process, whose output goes nowhere."""
    null = [(os.POSIX_SPAWN_OPEN, stream, "/dev/null", os.O_WRONLY, 0) for stream in (1, 2)]
    started = time.perf_counter()
    child = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=null)
    _, status = os.waitpid(child, 0)
    took = (time.perf_counter() - started) * 1000
    if status:
        sys.exit(f"startup.py: {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return took


def measure(binary, times):
    """{command: milliseconds of each time}, in a project of twenty runs."""
    binary = str(pathlib.Path(binary).resolve())
    folder = tempfile.mkdtemp(prefix="mlsys-startup-")
    here = os.getcwd()
    os.chdir(folder)
    try:
        run([binary, "init", "."])
        for number in range(20):
            run([binary, "runs", "start", "--param", f"depth={number}"])
        found = {name: [] for name in ["/bin/true", *COMMANDS]}
        for step in range(times):
            found["/bin/true"].append(run(["/bin/true"]))
            for name, command in COMMANDS.items():
                found[name].append(run([binary, *command.format(run="@last", step=step).split()]))
        return found
    finally:
        os.chdir(here)
        shutil.rmtree(folder, ignore_errors=True)


def table(found):
    """Markdown, one row a command."""
    rows = ["| command | best | median | within 5 ms |", "|---|--:|--:|---|"]
    for name, times in found.items():
        best, median = min(times), statistics.median(times)
        verdict = "" if name == "/bin/true" else "yes" if median <= GOAL else "best only" if best <= GOAL else "no"
        rows.append(f"| `{name}` | {best:.2f} ms | {median:.2f} ms | {verdict} |")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    print("\n".join(table(measure(options.binary, options.times))))


if __name__ == "__main__":
    main()
