#!/usr/bin/env python3
"""Runs golden tests of the command line: FILE.t holds shell commands and what they must print (see README.md).

usage: run.py [--bin BUILD/mlsys] [--update] [--keep] FILE.t...
"""
import argparse
import difflib
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import documents  # noqa: E402

# What differs between two correct runs, replaced in the output before it is compared.
VOLATILE = [
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "<time>"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:µs|ms|s)\b|\b\d+ min \d\d s\b"), "<duration>"),
    (re.compile(r'("(?:read|boost|total|seconds)": ?)\d+(?:\.\d+)?(?:e-?\d+)?'), r"\1<seconds>"),
]


class Step:
    """One command with its expectation, and where both stand in the file."""

    def __init__(self, line, command):
        self.line, self.command = line, command
        self.stdout, self.stderr, self.code = [], [], 0
        self.end = line + 1

    def rendered(self, stdout, stderr, code):
        lines = ["  $ " + self.command[0]] + ["  > " + more for more in self.command[1:]]
        lines += ["  " + (text or "(blank)") for text in stdout] + ["  2> " + (text or "(blank)") for text in stderr]
        return lines + ([f"  [{code}]"] if code else [])


def parse(path):
    """The file's lines and its steps. Indented by two is for the machine, everything else is prose."""
    lines = path.read_text(encoding="utf-8").split("\n")
    steps = []
    for number, line in enumerate(lines):
        if not line.startswith("  "):
            continue
        text = line[2:]
        if text.startswith("$ "):
            steps.append(Step(number, [text[2:]]))
            continue
        if not steps:
            sys.exit(f"{path}:{number + 1}: output before the first command")
        step = steps[-1]
        step.end = number + 1
        if text.startswith("> ") and not (step.stdout or step.stderr):
            step.command.append(text[2:])
        elif text == "2>" or text.startswith("2> "):
            step.stderr.append(text[3:])
        elif re.fullmatch(r"\[\d+\]", text):
            step.code = int(text[1:-1])
        else:
            step.stdout.append(text)
    return lines, steps


def line_matches(expected, actual):
    if expected == actual or (expected == "(blank)" and not actual):
        return True
    if expected.endswith(" (re)"):
        return re.fullmatch(expected[:-5], actual) is not None
    if expected.endswith(" (glob)"):
        return fnmatch.fnmatchcase(actual, expected[:-7].replace("[", "[[]"))
    return False


def matches(expected, actual):
    """`...` alone on a line stands for any number of lines, none included."""
    at, wildcard, resume = 0, None, 0
    want = 0
    while at < len(actual):
        if want < len(expected) and expected[want] == "...":
            wildcard, resume = want, at
            want += 1
        elif want < len(expected) and line_matches(expected[want], actual[at]):
            want, at = want + 1, at + 1
        elif wildcard is not None:
            resume += 1
            want, at = wildcard + 1, resume
        else:
            return False
    return all(line == "..." for line in expected[want:])


def normalise(raw, places):
    text = raw.decode("utf-8", "backslashreplace")
    for place, name in places:
        text = text.replace(place, name)
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    elif lines:
        lines[-1] += " (no-eol)"
    return lines


def environment(binary, scratch):
    home, work, temporary = scratch / "home", scratch / "work", scratch / "tmp"
    for folder in (home, work, temporary, scratch / "documents"):
        folder.mkdir()
    kept = {name: value for name, value in os.environ.items()
            if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "TSAN_", "MLSYS_TEST_"))}
    path = [str(binary.parent), str(HERE / "tools"), "/usr/local/bin", "/usr/bin", "/bin"]
    return work, kept | {
        "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local/share"), "XDG_STATE_HOME": str(home / ".local/state"),
        "TMPDIR": str(temporary), "LC_ALL": "C", "TZ": "UTC", "TERM": "dumb", "COLUMNS": "100",
        "PATH": ":".join(path), "DATA": str(ROOT / "tests/data"), "RECIPES": str(ROOT / "recipes"),
        "SOURCE": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "DOCUMENTS": str(scratch / "documents"),
    }


def run_steps(steps, binary, scratch, timeout):
    """All commands in one shell, so that variables last; each with its own output files."""
    work, env = environment(binary, scratch)
    log = scratch / "log"
    log.mkdir()
    script = [f'. "{HERE}/functions.sh"']
    for number, step in enumerate(steps):
        (log / f"{number}.sh").write_text("\n".join(step.command) + "\n", encoding="utf-8")
        script.append(f"export STEP={number}")
        script.append(f'{{ eval "$(cat "{log}/{number}.sh")"; }} >"{log}/{number}.out" 2>"{log}/{number}.err" </dev/null')
        script.append(f'echo $? >"{log}/{number}.code"')
    main = scratch / "main.sh"
    main.write_text("\n".join(script) + "\n", encoding="utf-8")
    shell = subprocess.Popen(["/bin/bash", "--noprofile", "--norc", str(main)], cwd=work, env=env,
                             stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        shell.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, 9)
        shell.wait()
    places = [(str(work), "$PWD"), (str(scratch), "$SCRATCH"), (str(ROOT), "$SOURCE")]
    results = []
    for number in range(len(steps)):
        code = log / f"{number}.code"
        if not code.exists():
            break
        results.append((normalise((log / f"{number}.out").read_bytes(), places),
                        normalise((log / f"{number}.err").read_bytes(), places), int(code.read_text())))
    return results


def written_documents(scratch):
    """(step, or None for a file that was left behind; JSON document) of everything that names a schema of ours."""
    printed = [(int(path.stem), path) for path in (scratch / "log").glob("*.out")]
    printed += [(int(path.stem), path) for path in (scratch / "log").glob("*.err")]
    printed += [(int(path.name.split("-")[0]), path) for path in (scratch / "documents").iterdir()]
    for step, path in printed + [(None, path) for path in (scratch / "work").glob("**/.mlsys/**/*.json")]:
        try:
            document = json.loads(path.read_bytes())
        except (ValueError, OSError):
            continue
        if isinstance(document, dict) and str(document.get("schema")).startswith("mlsys."):
            yield step, document


def keep_matching(expected, actual):
    """For --update: what still matches stays as its author wrote it."""
    if matches(expected, actual):
        return expected
    kept = []
    for index, line in enumerate(actual):
        old = expected[index] if index < len(expected) else None
        kept.append(old if old is not None and line_matches(old, line) else line)
    return kept


def run_file(path, options):
    lines, steps = parse(path)
    if not steps:
        print(f"{path}: no commands")
        return False
    limit = next((int(m[1]) for m in map(re.compile(r"#timeout (\d+)").fullmatch, lines) if m), options.timeout)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="mlsys-test-"))
    passed = True
    try:
        results = run_steps(steps, options.bin, scratch, limit)
        for number, document in written_documents(scratch):
            for text in documents.problems(document):
                passed = False
                where = f"{path}:{steps[number].line + 1}" if number is not None else f"{path}: in .mlsys"
                print(f"{where}: {document['schema']}: {text}")
    finally:
        if options.keep:
            print(f"{path}: kept {scratch}")
        else:
            subprocess.run(["chmod", "-R", "u+rwX", str(scratch)], check=False)
            shutil.rmtree(scratch, ignore_errors=True)

    edits = []
    for step, (stdout, stderr, code) in zip(steps, results):
        if matches(step.stdout, stdout) and matches(step.stderr, stderr) and step.code == code:
            continue
        passed = False
        new = step.rendered(keep_matching(step.stdout, stdout), keep_matching(step.stderr, stderr), code)
        edits.append((step, new))
        if not options.update:
            old = step.rendered(step.stdout, step.stderr, step.code)
            print(f"{path}:{step.line + 1}: $ {step.command[0]}")
            print("\n".join(difflib.unified_diff(old, new, "expected", "actual", lineterm="", n=3)))
    if len(results) < len(steps):
        passed = False
        print(f"{path}:{steps[len(results)].line + 1}: did not finish (killed after {limit} s, or the shell was left)")
    elif options.update and edits:
        for step, new in reversed(edits):
            lines[step.line:step.end] = new
        path.write_text("\n".join(lines), encoding="utf-8")
        print(f"{path}: {len(edits)} expectation(s) rewritten")
        return True
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build-dev/mlsys", help="the binary to test")
    parser.add_argument("--update", action="store_true", help="write what was printed into the files")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder and say where it is")
    parser.add_argument("--timeout", type=int, default=120, help="seconds per file (`#timeout N` in a file overrides)")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    if not os.access(options.bin, os.X_OK):
        sys.exit(f"run.py: no binary {options.bin}")
    failed = [path for path in options.files if not run_file(path, options)]
    print(f"{len(options.files) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
