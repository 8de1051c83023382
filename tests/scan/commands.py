#!/usr/bin/env python3
"""Every verb of every command has a manual page, a help text, an example that still parses and a golden test.

Also: what manuals, hints in the sources, recipes and the documents of the project tell people to type has verbs and
options that exist.
"""
import json
import re
import shlex

from common import BUILD, ROOT, commands, finish, problem, tracked

described = {entry["name"]: entry for entry in json.loads((BUILD / "share/mlsys/cli.json").read_text())["commands"]}
golden = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/cli").rglob("*.t")))
typed = [line for line in golden.split("\n") if re.match(r"  [$>] ", line)]


def check_example(place, words, names, example):
    command = example["command"]
    if words[0] != "mlsys" and "mlsys" not in words:
        problem(place, 0, f"example without mlsys: {command}")
    for word in words:
        option = word.split("=")[0]
        if re.fullmatch(r"--[a-z][a-z-]+", option) and option not in names:
            problem(place, 0, f"example with an unknown option {option}: {command}")
    if not example["what"]:
        problem(place, 0, f"example without an explanation: {command}")


def names_of(verb):
    return {option for spec in verb["options"] for option in spec["names"]} | {"--help", "-h"}


def check_text(path, text):
    """Every `mlsys COMMAND …` in a text, up to where the command line ends."""
    for match in re.finditer(r"\bmlsys ([a-z]+)\b(?: ([a-z]+)\b)?([^\n`|;,\"]*)", text):
        if match[1] not in described:
            continue
        verbs = {verb["name"]: verb for verb in described[match[1]]["verbs"]}
        meant = [verbs[match[2]]] if match[2] in verbs else verbs.values()
        known = set().union(*map(names_of, meant))
        for option in re.findall(r"(?<![\w-])(?:--[a-z][a-z-]*|-[a-z]\b)", re.split(r" && | -- ", match[3])[0]):
            if option not in known:
                problem(path, text[:match.start()].count("\n") + 1, f"there is no option {option}: {match[0].strip()}")


checked = 0
for path in tracked():
    place = path.relative_to(ROOT).parts
    if path.suffix in {".md", ".cpp", ".hpp", ".sh", ".py", ".yml", ".json"} and place[0] != "tests":
        text = path.read_text(encoding="utf-8")
        # Literals that are written on several lines are one.
        check_text(path, re.sub(r'"\s*\n\s*"', "", text) if path.suffix in {".cpp", ".hpp"} else text)
        checked += 1
        if place[0] == "man" and path.stem in described:
            known = set().union(*map(names_of, described[path.stem]["verbs"]))
            for option in re.findall(r"`(--[a-z][a-z-]*|-[a-z]\b)", text):
                if option not in known:
                    problem(path, 0, f"there is no option {option}")

for name, _, summary in commands():
    place = ROOT / f"cli/commands/{name}.cpp"
    command = described.get(name)
    if command is None or not (ROOT / f"man/{name}.md").exists():
        problem(place, 0, f"command '{name}' is not built, or man/{name}.md is missing")
        continue
    for page in (f"share/man/man1/mlsys-{name}.1", f"share/mlsys/manual/{name}.txt"):
        path = BUILD / page
        if not path.exists() or len(path.read_text(encoding="utf-8")) < 500:
            problem(place, 0, f"no manual page worth the name: {page}")
    for verb in command["verbs"]:
        checked += 1
        full = f"mlsys {name} {verb['name']}".strip()
        if not verb["summary"]:
            problem(place, 0, f"'{full}' has no summary")
        if not verb["examples"]:
            problem(place, 0, f"'{full}' has no example")
        names = {option for spec in verb["options"] for option in spec["names"]} | {"--help", "--version"}
        for spec in verb["options"]:
            if not spec["help"]:
                problem(place, 0, f"'{full}': {'/'.join(spec['names']) or spec['value']} has no help text")
        for example in verb["examples"]:
            words = shlex.split(re.sub(r"[|;<>$()]", " ", example["command"]))
            if full.split() == words[:len(full.split())]:
                check_example(place, words, names, example)
        if verb["examples"] and not any(full in example["command"] for example in verb["examples"]):
            problem(place, 0, f"no example of '{full}' calls it")
        pattern = re.compile(rf"mlsys {re.escape(name)}{' ' + re.escape(verb['name']) if verb['name'] else ''}(?![\w-])")
        if not any(pattern.search(line) for line in typed):
            problem(place, 0, f"no golden test in tests/cli runs '{full}'")
finish(checked)
