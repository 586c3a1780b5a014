"""Text that comes from outside is never obeyed by a terminal: whatever string of a report, a calibration or a program has
an escape sequence in it, nothing that is printed has."""

import copy
import json
import os
import subprocess
import unicodedata

import pytest

from program import ENVIRONMENT, PROGRAM, REPORT_SCHEMA, SOURCE, export_formats

REREAD = os.environ["WRITEBENCH_REREAD"]
# An escape sequence, the same as one C1 character, a title, a backspace; direction, isolates, separators, no width, tags.
ATTACK = "\x1b[5m\x1b[31m\u009b2J\x1b]0;owned\x07\b\x7f\u202e\u2066\u200f\u061c\u2028\u200b\ufeff\U000e0041"
FORMATS = export_formats()


def hidden_in(text):
    """What a terminal could obey, or that hides text; apart from the ends of lines."""
    return {hex(ord(character)) for character in text.replace("\r\n", "\n")
            if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def output_of(*arguments, directory, environment=ENVIRONMENT):
    result = subprocess.run([PROGRAM, *map(str, arguments)], cwd=directory, capture_output=True, timeout=60,
                            env=environment, check=False)
    return result.returncode, result.stdout.decode() + result.stderr.decode()  # which is UTF-8


def is_safe(*arguments, directory, **more):
    status, output = output_of(*arguments, directory=directory, **more)
    assert output, arguments
    assert not hidden_in(output), (arguments, hidden_in(output), output)
    return status


def resolved(schema):
    if "$ref" not in schema:
        return schema
    target = REPORT_SCHEMA
    for part in schema["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return resolved(target | {key: value for key, value in schema.items() if key != "$ref"})


def free_texts(value, schema, path=()):
    """The place of every string that the schema leaves free: (keys and indices)."""
    schema = resolved(schema)
    if isinstance(value, dict):
        named, rest = schema.get("properties", {}), schema.get("additionalProperties")
        for key, member in value.items():
            yield from free_texts(member, named.get(key, rest if isinstance(rest, dict) else {}), (*path, key))
    elif isinstance(value, list):
        first, rest = schema.get("prefixItems", []), schema.get("items", {})
        for index, item in enumerate(value):
            yield from free_texts(item, first[index] if index < len(first) else rest or {}, (*path, index))
    elif isinstance(value, str) and not schema.keys() & {"enum", "const"}:
        yield path


def kind_of(path):
    return tuple("*" if isinstance(step, int) else step for step in path)


def attacked(report, paths):
    report = copy.deepcopy(report)
    for path in paths:
        *steps, last = path
        holder = report
        for step in steps:
            holder = holder[step]
        holder[last] = ATTACK + holder[last]
    return report


@pytest.fixture(name="report", scope="module")
def fixture_report():
    """A report with everything, a part of it explained."""
    report = json.loads(subprocess.run([REREAD], capture_output=True, check=True).stdout)
    report["warnings"] = [{"code": "made-up", "message": "one\nand another line"}]
    return report


@pytest.fixture(name="hostile", scope="module")
def fixture_hostile(report, tmp_path_factory):
    """The report with the attack in every string that can have it, and the kinds of these strings."""
    directory = tmp_path_factory.mktemp("hostile")
    kinds = {}
    for path in free_texts(report, REPORT_SCHEMA):
        kinds.setdefault(kind_of(path), []).append(path)
    names = []
    for number, paths in enumerate(kinds.values()):
        names.append(directory / f"{number}.json")
        names[-1].write_text(json.dumps(attacked(report, paths)))
    refusals = subprocess.run([REREAD, "--refusals", *names], capture_output=True, check=True).stdout.decode()
    assert refusals.count("\n") == len(names)
    accepted = [kind for kind, refusal in zip(kinds, refusals.splitlines()) if not refusal]
    path = directory / "report.json"
    path.write_text(json.dumps(attacked(report, [path for kind in accepted for path in kinds[kind]])))
    return path, accepted


def test_the_attack_reaches_every_string_that_matters(hostile):
    reached = {".".join(kind) for kind in hostile[1]}
    wanted = {"environment.file_system", "environment.kernel", "environment.cpu_model", "environment.directory",
            "environment.device.name", "tool.version", "tool.compiler", "command_line.*", "cells.*.id", "cells.*.family",
            "cells.*.workload.input", "warnings.*.message"}
    assert not wanted - reached
    assert len(reached) > 25


@pytest.mark.parametrize("arguments", [
    ["show", "REPORT"], ["show", "REPORT", "--sort", "name"], ["show", "REPORT", "--format", "markdown"],
    ["show", "REPORT", "--format", "csv"], ["explain", "REPORT"], ["explain", "REPORT", "--json"],
    *([["export", "REPORT", "--controls", "--format", form] for form in FORMATS]),
    *([["compare", "REPORT", "REPORT", "--format", form] for form in ("table", "markdown", "junit", "json")]),
], ids=" ".join)
def test_no_output_has_what_a_terminal_could_obey(hostile, tmp_path, arguments):
    path = hostile[0]
    is_safe(*(path if word == "REPORT" else word for word in arguments), directory=tmp_path)


def test_a_warning_and_a_status_keep_their_lines_and_nothing_else(report, tmp_path):
    paths = [path for path in free_texts(report, REPORT_SCHEMA) if path[-1] in ("message", "status_detail", "detail")]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(attacked(report, paths)))
    assert is_safe("show", path, directory=tmp_path) == 0


def test_baselines_and_calibrations_are_listed_safely(hostile, tmp_path):
    baselines = tmp_path / "baselines"
    baselines.mkdir()
    (baselines / "main.json").write_bytes(hostile[0].read_bytes())
    (baselines / "broken.json").write_text(f'{{"writebench_schema": 2, "tool": {{"name": "{ATTACK[3:4]}"}}')
    (baselines / f"{ATTACK}.json").write_text("{}")
    kept = SOURCE / "tests/fuzz/corpora/calibration/small"
    calibration = json.loads(kept.read_text())
    for key in ("made_at", "machine", "version"):
        calibration[key] = ATTACK + calibration[key]
    (baselines / "calibration.json").write_text(json.dumps(calibration))
    assert is_safe("baselines", "--baseline-dir", baselines, directory=tmp_path) == 0
    is_safe("compare", hostile[0], hostile[0], "--baseline-dir", baselines, directory=tmp_path)


def test_refusals_name_things_safely(tmp_path):
    for content in (f'{{"writebench_schema": "{ATTACK[3:4]}"}}', json.dumps({"writebench_schema": ATTACK}), ATTACK):
        path = tmp_path / "report.json"
        path.write_text(content)
        assert is_safe("show", path, directory=tmp_path) == 2
    for arguments in (["show", ATTACK], ["--lines", ATTACK], ["-s", ATTACK], ["--config", ATTACK], ["--dir", ATTACK],
                      [ATTACK], ["--" + ATTACK], ["export", ATTACK, "--format", ATTACK], ["--input", b"\xff\x9b31m"],
                      ["--set", ATTACK], ["--save-baseline", ATTACK, "-n", "1"]):
        raw = [word if isinstance(word, bytes) else word.encode() for word in arguments]
        result = subprocess.run([PROGRAM, *raw], cwd=tmp_path, capture_output=True, timeout=60, env=ENVIRONMENT,
                                check=False)
        assert result.returncode == 2, arguments
        assert not hidden_in(result.stderr.decode()), arguments
    (tmp_path / "options.toml").write_text(f'lines = "{ATTACK[3:4]}\u202e"\n')
    assert is_safe("--config", "options.toml", directory=tmp_path) == 2


def test_what_another_program_says_is_passed_on_safely(tmp_path):
    head = tmp_path / "head"
    (tmp_path / "attack").write_text(ATTACK + "\n")
    for status in (0, 3):
        head.write_text(f"#!/bin/sh\ncat '{tmp_path}/attack' >&2\ncat '{tmp_path}/attack'\nexit {status}\n")
        head.chmod(0o755)
        assert is_safe("ab", "--base", head, "--head", head, directory=tmp_path) == 2


def test_a_terminal_gets_our_styles_and_no_others(hostile, tmp_path):
    ours, terminal = os.openpty()
    with subprocess.Popen([PROGRAM, "show", hostile[0]], cwd=tmp_path, stdout=terminal,
                          env={**ENVIRONMENT, "TERM": "xterm"}) as process:
        os.close(terminal)
        output = read_to_the_end(ours).decode()
        assert process.wait() == 0
    assert "\x1b[1m" in output
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"):
        output = output.replace(style, "")
    assert "\\x1b[5m" in output
    assert not hidden_in(output)


def read_to_the_end(terminal):
    output = b""
    while True:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # how a terminal says that nobody has it open any more
            block = b""
        if not block:
            os.close(terminal)
            return output
        output += block
