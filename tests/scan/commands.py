#!/usr/bin/env python3
"""Every verb of every command has a manual page, a help text, an example that still parses and a golden test."""
import json
import re
import shlex

from common import BUILD, ROOT, commands, finish, problem

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


checked = 0
for name, _, summary in commands():
    place = ROOT / f"cli/commands/{name}.cpp"
    command = described.get(name)
    if command is None:
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
