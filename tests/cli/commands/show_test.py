"""Reports of real runs read back: shown as they were, in other forms, and refused where they cannot be relied on."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import time

import pytest

from program import ENVIRONMENT, PROGRAM, SOURCE, WITH_FAULTS, run

REREAD = os.environ["WRITEBENCH_REREAD"]
FEW = ["--lines", "50", "--trials", "3"]
SOME = ["--strategy", "sync,sync-buffered,naive-async,pwrite-parallel,group-commit,sharded-files"]
FAULTS = "sync,sync,bulk,lost,throws,hangs,unsupported,buffered"
SYNCED = ["--durability", "none,close,bytes=100,line"]


def table_of(stdout):
    """What a run prints but for where the report is."""
    return re.fullmatch(r"\n(.*)\nreport: [^\n]*\n", stdout, re.DOTALL).group(1)


def on_a_disk(directory):
    return subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True,
                          check=True).stdout.strip() not in ("tmpfs", "ramfs")


@pytest.mark.parametrize("arguments, status", [
    (["--strategy", "all", "--lines", "3000", "--trials", "8"], 0),
    (["--strategy", FAULTS, "--timeout", "300ms", *FEW], 1),
    (["--strategy", "sync-buffered,naive-async", "--buffer-size", "1KiB..16KiB*4", "--writers", "1,3", *FEW], 0),
    ([*SOME, "--lines", "0,1,50", "--trials", "2"], 0),
    ([*SOME, "--input", "input", "--think", "1us", "--rate", "0,900k", "--burst", "3", "--file", "new,overwrite", "--trials",
      "2"], 0),
    ([*SOME, "--line-size-range", "20..2KiB", "--preallocate", "size", "--stall-trials", "0", *FEW], 0),
    (["--budget", "0", "--lines", "500"], 0),
    ([*SYNCED, *SOME, "--lines", "10", "--trials", "3"], 0),
], ids=["all", "faults", "sweep", "lines", "workload", "sizes", "budget", "durability"])
def test_a_report_is_shown_as_it_was_after_the_run(tmp_path, arguments, status):
    (tmp_path / "input").write_bytes(b"one line\n\nand another, without an end" * 20)
    if arguments[:2] == SYNCED and not on_a_disk(tmp_path):
        arguments = FEW  # nothing is durable here
    after_run = run(tmp_path, *arguments, program=WITH_FAULTS if FAULTS in arguments else PROGRAM, status=status)
    shown = run(tmp_path, "show", "writebench-report.json")
    assert shown.stdout == table_of(after_run.stdout)
    assert shown.stderr == ""
    assert run(tmp_path, "writebench-report.json", program=REREAD).stdout == (
        tmp_path / "writebench-report.json").read_text()


def test_a_report_of_a_run_that_was_interrupted_is_shown_as_it_was(tmp_path):
    with subprocess.Popen([WITH_FAULTS, "-s", "sync,sleeps,buffered", "-n", "200", "--trials", "500"], cwd=tmp_path,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT) as process:
        while not (tmp_path / "writebench-report.json").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        after_run = process.communicate(timeout=60)[0].decode()
    assert not json.loads((tmp_path / "writebench-report.json").read_text())["complete"]
    assert run(tmp_path, "show", "writebench-report.json").stdout == table_of(after_run)
    assert run(tmp_path, "writebench-report.json", program=REREAD).stdout == (
        tmp_path / "writebench-report.json").read_text()


@pytest.fixture(name="faulty", scope="module")
def fixture_faulty(tmp_path_factory):
    """The directory of a report with cells of every status."""
    directory = tmp_path_factory.mktemp("faulty")
    run(directory, "--strategy", FAULTS, "--timeout", "300ms", *FEW, program=WITH_FAULTS, status=1)
    return directory


def cells_in(directory):
    return {cell["id"]: cell for cell in json.loads((directory / "writebench-report.json").read_text())["cells"]}


def test_a_report_as_csv_has_a_row_for_each_cell_with_every_digit(faulty):
    text = run(faulty, "show", "writebench-report.json", "--format", "csv").stdout
    assert text.endswith("\r\n") and text.count("\r\n") == text.count("\n")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    cells = cells_in(faulty)
    assert sorted(row["id"] for row in rows) == sorted(cells)
    for row in rows:
        assert None not in row and None not in row.values()
        cell = cells[row["id"]]
        assert (row["status"], row["status_detail"]) == (cell["status"], cell["status_detail"] or "")
        summary = cell["summary"]
        if summary is None:
            assert row["time_median_ns"] == row["ns_per_line"] == row["trials"] == ""
            continue
        assert float(row["time_median_ns"]) == summary["time_ns"]["median"]
        assert float(row["lines_per_second"]) == summary["lines_per_second"]
        assert float(row["ratio_to_reference"]) == summary["ratio_to_reference"]["median"]
        assert int(row["lines"]) == 50


def test_the_rows_of_a_csv_are_sorted_as_the_table_is(faulty):
    text = run(faulty, "show", "writebench-report.json", "--format", "csv", "--sort", "name").stdout
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    ordered = [row["id"] for row in rows if row["status"] == "ok" and row["family"] != "control"]
    assert ordered == sorted(ordered) and len(ordered) >= 3


def test_a_report_as_markdown_has_every_cell_and_why_it_failed(faulty):
    text = run(faulty, "show", "writebench-report.json", "--format", "markdown").stdout
    for name, cell in cells_in(faulty).items():
        assert name.replace("#", "\\#") in text
        if cell["status"] != "ok":
            assert re.search(rf"^\|  \| {name}: {cell['status']}: ", text, re.MULTILINE)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {len(re.findall(r"\|", lines[0]))}


def test_a_report_is_read_from_a_pipe_and_from_stdin(faulty):
    by_name = run(faulty, "show", "writebench-report.json").stdout
    report = (faulty / "writebench-report.json").read_bytes()
    for name in ("-", "/dev/stdin"):
        piped = subprocess.run([PROGRAM, "show", name], input=report, capture_output=True, env=ENVIRONMENT, check=True)
        assert piped.stdout.decode() == by_name
    slowly = f"'{PROGRAM}' show <(sleep 0.2; cat writebench-report.json)"
    assert subprocess.run(["bash", "-c", slowly], cwd=faulty, capture_output=True, env=ENVIRONMENT,
                          check=True).stdout.decode() == by_name


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
@pytest.mark.parametrize("name", ["origin", "buffer-size", "durability"])
def test_every_line_of_a_table_fits_the_columns(faulty, name, columns):
    report = SOURCE / f"docs/gallery/reports/{name}.json"
    for arguments in (["show", report], ["show", report, "--sort", "cpu"], ["show", "writebench-report.json"],
                      ["compare", report, report, "--fail-on", "never"]):
        shown = subprocess.run([PROGRAM, *arguments], cwd=faulty, capture_output=True, check=False,
                               env={**ENVIRONMENT, "COLUMNS": str(columns)}).stdout.decode()
        assert shown and max(map(len, shown.splitlines())) <= columns, shown


def test_a_table_that_is_sorted_by_what_it_does_not_show_shows_it(tmp_path):
    report = SOURCE / "docs/gallery/reports/origin.json"
    for by, title in [("cpu", "cpu"), ("stall", "stall p99.9"), ("peak-rss", "peak RSS"), ("write-syscalls", "writes")]:
        header = run(tmp_path, "show", report, "--sort", by).stdout.splitlines()[2]
        assert re.search(rf" strategy .* {title} ", header)


@pytest.mark.parametrize("prepare, said", [
    (lambda path: path.unlink(), "does not exist"),
    (lambda path: (path.unlink(), path.mkdir()), "is a directory"),
    (lambda path: path.write_bytes(b""), "is empty"),
    (lambda path: path.write_bytes(path.read_bytes()[:-100]), "ends in the middle"),
    (lambda path: path.write_text('{"benchmarks": []}'), "not a report of writebench"),
    (lambda path: path.write_text('{"writebench_schema": 3}'), "newer writebench"),
    (lambda path: path.write_text("[" * 1_000_000), "too deeply"),
    (lambda path: path.write_text(path.read_text().replace('"median":', '"median":9', 1)), "the samples give"),
    (lambda path: path.write_text(re.sub('"time_ns":([0-9]+)', '"time_ns":-\\1', path.read_text(), count=1)),
     "cells[0].samples[0].time_ns must not be negative"),
    (lambda path: os.truncate(path, 1 << 40), "larger than a report can be"),
    (lambda path: (path.unlink(), os.mkfifo(path)), "is empty"),
    (lambda path: (path.unlink(), path.symlink_to("/dev/zero")), "neither a regular file nor a pipe"),
], ids=["missing", "directory", "empty", "cut", "foreign", "newer", "deep", "summary", "negative", "large", "pipe",
        "device"])
@pytest.mark.parametrize("command", [["show"], ["export", "--format", "csv"]], ids=["show", "export"])
def test_what_cannot_be_relied_on_is_refused_in_one_line(faulty, tmp_path, prepare, said, command):
    path = tmp_path / "report.json"
    path.write_bytes((faulty / "writebench-report.json").read_bytes())
    prepare(path)
    result = run(tmp_path, *command, "report.json", status=2)
    assert re.fullmatch(r"writebench: 'report.json' [^\n]+\n", result.stderr)
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments, said", [
    (["show"], "REPORT is required; 'writebench show --help'"),
    (["show", "a.json", "b.json"], "'b.json' is one argument too many for writebench show"),
    (["show", "a.json", "--sort", "tiem"], "did you mean 'time'?"),
    (["show", "a.json", "--sort", "colour"], "--sort 'colour' is unknown; use time, name,"),
    (["show", "writebench-report.json", "--format", "html"], "use table, markdown or csv"),
    (["show", "a.json", "--srot", "time"], "'--srot' is not an option of writebench show; did you mean '--sort'?"),
    (["--lines", "5", "show", "a.json"], "--lines belongs to a run"),
    (["--output", "a.json"], "'--output' is not an option of writebench; did you mean '--out'?"),
    (["--json", "a.json"], "'a.json' is one argument too many for writebench; --json prints, and --out names a file"),
    (["--json=a.json"], "--json takes no value; --out names a file"),
    (["--sort", "time"], "'--sort' is not an option of writebench; it belongs to writebench show"),
    (["export", "a.json", "--sort", "time"], "it belongs to writebench show"),
])
def test_what_show_is_asked_wrongly_is_explained(faulty, arguments, said):
    result = run(faulty, *arguments, status=2)
    assert re.fullmatch(r"writebench: [^\n]+\n", result.stderr)
    assert said in result.stderr
