#!/usr/bin/env python3
"""Every JSON document that mlsys writes is described by a schema that we ship, and every schema describes one.

The schemas (lib/<module>/schemas, cli/schemas) are JSON Schema 2020-12. Each verb runs with --json; what it prints and
what is left in files must fit its schema, have no key that the schema does not know, and together have every key that the
schemas describe.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema

from common import BUILD, ROOT, finish, problem

sys.path.insert(0, str(ROOT / "tests"))
import documents  # noqa: E402

# A project with something of everything. `odd` and `big` are numbers that JSON does not have.
PREPARE = r"""
mlsys init .
. $SOURCE/tests/cli/functions.sh; flights 400 >t.csv; flights 3000 >large.csv
cp $SOURCE/tests/data/documents/* .
awk -F, 'NR==1 {print $0 ",day,note,delay"} NR>1 {printf "%s,2026-01-%02d,n%d,%s\n", $0, 1+NR%20, NR%7, NR/7}' t.csv >wide.csv
awk -F, 'NR==1 {print} NR>1 {print $1+1000 "," $2*3 "," ($3=="ORD" ? "LAX" : $3) "," $4}' t.csv >other.csv
awk 'BEGIN {print "q,x,grade,w"; for (i=0; i<200; i++) print int(i/10) "," i%7 "," (i<10 ? 0 : i%3) ",2"}' >ranks.csv
awk 'BEGIN {print "x,w,t,g,u,y,c"; for (i=0; i<300; i++) printf "%g,%d,2026-01-%02d,%d,%d,%d,5\n", i%11/10, 1+i%2, 1+i%28, i%9, i, (i*7%3 > 0)}' >roles.csv
awk 'BEGIN {print "x,kind"; for (i=0; i<300; i++) print i%11 "," substr("abc", 1+i%3, 1)}' >kinds.csv
awk -F, -v OFS=, 'NR%3==0 {$2=""} 1' t.csv >gaps.csv
mlsys data infer t.csv -o drafted.json
mlsys train t.csv --target late --exclude id --derive far='distance > 900' --rounds 5 --valid 0.2 --threshold best-f1 -o model
mlsys register @last --name m --alias champion --tag a=b
mlsys runs log @last --metric odd=nan --metric big=inf --tag note=x
mlsys train t.csv --target late --exclude id --rounds 6
mlsys register @last --name m
mlsys package m -o m.tar.zst
mlsys train ranks.csv --target grade --query q --weight w --task ranking --rounds 3 -o ranker
mlsys train kinds.csv --target kind --rounds 3 -o kinds-model
mlsys train roles.csv --target y --id u --weight w --time t --valid 0.2 --group g --slice g --rounds 2 -o roles
mlsys train t.csv --target late --exclude id --null '?' --rounds 2 --no-record -o words
awk 'BEGIN {for (i=0; i<200; i++) print (i%3 ? 1 : 0) " 1:" i%7 " 2:" i%5}' >sparse.libsvm
mlsys train sparse.libsvm --sparse-absent zero --rounds 2 --no-record -o sparse
mlsys predict model t.csv --keep late,origin -o scored.csv
mlsys predict ranker ranks.csv --keep grade,q,w -o ranked.csv
head -c 2000 m.tar.zst >damaged.tar.zst
mkdir other && tar --zstd -xf m.tar.zst -C other
(mlsys runs start -e gone --pid $BASHPID)
"""

# Command, and its exit code where that is not 0.
COMMANDS = [
    ("mlsys init again",),
    ("mlsys data profile wide.csv --target late",),
    ("mlsys data profile wide.csv --derive \"odd=cast(CASE WHEN id < 5 THEN 'nan' WHEN id < 9 THEN 'inf' ELSE '1' END AS double)\"",),
    ("mlsys data profile t.csv --save p1.json",),
    ("mlsys data merge p1.json p1.json -o p3.json",),
    ("mlsys data profile large.csv --save p4.json",),
    ("mlsys data infer t.csv --target late --id id",),
    ("mlsys data split wide.csv --time day --parts train=0.7,test=0.3 -o parts",),
    ("mlsys data split wide.csv --folds 3 --column fold --leak id -o folds.csv",),
    ("mlsys data diff t.csv other.csv --key id", 3),
    ("awk -F, -v OFS=, 'NR==1 {print $1,$2,$4,\"fresh\"} NR>1 {$2=(NR%9 ? $2 : \"\"); print $1+3,$2,$4,1}' t.csv >moved.csv; mlsys data diff t.csv moved.csv --key id", 3),
    ("mlsys data diff --contracts drafted.json contract.json", 3),
    ("mlsys data convert t.csv -o converted.parquet",),
    ("mlsys data sample t.csv -n 10 -o sampled.csv",),
    ("mlsys validate t.csv --contract contract.json", 3),
    ("mlsys validate t.csv --contract drafted.json",),
    ("mkdir many; cp t.csv many/a.csv; cp t.csv many/b.csv; mlsys validate many --contract contract.json --valid good.csv --invalid bad.csv", 3),
    ("mlsys train t.csv --target late --exclude id,distance --rounds 2 --no-record -o small",),
    ("mlsys train roles.csv --target y --rounds 2",),
    ("mlsys train t.csv --target late --exclude id --rounds 4",),  # beside the run of before
    ("mlsys predict model other.csv -o out.csv",),
    ("mlsys eval scored.csv --target late --score score --slice origin --require 'roc_auc > 0.1' --report r.html",),
    ("mlsys eval model t.csv --target late --require-better m/2 --ci --replicates 20", 3),
    ("mlsys eval model t.csv --require-better m/2 --metric precision --threshold 2", 3),
    ("mlsys eval ranker ranks.csv --ci --replicates 20",),
    ("mlsys eval kinds-model kinds.csv",),
    (r"printf 'y,s,c\n0,0.1,a\n1,0.8,b\n0,0.3,b\n' >few.csv; mlsys eval few.csv --target y --score s --slice c",),
    ("mlsys drift t.csv other.csv --exclude id", 3),
    ("mlsys drift wide.csv wide.csv",),
    ("mlsys drift model t.csv",),
    ("mlsys drift t.csv gaps.csv --features distance", 3),
    ("mlsys runs start",),
    ("mlsys runs log @last --metric loss=0.3 --step 7",),
    ("mlsys runs show @last",),
    ("mlsys runs show @last --metric loss",),
    ("mlsys runs show @last --metric loss --history",),
    ("mlsys runs show @last --metric loss --chart --report run.html",),
    ("mlsys runs end @last",),
    ("mlsys runs list --limit 2",),
    ("mlsys runs list",),
    ("mlsys runs search 'metrics.odd IS NAN OR metrics.big > 1' --columns run_name,metrics.odd,start_time,params.none",),
    ("mlsys runs exec -e other true",),
    ("mlsys runs search 'metrics.big > 1' --order-by metrics.odd --explain",),
    ("mlsys runs compare @last~2 @last~3",),
    ("mlsys runs compare @last~2 @last~3 --chart --report compared.html",),
    ("mlsys runs artifacts @last~2",),
    ("mlsys runs edit @last --name other",),
    ("mlsys runs tail @last~2",),
    ("mlsys runs tail $(mlsys runs list -e gone -q)",),
    ("mlsys runs export -o runs.csv",),
    ("mlsys runs delete @last",),
    ("mlsys runs restore $(mlsys runs list --deleted -q)",),
    ("mlsys runs delete $(mlsys runs search \"metrics.big > 1\" -q) $(mlsys runs start -q); mlsys runs purge --all --older-than 0",),
    ("mlsys runs restore $(mlsys runs list --deleted -q)",),
    ("mlsys experiments create e --tag a=b",),
    ("mlsys experiments list",),
    ("mlsys experiments tag e c=d --remove a",),
    ("mlsys experiments rename e f",),
    ("mlsys experiments delete f",),
    ("mlsys experiments restore f",),
    ("mlsys register model --name n",),
    ("mlsys promote m/2 --to champion --data t.csv --require 'roc_auc > 0' --reason better",),
    ("mlsys models list",),
    ("mlsys models show m",),
    ("mlsys models show m/1",),
    ("mlsys models tag m a=b --description x",),
    ("mlsys models tag m/1 a=b",),
    ("mlsys models history m",),
    ("mlsys models diff m/1 m/2",),
    ("mlsys models export -o exported",),
    ("mlsys models import exported --store elsewhere",),
    ("mlsys models show m --store elsewhere",),
    ("mlsys models show m/1 --store elsewhere",),
    ("mlsys lineage m/1",),
    ("mlsys rollback m",),
    ("mlsys models unalias m@champion",),
    ("mlsys models delete m/2",),
    ("mlsys store check",),
    ("mlsys store backup copy",),
    ("mlsys store gc --dry-run",),
    ("mlsys package m/1 -o again.tar.zst",),
    ("chmod +w .mlsys/bundles/*/model.ubj; for f in .mlsys/bundles/*/model.ubj; do echo >>$f; done; mlsys store check", 5),
    ("mlsys store backup damaged 2>/dev/null", 5),
    ("mlsys store backup rest --skip-damaged", 5),
    ("mlsys verify m.tar.zst",),
    ("mlsys verify damaged.tar.zst", 5),
    ("mlsys recipe run . ", 1),
    ("mlsys recipe list",),
    ("mlsys recipe graph .",),
    ("MLSYS_COLOR=pink MLSYS_THREDS=2 mlsys config show",),
    ("mlsys config set --user threads 3",),
    ("mlsys config unset --user threads",),
    ("mlsys doctor",),
    ("mlsys completion bash",),
    ("mlsys help train",),
    ("mlsys version",),
    ("mlsys runs show nothing 2>&1 >/dev/null", 4),
]
# What other programs write with our libraries.
NOT_BY_COMMANDS = {"profile.schema.json/$defs/time", "bundle.schema.json/properties/parity"}
FILES = ["*.json", "exported/registry.json", "**/bundle.json", "**/profile.json", "**/golden.json", "**/contract.json", "other/package.json", ".mlsys/**/*.json"]


def owner(path):
    """The sources of the folder that a schema lies in."""
    folder = path.parent.parent
    return "\n".join(source.read_text(encoding="utf-8") for source in sorted(folder.rglob("*.[ch]pp")))


def check_schema(path, schema):
    name = path.name.removesuffix(".schema.json")
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        problem(path, 0, f"is no JSON Schema: {error.message}")
    if not re.fullmatch(rf"mlsys\.{re.escape(name)}/\d+", str(schema.get("title"))):
        problem(path, 0, f"has the title '{schema.get('title')}'")
    if schema["properties"].get("schema") != {"const": schema["title"]}:
        problem(path, 0, f"does not require \"schema\": \"{schema['title']}\"")
    if f'"{schema["title"]}"' not in owner(path):
        problem(path, 0, f"nothing in {path.parent.parent.relative_to(ROOT)} writes {schema['title']}")
    for place, part in parts(schema, ""):
        for key in part.get("required", []):
            if key not in part.get("properties", {}):
                problem(path, 0, f"{place}: '{key}' is required and not described")
        if "properties" in part and part.get("type") != "object":
            problem(path, 0, f"{place} has properties and is not of type object")
        reference = part.get("$ref")
        if reference:
            file, _, pointer = reference.partition("#")
            target = documents.load().get(file.removesuffix(".schema.json") or name)
            for step in pointer.split("/")[1:]:
                target = target.get(step) if target else None
            if target is None:
                problem(path, 0, f"{place}: there is no {reference}")


def parts(schema, place):
    """Every schema within a schema, with its place."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for key in ("properties", "$defs"):
        for name, inner in schema.get(key, {}).items():
            yield from parts(inner, f"{place}/{key}/{name}")
    for key in ("items", "additionalProperties"):
        yield from parts(schema.get(key), f"{place}/{key}")
    for key in ("anyOf", "allOf"):
        for index, inner in enumerate(schema.get(key, [])):
            yield from parts(inner, f"{place}/{key}/{index}")


written = set()  # ids of schemas of properties that a document had


def mark(schema, name, value):
    """Notes which of the described properties a valid document has."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#")
        name = file.removesuffix(".schema.json") or name
        target = documents.load()[name]
        for step in pointer.split("/")[1:]:
            target = target[step]
        mark(target, name, value)
    for part in schema.get("allOf", []):
        mark(part, name, value)
    for part in schema.get("anyOf", []):
        closed = documents.prepared(part, name, False) | {"$defs": documents.everything()}
        if jsonschema.Draft202012Validator(closed).is_valid(value):
            mark(part, name, value)
    if isinstance(value, dict):
        described = schema.get("properties", {})
        for key, inner in value.items():
            if key in described:
                written.add(id(described[key]))
                mark(described[key], name, inner)
            else:
                mark(schema.get("additionalProperties"), name, inner)
    if isinstance(value, list):
        for inner in value:
            mark(schema.get("items"), name, inner)


def examine(where, text):
    """Checks one document."""
    try:
        document = json.loads(text)
    except ValueError as error:
        problem(ROOT, 0, f"{where} gives no JSON document: {error}")
        return
    if not isinstance(document, dict) or not str(document.get("schema")).startswith("mlsys."):
        problem(ROOT, 0, f"{where} gives a document without a schema of ours")
        return
    found = documents.problems(document)
    for text in found:
        problem(ROOT, 0, f"{where}: {document['schema']}: {text}")
    if not found:
        name = documents.NAME.fullmatch(document["schema"])[1]
        seen.add(name)
        mark(documents.load()[name], name, document)


seen = set()
for path in documents.files():
    check_schema(path, json.loads(path.read_text(encoding="utf-8")))
for path in sorted([*ROOT.glob("lib/**/*.[ch]pp"), *ROOT.glob("cli/**/*.[ch]pp")]):
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        for name, version in re.findall(r'"mlsys\.([a-z.-]+)/(\d+)"', line):
            if documents.load().get(name, {}).get("title") != f"mlsys.{name}/{version}":
                problem(path, number, f"mlsys.{name}/{version} has no schema")

verbs = {f"mlsys {command['name']} {verb['name']}".strip()
         for command in json.loads((BUILD / "share/mlsys/cli.json").read_text())["commands"] for verb in command["verbs"]}
for verb in sorted(verbs):
    if not any(f"{command[0]} ".find(f"{verb} ") >= 0 for command in COMMANDS):
        problem(pathlib.Path(__file__), 0, f"no document of '{verb}' is looked at")

scratch = pathlib.Path(tempfile.mkdtemp(prefix="mlsys-documents-"))
environment = {"PATH": f"{BUILD}:/usr/bin:/bin", "HOME": str(scratch), "LC_ALL": "C", "SOURCE": str(ROOT), "TMPDIR": str(scratch)}
work = scratch / "project"
work.mkdir()


def shell(command):
    return subprocess.run(["/bin/bash", "-c", command], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)


try:
    result = shell("set -e\n" + PREPARE)
    if result.returncode:
        problem(pathlib.Path(__file__), 0, f"preparation failed: {result.stderr}")
    for command, *code in COMMANDS:
        result = shell(re.sub(r"(.*)(mlsys [^;]*?)( 2>&1.*)?$", r"\1\2 --json\3", command))
        if result.returncode != (code or [0])[0]:
            problem(pathlib.Path(__file__), 0, f"`{command}` ended with {result.returncode}: {result.stderr.strip()}")
        # A stream is one document a line.
        for text in result.stdout.splitlines() if command.startswith("mlsys runs tail") else [result.stdout]:
            examine(f"`{command}`", text)
    for path in sorted({path for pattern in FILES for path in work.glob(pattern)}):
        examine(str(path.relative_to(work)), path.read_text(encoding="utf-8"))
    examine("cli.json", (BUILD / "share/mlsys/cli.json").read_text(encoding="utf-8"))
finally:
    shutil.rmtree(scratch, ignore_errors=True)
for name, schema in documents.load().items():
    if name not in seen:
        problem(ROOT, 0, f"no document of {schema['title']} was seen")
        continue
    for place, part in parts(schema, ""):
        for key, inner in part.get("properties", {}).items():
            if id(inner) not in written and f"{name}.schema.json{place}" not in NOT_BY_COMMANDS:
                problem(ROOT, 0, f"{name}.schema.json{place}: no document has '{key}'")
finish(len(COMMANDS) + len(documents.files()))
