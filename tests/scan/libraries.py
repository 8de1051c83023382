#!/usr/bin/env python3
"""Each command maps only the libraries that tests/libraries.json allows it: the dynamic loader is asked for its list.

tests/libraries.json: `everywhere` is allowed always, `sets` are names for several, `prepare` makes the project that the
commands run in.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from common import BUILD, ROOT, commands, finish, problem

table_path = ROOT / "tests/libraries.json"
table = json.loads(table_path.read_text())
scratch = pathlib.Path(tempfile.mkdtemp(prefix="mlsys-libraries-"))
environment = {"PATH": f"{BUILD}:{ROOT}/tests/cli/tools:/usr/bin:/bin", "HOME": str(scratch), "LC_ALL": "C",
               "SOURCE": str(ROOT), "TMPDIR": str(scratch)}
work = scratch / "project"
work.mkdir()


def shell(command, **more):
    return subprocess.run(["/bin/bash", "-c", command], cwd=work, env=environment | more, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)


def mapped(command):
    """The names of what the command's `mlsys` process loaded, ours as module names, and its exit status."""
    log = scratch / "log"
    shutil.rmtree(log, ignore_errors=True)
    log.mkdir()
    result = shell(f"exec env LD_DEBUG=files LD_DEBUG_OUTPUT={log}/ld {command}")
    names = set()
    for path in log.iterdir():
        for name in re.findall(r"file=(\S+) \[\d+\];  generating link map", path.read_text(errors="replace")):
            module = re.search(r"libmlsys-([\w-]+)\.so$", name)
            verb = re.search(r"/commands/([\w-]+)\.so$", name)
            names.add(module[1] if module else f"{verb[1]}.so" if verb else os.path.basename(name))
    return names, result


try:
    for command in table["prepare"]:
        result = shell(command)
        if result.returncode:
            problem(table_path, 0, f"preparation failed: {command}\n{result.stderr}")
    checked = 0
    for command, expected in table["commands"].items():
        names, result = mapped(command)
        expected = [name for item in expected for name in table["sets"].get(item, [item])]
        checked += 1
        if result.returncode not in (0, 3):
            problem(table_path, 0, f"`{command}` ended with {result.returncode}: {result.stderr.strip()}")
        for name in sorted(names - set(table["everywhere"]) - set(expected)):
            problem(table_path, 0, f"`{command}` maps {name}")
        for name in sorted(set(expected) - names):
            problem(table_path, 0, f"`{command}` does not map {name} any more: take it off the list")
    for name, _, _ in commands():
        if not any(command.split()[1:2] == [name] for command in table["commands"]):
            problem(table_path, 0, f"nothing is said about 'mlsys {name}'")
finally:
    subprocess.run(["chmod", "-R", "u+rwX", str(scratch)], check=False)
    shutil.rmtree(scratch, ignore_errors=True)
finish(checked)
