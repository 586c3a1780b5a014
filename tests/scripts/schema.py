"""The report's schema, and what of a document does not follow it."""

import functools
import json
import os
from pathlib import Path

import jsonschema

from analysis.upgrade import upgraded

SCHEMA = json.loads(Path(os.environ["WRITEBENCH_SCHEMA"]).read_text())
VERSION = SCHEMA["properties"]["writebench_schema"]["const"]


@functools.cache
def _validator():
    return jsonschema.Draft202012Validator(SCHEMA)


def errors_of(document):
    """What is wrong with it; a document of an earlier version is brought to the schema's form first."""
    document = document if document["writebench_schema"] == VERSION else upgraded(document)
    return [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(document)]


def enumeration(*path):
    """The values that the schema allows at that place in it."""
    place = SCHEMA
    for part in path:
        place = place[part]
    return place["enum"]
