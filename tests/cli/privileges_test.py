"""The program where it may do little: as an ordinary user, without /proc, without io_uring; and what does not fit."""

import ctypes
import json
import os
import re
import resource
import shutil
import struct
import subprocess
import tempfile

import pytest

from program import ENVIRONMENT, PROGRAM, refused, run, valid

NOBODY = 65534
NO_LEAK_CHECK = {"ASAN_OPTIONS": "detect_leaks=0"}  # which does not work under ptrace
RUN = ["-n", "200", "--trials", "1", "--warm-up", "0", "--stall-trials", "0"]


@pytest.fixture(name="open_directory")
def _open_directory():
    """A directory that every user may write in, below none that is closed to them."""
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        os.chmod(path, 0o777)
        yield path


def all_ok(directory, prefix=(), **how):
    """Runs every strategy; the report."""
    result = subprocess.run([*prefix, PROGRAM, *RUN], cwd=directory, capture_output=True, text=True, timeout=120,
                            check=False, **{"env": ENVIRONMENT, **how})
    assert result.returncode == 0, result.stderr + result.stdout
    with open(os.path.join(directory, "writebench-report.json"), encoding="utf-8") as file:
        report = valid(json.load(file))
    assert report["complete"] and {cell["status"] for cell in report["cells"]} <= {"ok", "unavailable"}
    assert os.listdir(directory) == ["writebench-report.json"]
    return report


def as_nobody(*tools):
    """A prefix to a command that runs it as an ordinary user, if there is one to become."""
    if os.geteuid() != 0:
        return list(tools)
    if not shutil.which("setpriv"):
        pytest.skip("there is no setpriv to become an ordinary user")
    prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *tools]
    if subprocess.run([*prefix, PROGRAM, "--version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("an ordinary user cannot reach the program")
    return prefix


def test_it_works_as_an_ordinary_user_without_a_home_under_a_umask_that_takes_everything(open_directory):
    prefix = as_nobody("sh", "-c", 'umask 0777; exec "$0" "$@"')
    result = subprocess.run([*prefix, PROGRAM, *RUN, "--out", "none"], cwd=open_directory, capture_output=True, text=True,
                            timeout=120, check=False, env={**ENVIRONMENT, "HOME": "/nonexistent"})
    assert result.returncode == 0, result.stderr + result.stdout
    assert os.listdir(open_directory) == []


def test_it_works_in_a_home_that_is_read_only(open_directory):
    home = os.path.join(open_directory, "home")
    os.mkdir(home, 0o555)
    result = subprocess.run([*as_nobody(), PROGRAM, *RUN, "--out", "none", "--dir", open_directory], cwd=home,
                            capture_output=True, text=True, timeout=120, check=False, env={**ENVIRONMENT, "HOME": home})
    assert result.returncode == 0, result.stderr + result.stdout
    assert os.listdir(open_directory) == ["home"] and os.listdir(home) == []


def test_it_works_without_proc(tmp_path):
    hidden = ["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c",
              'mount -t tmpfs none /proc && exec "$0" "$@"']
    if not shutil.which("unshare") or subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("/proc cannot be hidden")
    all_ok(tmp_path, hidden)


def without_io_uring():
    """A seccomp filter as containers have it: the three calls of io_uring fail with EPERM."""
    errno_eperm, allow = 0x00050000 | 1, 0x7FFF0000
    instructions = [struct.pack("HBBI", 0x20, 0, 0, 0)]  # the number of the call
    for left, number in ((3, 425), (2, 426), (1, 427)):
        instructions.append(struct.pack("HBBI", 0x15, left, 0, number))
    instructions += [struct.pack("HBBI", 0x06, 0, 0, allow), struct.pack("HBBI", 0x06, 0, 0, errno_eperm)]
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:  # no new privileges, seccomp filter
        raise OSError(ctypes.get_errno(), "prctl")


def test_it_works_where_seccomp_forbids_io_uring(tmp_path):
    try:
        subprocess.run(["true"], check=True, preexec_fn=without_io_uring)
    except subprocess.SubprocessError:
        pytest.skip("seccomp cannot be used")
    all_ok(tmp_path, preexec_fn=without_io_uring)


def test_it_opens_nothing_outside_its_directory_for_writing_and_changes_nothing_of_the_system(tmp_path):
    calls = "openat,open,creat,mount,umount2,?_sysctl,swapon,swapoff,sethostname,settimeofday,clock_settime,init_module"
    log = tmp_path / "strace.log"
    (tmp_path / "work").mkdir()
    subprocess.run(["strace", "-f", "-e", f"trace={calls}", "-o", log, PROGRAM, "-s", "sync,buffered", *RUN, "-D", "close"],
                   cwd=tmp_path / "work", check=True, capture_output=True, env={**ENVIRONMENT, **NO_LEAK_CHECK})
    lines = log.read_text().splitlines()
    opened = [re.search(r'open(?:at)?\((?:AT_FDCWD|\d+), "([^"]*)", (\S+)', line) for line in lines]
    written = {match[1] for match in opened if match and re.search("O_WRONLY|O_RDWR|O_CREAT", match[2])}
    assert any(path.endswith("1.txt") for path in written)
    outside = {path for path in written if path.startswith(("/", "..")) and not path.startswith("/proc/self/")}
    assert outside <= {"/dev/null"}
    assert not [line for line in lines if re.search(r"^\d+ +(?!open)[a-z]\w*\(", line)]


def test_a_file_larger_than_the_limit_is_refused(tmp_path):
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [PROGRAM, "-s", "sync", "--trials", "1", "--out", "none", "-n"]
    result = subprocess.run([*command, "500k"], cwd=tmp_path, capture_output=True, text=True, check=False,
                            preexec_fn=limited)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == ("writebench: --lines '500k' need a file of 5.89 MB, and the limit of this process is 100 kB; "
                             "write fewer lines or raise the limit (ulimit -f)\n")
    assert subprocess.run([*command, "1000"], cwd=tmp_path, capture_output=True, check=False,
                          preexec_fn=limited).returncode == 0
    assert os.listdir(tmp_path) == []


def test_lines_that_there_is_no_room_for_are_refused(tmp_path):
    message = refused(tmp_path, "-n", "1e12", "-s", "sync", "--dir", ".")
    assert "--lines '1e12'" in message and "--dir '.'" in message and "fewer" in message


@pytest.fixture(name="ramfs")
def _ramfs(tmp_path):
    place = tmp_path / "ramfs"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "ramfs", "none", place], capture_output=True,
                                           check=False).returncode != 0:
        pytest.skip("a ramfs cannot be mounted")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_unknown_room_is_not_taken_for_none(tmp_path, ramfs):
    run(tmp_path, "-n", "100", "-s", "sync", "--trials", "1", "--dir", str(ramfs))
    environment = valid(json.loads((tmp_path / "writebench-report.json").read_text()))["environment"]
    assert environment["file_system"] == "ramfs"
    assert environment.get("file_system_free_bytes") is None and environment.get("file_system_bytes") is None
    assert "need 17.9 TB" in refused(tmp_path, "-n", "1e12", "-s", "sync", "--dir", str(ramfs)), "memory is known"


@pytest.mark.parametrize("arguments", [
    ["--input", ""], ["--config", ""], ["--suite", ""], ["--out", ""], ["--dir", ""], ["--baseline", ""],
    ["--save-baseline", ""], ["--baseline-dir", ""], ["--line-size", ""], ["--line-size-range", ""],
    ["clean", "--dir", ""], ["show", ""],
    ["ab", "--base", PROGRAM, "--head", PROGRAM, "--save", ""], ["ab", "--base", "", "--head", PROGRAM]])
def test_an_empty_value_is_refused_and_not_ignored(tmp_path, arguments):
    message = refused(tmp_path, *arguments)
    assert " ''" in message
    assert os.listdir(tmp_path) == []


def test_an_empty_value_in_a_file_of_options_is_refused(tmp_path):
    (tmp_path / "mine.toml").write_text('lines = 10\ninput = ""\n')
    assert refused(tmp_path, "--config", "mine.toml").startswith("writebench: --config 'mine.toml', line 2: --input ")
