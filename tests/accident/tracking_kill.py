#!/usr/bin/env python3
"""kill -9 at random points of logging, copying of artifacts, registering, promoting, checkpoints and migrations: the store
is sound, every write that was acknowledged is there once, no version is half registered, and collecting leaves nothing
that nobody refers to.

usage: tracking_kill.py BUILD/mlsys [--kills 18] [--seed N]
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("mlsys", type=pathlib.Path)
parser.add_argument("--kills", type=int, default=18)
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
MLSYS = str(options.mlsys.resolve())
chance = random.Random(options.seed)
scratch = pathlib.Path(tempfile.mkdtemp(prefix="mlsys-kill-"))
environment = os.environ | {"HOME": str(scratch), "LC_ALL": "C", "TMPDIR": str(scratch)}
project = scratch / "project"
OLD = ROOT / "tests/data/stores/schema-1.db"  # two runs, as the first version of mlsys wrote them
OLD_BYTES = OLD.stat().st_size


def fail(text):
    sys.exit(f"FAILED (seed {options.seed}): {text}")


def mlsys(*words, expect=0, folder=project, text=None):
    done = subprocess.run([MLSYS, *words], cwd=folder, env=environment, input=text, capture_output=True, text=True)
    if done.returncode != expect:
        fail(f"mlsys {' '.join(words)} ended with {done.returncode}: {done.stdout.strip()} {done.stderr.strip()}")
    return done.stdout.strip()


def document(*words):
    return json.loads(mlsys(*words, "--json"))


# Each is a loop of a shell that writes a word to its standard output after every write that was acknowledged.
LOOPS = {
    "log": 'i=0; while :; do i=$((i+1)); mlsys runs log $RUN --metric loss=$i --step $i --param p$TAG-$i=$i -q >&2 && echo log $i; done',
    # Batches of 1,300 points pass the bound at which the log of writes is copied into the database.
    "checkpoint": 'i=0; while :; do i=$((i+1)); seq 1 1300 | sed "s/.*/{\\"metric\\": \\"c$i\\", \\"value\\": &, \\"step\\": &}/" |'
                  ' mlsys runs log $RUN - -q >&2 && echo checkpoint $i; done',
    "artifact": 'i=0; while :; do i=$((i+1)); head -c 3000000 /dev/urandom >f-$TAG; mlsys runs log $RUN --artifact f-$TAG'
                ' --artifact-path $i -q >&2 && echo artifact $i $(sha256sum <f-$TAG | cut -c -64); done',
    "register": 'for model in bundles/*; do mlsys register $model/ --name m$TAG --alias champion -q >&2 && echo register'
                ' $(sha256sum <$model/bundle.json | cut -c -64); done',
    "promote": 'i=0; while :; do i=$((i+1)); mlsys promote base/$((1+i%2)) --to champion --reason $TAG-$i -q >&2 && echo promote $i; done',
    "migrate": 'i=0; while :; do i=$((i+1)); mkdir old-$TAG-$i && cp $OLD old-$TAG-$i/mlsys.db && mlsys runs list --store old-$TAG-$i'
               ' -q >&2 && echo migrate $i; done',
}


def killed(name, tag, run, took):
    """The words of a loop whose processes were killed at a random moment within its first eight writes or so."""
    loop = subprocess.Popen(["/bin/bash", "-c", LOOPS[name]], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            text=True, start_new_session=True, env=environment | {
                                "RUN": run, "TAG": tag, "OLD": str(OLD), "PATH": f"{pathlib.Path(MLSYS).parent}:/usr/bin:/bin"})
    time.sleep((0.5 + 8 * chance.random()) * took["register" if name == "register" else "log"])
    os.killpg(loop.pid, signal.SIGKILL)
    words = [line.split() for line in loop.communicate()[0].splitlines()]
    return [line for line in words if line and line[0] == name]


def check_store():
    report = document("store", "check")
    if report["verdict"] != "pass":
        fail(f"store check: {report['problems']}")


def main():
    project.mkdir()
    mlsys("init", ".", "-q")
    subprocess.run(["/bin/bash", "-c", f". {ROOT}/tests/cli/functions.sh; flights 300 >t.csv"], cwd=project, check=True)
    (project / "bundles").mkdir()
    for rounds in range(1, 9):
        mlsys("train", "t.csv", "--target", "late", "--exclude", "id", "--rounds", str(rounds), "--no-record", "-o",
              f"bundles/{rounds}", "-q")
    took = {}
    for rounds in (1, 2):
        begin = time.monotonic()
        mlsys("register", f"bundles/{rounds}/", "--name", "base", "-q")
        took["register"] = time.monotonic() - begin
    mlsys("promote", "base/1", "-q")
    begin = time.monotonic()
    for _ in range(5):
        mlsys("runs", "start", "-q")
    took["log"] = (time.monotonic() - begin) / 2  # with what the shell does besides
    names = list(LOOPS)
    acknowledged = dict.fromkeys(names, 0)
    for kill in range(options.kills):
        name, tag = names[kill % len(names)], f"{kill}"
        run = mlsys("runs", "start", "-q")
        words = killed(name, tag, run, took)
        acknowledged[name] += len(words)
        check_store()
        shown = document("runs", "show", run)
        if name == "log":
            for _, i in words:
                if shown["params"].get(f"p{tag}-{i}") != i:
                    fail(f"the acknowledged parameter {i} is lost")
            if shown["metrics"]:
                steps = [p["step"] for p in document("runs", "show", run, "--metric", "loss", "--history")["points"]]
                if steps != list(range(1, len(steps) + 1)) or len(steps) < len(words) or len(steps) > len(words) + 1:
                    fail(f"{len(words)} points were acknowledged, there are {steps}")
        elif name == "checkpoint":
            for _, i in words:
                if len(document("runs", "show", run, "--metric", f"c{i}", "--history")["points"]) != 1300:
                    fail(f"batch {i} is not there as a whole")
        elif name == "artifact":
            there = {artifact["name"]: artifact["digest"] for artifact in shown.get("artifacts", [])}
            for _, i, digest in words:
                if there.get(f"{i}/f-{tag}") != digest:
                    fail(f"the acknowledged artifact {i} is lost or another")
        elif name == "register":
            models = {model["name"]: model for model in document("models", "list")["models"]}
            versions = models.get(f"m{tag}", {"versions": []})["versions"]
            digests = {version["digest"] for version in versions}
            if any(digest not in digests for _, digest in words) or len(versions) > len(words) + 1:
                fail(f"{len(words)} versions were acknowledged, there are {len(versions)}")
            if versions and models[f"m{tag}"]["aliases"] != {"champion": len(versions)}:
                fail("a version is there without the alias that it was registered with")
        elif name == "promote":
            history = [p["reason"] for p in document("models", "history", "base")["promotions"] if p["reason"].startswith(f"{tag}-")]
            if len(history) < len(words) or len(history) > len(words) + 1 or len(set(history)) != len(history):
                fail(f"{len(words)} promotions were acknowledged, there are {history}")
            if history and mlsys("models", "show", "base@champion", "-q") != f"base/{1 + len(history) % 2}":
                fail("the alias is not where the last promotion put it")
        elif name == "migrate":
            for store in project.glob(f"old-{tag}-*"):
                if not (store / "mlsys.db").exists() or (store / "mlsys.db").stat().st_size < OLD_BYTES:
                    continue  # it was still being copied
                # Only the database was copied: the bundle of its version is missing, and nothing else is wrong.
                report = json.loads(mlsys("store", "check", "--store", str(store), "--json", expect=5))
                if report["runs"] != 2 or any(not p["subject"].startswith("bundles/") for p in report["problems"]):
                    fail(f"a migration left {report}")
                mlsys("runs", "start", "--store", str(store), "-q")
    # Nothing that nobody refers to is left by collecting, and nothing else is taken.
    mlsys("store", "gc", "--older-than", "0", "-q")
    check_store()
    wanted = {a["digest"] for run in mlsys("runs", "list", "-q", "-n", "1000").split()
              for a in document("runs", "show", run).get("artifacts", [])}
    wanted |= {v["digest"] for model in document("models", "list")["models"] for v in model["versions"]}
    state = project / ".mlsys"
    kept = {path.name for path in [*state.glob("bundles/*"), *state.glob("objects/*/*")]}
    kept |= {path.name for path in [*state.glob("bundles/.*"), *state.glob("objects/*/.*")]}
    if kept != wanted:
        fail(f"after collecting {sorted(kept - wanted)} are left over, {sorted(wanted - kept)} missing")
    if min(acknowledged.values()) == 0 and options.kills >= 10 * len(names) or not any(acknowledged.values()):
        fail(f"the kills came too early to show anything: {acknowledged}")
    print(f"{options.kills} kills; acknowledged and there: " + ", ".join(f"{n} {c}" for n, c in acknowledged.items()))


try:
    main()
finally:
    subprocess.run(["chmod", "-R", "u+rwX", str(scratch)], check=False)
    shutil.rmtree(scratch, ignore_errors=True)
