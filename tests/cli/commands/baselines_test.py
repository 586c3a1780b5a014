"""Reports that are kept under a name, and what a calibration beside them changes."""

import json
import re
import subprocess

import pytest

from program import ENVIRONMENT, PROGRAM, WITH_FAULTS, refused, run

TINY = ("--strategy", "sync,sync-buffered", "--lines", "1000", "--trials", "3", "--stall-trials", "0")


def test_a_report_is_kept_listed_and_never_replaced_unasked(tmp_path):
    run(tmp_path, *TINY, "--save-baseline", "main")
    kept = (tmp_path / "writebench-baselines/main.json").read_text()
    assert kept == (tmp_path / "writebench-report.json").read_text()
    assert run(tmp_path, "baselines").stdout.splitlines()[1].startswith("main  ")
    assert "--replace-baseline" in refused(tmp_path, *TINY, "--save-baseline", "main")
    assert (tmp_path / "writebench-baselines/main.json").read_text() == kept
    run(tmp_path, *TINY, "--save-baseline", "main", "--replace-baseline")
    assert (tmp_path / "writebench-baselines/main.json").read_text() != kept


def test_a_run_is_held_against_a_baseline(tmp_path):
    run(tmp_path, *TINY, "--save-baseline", "main", "--baseline-dir", "kept")
    shown = run(tmp_path, *TINY, "--baseline", "main", "--baseline-dir", "kept").stdout
    assert "base: main (" in shown and "head: this run (" in shown
    assert shown.endswith("0 slower, 0 faster, 0 same, 1 inconclusive\n"), "three trials tell nothing"


def test_a_run_that_has_nothing_in_common_with_its_baseline_does_not_pass(tmp_path):
    run(tmp_path, *TINY, "--save-baseline", "main")
    other = [*TINY]
    other[other.index("1000")] = "999"
    assert "lines is 1000 in the base and 999 in the head" in run(tmp_path, *other, "--baseline", "main",
                                                                 status=2).stdout


@pytest.mark.parametrize("arguments, said", [
    (("--baseline", "none"), "'writebench-baselines/none.json' does not exist"),
    (("--baseline", "../main"), "is not a valid baseline name"),
    (("--save-baseline", "calibration"), "is not a valid baseline name"),
    (("--save-baseline", "main", "--baseline-dir", "/dev/null/kept"), "cannot hold baselines"),
])
def test_what_cannot_be_kept_or_found_is_said_before_anything_is_measured(tmp_path, arguments, said):
    try:
        assert said in refused(tmp_path, *TINY, *arguments)
    finally:
        assert not (tmp_path / "writebench-report.json").exists()


@pytest.fixture(name="calibrated", scope="module")
def fixture_calibrated(tmp_path_factory):
    directory = tmp_path_factory.mktemp("calibrated")
    shown = run(directory, "calibrate", "--strategy", "sync", "--lines", "1000", "--gates", "2", "--samples", "10",
                "--pairs", "6").stdout
    run(directory, *TINY)
    return directory, shown


def calibration_of(directory):
    path = directory / "writebench-baselines/calibration.json"
    return path, json.loads(path.read_text())


def said(directory, *arguments):
    return " ".join(run(directory, *arguments).stdout.split())


def test_a_calibration_says_what_verdicts_are_worth_and_is_kept(calibrated):
    directory, shown = calibrated
    _, calibration = calibration_of(directory)
    assert "2 gates of this program against itself: 0 called something slower" in shown
    assert [slow_down["share"] for slow_down in calibration["cells"][0]["slow_downs"]] == [0.1, 0.2]
    assert "+10 %" in shown and "+5 %" not in shown, "5 % is the threshold"
    assert "(a rate below 77.6 % with 95 % confidence)" in shown, "as 0.05 is (1 - 0.776) squared"
    assert calibration["gates"] == 2 and calibration["cells"][0]["pairs"] == 6
    report = "writebench-report.json"
    assert "no calibration covers this: the one of " in said(directory, "compare", report, report)
    gate = ("ab", "--base", PROGRAM, "--head", PROGRAM, "--pairs", "6", "--fail-on", "never", "--lines", "1000")
    assert re.search("calibrated here on [^ ]+ for these cells: 0 false alarms in 2 gates; of slow-downs such a gate "
                     "finds 10 % in [0-9]+ %, 20 % in [0-9]+ % or more", said(directory, *gate, "--strategy", "sync"))
    assert "; no calibration covers buffered" in said(directory, *gate, "--strategy", "sync,buffered")
    for other in (("--strategy", "buffered"), ("--strategy", "sync", "--durability", "close"),
                  ("--strategy", "sync", "--threshold", "10%")):
        assert "no calibration covers this: the one of " in said(directory, *gate, *other)
    assert "calibrated on " in run(directory, "baselines").stdout


def test_lists_of_baselines_and_a_calibration_fit_the_columns(tmp_path):
    run(tmp_path, *TINY, "--save-baseline", "main", "--out", "none")
    run(tmp_path, *TINY, "--save-baseline", "a-very-long-name-for-a-baseline-of-a-release", "--out", "none")
    (tmp_path / "writebench-baselines/broken.json").write_text("{}")
    calibrate = ["calibrate", "--strategy", "sync-buffered", "--buffer-size", "4KiB,64KiB", "--lines", "50", "--gates",
                 "1", "--samples", "10", "--pairs", "2", "--quiet"]
    for columns in (200, 80, 60, 40):
        for arguments in (calibrate, ["baselines"]):
            shown = subprocess.run([PROGRAM, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True,
                                   env={**ENVIRONMENT, "COLUMNS": str(columns)}).stdout
            paths = "calibration: writebench-baselines"
            assert max(len(line) for line in shown.splitlines() if not line.startswith(paths)) <= columns, shown
            if columns == 200 and arguments is calibrate:
                assert " noise" in shown and "found by a gate" in shown and "+20 %" in shown


def test_a_calibration_of_another_machine_is_named_and_not_used(calibrated):
    directory, _ = calibrated
    path, calibration = calibration_of(directory)
    report = "writebench-report.json"
    try:
        cells = [{**cell, "run_to_run": 3} for cell in calibration["cells"]]
        path.write_text(json.dumps({**calibration, "machine": "another", "cells": cells}))
        result = run(directory, "compare", report, report, "--json").stdout
    finally:
        path.write_text(json.dumps(calibration))
    comparison = json.loads(result)
    assert "is of another machine (another) and is not used" in comparison["notes"][0]
    assert all(cell["allowance"] < 1 for cell in comparison["cells"])


@pytest.mark.parametrize("change", [
    {"false_alarms": 3}, {"alpha": 7}, {"cells": None}, {"cells": []}, {"writebench_calibration": 1}, {"run_to_run": -1},
    {"noise": -1}, {"gates": 6.2e20}, {"pairs": 2.5}, {"slow_downs": [{"share": 0.1, "beyond": 0.5, "power": 2, "pairs": 5}] * 2}])
def test_a_calibration_that_could_not_have_been_measured_is_refused(calibrated, change):
    directory, _ = calibrated
    path, calibration = calibration_of(directory)
    try:
        cells = [{name: change.get(name, value) for name, value in cell.items()} for cell in calibration["cells"]]
        path.write_text(json.dumps({**calibration, "cells": cells, **change}))
        assert "is not a calibration that this writebench reads" in refused(directory, "compare", "writebench-report.json",
                                                                         "writebench-report.json")
    finally:
        path.write_text(json.dumps(calibration))


def test_a_calibration_that_cannot_be_read_costs_no_measurement(tmp_path):
    run(tmp_path, *TINY, "--save-baseline", "main")
    (tmp_path / "writebench-baselines/calibration.json").write_text("{}")
    (tmp_path / "head").write_text("#!/bin/sh\ntouch measured\n")
    (tmp_path / "head").chmod(0o755)
    report = (tmp_path / "writebench-report.json").read_text()
    for arguments in [("ab", "--base", "./head", "--head", "./head"), (*TINY, "--baseline", "main")]:
        assert "is not a calibration that this writebench reads" in refused(tmp_path, *arguments)
    assert not (tmp_path / "measured").exists()
    assert (tmp_path / "writebench-report.json").read_text() == report


def test_what_cannot_be_calibrated_is_refused_or_left_out(tmp_path):
    few = ("--lines", "50", "--gates", "1", "--samples", "10", "--pairs", "2")
    assert "there is no cell to calibrate" in refused(tmp_path, "calibrate", "--strategy", "null", *few)
    assert not (tmp_path / "writebench-baselines/calibration.json").exists()
    shown = run(tmp_path, "calibrate", "--strategy", "sync,lost", *few, program=WITH_FAULTS).stdout
    assert "lost is left out: its trials fail" in shown
    assert [cell["id"] for cell in calibration_of(tmp_path)[1]["cells"]] == ["sync"]
