"""JSON documents against the schemas we ship: lib/<module>/schemas and cli/schemas.

Readers must ignore keys they do not know, so the shipped schemas leave objects open. We do not: here every object with
declared properties is closed, so that a key which nobody described is found.
"""
import functools
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    sys.exit("the Python module jsonschema is missing: ./setup --dev")

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = re.compile(r"mlsys\.([a-z.-]+)/(\d+)")


def files():
    return sorted([*ROOT.glob("lib/*/schemas/*.json"), *ROOT.glob("cli/schemas/*.json")])


@functools.cache
def load():
    """{"runs": schema} as shipped."""
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8")) for path in files()}


def place(reference, name):
    """A $ref in the schema `name`, as a path into the document that holds all schemas."""
    file, _, pointer = reference.partition("#")
    return f"#/$defs/{file.removesuffix('.schema.json') or name}{pointer}"


def prepared(schema, name, closed):
    """A copy with references into the document that holds all schemas, and objects closed.

    What an object is combined from stays open, since each part knows only its own keys: the combination is closed.
    """
    if isinstance(schema, list):
        return [prepared(item, name, closed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {}
    for key, value in schema.items():
        if key == "$ref":
            copy[key] = place(value, name).replace("#/$defs/", "#/$defs/open:" if not closed else "#/$defs/", 1)
        elif key in ("allOf", "anyOf", "oneOf"):
            combined = "properties" in schema or key == "allOf" or any("properties" in part for part in value)
            copy[key] = prepared(value, name, closed and not combined)
        elif key in ("properties", "$defs"):
            copy[key] = {inner: prepared(part, name, closed if key == "$defs" else True) for inner, part in value.items()}
        elif key in ("items", "additionalProperties"):
            copy[key] = prepared(value, name, True)
        else:
            copy[key] = value
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]
    declares = "properties" in schema or any("properties" in part for part in parts) or "allOf" in schema
    if closed and declares and "additionalProperties" not in schema:
        copy["unevaluatedProperties"] = False
    return copy


@functools.cache
def everything():
    definitions = {}
    for name, schema in load().items():
        definitions[name] = prepared(schema, name, True)
        definitions["open:" + name] = prepared(schema, name, False)
    return definitions


@functools.cache
def validator(name):
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": everything()})


def explain(error):
    """The deepest reason of an error that has alternatives: that of the alternative which came furthest."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator == "unevaluatedProperties"))
    where = "/".join(str(part) for part in error.absolute_path)
    return f"{where or 'the document'}: {error.message[:300]}"


def problems(document):
    """What is wrong with a document that names its schema: nothing, or a list of texts."""
    named = NAME.fullmatch(str(document.get("schema")))
    if not named:
        return [f"'{document.get('schema')}' is no schema of ours"]
    name, version = named[1], named[2]
    if name not in load():
        return [f"there is no {name}.schema.json"]
    if load()[name]["title"] != f"mlsys.{name}/{version}":
        return [f"{name}.schema.json describes {load()[name]['title']}"]
    return [explain(error) for error in validator(name).iter_errors(document)]
