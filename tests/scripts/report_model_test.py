"""What the scripts read out of a report, and what they say of a file that is none."""

import json
import os
import subprocess

import pytest

from checked_json import MOST_BYTES
from report_model import BadReport, load_report


@pytest.fixture
def document(tmp_path):
    """A report that the program wrote, as JSON."""
    command = [os.environ["WRITEBENCH"], "--strategy", "null,bulk,sync,*buffered", "--lines", "2000", "--trials", "4",
               "--json", "--dir", str(tmp_path)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def saved(tmp_path, document):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    return path


def reason(path):
    with pytest.raises(BadReport) as caught:
        load_report(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ") and "\n" not in line and "; " in line
    return line


def test_a_report_is_read_as_it_stands(tmp_path, document):
    report = load_report(saved(tmp_path, document))
    assert report.environment == document["environment"] and report.complete
    assert [cell.id for cell in report.cells] == [cell["id"] for cell in document["cells"]]
    for cell, written in zip(report.cells, document["cells"]):
        assert cell.summary.time_ns.median == written["summary"]["time_ns"]["median"]
        assert [sample.time_ns for sample in cell.samples] == [sample["time_ns"] for sample in written["samples"]]
        assert cell.samples[0].counts["write_syscalls"] == written["samples"][0]["write_syscalls"]
        assert report.reference_of(cell).strategy == "sync" and report.ceiling_of(cell).strategy == "bulk"


def test_the_curve_of_a_distribution_ends_at_its_maximum(tmp_path, document):
    for cell in load_report(saved(tmp_path, document)).cells:
        if stall := cell.caller_stall_ns:
            curve = stall.curve()
            assert curve[-1] == (0, stall.max) and curve == sorted(curve, key=lambda point: -point[0])
            assert next(ns for above, ns in curve if above <= 0.5) == stall.p50


def test_a_file_that_is_no_report_is_named_with_the_reason(tmp_path, document):
    path = tmp_path / "report.json"
    assert "cannot be read (No such file" in reason(path)
    assert "is a directory" in reason(tmp_path)
    whole = json.dumps(document)
    for content, expected in [
        ("", "is empty"),
        (" \n", "is empty"),
        (whole[: len(whole) // 2], "ends too early"),
        (whole[:-1], "ends too early"),
        ("hello", "is not JSON"),
        ('{"writebench_schema": NaN}', "is not JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ("[]", "the report is not an object"),
        ('{"benchmarks": []}', "is not a report of writebench"),
        ('{"writebench_schema": 2}', "a newer writebench"),
        ('{"writebench_schema": "1"}', "is not a report of writebench"),
    ]:
        path.write_text(content)
        assert expected in reason(path), content[:40]
    path.write_bytes(b"\xff\xfe\x00{")
    assert "is not UTF-8" in reason(path)


def test_a_file_too_large_to_be_a_report_is_not_taken_in(tmp_path):
    path = tmp_path / "report.json"
    with open(path, "wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert "larger than 256 MiB" in reason(path)


def test_a_value_of_the_wrong_type_is_named_with_its_place(tmp_path, document):
    whole = json.dumps(document)
    for place, value in [
        ("started_at", 5), ("started_at", "yesterday"), ("complete", 1), ("cells", {}), ("environment.cpus", "2"),
        ("environment.kernel", None), ("environment.device", 3), ("tool.version", None), ("harness", []),
        ("cells.2", None), ("cells.2.id", 7), ("cells.2.parameters.lines", -1), ("cells.2.parameters.threads", [2]),
        ("cells.2.workload.think_ns", "1us"), ("cells.2.workload.least_line_bytes", 12),
        ("cells.2.workload.file_state", None),
        ("cells.2.samples", None), ("cells.2.samples.0.time_ns", "5"), ("cells.2.samples.0.time_ns", True),
        ("cells.2.samples.0.write_syscalls", 1.5), ("cells.2.samples.0.disturbances", "writeback"),
        ("cells.2.summary.time_ns.median", None), ("cells.2.summary.time_ns.ci95_low", "x"),
        ("cells.2.caller_stall_ns.histogram", [[3, 2, 1]]), ("cells.2.caller_stall_ns.histogram", []),
        ("ranking.0.cells.0.rank", "1"), ("warnings", ["hot"]), ("command_line", [1]),
    ]:
        changed = json.loads(whole)
        *parents, name = [int(part) if part.isdigit() else part for part in place.split(".")]
        holder = changed
        for parent in parents:
            holder = holder[parent]
        holder[name] = value
        assert str(name if isinstance(name, str) else f"[{name}]") in reason(saved(tmp_path, changed)), place


def test_two_cells_of_one_id_are_refused(tmp_path, document):
    document["cells"][1]["id"] = document["cells"][0]["id"]
    assert "two cells have the id" in reason(saved(tmp_path, document))
