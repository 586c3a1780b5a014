"""Reports of schema 1, as writebench 0.1.0 wrote them, are read, shown, compared and exported by this one."""

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

PROGRAM = os.environ["WRITEBENCH"]
REREAD = os.environ["WRITEBENCH_REREAD"]
SOURCE = Path(os.environ["WRITEBENCH_SOURCE"])
SCHEMA = json.loads(Path(os.environ["WRITEBENCH_SCHEMA"]).read_text())
KEPT = sorted((SOURCE / "tests/reports/schema_1").glob("*.json"))

RENAMED = {"whole_ns": "total_ns", "surroundings": "interference", "least_line_bytes": "min_line_bytes",
           "most_line_bytes": "max_line_bytes"}


def run(*arguments, program=PROGRAM):
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True, timeout=60,
                          env={**os.environ, "COLUMNS": "200"}).stdout


def in_schema_2(old):
    """What a report of schema 1 says, with the names of schema 2."""
    new = json.loads(json.dumps(old))
    new["writebench_schema"] = 2
    new["plan"]["max_stall_trials"] = new["plan"]["stall_trials"]
    for held in (cell[name] for cell in new["cells"] for name in ("caller_stall_ns", "loop_lag_ns")):
        for name, needed in (("p50", 20), ("p90", 10), ("p99", 100), ("p999", 1000)):
            if held and held["count"] < needed:
                held[name] = None
    for cell in new["cells"]:
        cell["role"] = "control" if cell["strategy"] in ("null", "bulk") else "strategy"
        if cell["id"].endswith("#2"):
            cell["twin_of"] = cell["id"].removesuffix("#2")
        used = cell.pop("parameters_used")
        cell["parameters"] = {key: cell["parameters"][key] for key in ["lines", "durability", *used]}
        cell["workload"]["due_lines_per_second"] = cell["workload"].pop("lines_per_second")
        for part in [cell["workload"], *cell["samples"]]:
            for name in RENAMED.keys() & part.keys():
                part[RENAMED[name]] = part.pop(name)
    return new


def test_the_kept_reports_have_what_schema_2_has_under_another_name():
    text = "".join(path.read_text() for path in KEPT)
    assert len(KEPT) >= 3 and all(f'"{name}":' in text for name in [*RENAMED, "lines_per_second"])
    assert '"sync#2"' in text and '"family":"control"' in text


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_report_of_schema_1_is_read_as_one_of_schema_2_that_says_the_same(path):
    read = json.loads(run(path, program=REREAD))
    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(read)] == []
    expected = in_schema_2(json.loads(path.read_text()))
    for cell, expected_cell in zip(read["cells"], expected["cells"], strict=True):
        for part in ("ranking", "summary"):  # computed again; the reader has checked that the old ones are the same
            cell.pop(part, None), expected_cell.pop(part, None)
        assert cell == expected_cell
    for part in ("plan", "environment", "tool", "started_at", "command_line", "warnings"):
        assert read[part] == expected[part]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_report_of_schema_1_is_shown_and_exported(path):
    old = json.loads(path.read_text())
    ids = [cell["id"] for cell in old["cells"]]
    table = run("show", path)
    assert all(cell_id in table for cell_id in ids)
    assert table.count(" reference ") == sum(cell["strategy"] == "sync" and "#" not in cell["id"]
                                             and cell["workload"]["lines_per_second"] is None for cell in old["cells"])
    rows = list(csv.DictReader(io.StringIO(run("show", path, "--format", "csv"))))
    assert sorted(row["id"] for row in rows) == sorted(ids)
    assert [row["twin_of"] for row in rows if row["id"] == "sync#2"] == ["sync"] * ids.count("sync#2")
    trials = list(csv.DictReader(io.StringIO(run("export", path, "--controls", "--format", "csv"))))
    right = [cell for cell in old["cells"] if cell["status"] == "ok"]
    assert [row["total_ns"] for row in trials] == [str(s["whole_ns"]) for cell in right for s in cell["samples"]]
    for form in ("google-benchmark", "bencher", "hyperfine", "github-action"):
        assert json.loads(run("export", path, "--format", form))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_report_of_schema_1_is_compared(path, tmp_path):
    newer = tmp_path / "newer.json"
    newer.write_text(run(path, program=REREAD))
    comparison = json.loads(run("compare", path, newer, "--json", "--fail-on", "never"))
    old = json.loads(path.read_text())
    usual = [cell["id"] for cell in old["cells"] if cell["family"] != "control" and "#" not in cell["id"]]
    named = [cell["id"] for cell in comparison["cells"] + comparison["not_compared"]]
    assert sorted(named) == sorted(usual)
    assert all(cell["change"] == 0 for cell in comparison["cells"]) and comparison["cells"]


def test_a_report_of_a_later_schema_is_refused_in_one_line(tmp_path):
    later = tmp_path / "later.json"
    later.write_text(json.dumps({**json.loads(KEPT[0].read_text()), "writebench_schema": 3}))
    shown = subprocess.run([PROGRAM, "show", later], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 2 and shown.stderr.count("\n") == 1
    assert "newer writebench (writebench_schema 3, this one reads up to 2)" in shown.stderr
