"""Crash tests: measured, shown again, and refused where nothing can be judged."""

import json
import signal
import subprocess
import time

import pytest

from program import ENVIRONMENT, PROGRAM, WITH_FAULTS, refused, run, valid

REPORT = "writebench-crash-test.json"
QUICK = ("--lines", "3k", "--kills", "4", "--budget", "2s")


@pytest.fixture(name="tested", scope="module")
def _tested(tmp_path_factory):
    """The directory of a brief crash test, and what was printed."""
    directory = tmp_path_factory.mktemp("tested")
    return directory, run(directory, "crash-test", "-s", "write-per-line,sync-buffered,double-buffered,thread-pool",
                          "--buffer-size", "4KiB", *QUICK)


def report_in(directory, name=REPORT):
    return valid(json.loads((directory / name).read_text()))


def test_every_strategy_dies_and_loses_no_more_than_its_options_allow(tested):
    directory, _ = tested
    report = report_in(directory)
    assert report["complete"]
    test = report["crash_test"]
    assert test["deaths"] == 4
    by_strategy = {deaths["cell"].partition("@")[0]: deaths for deaths in test["cells"]}
    assert set(by_strategy) == {"write-per-line", "sync-buffered", "double-buffered", "thread-pool"}
    assert by_strategy["write-per-line"]["bound_bytes"] == 0
    assert by_strategy["sync-buffered"]["bound_bytes"] == 4096
    assert by_strategy["double-buffered"]["bound_bytes"] == 8192
    for deaths in test["cells"]:
        assert deaths["death"] == "process" and deaths["failure"] is None
        assert deaths["losses"], "each dies at least once"
        for loss in deaths["losses"]:
            assert loss["faults"] == []
            assert loss["lost_bytes"] <= deaths["bound_bytes"]
            assert 0 <= loss["after_ns"]


def test_the_table_fits_and_nothing_is_left_behind(tested):
    directory, result = tested
    page = result.stdout.splitlines()
    assert page[-1] == f"report: {REPORT}"
    narrow = subprocess.run([PROGRAM, "crash-test", REPORT], cwd=directory, capture_output=True, text=True, check=True,
                            timeout=60, env={**ENVIRONMENT, "COLUMNS": "80"}).stdout.splitlines()
    assert max(map(len, narrow)) <= 80
    assert any("write-per-line" in line for line in narrow)
    assert [path.name for path in directory.iterdir()] == [REPORT]


def test_a_crash_test_is_shown_again_as_it_was(tested):
    directory, result = tested
    shown = run(directory, "crash-test", REPORT).stdout
    assert shown + f"report: {REPORT}\n" == result.stdout
    assert run(directory, "show", REPORT).stdout == shown
    assert json.loads(run(directory, "crash-test", REPORT, "--json").stdout) == report_in(directory)


def test_a_strategy_that_is_wrong_is_not_killed_and_the_others_are(tmp_path):
    result = run(tmp_path, "crash-test", "-s", "lost,throws,write-per-line", *QUICK, program=WITH_FAULTS, status=1)
    report = report_in(tmp_path)
    assert report["complete"]
    assert [deaths["cell"] for deaths in report["crash_test"]["cells"]] == ["write-per-line"]
    assert "failed: lost: " in result.stdout and "failed: throws: " in result.stdout


def test_a_test_that_is_interrupted_keeps_what_was_measured(tmp_path):
    process = subprocess.Popen([PROGRAM, "crash-test", "-s", "write-per-line", "--lines", "20k", "--kills", "100k",
                                "--budget", "60s"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=ENVIRONMENT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(tmp_path.glob(".writebench-*/2*")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    report = report_in(tmp_path)
    assert not report["complete"]
    assert [path.name for path in tmp_path.iterdir()] == [REPORT]


@pytest.mark.parametrize("arguments, reason", [
    (("-s", "bulk"), "'bulk' appends no lines that could be lost"),
    (("-s", "null"), "'null' appends no lines that could be lost"),
    (("--lines", "0"), "has no line to lose"),
    (("--lines", "1e9"), "too many"),
    (("--file", "overwrite"), "--file 'overwrite' cannot be judged"),
    (("--kills", "0"), "--kills"),
    (("missing.json",), "missing.json"),
])
def test_what_cannot_be_judged_is_refused(tmp_path, arguments, reason):
    assert reason in refused(tmp_path, "crash-test", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_equal_lines_are_refused(tmp_path):
    (tmp_path / "lines").write_text("same\nsame\n")
    assert "--input has equal lines" in refused(tmp_path, "crash-test", "--input", "lines")


def test_a_report_is_shown_without_options_of_a_measurement(tested):
    directory, _ = tested
    assert "--kills has no effect on a report" in refused(directory, "crash-test", REPORT, "--kills", "5")


def test_the_report_of_a_run_is_no_crash_test(tmp_path):
    run(tmp_path, "-s", "write-per-line", "--lines", "100", "--trials", "1")
    assert "is not the report of a 'crash-test'" in refused(tmp_path, "crash-test", "writebench-report.json")
