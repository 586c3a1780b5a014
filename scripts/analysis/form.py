"""Whether a document has the form that its schema gives it, as far as its readers rely on it.

Required fields, types and minima are checked. Enumerations, patterns and unknown fields are not: a name that these
scripts do not know is no reason to refuse a report. Only the parts of JSON Schema that the project's schemas use are
known.
"""

import functools
import json
import math
from pathlib import Path

from analysis.checked_json import Wrong

ROOT = Path(__file__).resolve().parents[2]
MOST_NUMBER = 2**64  # beyond it a number cannot be what the program wrote

EXPECTED = {"string": "text", "boolean": "true or false", "integer": "a whole number", "number": "a number",
            "object": "an object", "array": "a list", "null": "null"}


def _place_of(folder, name):
    """In the sources a schema stands beside what writes it; once writebench is installed, all stand in one directory."""
    installed = ROOT / name
    return installed if installed.exists() else ROOT / folder / name


REPORT_SCHEMA = _place_of("reports", "report.schema.json")
COMPARISON_SCHEMA = _place_of("gate", "comparison.schema.json")


@functools.cache
def schema_at(path):
    return json.loads(path.read_text())


def version_of(schema, name):
    """The version of the form that a schema describes: the constant of its first field."""
    return schema["properties"][name]["const"]


def check_version(document, name, newest, foreign):
    """Raises Wrong unless the document says by that name that it is of its kind (else `foreign`), and not too new."""
    if not isinstance(document, dict):
        raise Wrong("the report is not an object")
    version = document.get(name)
    if not _is_integer(version) or version < 1:
        raise Wrong(foreign)
    if version > newest:
        raise Wrong(f"has the form {version} of a newer writebench; use the scripts that came with it")


def check(document, schema):
    """Raises Wrong, with the place, for the first value that is not as the schema says."""
    _check(document, schema, schema, "")


def _check(value, schema, root, at):
    if "$ref" in schema:
        _check(value, _resolved(schema["$ref"], root), root, at)
    _check_type(value, schema, at)
    if isinstance(value, dict):
        _check_object(value, schema, root, at)
    elif isinstance(value, list):
        _check_list(value, schema, root, at)


def _resolved(reference, root):
    for part in reference.removeprefix("#/").split("/"):
        root = root[part]
    return root


def _check_type(value, schema, at):
    types = _types(schema)
    if types and not any(_is(value, name) for name in types):
        what = " or ".join(EXPECTED[name] for name in types if name != "null")
        raise Wrong(f"{at or 'the report'} is not {what}")
    if _is(value, "number"):
        if "minimum" in schema and value < schema["minimum"]:
            raise Wrong(f"{at} is below {schema['minimum']}")
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            raise Wrong(f"{at} is not above {schema['exclusiveMinimum']}")


def _types(schema):
    """The names of the allowed types: as given, or else those of the given constants."""
    if "type" in schema:
        return schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    constants = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return list(dict.fromkeys(next(name for name in EXPECTED if _is(constant, name)) for constant in constants))


def _check_object(value, schema, root, at):
    for name in schema.get("required", ()):
        if name not in value:
            raise Wrong(f"{_place(at, name)} is missing")
    named = schema.get("properties", {})
    rest = schema.get("additionalProperties")
    for name, field in value.items():
        if name in named:
            _check(field, named[name], root, _place(at, name))
        elif isinstance(rest, dict):
            _check(field, rest, root, _place(at, name))


def _place(at, name):
    return f"{at}.{name}" if at else name


def _check_list(value, schema, root, at):
    first = schema.get("prefixItems", [])
    rest = schema.get("items", {})
    if len(value) < schema.get("minItems", 0) or (rest is False and len(value) > len(first)):
        raise Wrong(f"{at} has {len(value)} entries")
    for index, item in enumerate(value):
        form = first[index] if index < len(first) else rest
        _check(item, form or {}, root, f"{at}[{index}]")


def _is(value, name):
    if name == "integer":
        return _is_integer(value)
    if name == "number":
        return _is_integer(value) or (type(value) is float and math.isfinite(value) and abs(value) < MOST_NUMBER)
    kind = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}[name]
    return isinstance(value, kind)


def _is_integer(value):
    return type(value) is int and abs(value) < MOST_NUMBER
