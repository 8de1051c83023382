#!/usr/bin/env python3
"""Do the tests notice when the code is wrong? Changes one operator at a time and reruns the module's unit tests.

usage: mutation.py [--module metrics]... [--count 30] [--seed 1]

Works on a copy of the sources in build-dev/mutants, so that the tree stays as it is. A mutant is killed when it does
not compile or when the module's tests fail or hang; survivors are listed: each is a missing test, or a change that
makes no difference.
"""
import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build-dev/mutants"
DEFAULT = ["metrics", "digest", "drift", "contract", "bundle", "registry"]

# (what it looks like, what it becomes); templates, includes, shifts and arrows are left alone.
CHANGES = [
    (r"(?<=[\w)\]]) < (?=[\w(])", " <= "), (r"(?<=[\w)\]]) <= (?=[\w(-])", " < "),
    (r"(?<=[\w)\]]) > (?=[\w(])", " >= "), (r"(?<=[\w)\]]) >= (?=[\w(-])", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r"(?<=[\w)\]]) \+ (?=[\w(])", " - "), (r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    (r"(?<=[\w)\]]) \* (?=[\w(])", " / "), (r"(?<=[\w)\]]) / (?=[\w(])", " * "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r"\+\+(?=\w)", "--"),
    (r"(?<![\w.])0\.5(?!\w)", "0.25"), (r"\breturn true;", "return false;"), (r"\breturn false;", "return true;"),
    (r"\bif \(!", "if ("), (r"(?<![\w.])1(?=[;)\]])", "2"),
]
SKIPPED_LINES = re.compile(r"^\s*(//|#|static_assert|template|using|namespace)|throw Error|fmt::format|operator")


def candidates(module):
    found = []
    for path in sorted((ROOT / "lib" / module / "src").glob("*.cpp")):
        for number, line in enumerate(path.read_text().split("\n")):
            if SKIPPED_LINES.search(line):
                continue
            code = line.split("//")[0]
            if code.count('"') % 2 == 0 and '"' in code:
                code = code[:code.index('"')]
            for pattern, replacement in CHANGES:
                for match in re.finditer(pattern, code):
                    found.append((path, number, match.start(), match.end(), replacement))
    return found


def build(module, timeout):
    started = time.monotonic()
    made = subprocess.run(["cmake", "--build", str(FOLDER / "build"), "--target", f"test-{module}"],
                          capture_output=True, text=True, timeout=1800)
    if made.returncode:
        return "does not compile"
    try:
        tested = subprocess.run([str(FOLDER / f"build/tests/test-{module}"), "--no-breaks"], capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return "hangs"
    return "" if tested.returncode == 0 else f"fails after {time.monotonic() - started:.0f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--module", action="append", help=f"default: {' '.join(DEFAULT)}")
    parser.add_argument("--count", type=int, default=30, help="mutants for each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=120, help="seconds for one run of the tests")
    options = parser.parse_args()

    shutil.copytree(ROOT, FOLDER / "source", dirs_exist_ok=True, ignore=shutil.ignore_patterns("build*", ".git"))
    subprocess.run(["cmake", "-S", str(FOLDER / "source"), "-B", str(FOLDER / "build"), "-G", "Ninja",
                    "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O1"],
                   check=True, stdout=subprocess.DEVNULL)
    chance = random.Random(options.seed)
    killed = total = 0
    for module in options.module or DEFAULT:
        why = build(module, options.timeout)
        if why:
            sys.exit(f"{module}: the tests fail without any mutant: {why}")
        places = candidates(module)
        survivors = []
        for path, number, start, end, replacement in chance.sample(places, min(options.count, len(places))):
            copy = FOLDER / "source" / path.relative_to(ROOT)
            original = copy.read_text()
            lines = original.split("\n")
            before = lines[number]
            lines[number] = before[:start] + replacement + before[end:]
            copy.write_text("\n".join(lines))
            try:
                result = build(module, options.timeout)
            finally:
                copy.write_text(original)
            total += 1
            killed += bool(result)
            if not result:
                survivors.append(f"  {path.relative_to(ROOT)}:{number + 1}: {before.strip()}\n    as {lines[number].strip()}")
        count = min(options.count, len(places))
        print(f"{module}: {count - len(survivors)} of {count} mutants killed ({len(places)} places)", flush=True)
        print("\n".join(survivors), flush=True)
    print(f"{killed} of {total} mutants killed ({100 * killed / max(total, 1):.0f}%)")


if __name__ == "__main__":
    main()
