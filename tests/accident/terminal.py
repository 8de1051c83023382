#!/usr/bin/env python3
"""`runs exec` under a real terminal: the program owns it while it runs, the shell has it back afterwards, and Ctrl-C and
Ctrl-Z reach the program.

usage: terminal.py BUILD/mlsys
"""
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

mlsys = pathlib.Path(sys.argv[1]).resolve()
scratch = pathlib.Path(tempfile.mkdtemp(prefix="mlsys-terminal-"))
environment = os.environ | {"HOME": str(scratch), "PATH": f"{mlsys.parent}:/usr/bin:/bin", "PS1": "prompt> ", "TERM": "dumb",
                            "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}
heard = ""


def fail(text):
    sys.exit(f"FAILED: {text}; the terminal showed:\n{heard}")


def expect(text, seconds=30):
    """Reads until the terminal shows the text, and forgets what came before its end."""
    global heard
    until = time.monotonic() + seconds
    while text not in heard:
        if not select.select([terminal], [], [], max(0, until - time.monotonic()))[0]:
            fail(f"'{text}' does not come")
        try:
            heard += os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            fail(f"the shell ended before '{text}'")
    heard = heard.split(text, 1)[1]


def type_in(text):
    os.write(terminal, text.encode())


def newest():
    return json.loads(subprocess.run([mlsys, "runs", "show", "@last", "--json"], cwd=scratch, env=environment, check=True,
                                     capture_output=True).stdout)


(scratch / "program.py").write_text(
    "import os, sys\n"
    "print('owner', os.tcgetpgrp(0) == os.getpgrp(), 'group', os.getpgrp() == os.getpid())\n"
    "print('read', sys.stdin.readline().strip().upper())\n")
child, terminal = pty.fork()
if child == 0:
    os.chdir(scratch)
    os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
try:
    type_in("stty -echo; mlsys init . -q\n")
    # Reading from a terminal that a program does not own would stop it.
    type_in("mlsys runs exec -q -- python3 program.py; echo code $?\n")
    expect("owner True group True")
    type_in("hello\n")
    expect("read HELLO")
    expect("code 0")
    type_in("read -r line; echo shell $line\n")
    type_in("again\n")
    expect("shell again")
    if newest()["status"] != "FINISHED":
        fail("the run is not FINISHED")

    type_in("mlsys runs exec -q -- sh -c 'echo ready; exec sleep 100'; echo code $?\n")
    expect("ready")
    type_in("\x03")  # Ctrl-C goes to the program alone
    expect("code 130")
    if newest()["status"] != "KILLED":
        fail("the interrupted run is not KILLED")

    type_in("mlsys runs exec -q -- sh -c 'echo ready; read -r x; echo got $x'; echo code $?\n")
    expect("ready")
    type_in("\x1a")  # Ctrl-Z stops the program, and us with it
    expect("Stopped")
    if newest()["status"] != "RUNNING":
        fail("the stopped run is not RUNNING")
    type_in("fg\n")
    expect("runs exec")  # bash says what it continues
    type_in("more\n")
    expect("got more")
    until = time.monotonic() + 30  # the program has ended, and its run does in a moment
    while newest()["status"] == "RUNNING" and time.monotonic() < until:
        time.sleep(0.05)
    if newest()["status"] != "FINISHED":
        fail("the continued run is not FINISHED")

    # From the background nothing is taken away from the shell.
    type_in("mlsys runs exec -q -- sh -c 'echo from behind' & wait; echo code $?\n")
    expect("from behind")
    type_in("read -r line; echo shell $line\n")
    type_in("still\n")
    expect("shell still")
    print("the terminal was handed over and back")
finally:
    os.close(terminal)
    os.waitpid(child, 0)
    shutil.rmtree(scratch, ignore_errors=True)
