"""What a signal, a library that ends the process, and a kill leave behind: the real program, ended in all its phases."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

import pytest

from program import ENVIRONMENT, PROGRAM, WITH_FAULTS, run, valid

REPORT = "writebench-report.json"
LONG = ["-s", "sync,sleeps", "-n", "50", "--trials", "1000"]
SOME = [signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGXCPU, signal.SIGSEGV,
        signal.SIGABRT, signal.SIGRTMIN, 32]


def wait_for(condition, seconds=30):
    """What the condition gives once it gives something. It may look at files that vanish meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):
            if result := condition():
                return result
        time.sleep(0.002)
    pytest.fail("what was waited for did not come")


def processes_in(directory):
    """Those whose working directory is this one."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == str(directory):
                found.append(int(process.name))
        except OSError:
            pass
    return found


@contextlib.contextmanager
def started(directory, *arguments, program=WITH_FAULTS, **changes):
    """The program with default signals, in a group of its own; all of its processes are killed in the end."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **changes}
    with subprocess.Popen(["env", "--default-signal", program, *arguments], cwd=directory, env=ENVIRONMENT,
                          start_new_session=True, **settings) as process:
        try:
            yield process
        finally:
            for pid in processes_in(directory):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def is_measuring(directory):
    path = directory / REPORT
    return path.exists() and all(cell["samples"] for cell in json.loads(path.read_text())["cells"])


def end(process):
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout.decode(), stderr.decode()


@pytest.mark.parametrize("number", SOME)
def test_any_signal_ends_a_run_in_order(tmp_path, number):
    if number == signal.SIGSEGV and os.environ.get("WRITEBENCH_SANITIZE"):
        pytest.skip("the sanitizer handles it")
    with started(tmp_path, *LONG) as process:
        wait_for(lambda: is_measuring(tmp_path))
        process.send_signal(number)
        status, _, stderr = end(process)
        assert processes_in(tmp_path) == []
    assert status == 128 + number
    name = "signal 34" if number == signal.SIGRTMIN else "signal 32" if number == 32 else number.name
    assert stderr == ("" if number == signal.SIGPIPE else f"writebench: ended by {name}\n")
    assert os.listdir(tmp_path) == [REPORT]
    assert not valid(json.loads((tmp_path / REPORT).read_text()))["complete"]


def test_a_signal_to_the_whole_group_is_no_failure_of_a_strategy(tmp_path):
    with started(tmp_path, *LONG) as process:
        wait_for(lambda: is_measuring(tmp_path))
        os.killpg(process.pid, signal.SIGUSR1)
        assert end(process)[0] == 128 + signal.SIGUSR1
    report = valid(json.loads((tmp_path / REPORT).read_text()))
    assert {cell["status"] for cell in report["cells"]} <= {"ok", None}


def test_a_signal_ends_what_waits_for_its_input(tmp_path):
    with started(tmp_path, "show", "-", stdin=subprocess.PIPE) as process:
        wait_for(lambda: "pipe_read" in pathlib.Path(f"/proc/{process.pid}/wchan").read_text() or
                 pathlib.Path(f"/proc/{process.pid}/syscall").read_text().startswith("0 0x0 "))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 143
        assert process.stderr.read() == b"writebench: ended by SIGTERM\n"


def test_a_signal_ends_a_run_whose_reader_does_not_read(tmp_path):
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writer, b"x" * 4096)
    with started(tmp_path, "-s", "sync", "-n", "10", "--trials", "2", stdout=writer) as process:
        wait_for(lambda: (tmp_path / REPORT).exists() and
                 json.loads((tmp_path / REPORT).read_text())["complete"])
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    os.close(writer)
    os.close(reader)
    assert os.listdir(tmp_path) == [REPORT]


def test_a_second_signal_ends_what_the_first_did_not(tmp_path):
    with started(tmp_path, "-s", "sleeps", "-n", "60000", "--trials", "1", "--in-process") as process:
        wait_for(lambda: list(tmp_path.glob(".writebench-*/*")))
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read().endswith(b"writebench: ended by SIGINT\n")
    assert set(os.listdir(tmp_path)) <= {REPORT}


def test_a_report_beyond_the_limit_of_files_is_an_error_that_says_so(tmp_path):
    with started(tmp_path, "-s", "sync", "-n", "10", "--trials", "1",
                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))) as process:
        status, stdout, stderr = end(process)
    assert status == 1
    assert stderr == (f"writebench: --out cannot write '{REPORT}': write: File too large; no file may have more than 2000 "
                      "bytes (ulimit -f)\n")
    assert re.search("^ *[0-9]?=? *sync ", stdout, re.MULTILINE), "what was measured is shown"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("files", ["cpu0/cache/index*/size", "cpu0/cache/index*/type", "cpu0/cache/index*/shared_cpu_map"])
def test_a_machine_that_google_benchmark_does_not_understand_is_measured_without_it(tmp_path, files):
    (tmp_path / "empty").touch()
    script = (f"for file in /sys/devices/system/cpu/{files}; do mount --bind empty $file || exit 99; done; "
              'exec "$0" "$@"')
    result = subprocess.run(["unshare", "--mount", "sh", "-c", script, PROGRAM, "-s", "sync", "-n", "10", "--trials", "2"],
                            cwd=tmp_path, capture_output=True, env=ENVIRONMENT, check=False, timeout=60)
    if result.returncode == 99 or b"unshare failed" in result.stderr:
        pytest.skip("needs to mount something over files of /sys, which may not be there")
    assert result.returncode == 0
    assert result.stderr == b"" or re.fullmatch(
        rb"writebench: note: the rounds run without Google Benchmark, which here calls exit\(1\): .+\n", result.stderr)
    if files.endswith("size"):
        assert b"Failed while reading file" in result.stderr
    report = valid(json.loads((tmp_path / REPORT).read_text()))
    assert report["complete"]
    assert sorted(os.listdir(tmp_path)) == ["empty", REPORT]


@pytest.mark.parametrize("variable", ["BENCHMARK_FORMAT", "BENCHMARK_OUT_FORMAT", "BENCHMARK_COLOR", "BENCHMARK_OUT",
                                      "BENCHMARK_V", "BENCHMARK_FILTER", "BENCHMARK_LIST_TESTS"])
def test_variables_of_google_benchmark_change_nothing(tmp_path, variable):
    for value in ["9", "odd/value"]:
        result = subprocess.run([PROGRAM, "-s", "sync", "-n", "10", "--trials", "2", "--out", "none"], cwd=tmp_path,
                                capture_output=True, env={**ENVIRONMENT, variable: value}, check=False, timeout=60)
        assert (result.returncode, result.stderr) == (0, b"")
        assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("descriptors", [*range(3, 14), 20])
def test_with_few_descriptors_a_run_ends_with_a_message_or_is_right(tmp_path, descriptors):
    with started(tmp_path, "-s", "sync,buffered", "-n", "10", "--trials", "2", program=PROGRAM,
                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))) as process:
        status, stdout, stderr = end(process)
    assert set(os.listdir(tmp_path)) <= {REPORT}
    if (tmp_path / REPORT).exists():
        valid(json.loads((tmp_path / REPORT).read_text()))
    if status != 0:
        said = stderr + stdout
        assert any(message in said for message in ("Too many open files", "error while loading shared libraries",
                                                   "Google Benchmark has ended the process"))
        assert status in (1, 2, 126, 127)


@pytest.fixture(name="frozen")
def fixture_frozen(tmp_path):
    """A directory on a file system that can be frozen, and the functions that do it and undo it."""
    image, mounted = tmp_path / "image", tmp_path / "mounted"
    mounted.mkdir()
    with open(image, "wb") as file:
        file.truncate(16 << 20)
    if subprocess.run(["mkfs.ext4", "-q", image], capture_output=True, check=False).returncode != 0 or subprocess.run(
            ["mount", "-o", "loop", image, mounted], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs to mount an image of a file system")

    def freeze(option):
        subprocess.run(["fsfreeze", option, mounted], check=True, timeout=60)

    yield mounted, freeze
    subprocess.run(["fsfreeze", "--unfreeze", mounted], capture_output=True, check=False, timeout=60)
    wait_for(lambda: subprocess.run(["umount", mounted], capture_output=True, check=False).returncode == 0)


def test_a_child_that_hangs_in_the_kernel_is_named_and_left(tmp_path, frozen):
    mounted, freeze = frozen
    work = tmp_path / "work"
    work.mkdir()
    # A file, because the child that hangs would hold a pipe.
    with open(tmp_path / "stderr", "wb") as stderr, started(
            work, "-s", "sleeps", "-n", "60000", "--trials", "1", "--dir", str(mounted), stdout=subprocess.DEVNULL,
            stderr=stderr) as process:
        wait_for(lambda: [path for path in mounted.glob(".writebench-*/3*.txt") if path.stat().st_size > 0])
        (child,) = [pid for pid in processes_in(work) if pid != process.pid]
        freeze("--freeze")
        wait_for(lambda: pathlib.Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "D")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 143
        freeze("--unfreeze")
    said = (tmp_path / "stderr").read_text()
    assert f"process {child} hangs in the kernel, and is left to it; so are its files" in said
    assert said.endswith("writebench: ended by SIGTERM\n")
    assert not valid(json.loads((work / REPORT).read_text()))["complete"]


@pytest.fixture(name="script")
def fixture_script(tmp_path):
    """Makes a program of a shell script and gives its path."""
    def make(text):
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    return make


def test_ab_does_not_wait_for_a_daemon_that_a_program_leaves(tmp_path, script):
    leaves = script(f'setsid sleep 1000 &\nexec "{PROGRAM}" "$@"')
    result = run(tmp_path, "ab", "--base", leaves, "--head", leaves, "-s", "sync", "-n", "10", "--pairs", "6", "--fail-on",
                 "never")
    assert result.stderr == ""
    assert processes_in(tmp_path) == []
    assert os.listdir(tmp_path) == ["program"]


@pytest.mark.parametrize("text", [
    "trap '' TERM INT; exec >&- 2>&-; touch ready; while :; do sleep 1000; done",
    "trap '' TERM INT; (setsid sleep 1000 &); touch ready; while :; do sleep 1000; done",
    "setsid sleep 1000 &\ntouch ready; kill -STOP $$",
], ids=["closes-its-streams", "ignores", "is-stopped"])
def test_a_signal_ends_ab_whatever_its_program_does(tmp_path, script, text):
    program = script(text)
    with started(tmp_path, "ab", "--base", program, "--head", program, program=PROGRAM) as process:
        wait_for((tmp_path / "ready").exists)
        process.send_signal(signal.SIGTERM)
        assert end(process) == (143, "", "writebench: ended by SIGTERM\n")
        assert processes_in(tmp_path) == []
    assert sorted(os.listdir(tmp_path)) == ["program", "ready"]


def test_nothing_outlives_an_ab_that_is_killed(tmp_path):
    with started(tmp_path, "ab", "--base", WITH_FAULTS, "--head", WITH_FAULTS, "-s", "sleeps", "-n", "60000",
                 program=PROGRAM) as process:
        wait_for(lambda: len(processes_in(tmp_path)) == 4)  # ab, the guard, the program, its trial
        process.kill()
        process.wait()
        wait_for(lambda: processes_in(tmp_path) == [])
    assert os.listdir(tmp_path) == []


def test_nothing_outlives_a_run_that_is_killed(tmp_path):
    with started(tmp_path, *LONG) as process:
        wait_for(lambda: is_measuring(tmp_path))
        process.kill()
        process.wait()
        wait_for(lambda: processes_in(tmp_path) == [])
    assert not valid(json.loads((tmp_path / REPORT).read_text()))["complete"]
