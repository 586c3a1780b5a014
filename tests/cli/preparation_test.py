"""What is done before each trial: --prepare-command and --caches cold; and what is asked of a run: --limit."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from program import ENVIRONMENT, PROGRAM, SOURCE, valid

FEW = ["-s", "sync", "-n", "200", "--trials", "2", "--warm-up", "1", "--stall-trials", "1", "--quiet"]
EXTERNAL = f"/usr/bin/env python3 '{SOURCE}/docs/examples/external.py'"


def run(directory, *arguments):
    return subprocess.run([PROGRAM, *arguments], cwd=directory, capture_output=True, text=True, timeout=120, check=False,
                          env=ENVIRONMENT)


def report_in(directory):
    return valid(json.loads((directory / "writebench-report.json").read_text()))


def test_the_command_runs_before_each_trial(tmp_path):
    result = run(tmp_path, *FEW, "--external", f"python={EXTERNAL}", "--prepare-command", "echo again >>counted")
    assert result.returncode == 0, result.stderr
    trials = sum(len(cell["samples"]) + cell["warm_up_trials"] for cell in report_in(tmp_path)["cells"])
    # Those that time every append are of strategies alone.
    assert len((tmp_path / "counted").read_text().splitlines()) >= trials + 1 >= 13


def test_the_time_of_the_command_is_not_that_of_a_trial(tmp_path):
    assert run(tmp_path, *FEW, "--prepare-command", "sleep 0.2").returncode == 0
    for cell in report_in(tmp_path)["cells"]:
        assert all(sample["time_ns"] < 100_000_000 for sample in cell["samples"])


@pytest.mark.parametrize("command, said", [
    ("echo one >&2; echo no such cache >&2; exit 3", "ended with status 3: no such cache"),
    ("kill -TERM $$", "was ended by SIGTERM"), ("/no/such/program", "ended with status 127"),
])
def test_a_command_that_fails_is_the_outcome_of_the_trial(tmp_path, command, said):
    result = run(tmp_path, *FEW, "--external", f"python={EXTERNAL}", "--prepare-command", command)
    assert result.returncode == 1
    for cell in report_in(tmp_path)["cells"]:
        assert cell["status"] == "failed" and said in cell["status_detail"], cell["status_detail"]


def test_a_command_that_takes_too_long_is_ended_with_what_it_started(tmp_path):
    result = run(tmp_path, *FEW, "--timeout", "200ms", "--prepare-command", "sleep 77 & sleep 77")
    assert result.returncode == 1 and "takes longer than --timeout" in report_in(tmp_path)["cells"][0]["status_detail"]
    left = [path for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if path.exists() and read(path) == b"sleep\x0077\0"]
    assert left == []


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def drops():
    """How often the kernel has dropped its caches."""
    return int(re.search(r"^drop_pagecache (\d+)$", pathlib.Path("/proc/vmstat").read_text(), re.MULTILINE).group(1))


@pytest.mark.parametrize("external", [False, True], ids=["strategies", "a program"])
def test_caches_are_dropped_or_the_cell_is_unavailable(tmp_path, external):
    before = drops()
    more = ["--external", f"python={EXTERNAL}", "-s", "python"] if external else []
    result = run(tmp_path, *FEW, *more, "--caches", "cold")
    cells = report_in(tmp_path)["cells"]
    assert all(cell["workload"]["caches"] == "cold" for cell in cells)
    if os.access("/proc/sys/vm/drop_caches", os.W_OK):
        assert result.returncode == 0, result.stdout
        trials = sum(len(cell["samples"]) + cell["warm_up_trials"] for cell in cells)
        assert drops() - before >= trials > 0
        assert "caches cold" in result.stdout
    else:
        assert result.returncode == 2
        assert all("caches cannot be dropped here" in cell["status_detail"] for cell in cells)


def test_caches_are_left_alone_otherwise(tmp_path):
    assert run(tmp_path, *FEW).returncode == 0
    assert "caches" not in report_in(tmp_path)["cells"][0]["workload"]


@pytest.mark.parametrize("limit, status, judged", [
    ("sync.time=1h", 0, "kept"), ("sync.time=1ns", 3, "exceeded"), ("sync.lines-per-second=1", 0, "kept"),
    ("sync.lines-per-second=1000000M", 3, "exceeded"), ("sync.peak-rss=1TB", 0, "kept"), ("bulk.time=1ns", 3, "exceeded"),
])
def test_a_limit_decides_the_exit_status(tmp_path, limit, status, judged):
    result = run(tmp_path, *FEW, "--limit", limit)
    assert result.returncode == status, result.stderr
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("limit: ")]
    assert limit.split(".")[0] in line and judged in " ".join(result.stdout.split())


def test_each_limit_counts_and_each_cell(tmp_path):
    result = run(tmp_path, *FEW, "--limit", "sync.time=1h", "--limit", "sync.time=1ns", "-b", "1KiB")
    assert result.returncode == 3
    assert sum(line.startswith("limit: sync ") for line in result.stdout.splitlines()) == 2


def test_a_limit_that_nothing_can_be_held_against_does_not_pass(tmp_path):
    result = run(tmp_path, "-s", "sync", "-n", "200", "--trials", "1", "--stall-trials", "0", "--quiet",
                 "--limit", "sync.stall-p99=1s")
    assert result.returncode == 2
    assert "cannot be held against" in " ".join(result.stdout.split())


@pytest.mark.parametrize("limit, said", [
    ("sync", "not of the form NAME.METRIC=VALUE"), ("sync.time", "not of the form"), ("nobody.time=5ms", "'nobody' is not among"),
    ("sync.tmie=5ms", "did you mean 'time'?"), ("sync.time=5", "--limit sync.time '5'"), ("sync.time=", "--limit sync.time ''"),
])
def test_a_limit_that_means_nothing_is_refused_before_the_run(tmp_path, limit, said):
    result = run(tmp_path, *FEW, "--limit", limit)
    assert result.returncode == 2 and said in result.stderr, result.stderr
    assert not (tmp_path / "writebench-report.json").exists()
