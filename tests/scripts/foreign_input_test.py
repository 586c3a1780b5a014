"""The scripts end with one clear line and a status, whatever they are given and however they are ended."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import synthetic_reports

from plots import plain_text

SCRIPTS = Path(os.environ["WRITEBENCH_SOURCE"]) / "scripts"
BOTH = pytest.mark.parametrize("script", ["plot_report", "make_page"])
SMALL = "one-strategy-1-trial"


def start(script, *arguments, work, **options):
    environment = {"PATH": os.environ["PATH"], "HOME": str(work / "home"), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    return subprocess.Popen([sys.executable, SCRIPTS / script, *map(str, arguments)], cwd=work, env=environment,
                            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})


def ended(process):
    """The status, and what it said."""
    stdout, stderr = process.communicate(timeout=120)
    return process.returncode, stdout, stderr.decode()


def one_line(script, text):
    assert text.startswith(f"{script}: ") and text.count("\n") == 1, text
    assert all(character.isprintable() for character in text.strip("\n")), text
    return text


@BOTH
def test_what_is_no_file_is_refused_at_once(tmp_path, script):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "esc\x1b[31m.json").write_text("{")
    named = {"pipe": "is empty", tmp_path: "is a directory", "/dev/zero": "is neither a file nor a pipe",
             "none.json": "No such file", "n" * 100_000: "File name too long", "esc\x1b[31m.json": "ends too early"}
    processes = {name: start(script, name, "-o", "out.pdf", work=tmp_path) for name in named}
    for name, process in processes.items():
        status, stdout, stderr = ended(process)
        assert (status, stdout) == (2, b"")
        assert named[name] in one_line(script, stderr) and len(stderr) < 3000


@BOTH
def test_a_signal_ends_it_without_a_traceback_or_a_file_that_is_left(tmp_path, script):
    os.mkfifo(tmp_path / "pipe")
    for number in (signal.SIGINT, signal.SIGTERM):
        with start(script, "pipe", "-o", "out.pdf", work=tmp_path) as process:
            writer = os.open(tmp_path / "pipe", os.O_WRONLY)  # once the script has opened it too
            time.sleep(0.1)
            process.send_signal(number)
            status, _, stderr = ended(process)
            os.close(writer)
        assert (status, stderr) == (128 + number, "")
        assert {path.name for path in tmp_path.iterdir()} - {"home"} == {"pipe"}


@BOTH
def test_a_signal_ends_it_while_its_modules_are_imported(tmp_path, script):
    with start(script, "none.json", work=tmp_path) as process:
        while process.poll() is None and not has_begun(process.pid):
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        status, _, stderr = ended(process)
    assert status in (-signal.SIGINT, 128 + signal.SIGINT, 2)  # 2: it was faster
    assert "Traceback" not in stderr


def has_begun(pid):
    """Whether SIGPIPE has its default, which the script sets first; the interpreter ignores it before that."""
    status = Path(f"/proc/{pid}/status").read_text()
    masks = dict(line.split(":\t") for line in status.splitlines() if line.startswith(("SigIgn", "SigCgt")))
    pipe, interrupt = (1 << (number - 1) for number in (signal.SIGPIPE, signal.SIGINT))
    ignored, caught = (int(masks[name], 16) for name in ("SigIgn", "SigCgt"))
    is_python = os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(sys.executable)
    return is_python and not ignored & (pipe | interrupt) and not caught & interrupt and "ython" in status


@BOTH
def test_a_closed_pipe_ends_it_quietly(tmp_path, script):
    (tmp_path / "report.json").write_text(json.dumps(synthetic_reports.FORMS[SMALL]()))
    reader, writer = os.pipe()
    os.close(reader)
    with start(script, "--help", work=tmp_path, stdout=writer) as process:
        os.close(writer)
        _, stderr = process.communicate(timeout=120)
    assert stderr == b""
    assert process.returncode in (-signal.SIGPIPE, 128 + signal.SIGPIPE)


def test_a_name_of_any_length_is_elided_in_time_that_grows_with_it():
    name = "".join(chr(33 + index % 90) for index in range(200_000))
    for text in (name, name[:3000], name[:41], "W" * 500):
        short = plain_text.elide(text, 2.0, 8)
        head, _, tail = short.partition(plain_text.ELLIPSIS)
        assert text.startswith(head) and text.endswith(tail) and 0 <= len(head) - len(tail) <= 1
        assert plain_text.width_inches(short, 8) <= 2.0
        longer = text[:(len(short) + 1) // 2] + plain_text.ELLIPSIS + text[len(text) - len(short) // 2:]
        assert plain_text.width_inches(longer, 8) > 2.0
    assert plain_text.elide("abc", 2.0, 8) == "abc"
    assert plain_text.elide("abc", 0.01, 8) == plain_text.ELLIPSIS
    assert len(plain_text.plain(name)) <= plain_text.LONGEST + 1
