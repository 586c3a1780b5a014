"""The program, run as a user would, and what it answers."""

import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest

PROGRAM = os.environ["WRITEBENCH"]
WITH_FAULTS = os.environ["WRITEBENCH_WITH_FAULTS"]
SOURCE = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
REPORT_SCHEMA = json.loads(pathlib.Path(os.environ["WRITEBENCH_SCHEMA"]).read_text())
COMPARISON_SCHEMA = json.loads((SOURCE / "gate/comparison.schema.json").read_text())


def run(directory, *arguments, program=PROGRAM, status=0):
    result = subprocess.run([program, *arguments], cwd=directory, capture_output=True, timeout=120, env=ENVIRONMENT,
                            check=False)
    result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
    assert result.returncode == status, result.stderr + result.stdout
    return result


def export_formats():
    """As the help of `export` names them."""
    help_text = subprocess.run([PROGRAM, "export", "--help"], capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout
    listed = help_text[help_text.index("--format FORM"):help_text.index("-o,--out")]
    return re.findall(r"^(?:--format FORM)? +([a-z-]+): ", listed, re.MULTILINE)


def refused(directory, *arguments):
    """What is said in one line, and nothing on stdout."""
    result = run(directory, *arguments, status=2)
    assert re.fullmatch(r"writebench: [^\n]+\n", result.stderr)
    assert result.stdout == ""
    return result.stderr


def valid(report):
    """A report that is as the schema has it."""
    jsonschema.Draft202012Validator(REPORT_SCHEMA).validate(report)
    return report


def comparison_of(result):
    comparison = json.loads(result.stdout, parse_constant=pytest.fail)
    jsonschema.Draft202012Validator(COMPARISON_SCHEMA).validate(comparison)
    return comparison


def verdicts_of(comparison):
    return {cell["id"]: cell["verdict"] for cell in comparison["cells"]}
