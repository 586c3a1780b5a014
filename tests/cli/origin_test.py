"""The programs of the origin case in Python and Node: that they are right, and how they stand in a report."""

import hashlib
import json
import re
import subprocess

import pytest

from program import ENVIRONMENT, PROGRAM, SOURCE, run, valid

SHA256_OF_1000_LINES = "87897d0fe5c04a29278fc9cbddf437296bbe22de96f09e5d1fb27c3c5516f699"
COUNTERPARTS = {"sync", "naive-async", "buffered", "double-buffered"}
LISTED = {entry["name"]: entry for entry in json.loads(
    subprocess.run([PROGRAM, "list", "--json"], capture_output=True, check=True, env=ENVIRONMENT).stdout)["programs"]}


def command_of(name):
    language, way = name.split("-", 1)
    script = {"python": ["/usr/bin/python3", "origin.py"], "node": ["node", "origin.mjs"]}[language]
    return [script[0], str(SOURCE / "scripts/peers" / script[1]), way]


@pytest.fixture(name="report", scope="module")
def fixture_report(tmp_path_factory):
    directory = tmp_path_factory.mktemp("origin")
    result = run(directory, "-s", "origin", "-n", "1000", "--trials", "2", "--out", "report.json", "--quiet")
    report = valid(json.loads((directory / "report.json").read_text()))
    return result.stdout, {cell["id"]: cell for cell in report["cells"]}


def test_all_are_right_and_stand_beside_their_counterparts(report):
    _, cells = report
    assert cells.keys() == LISTED.keys() | COUNTERPARTS | {"null", "bulk"}
    assert {cell["status"] for cell in cells.values()} == {"ok"}


def test_each_is_compared_with_the_synchronous_program_of_its_language(report):
    shown, cells = report
    per_line = {name: cell["summary"]["ns_per_line"] for name, cell in cells.items()}
    for name in LISTED:
        language = name.split("-")[0]
        assert cells[name]["program"]["own_reference"] == f"{language}-sync"
        assert cells[name]["program"]["language"].lower() == language
        summary = cells[name]["summary"]
        assert summary["per_line_to_own_reference"] == pytest.approx(per_line[name] / per_line[f"{language}-sync"])
        assert summary["per_line_to_reference"] == pytest.approx(per_line[name] / per_line["sync"])
    assert not any("per_line_to_reference" in cells[name]["summary"] for name in COUNTERPARTS)
    by_language = shown[shown.index("by language"):]
    rows = re.findall(r"^(?:[A-Z][\w+]+)? +([a-z-]+) +[\d.]+ .?s ", by_language, re.MULTILINE)
    assert set(rows) == LISTED.keys() | COUNTERPARTS


def test_a_fraction_of_the_lines_is_compared_by_the_line(tmp_path):
    run(tmp_path, "-s", "sync,python-sync,python-aiofiles", "-n", "20k", "--budget", "1500ms", "--quiet")
    cells = {cell["id"]: cell for cell in json.loads((tmp_path / "writebench-report.json").read_text())["cells"]}
    per_line = {name: cell["summary"]["ns_per_line"] for name, cell in cells.items()}
    cell = cells["python-aiofiles"]
    assert cell["asked_lines"] == 20_000 > cell["parameters"]["lines"]
    assert cell["summary"]["ratio_to_reference"] is None
    assert cell["summary"]["per_line_to_own_reference"] == pytest.approx(
        per_line["python-aiofiles"] / per_line["python-sync"], rel=1e-4)


@pytest.mark.parametrize("name", LISTED)
def test_the_list_says_what_the_program_declares(name):
    declared = subprocess.run(command_of(name), input="", capture_output=True, text=True, check=True).stdout
    declaration = json.loads(declared.removeprefix("declare "))
    entry = LISTED[name]
    assert entry["contract"]["order"] == declaration["order"]
    assert [option for option in entry["options"]] == declaration["options"]


@pytest.mark.parametrize("name", LISTED)
def test_the_bare_function_writes_the_same(tmp_path, name):
    written = tmp_path / "lines"
    seconds = subprocess.run([*command_of(name), "1000", written], capture_output=True, text=True, check=True).stdout
    assert float(seconds) > 0
    lines = written.read_bytes()
    if LISTED[name]["contract"]["order"] == "per-writer":
        lines = b"".join(sorted(lines.splitlines(keepends=True), key=lambda line: int(line[5:])))
    assert hashlib.sha256(lines).hexdigest() == SHA256_OF_1000_LINES


def test_a_durability_is_kept(tmp_path):
    run(tmp_path, "-s", "origin", "-n", "100", "--trials", "1", "-D", "close", "--quiet")
    cells = json.loads((tmp_path / "writebench-report.json").read_text())["cells"]
    assert {cell["status"] for cell in cells} == {"ok"}


def test_only_its_name_or_its_family_chooses_one(tmp_path):
    for selectors in ("all", "*buffered", "python*,sync", "^null"):
        result = subprocess.run([PROGRAM, "-s", selectors, "-n", "10", "--dry-run"], cwd=tmp_path, capture_output=True,
                                text=True, check=False, env=ENVIRONMENT)
        assert "python-" not in result.stdout, selectors


def test_a_command_without_programs_says_what_to_name(tmp_path):
    for option in (["-s", "origin"], ["--suite", "origin"]):
        said = run(tmp_path, "crash-test", *option, status=2).stderr
        assert "other languages, which this command cannot; name strategies instead, such as sync,naive-async" in said


def test_the_list_knows_a_missing_interpreter():
    entries = json.loads(subprocess.run([PROGRAM, "list", "--json"], capture_output=True, check=True,
                                        env={**ENVIRONMENT, "PATH": "/nowhere"}).stdout)["programs"]
    assert {entry["name"] for entry in entries if not entry["available"]} == {
        name for name in LISTED if name.startswith("node-")}
    assert "install the Debian package nodejs" in entries[-1]["unavailable_because"]


@pytest.mark.parametrize("name, changes, said", [
    ("node-sync", {"PATH": "/nowhere"}, "install the Debian package nodejs"),
    ("python-aiofiles", {"PYTHONPATH": "."}, "No module named 'aiofiles'; install the Debian package python3-aiofiles"),
])
def test_what_is_missing_is_named_with_its_package(tmp_path, name, changes, said):
    (tmp_path / "aiofiles.py").write_text("raise ModuleNotFoundError(\"No module named 'aiofiles'\")\n")
    result = subprocess.run([PROGRAM, "-s", f"sync,{name}", "-n", "10", "--trials", "1", "--json"], cwd=tmp_path,
                            capture_output=True, text=True, check=False, env={**ENVIRONMENT, **changes})
    cells = {cell["id"]: cell for cell in valid(json.loads(result.stdout))["cells"]}
    assert cells["sync"]["status"] == "ok"
    assert cells[name]["status"] == "unavailable" and said in cells[name]["status_detail"]
