"""Exports of real reports, given to the tools that they are for, or read by the rules that those document.

WRITEBENCH_COMPARE_PY is Google Benchmark's compare.py, WRITEBENCH_HYPERFINE is hyperfine.
"""

import csv
import io
import json
import os
import re
import statistics
import subprocess
import sys

import jsonschema
import pytest

from program import ENVIRONMENT, PROGRAM, REPORT_SCHEMA, WITH_FAULTS, export_formats, run

REPORT = "writebench-report.json"
FORMATS = export_formats()
WITHOUT_TIME = ["lost", "throws", "hangs", "unsupported"]


@pytest.fixture(name="measured", scope="module")
def fixture_measured(tmp_path_factory):
    """The directory of a report with ten trials of cells that are right, a sweep among them, and with cells that are not."""
    directory = tmp_path_factory.mktemp("measured")
    run(directory, "--strategy", "sync,sync,buffered,naive-async,faulty,^sleeps,^stops*,^claims*", "--buffer-size", "1KiB,2KiB",
        "--lines", "500", "--trials", "10", "--timeout", "300ms", program=WITH_FAULTS, status=1)
    return directory


def cells_in(directory, controls=False):
    """The cells with a time, by name."""
    cells = json.loads((directory / REPORT).read_text())["cells"]
    return {cell["id"]: cell for cell in cells
            if cell["status"] == "ok" and (controls or cell["family"] != "control")}


def exported(directory, form, *options):
    return run(directory, "export", REPORT, "--format", form, *options).stdout


def named(form, text):
    """The cells of an export; hyperfine's results are commands."""
    if form == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    if form == "prometheus":
        return [labels["cell"] for name, labels, _ in gauges_in(text) if name == "writebench_time_seconds"]
    content = json.loads(text)
    if form == "hyperfine":
        return [result["command"] for result in content["results"]]
    if form == "bencher":
        return list(content)
    return [entry["name"] for entry in (content if form == "github-action" else content["benchmarks"])]


LABEL = r'([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"'


def gauges_in(text):
    """(name, labels, value) of each sample, by the rules of Prometheus's text format 0.0.4; each name is declared first."""
    assert text.endswith("\n")
    declared, found = None, []
    for line in text.splitlines():
        if comment := re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line):
            declared = comment[2]
            continue
        name, labels, value = re.fullmatch(rf"([a-z_]+)(?:\{{((?:{LABEL},?)+)\}})? (?P<value>\S+)", line).group(1, 2, "value")
        assert name == declared
        labels = {key: re.sub(r"\\(.)", lambda escape: {"n": "\n"}.get(escape[1], escape[1]), escaped)
                  for key, escaped in re.findall(LABEL, labels or "")}
        found.append((name, labels, float(value)))
    return found


def times_of(cell):
    return [sample["time_ns"] for sample in cell["samples"]]


def test_a_cell_without_a_time_is_left_out_everywhere_and_named(measured):
    assert set(WITHOUT_TIME).isdisjoint(cells_in(measured))
    for form in FORMATS:
        result = run(measured, "export", REPORT, "--format", form)
        for name in WITHOUT_TIME:
            assert not re.search(rf"\b{name}\b", result.stdout), form
            assert re.search(rf"^writebench: {name} is left out: [a-z]+: [^\n]+$", result.stderr, re.MULTILINE)
        assert set(named(form, result.stdout)) == {
            command_of(name) if form == "hyperfine" else name for name in cells_in(measured)}


def command_of(name):
    return name.split("@")[0]


@pytest.mark.parametrize("form", FORMATS)
def test_controls_are_exported_only_if_they_are_asked_for(measured, form):
    controls = cells_in(measured, controls=True).keys() - cells_in(measured).keys()
    assert {command_of(name) for name in controls} == {"null", "bulk"}
    if form == "hyperfine":
        controls = {command_of(name) for name in controls}
    usual = set(named(form, exported(measured, form)))
    assert controls.isdisjoint(usual) and "sync" in usual
    assert set(named(form, exported(measured, form, "--controls"))) == usual | controls
    assert set(named(form, exported(measured, form, "--strategy", "sync,null"))) == {"sync", "sync#2", "null"}
    assert set(named(form, exported(measured, form, "-s", "sync", "--controls"))) == {"sync", "sync#2"} | controls
    unknown = run(measured, "export", REPORT, "--format", form, "--strategy", "snyc", status=2).stderr
    assert "--strategy 'snyc' is unknown; did you mean 'sync'?" in unknown


def test_a_report_of_controls_alone_says_how_to_export_them(tmp_path):
    run(tmp_path, "--strategy", "null", "--lines", "50", "--trials", "2")
    result = run(tmp_path, "export", REPORT, "--format", "csv", status=2)
    assert result.stderr.endswith("nothing to export; --controls exports the controls\n")
    run(tmp_path, "export", REPORT, "--format", "csv", "--controls")


def test_the_controls_beside_what_failed_are_no_result(tmp_path):
    run(tmp_path, "--strategy", "throws", "--lines", "5", "--trials", "1", program=WITH_FAULTS, status=1)
    for arguments in ([], ["--controls"]):
        result = run(tmp_path, "export", REPORT, "--format", "csv", *arguments, status=1)
        assert result.stdout == "" and result.stderr.endswith("nothing to export; measure again\n")
    run(tmp_path, "export", REPORT, "--format", "csv", "--strategy", "bulk")


def test_a_report_without_samples_is_no_result(tmp_path):
    run(tmp_path, "--strategy", "unsupported", "--lines", "5", "--trials", "1", program=WITH_FAULTS, status=2)
    result = run(tmp_path, "export", REPORT, "--format", "csv", "--controls", status=2)
    assert result.stdout == "" and result.stderr.endswith("nothing to export; measure again\n")


def compare(directory, before, after):
    """What compare.py says of two files: its JSON, by name."""
    for name, content in [("before.json", before), ("after.json", after)]:
        (directory / name).write_text(content)
    subprocess.run([sys.executable, os.environ["WRITEBENCH_COMPARE_PY"], "-d", "said.json", "benchmarks", "before.json",
                    "after.json"], cwd=directory, check=True, capture_output=True, timeout=120)
    return {said["name"]: said for said in json.loads((directory / "said.json").read_text())}


def test_compare_py_reads_every_trial(measured, tmp_path):
    before = exported(measured, "google-benchmark")
    after = json.loads(before)
    for row in after["benchmarks"]:
        row["real_time"] *= 2
    said = compare(tmp_path, before, json.dumps(after))
    cells = cells_in(measured)
    assert said.keys() - {"OVERALL_GEOMEAN"} == cells.keys()
    assert said["OVERALL_GEOMEAN"]["measurements"][0]["time"] == pytest.approx(1)
    for name, cell in cells.items():
        assert [measurement["real_time"] for measurement in said[name]["measurements"]] == times_of(cell)
        assert {measurement["time"] for measurement in said[name]["measurements"]} == {1.0}
        assert said[name]["utest"]["have_optimal_repetitions"]
        assert said[name]["time_unit"] == "ns"


def test_compare_py_finds_no_difference_in_the_same(measured, tmp_path):
    for form in ["google-benchmark", "google-benchmark-median"]:
        for said in compare(tmp_path, exported(measured, form), exported(measured, form)).values():
            assert {measurement["time"] for measurement in said["measurements"]} == {0.0}


def test_a_google_benchmark_file_says_what_its_rows_are(measured):
    export = json.loads(exported(measured, "google-benchmark"))
    assert "json_schema_version" not in export["context"] and export["context"]["writebench_schema"] == 2
    cells = cells_in(measured)
    for row in export["benchmarks"]:
        sample = cells[row["name"]]["samples"][row["repetition_index"]]
        assert row["repetitions"] == len(cells[row["name"]]["samples"])
        assert row["cpu_time"] == sample["user_cpu_ns"] + sample["system_cpu_ns"]
        assert row["real_time"] == sample["time_ns"]
        assert (row["run_type"], row["run_name"], row["iterations"]) == ("iteration", row["name"], 1)


def test_github_action_benchmark_finds_one_median_of_each_cell(measured):
    cells = cells_in(measured)
    # As its tool googlecpp: each row is a result; of rows with one name it would take the first.
    rows = json.loads(exported(measured, "google-benchmark-median"))["benchmarks"]
    results = {row["name"]: (row["real_time"], row["time_unit"] + "/iter") for row in rows}
    assert len(results) == len(rows)
    assert results == {name: (statistics.median(times_of(cell)), "ns/iter") for name, cell in cells.items()}
    assert all(isinstance(row[key], (int, float)) for row in rows for key in ("iterations", "cpu_time", "threads"))
    # As its tool customSmallerIsBetter.
    entries = json.loads(exported(measured, "github-action"))
    assert {entry["name"]: entry["value"] for entry in entries} == {name: value for name, (value, _) in results.items()}
    for entry in entries:
        assert entry.keys() == {"name", "unit", "value", "range", "extra"} and entry["unit"] == "ns"
        low, high = re.fullmatch(r"95% interval ([0-9.]+) to ([0-9.]+)", entry["range"]).groups()
        assert float(low) <= entry["value"] <= float(high)
        assert f"trials: {len(cells[entry['name']]['samples'])}\n" in entry["extra"]


BENCHER = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["value"],
            "additionalProperties": False,
            "properties": {name: {"type": "number"} for name in ("value", "lower_value", "upper_value")},
        },
    },
}


def test_bencher_finds_latency_and_throughput_with_their_bounds(measured):
    export = json.loads(exported(measured, "bencher"))
    jsonschema.Draft202012Validator(BENCHER).validate(export)
    cells = cells_in(measured)
    assert export.keys() == cells.keys()
    for name, metrics in export.items():
        summary = cells[name]["summary"]
        time_ns = summary["time_ns"]
        assert metrics["latency"] == {"value": statistics.median(times_of(cells[name])),
                                      "lower_value": time_ns["ci95_low"], "upper_value": time_ns["ci95_high"]}
        throughput = metrics["throughput"]
        assert throughput["value"] == summary["lines_per_second"]
        assert throughput["lower_value"] <= throughput["value"] <= throughput["upper_value"]
        assert throughput["upper_value"] == pytest.approx(500 / time_ns["ci95_low"] * 1e9)


def test_a_median_of_few_trials_has_no_bounds(tmp_path):
    run(tmp_path, "--strategy", "sync", "--lines", "50", "--trials", "3")
    assert json.loads(exported(tmp_path, "bencher"))["sync"]["latency"].keys() == {"value"}
    assert all("range" not in entry for entry in json.loads(exported(tmp_path, "github-action")))
    assert {name for name, *_ in gauges_in(exported(tmp_path, "prometheus"))} == {
        "writebench_complete", "writebench_time_seconds", "writebench_lines_per_second", "writebench_trials"}


def test_prometheus_gets_a_gauge_for_each_median(measured):
    cells = cells_in(measured)
    gauges = {}
    (name, labels, value), *of_cells = gauges_in(exported(measured, "prometheus"))
    assert (name, labels, value) == ("writebench_complete", {}, 1)
    for name, labels, value in of_cells:
        assert cells[labels["cell"]]["strategy"] == labels["strategy"]
        assert labels["durability"] == "none"
        assert gauges.setdefault(name, {}).setdefault(labels["cell"], value) == value
    assert all(values.keys() == cells.keys() for values in gauges.values())
    for name, cell in cells.items():
        summary = cell["summary"]
        time_ns = summary["time_ns"]
        assert gauges["writebench_time_seconds"][name] == pytest.approx(time_ns["median"] / 1e9, rel=1e-4)
        assert gauges["writebench_time_low_seconds"][name] == pytest.approx(time_ns["ci95_low"] / 1e9, rel=1e-4)
        assert gauges["writebench_time_high_seconds"][name] == pytest.approx(time_ns["ci95_high"] / 1e9, rel=1e-4)
        assert gauges["writebench_lines_per_second"][name] == pytest.approx(summary["lines_per_second"])
        assert gauges["writebench_trials"][name] == summary["trials"]


def test_hyperfine_itself_writes_the_same_fields(measured, tmp_path):
    subprocess.run([os.environ["WRITEBENCH_HYPERFINE"], "--runs", "2", "--shell", "none", "--parameter-list", "name", "a,b",
                    "--export-json", "theirs.json", "true {name}"], cwd=tmp_path, check=True, capture_output=True)
    theirs = json.loads((tmp_path / "theirs.json").read_text())
    ours = json.loads(exported(measured, "hyperfine"))
    cells = {command_of(name): name for name in cells_in(measured)}
    assert ours.keys() == theirs.keys() == {"results"}
    for result in ours["results"]:
        # As theirs, ours has no parameters if nothing was swept.
        for key, value in theirs["results"][0].items():
            assert key == "parameters" and "@" not in cells[result["command"]] or isinstance(result[key], type(value)), key
        for key in ("times", "exit_codes"):
            assert {type(value) for value in result[key]} == {type(value) for value in theirs["results"][0][key]}
        assert all(isinstance(value, str) for value in result.get("parameters", {}).values())


def parameter_of(result):
    """The name and the value by the rule of hyperfine's plot_parametrized.py: exactly one, and a number."""
    (name, value), = result["parameters"].items()
    return name, float(value)


@pytest.mark.parametrize("swept, parameter, values", [
    (["--buffer-size", "1KiB..16KiB*4"], "buffer_bytes", [1024, 4096, 16384]),
    (["--lines", "50,60"], "lines", [50, 60]),
    (["--line-size", "20,40"], "line_bytes", [20, 40]),
    (["--think", "0,1us"], "think_ns", [0, 1000]),
    (["--rate", "1M,2M"], "due_lines_per_second", [1e6, 2e6]),
    (["--set", "sync-buffered.buffer-size=2KiB,8KiB"], "buffer_bytes", [2048, 8192]),
], ids=lambda value: value[0] if isinstance(value, list) and isinstance(value[0], str) else None)
def test_plot_parametrized_takes_a_sweep(tmp_path, swept, parameter, values):
    lines = [] if "--lines" in swept else ["--lines", "50"]
    run(tmp_path, "--strategy", "sync-buffered,sync", *lines, "--trials", "3", *swept)
    results = json.loads(exported(tmp_path, "hyperfine", "--strategy", "sync-buffered"))["results"]
    assert [parameter_of(result) for result in results] == [(parameter, value) for value in values]
    assert {result["command"] for result in results} == {"sync-buffered"}
    # What it draws, and what the other scripts read.
    for result in results:
        assert all(isinstance(result[key], float) for key in ("mean", "stddev", "median", "min", "max", "user", "system"))
        assert len(result["times"]) == 3
    everything = json.loads(exported(tmp_path, "hyperfine"))["results"]
    assert all(len(result.get("parameters", {})) <= 1 for result in everything)


def test_a_strategy_that_was_not_swept_has_no_parameters(measured):
    results = json.loads(exported(measured, "hyperfine"))["results"]
    assert {result["command"]: list(result.get("parameters", {})) for result in results} == {
        "sync": [], "sync#2": [], "naive-async": [], "buffered": ["buffer_bytes"]}


def test_a_hyperfine_file_has_seconds_with_every_digit(measured):
    cells = cells_in(measured)
    results = json.loads(exported(measured, "hyperfine"))["results"]
    assert [result["command"] for result in results] == list(map(command_of, cells))
    for result, cell in zip(results, cells.values(), strict=True):
        times_ns = times_of(cell)
        assert [round(seconds * 1e9, 3) for seconds in result["times"]] == times_ns
        assert result["median"] == pytest.approx(statistics.median(times_ns) / 1e9, rel=1e-12)
        assert result["mean"] == pytest.approx(statistics.mean(times_ns) / 1e9)
        assert result["stddev"] == pytest.approx(statistics.stdev(times_ns) / 1e9)
        assert (result["min"], result["max"]) == (min(times_ns) / 1e9, max(times_ns) / 1e9)
        assert result["exit_codes"] == [0] * len(times_ns)


SAMPLE = REPORT_SCHEMA["$defs"]["sample"]["properties"]
FIGURES = (SAMPLE.keys() | SAMPLE["interference"]["properties"].keys()) - {"interference", "outcome", "detail"}


def flat(sample):
    """The fields of a sample as a CSV has them."""
    fields = {key: value for key, value in sample.items() if key not in ("interference", "disturbances", "outcome")}
    fields.update(sample["interference"], disturbances=" ".join(sample["disturbances"]))
    return {key: "" if value is None else str(value) for key, value in fields.items()}


def test_a_csv_has_every_field_of_every_trial(measured):
    rows = list(csv.DictReader(io.StringIO(exported(measured, "csv"), newline=""), strict=True))
    cells = cells_in(measured)
    assert len(rows) == sum(len(cell["samples"]) for cell in cells.values())
    samples = [(cell, sample) for cell in cells.values() for sample in cell["samples"]]
    for row, (cell, sample) in zip(rows, samples, strict=True):
        assert None not in row and None not in row.values()
        assert flat(sample).items() <= row.items()
        assert FIGURES <= row.keys()
        assert (row["id"], row["buffer_bytes"]) == (cell["id"], str(cell["parameters"].get("buffer_bytes", "")))
        known = flat(sample).keys() | {"slowed_to_share", "order_unproven", "copy_refused"}
        assert all(row[key] in ("", "false") for key in row.keys() - known if key.startswith(("slowed_", "throttled_")))


def test_names_with_commas_and_quotes_stay_one_field(measured, tmp_path):
    report = json.loads((measured / REPORT).read_text())
    name = 'sync, "plain"\nand |simple|'
    next(cell for cell in report["cells"] if cell["id"] == "sync#2")["id"] = name
    (tmp_path / REPORT).write_text(json.dumps(report))
    for row in csv.DictReader(io.StringIO(exported(tmp_path, "csv"), newline=""), strict=True):
        assert None not in row and row["lines"] == "500"
    assert name in {row["name"] for row in json.loads(exported(tmp_path, "google-benchmark"))["benchmarks"]}
    assert name in json.loads(exported(tmp_path, "bencher"))


@pytest.mark.parametrize("form", FORMATS)
def test_where_no_cell_has_a_time_there_is_nothing_to_export(tmp_path, form):
    run(tmp_path, "--strategy", "throws,^control", "--lines", "5", program=WITH_FAULTS, status=1)
    result = run(tmp_path, "export", REPORT, "--format", form, "--out", "out", status=1)
    assert re.search(r"\Awriteb[^\n]*throws is left out[^\n]*\nwritebench: [^\n]*no strategy with a time[^\n]*\n\Z",
                     result.stderr)
    assert result.stdout == "" and not (tmp_path / "out").exists()


def test_a_file_gets_what_stdout_gets_and_is_never_replaced_unasked(measured, tmp_path):
    (tmp_path / REPORT).write_bytes((measured / REPORT).read_bytes())
    to_file = ["export", REPORT, "--format", "hyperfine", "--out", "out.json"]
    assert run(tmp_path, *to_file).stdout == ""
    assert (tmp_path / "out.json").read_text() == exported(tmp_path, "hyperfine")
    assert run(tmp_path, *to_file[:-1], "-").stdout == exported(tmp_path, "hyperfine")
    (tmp_path / "out.json").write_text("mine")
    refused = run(tmp_path, *to_file, status=2)
    assert "--out 'out.json' exists; name another file, or replace it with --force" in refused.stderr
    assert (tmp_path / "out.json").read_text() == "mine"
    (tmp_path / "link.json").symlink_to("out.json")
    run(tmp_path, *to_file[:-1], "link.json", "--force")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "out.json").read_text() == exported(tmp_path, "hyperfine")
    assert sorted(os.listdir(tmp_path)) == ["link.json", "out.json", REPORT]


@pytest.mark.parametrize("arguments, said", [
    (["--format", "csv", "--out", "."], "--out '.' is a directory"),
    (["--format", "csv", "--out", ".", "--force"], "--out '.' is a directory"),
    (["--format", "csv", "--out", "/dev/null", "--force"], "--out '/dev/null' is not a regular file"),
    (["--format", "csv", "--out", "none/out.csv"], "the directory 'none' does not exist; create it first"),
    (["--format", "csv", "--out", "out/"], "names a directory"),
    (["--format", "csv", "--out", ""], "is empty"),
    (["--format", "csv", "--out", REPORT, "--force"], f"--out '{REPORT}' is the file '{REPORT}' that is read"),
    (["--format", "csv", "--out", REPORT], f"--out '{REPORT}' is the file '{REPORT}' that is read; name another\n"),
    (["--format", "csv", "--out", "none"], "--out 'none' leaves nothing to do"),
    (["--format", "cvs"], "--format 'cvs' is unknown; did you mean 'csv'?"),
    (["--format", "parquet"], f"use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"),
    ([], "--format is required; 'writebench export --help'"),
    (["--fromat", "csv"], "did you mean '--format'?"),
])
def test_what_export_is_asked_wrongly_is_explained(measured, arguments, said):
    before = (measured / REPORT).read_bytes()
    result = run(measured, "export", REPORT, *arguments, status=2)
    assert re.fullmatch(r"writebench: [^\n]+\n", result.stderr)
    assert said in result.stderr
    assert (measured / REPORT).read_bytes() == before


def test_a_force_without_a_file_is_noted(measured):
    result = run(measured, "export", REPORT, "--format", "csv", "--force")
    assert "writebench: note: --force has no effect without a file of --out\n" in result.stderr
    assert result.stdout == exported(measured, "csv")


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_cannot_be_written_is_an_error(measured, form):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([PROGRAM, "export", REPORT, "--format", form], cwd=measured, stdout=full,
                                stderr=subprocess.PIPE, check=False, env=ENVIRONMENT)
    assert result.returncode == 1
    assert re.search(rb"^writebench: .*stdout", result.stderr, re.MULTILINE)
