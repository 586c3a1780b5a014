"""Crash tests: measured, shown again, and refused where nothing can be judged."""

import json
import os
import pathlib
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


def test_a_shown_report_takes_no_death(tested):
    directory, _ = tested
    assert "--death has no effect on a report" in refused(directory, "crash-test", REPORT, "--death", "machine")


def test_the_report_of_a_run_is_no_crash_test(tmp_path):
    run(tmp_path, "-s", "write-per-line", "--lines", "100", "--trials", "1")
    assert "is not the report of a 'crash-test'" in refused(tmp_path, "crash-test", "writebench-report.json")


def machine_can_die(directory):
    """Whether a power cut can be simulated here; if not, the test is skipped with the program's own reason."""
    result = subprocess.run([PROGRAM, "crash-test", "--death", "machine", "-s", "sync", "--lines", "100", "--kills", "1",
                             "-o", "none"], cwd=directory, capture_output=True, text=True, check=False, timeout=120,
                            env=ENVIRONMENT)
    if result.returncode == 2:
        pytest.skip(result.stderr)
    assert result.returncode == 0, result.stderr + result.stdout


def loop_devices():
    return {path.name for path in pathlib.Path("/sys/block").glob("loop*") if path.joinpath("loop").is_dir()}


def processes_in(directory):
    """Those that work there: the program and its children, also one that has lost its parent."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if path.joinpath("cwd").readlink() == directory:
                found.append(path.joinpath("comm").read_text().strip())
        except OSError:  # it has ended
            pass
    return found


def nothing_is_left(devices, directory):
    """Waits for the kernel to free what an ended process had. Other tests may take devices too, and give them back."""
    deadline = time.monotonic() + 30
    taken = loop_devices() - devices
    while time.monotonic() < deadline and (taken or processes_in(directory)):
        time.sleep(0.02)
        taken &= loop_devices()
    return not taken and not processes_in(directory)


def test_the_machine_dies_and_takes_what_was_not_synced(tmp_path):
    machine_can_die(tmp_path)
    devices = loop_devices()
    result = run(tmp_path, "crash-test", "--death", "process,machine", "-s", "write-per-line,sync-buffered", "-D",
                 "none,line", "--lines", "2k", "--kills", "30", "--budget", "60s")
    report = report_in(tmp_path)
    for deaths in report["crash_test"]["cells"]:
        assert deaths["failure"] is None and deaths["losses"], deaths["cell"]
        assert all(loss["faults"] == [] for loss in deaths["losses"])
        if deaths["death"] == "machine":
            assert deaths["bound_bytes"] is None
            assert deaths["trials"] < len(deaths["losses"]), "a trial serves for several cuts"
        lost = sum(loss["lost_lines"] for loss in deaths["losses"])
        if "durability=line" in deaths["cell"]:
            assert lost == 0
        elif deaths["death"] == "machine":
            assert lost > 0, "also of lines that the kernel had"
    assert [deaths["death"] for deaths in report["crash_test"]["cells"]] == ["process", "machine"] * 4
    assert "What is lost if the machine loses power, in ext4 on a simulated disk" in result.stdout
    assert run(tmp_path, "crash-test", REPORT).stdout + f"report: {REPORT}\n" == result.stdout
    assert [path.name for path in tmp_path.iterdir()] == [REPORT]
    assert nothing_is_left(devices, tmp_path)


def test_a_strategy_that_lies_about_its_syncs_is_found_by_the_death_of_the_machine_alone(tmp_path):
    machine_can_die(tmp_path)
    arguments = ("crash-test", "-s", "claims-synced", "-D", "line", "--lines", "1k", "--kills", "20", "-o", "x.json")
    run(tmp_path, *arguments, program=WITH_FAULTS)
    result = run(tmp_path, *arguments, "--death", "machine", program=WITH_FAULTS, status=1)
    assert "failed: claims-synced: what was durable is lost" in result.stdout
    faults = {fault["fault"] for deaths in report_in(tmp_path, "x.json")["crash_test"]["cells"]
              for loss in deaths["losses"] for fault in loss["faults"]}
    assert faults == {"durable-lost"}


@pytest.mark.parametrize("sent, status", [(signal.SIGINT, 128 + signal.SIGINT), (signal.SIGKILL, -signal.SIGKILL)])
def test_no_mount_device_or_process_outlives_the_program(tmp_path, sent, status):
    machine_can_die(tmp_path)
    devices = loop_devices()
    process = subprocess.Popen([PROGRAM, "crash-test", "--death", "machine", "-s", "write-per-line", "-D", "line",
                                "--lines", "20k", "--kills", "100k", "--budget", "60s"], cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and "wb-device" not in processes_in(tmp_path):
        time.sleep(0.01)
    time.sleep(1)
    process.send_signal(sent)
    process.communicate(timeout=60)
    assert process.returncode == status
    assert nothing_is_left(devices, tmp_path)
    assert "writebench" not in pathlib.Path("/proc/self/mountinfo").read_text()


def test_a_hanging_trial_on_the_simulated_disk_ends(tmp_path):
    machine_can_die(tmp_path)
    devices = loop_devices()
    result = run(tmp_path, "crash-test", "--death", "machine", "-s", "hangs", "--timeout", "300ms", "--lines", "100",
                 program=WITH_FAULTS, status=1)
    assert "failed: hangs: " in result.stdout
    assert nothing_is_left(devices, tmp_path)


def test_what_the_death_of_the_machine_needs_is_said_before_anything_is_measured(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    os.chmod(tmp_path, 0o777)
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": []}

    def tested(death):
        return subprocess.run([PROGRAM, "crash-test", "--death", death, "-s", "sync", "--lines", "100", "--kills", "2"],
                              cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120, env=ENVIRONMENT,
                              **as_nobody)
    try:
        result = tested("machine")
    except PermissionError:
        pytest.skip("nobody may not execute the program here")
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith("writebench: --death machine is not possible here: ")
    assert list(tmp_path.iterdir()) == []
    result = tested("process,machine")
    assert result.returncode == 0, result.stderr
    report = report_in(tmp_path)
    assert {deaths["death"] for deaths in report["crash_test"]["cells"]} == {"process"}
    assert [one["death"] for one in report["crash_test"]["unavailable"]] == ["machine"]
    assert "not tested: the death of the machine: " in result.stdout


@pytest.mark.parametrize("arguments, reason", [
    (("--death", "cat"), "--death 'cat' is unknown"),
    (("--death", ""), "--death"),
    (("--death", "machine", "--lines", "4M", "--line-size", "100"), "--death machine keeps a whole disk"),
])
def test_deaths_that_cannot_be_are_refused(tmp_path, arguments, reason):
    assert reason in refused(tmp_path, "crash-test", *arguments)
    assert list(tmp_path.iterdir()) == []
