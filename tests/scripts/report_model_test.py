"""What the scripts read out of a report, and what they say of a file that is none."""

import copy
import json
import os
import subprocess
from pathlib import Path

import pytest
from report_document import cell as small_cell
from report_document import document as small_document
from report_document import load, sample
from schema import SCHEMA, VERSION

from analysis import figures, results
from analysis.checked_json import MOST_BYTES, Wrong
from analysis.groups import FRACTION, groups_of
from analysis.report_model import BadReport, load_report, report_of
from analysis.upgrade import OPTIONS, upgraded
from analysis.work import title_of


# One end of the lines' size, as the newest schema has it.
SIZE = next(name for name in SCHEMA["$defs"]["cell"]["properties"]["workload"]["properties"]
            if name in ("least_line_bytes", "min_line_bytes"))
GALLERY = sorted((Path(os.environ["WRITEBENCH_SOURCE"]) / "docs/gallery/reports").iterdir())
SCHEMA_1 = sorted((Path(os.environ["WRITEBENCH_SOURCE"]) / "tests/reports/schema_1").glob("*.json"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The text of a report that the program wrote."""
    command = [os.environ["WRITEBENCH"], "--strategy", "null,bulk,sync,sync-buffered,buffered,double-buffered", "--lines", "2000", "--trials", "4",
               "--json", "--dir", str(tmp_path_factory.mktemp("run"))]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def document(written):
    return json.loads(written)


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
        assert cell.samples[0].figures["write_syscalls"] == written["samples"][0]["write_syscalls"]
        assert report.reference_of(cell).strategy == "sync" and report.ceiling_of(cell).strategy == "bulk"


def test_the_fastest_of_several_ceilings_counts(tmp_path, document):
    (bulk,) = [cell for cell in document["cells"] if cell["id"] == "bulk"]
    for times, name in ((0.5, "bulk@buffer-size=4KiB"), (2, "bulk@buffer-size=64KiB")):
        other = copy.deepcopy(bulk) | {"id": name}
        other["summary"]["time_ns"]["median"] = round(bulk["summary"]["time_ns"]["median"] * times)
        document["cells"].append(other)
    report = load_report(saved(tmp_path, document))
    assert {report.ceiling_of(cell).id for cell in report.cells} == {"bulk@buffer-size=4KiB"}


def test_the_curve_of_a_distribution_ends_at_its_maximum(tmp_path, document):
    for cell in load_report(saved(tmp_path, document)).cells:
        if stall := cell.caller_stall_ns:
            curve = stall.curve()
            assert curve[-1] == (0, stall.max) and curve == sorted(curve, key=lambda point: -point[0])
            assert next(ns for above, ns in curve if above <= 0.5) == stall.p50


def test_a_percentile_takes_as_many_durations_as_it_leaves_out(tmp_path):
    """Reports of earlier versions have it in any case."""
    known = {"p50": 1, "p90": 2, "p99": 3, "p999": 4, "max": 5}
    for count, names in ((9, []), (10, ["p90"]), (99, ["p50", "p90"]), (100, ["p50", "p90", "p99"]),
                         (1000, ["p50", "p90", "p99", "p999"])):
        held = {**known, "count": count, "histogram": [[1, 5, count]]}
        small = load(tmp_path, small_document([small_cell("sync", [sample(0, 10)], stall=held)], [[("sync", 1, [])]]))
        stall = small.cells[0].caller_stall_ns
        assert [name for name in ("p50", "p90", "p99", "p999") if getattr(stall, name) is not None] == names


def test_a_cell_on_a_fraction_of_the_lines_says_so_and_does_other_work(tmp_path):
    cut = {**small_cell("slow", [sample(0, 10)], lines=50_000), "asked_lines": 500_000}
    whole = small_cell("sync", [sample(0, 10)], lines=500_000)
    report = load(tmp_path, small_document([whole, cut], [[("sync", 1, [])]]))
    assert [one.label for one in report.cells] == ["sync", "slow (1/10 of lines)"]
    assert report.reference_of(report.cells[1]) is None
    assert report.cells[1].asked_work == report.cells[0].work != report.cells[1].work
    assert title_of(report) == "500,000 lines, 5,000,000 bytes, durability none"
    assert [(group.heading, [row.cell.strategy for row in group.rows]) for group in groups_of(report)] == [
        ("all lines in order", ["sync"]), (FRACTION, ["slow"])]
    assert results.time(report.cells[1]) is results.NOTHING and results.per_line(report.cells[1]).value


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
        (json.dumps({"writebench_schema": VERSION + 1}), "a newer writebench"),
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
        ("cells.2", None), ("cells.2.id", 7), ("cells.2.parameters.lines", -1), ("cells.2.parameters.durability", [2]),
        ("cells.2.workload.think_ns", "1us"), (f"cells.2.workload.{SIZE}", 12),
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
        expected = "line_bytes" if name == SIZE else name if isinstance(name, str) else f"[{name}]"
        assert expected in reason(saved(tmp_path, changed)), place


def test_two_cells_of_one_id_are_refused(tmp_path, document):
    document["cells"][1]["id"] = document["cells"][0]["id"]
    assert "two cells have the id" in reason(saved(tmp_path, document))


def objects_of(value, schema, place=()):
    """Every kind of object in a document that the schema requires fields of, once: its place, and these fields."""
    while "$ref" in schema:
        part = SCHEMA
        for name in schema["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        schema = part
    if isinstance(value, dict):
        yield place, schema.get("required", [])
        for name, field in schema.get("properties", {}).items():
            if name in value:
                yield from objects_of(value[name], field, (*place, name))
    elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        # The last cell has everything, which a control has not.
        yield from objects_of(value[-1], schema["items"], (*place, len(value) - 1))


def test_a_report_without_a_required_field_or_with_a_spoiled_one_is_refused(document):
    tried = 0
    for place, required in objects_of(document, SCHEMA):
        for name in required:
            for spoil in (lambda holder: holder.pop(name), lambda holder: holder.update({name: [{"odd": []}]})):
                changed = copy.deepcopy(document)
                holder = changed
                for part in place:
                    holder = holder[part]
                spoil(holder)
                with pytest.raises(Wrong, match="is not|is missing"):
                    report_of("report.json", changed)
                    pytest.fail(f"{place} {name} is taken as it is")
                tried += 1
    assert tried > 150


def test_a_samples_figures_are_those_that_the_schema_marks(document):
    marked = {name for name, field in SCHEMA["$defs"]["sample"]["properties"].items() if "x-kind" in field}
    read = report_of("report.json", document).cells[-1].samples[0].figures
    written = upgraded(document)["cells"][-1]["samples"][0]
    assert len(marked) == len(figures.figures()) >= 20
    assert read == {name: written[name] for name in figures.figures() if written.get(name) is not None}
    assert [figures.unit_of(name) for name in ("time_ns", "written_bytes", "write_syscalls")] == ["ns", "bytes", "count"]


def test_reports_of_schema_1_are_read_as_what_they_say():
    assert len(SCHEMA_1) >= 3
    for path in SCHEMA_1:
        first = json.loads(path.read_text())
        assert first["writebench_schema"] == 1
        report = load_report(path)
        for cell, old in zip(report.cells, first["cells"]):
            assert cell.role == ("control" if old["family"] == "control" else "strategy")
            assert cell.twin_of == (old["id"].rpartition("#")[0] or None)
            used = ["lines", "durability", *old["parameters_used"]]
            assert cell.parameters == {name: value for name, value in old["parameters"].items() if name in used}
            assert cell.workload["max_line_bytes"] == old["workload"]["most_line_bytes"]
            assert cell.samples[0].figures["total_ns"] == old["samples"][0]["whole_ns"] if cell.samples else True
            assert set(cell.parameters) - {"lines", "durability"} <= set(report.options)
        assert {key: option.name for key, option in report.options.items()} == {
            key: OPTIONS[key][0] for key in report.options}


def test_a_report_that_has_the_newest_form_stays_as_it_is():
    newest = upgraded(json.loads(SCHEMA_1[0].read_text()))
    assert newest["writebench_schema"] == 2 and upgraded(newest) is newest


def test_twins_of_schema_1_are_told_by_their_ids(document):
    if document["writebench_schema"] == 1:
        document["cells"][-1]["id"] = "sync#2"
        assert upgraded(document)["cells"][-1]["twin_of"] == "sync"
