"""What a killed run leaves: the next run and `clean` remove it, and nothing else. Runs in one directory at once."""

import json
import os
import re
import signal
import subprocess
import time

import pytest

from program import ENVIRONMENT, PROGRAM, WITH_FAULTS, refused, run, valid

SHORT = ["-s", "sync", "-n", "10", "--trials", "1", "--out", "none"]


def scratch_in(directory):
    return sorted(directory.glob(".writebench-*"))


def start(directory, *arguments, program=WITH_FAULTS):
    return subprocess.Popen([program, *arguments], cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=ENVIRONMENT)


def wait_for(condition):
    """What the condition gives once it gives something."""
    end = time.monotonic() + 30
    while not (result := condition()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return result


def kill(process):
    process.kill()
    process.communicate()


def leave_scratch(directory):
    """The scratch directory of a run that was killed in its first trial, and holds a file."""
    before = set(directory.glob(".writebench-*/1.txt"))
    process = start(directory, "-s", "hangs,^control", "-n", "10", "--trials", "1", "--out", "none")
    [file] = wait_for(lambda: set(directory.glob(".writebench-*/1.txt")) - before)
    kill(process)
    return file.parent


def test_the_next_run_names_and_removes_what_a_killed_run_left(tmp_path):
    scratch = leave_scratch(tmp_path)
    result = run(tmp_path, *SHORT)
    assert re.fullmatch(rf"writebench: removed what a killed run left: \./{scratch.name}, 1 file, [^\n]+\n", result.stderr)
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path, *SHORT).stderr == ""


def test_clean_lists_and_removes_it(tmp_path):
    scratch = leave_scratch(tmp_path)
    (scratch / "1.txt").write_bytes(b"x" * 2000)
    listed = run(tmp_path, "clean", "--dry-run").stdout
    assert re.fullmatch(rf"would remove \./{scratch.name}, 1 file, 2.00 kB \(process \d+, started at [^)]+\)\n", listed)
    assert scratch.exists()
    other = tmp_path / "elsewhere"
    other.mkdir()
    removed = run(other, "clean", "--dir", str(tmp_path)).stdout
    assert removed == listed.replace("would remove ./", f"removed {tmp_path}/")
    assert list(tmp_path.iterdir()) == [other]
    assert run(tmp_path, "clean").stdout == "no killed run has left anything in '.'\n"


def test_clean_and_a_run_leave_all_that_is_not_a_leftover(tmp_path):
    kept = run(tmp_path, *SHORT, "--keep-files").stdout
    kept = tmp_path / re.search(r"^files: (.+)$", kept, re.MULTILINE)[1]
    with_notes = leave_scratch(tmp_path)
    (tmp_path / ".writebench-mine").mkdir(mode=0o700)
    (with_notes / "notes.txt").write_text("precious")
    before = sorted(tmp_path.rglob("*"))
    cleaned = run(tmp_path, "clean").stdout
    assert f"left ./{with_notes.name}: it holds 'notes.txt', which no run made\n" in cleaned
    assert f"left ./{kept.name}: it has no marker of a run\n" in cleaned
    assert len(cleaned.splitlines()) == 2
    assert run(tmp_path, *SHORT).stderr == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_that_cannot_remove_its_directory_says_why(tmp_path):
    process = start(tmp_path, "-s", "hangs,^control", "-n", "10", "--trials", "1", "--out", "none")
    wait_for(lambda: list(tmp_path.glob(".writebench-*/1.txt")))
    scratch = scratch_in(tmp_path)[0]
    (scratch / "notes.txt").write_text("precious")
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert f"writebench: left './{scratch.name}': this run did not make 'notes.txt'; remove it yourself\n" in stderr
    assert [path.name for path in scratch.iterdir()] == ["notes.txt"]


def test_clean_refuses_a_directory_that_cannot_be_read(tmp_path):
    assert "--dir 'missing'" in refused(tmp_path, "clean", "--dir", "missing")


def test_a_run_may_be_killed_at_any_moment(tmp_path):
    for step in range(12):
        process = start(tmp_path, "-n", "1000", "-s", "sync,buffered", "--trials", "20", program=PROGRAM)
        if step > 2:  # before that, at the very beginning
            wait_for(lambda: scratch_in(tmp_path))
        time.sleep(0.004 * step)
        kill(process)
        left = scratch_in(tmp_path)
        cleaned = run(tmp_path, "clean").stdout
        assert all(f"removed ./{path.name}, " in cleaned for path in left), cleaned
        assert scratch_in(tmp_path) == []
        report = tmp_path / "writebench-report.json"
        assert not report.exists() or valid(json.loads(report.read_text()))


def test_runs_in_one_directory_at_once_do_not_disturb_each_other(tmp_path):
    arguments = ["-s", "sync,write-per-line,buffered", "-n", "2000", "--trials", "4"]
    runs = [start(tmp_path, *arguments, "--out", f"{number}.json", program=PROGRAM) for number in range(3)]
    for number, process in enumerate(runs):
        _, stderr = process.communicate(timeout=60)
        assert (process.returncode, stderr) == (0, "")
        report = valid(json.loads((tmp_path / f"{number}.json").read_text()))
        assert report["complete"] and all(cell["status"] == "ok" for cell in report["cells"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.json", "1.json", "2.json"]


def test_a_run_and_clean_leave_the_directory_of_a_run_that_lives(tmp_path):
    process = start(tmp_path, "-s", "hangs,^control", "-n", "10", "--trials", "1", "--out", "none")
    wait_for(lambda: list(tmp_path.glob(".writebench-*/1.txt")))
    scratch = scratch_in(tmp_path)[0]
    assert run(tmp_path, *SHORT).stderr == ""
    assert run(tmp_path, "clean").stdout == f"left ./{scratch.name}: it is in use by process {process.pid}\n"
    assert (scratch / "1.txt").exists()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert scratch_in(tmp_path) == []


@pytest.mark.parametrize("mode", [0o640, 0o600])
def test_a_report_and_a_baseline_that_are_replaced_keep_their_mode(tmp_path, mode):
    arguments = ["-s", "sync", "-n", "10", "--trials", "1", "--save-baseline", "main", "--replace-baseline"]
    files = [tmp_path / "writebench-report.json", tmp_path / "writebench-baselines" / "main.json"]
    run(tmp_path, *arguments)
    mask = os.umask(0)
    os.umask(mask)
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o666 & ~mask
        file.chmod(mode)
    run(tmp_path, *arguments)
    assert [file.stat().st_mode & 0o777 for file in files] == [mode, mode]
