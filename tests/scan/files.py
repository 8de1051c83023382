#!/usr/bin/env python3
"""Files stay small and finished: at most 600 lines, no left-over markers, no machine's own paths, clean text, and
what Markdown links to in the project is there."""
import re

from common import ROOT, finish, problem, tracked

LONGEST = 600
CODE = {".cpp", ".hpp", ".def", ".py", ".sh", ".cmake", ".sql"}
TEXT = CODE | {".md", ".json", ".txt", ".yml", ".in", ".t", ".css", ".js"}
# Spelt in parts, so that this file passes its own test.
MARKERS = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|WI" r"P)\b|not yet implem" r"ented|place" r"holder", re.I)
PLACES = re.compile(r"/ho" r"me/\w+/|/ro" r"ot/|/wo" r"rk/(?:wt|main|team|shared)\b")
DATA_FOLDERS = ("tests/data/", "tests/fuzz/corpus/", "recipes/")

checked = 0
for path in tracked():
    name = str(path.relative_to(ROOT))
    executable = path.suffix == "" and path.read_bytes()[:2] == b"#!"
    if path.suffix not in TEXT and not executable or name.startswith(DATA_FOLDERS) and path.suffix not in CODE:
        continue
    checked += 1
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    if path.suffix in CODE | {""} and len(lines) > LONGEST + 1:
        problem(path, 0, f"{len(lines) - 1} lines; past {LONGEST} it is two files")
    if path.suffix == ".md":
        for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text):
            if not (path.parent / target).exists():
                problem(path, text[:text.index(f"]({target}")].count("\n") + 1, f"there is no {target}")
    if text and not text.endswith("\n"):
        problem(path, len(lines), "no newline at the end")
    for number, line in enumerate(lines, 1):
        if MARKERS.search(line):
            problem(path, number, f"left over: {line.strip()}")
        if PLACES.search(line):
            problem(path, number, f"a path of one machine: {line.strip()}")
        if path.suffix in CODE and (line != line.rstrip() or "\t" in line or "\r" in line):
            problem(path, number, "trailing blanks, a tab or a carriage return")
finish(checked)
