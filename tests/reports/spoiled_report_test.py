"""What report.schema.json requires, both readers of reports insist on: the program's and the scripts'.

A report that has something of everything is spoilt in one field at a time, as the schema lists them.
"""

import json
import os
import subprocess

import jsonschema
import pytest

REREAD = os.environ["WRITEBENCH_REREAD"]
with open(os.environ["WRITEBENCH_SCHEMA"], encoding="utf-8") as file:
    SCHEMA = json.load(file)

# A new code of a warning is no reason to refuse the report that has it.
OPEN_ENUMERATIONS = {("warnings", 0, "code")}
TYPES = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "array": list, "object": dict,
         "null": type(None)}


@pytest.fixture(scope="module")
def document():
    return json.loads(subprocess.run([REREAD], capture_output=True, text=True, check=True, timeout=60).stdout)


def resolved(schema):
    while "$ref" in schema:
        part = SCHEMA
        for name in schema["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        schema = part
    return schema


def fields_of(schema, value, place=(), names=()):
    """Of every object that the schema describes and the report has: place and names (the same for all elements of an
    array), schema and whether it is required, for each field."""
    schema = resolved(schema)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from fields_of(schema["items"], item, (*place, index), (*names, 0))
    if not isinstance(value, dict):
        return
    for name, form in schema.get("properties", {}).items():
        at = (*place, name), (*names, name)
        yield *at, resolved(form), name in schema.get("required", [])
        if name in value:
            yield from fields_of(form, value[name], *at)


def value_at(document, place):
    for part in place:
        document = document.get(part) if isinstance(document, dict) else document[part]
    return document


def known_fields(document):
    """Each field once, where it is known, or where it is at least."""
    fields = {}
    for place, names, form, required in fields_of(SCHEMA, document):
        known = value_at(document, place) is not None
        if names not in fields or (known and value_at(document, fields[names][0]) is None):
            fields[names] = place, form, required
    return fields


def types_of(form):
    if "type" in form:
        return form["type"] if isinstance(form["type"], list) else [form["type"]]
    words = form.get("enum", [form.get("const")])
    return [name for name, kind in TYPES.items() if any(type(word) is kind for word in words)]


def is_signed(names):
    """What is added to the time of a line may be negative."""
    return "explanation" in names


def spoils_of(names, form):
    """Values that the field must not have, each with what is wrong with it."""
    types = types_of(form)
    for value in ("ink", 7, True, [], {}):
        kinds = [name for name, kind in TYPES.items() if isinstance(value, kind)]
        if isinstance(value, bool):
            kinds = ["boolean"]
        if not set(kinds) & set(types):
            yield value, "is of another type"
            break
    if "null" not in types:
        yield None, "is null"
    if "integer" in types or "number" in types:
        if "minimum" in form or not is_signed(names):
            yield -1, "is negative"
        if form.get("minimum", 0) > 0:
            yield form["minimum"] - 1, "is too small"
        if "maximum" in form:
            yield form["maximum"] + 1, "is too large"
    if "string" in types and ("enum" in form or "const" in form) and names not in OPEN_ENUMERATIONS:
        yield "ink", "is an unknown word"


def spoiled(document, place, value=None, drop=False):
    copy = json.loads(json.dumps(document))
    holder = value_at(copy, place[:-1])
    if drop:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return copy


def spoiled_reports(document):
    """(what was done, the field's name, the report)"""
    for names, (place, form, required) in known_fields(document).items():
        at = ".".join(map(str, place))
        if required:
            yield f"{at} is missing", place[-1], spoiled(document, place, drop=True)
        for value, wrong in spoils_of(names, form):
            yield f"{at} {wrong}: {value!r}", place[-1], spoiled(document, place, value)


def test_a_full_report_has_every_field_that_the_schema_has(document):
    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)] == []
    unknown = [names for names, (place, _, _) in known_fields(document).items() if value_at(document, place) is None]
    assert unknown == []


def test_the_program_refuses_a_report_that_is_spoilt_in_one_field_and_names_it(document, tmp_path):
    cases = list(spoiled_reports(document))
    assert len(cases) > 300
    paths = []
    for number, (_, _, report) in enumerate(cases):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(report))
    refusals = subprocess.run([REREAD, "--refusals", *paths], capture_output=True, text=True, check=True,
                              timeout=250).stdout.splitlines()
    assert len(refusals) == len(cases)
    wrong = [f"{what}: {refusal or 'is read'}" for (what, name, _), refusal in zip(cases, refusals)
             if name not in refusal]
    assert wrong == []


def test_the_scripts_refuse_a_report_that_is_spoilt_in_one_field_and_name_it(document, tmp_path):
    model = pytest.importorskip("analysis.report_model")
    path = tmp_path / "report.json"

    def refusal_of(report):
        path.write_text(json.dumps(report))
        try:
            model.load_report(path)
        except model.BadReport as refusal:
            return str(refusal)
        return ""

    assert refusal_of(document) == ""
    wrong = []
    for what, name, report in spoiled_reports(document):
        if "is an unknown word" in what or "is too large" in what:
            continue  # the scripts show words that they do not know
        refusal = refusal_of(report)
        if not refusal or (name not in refusal and name != "writebench_schema"):
            wrong.append(f"{what}: {refusal or 'is read'}")
    assert wrong == []
