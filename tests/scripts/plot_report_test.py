"""The command: which pictures it draws, where it puts them, and what it says of what it cannot do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import synthetic_reports
from pictures import figure
from schema import VERSION

from analysis.kinds import KINDS, OF_ONE
from analysis.report_model import load_report
from plots.command import main

SCRIPT = Path(os.environ["WRITEBENCH_SOURCE"]) / "scripts/plot_report"


class Result:
    def __init__(self, returncode, stdout, stderr):
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Runs the command in this process, as if started in tmp_path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["scripts/plot_report"])

    def run_command(*arguments):
        capfd.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        return Result(status, *capfd.readouterr())

    return run_command


def started(*arguments, work, **changes):
    """Starts it as a user would."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8",
                   **changes}
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], cwd=work, capture_output=True, text=True,
                          timeout=250, env=environment)


def saved(tmp_path, name):
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(synthetic_reports.FORMS[name]()))
    return path


def test_hostile_text_is_drawn_as_it_stands(tmp_path, run):
    path = saved(tmp_path, "hostile")
    for place in (["pictures", "--kind", "time"], ["all.pdf"]):
        result = run(path, "-o", *place)
        assert (result.returncode, result.stderr) == (0, "")
    texts = figure("time", "hostile").texts
    names = {text.get_text() for text in texts}
    assert {"$\\alpha$^_{x}", "<script>alert('1')</script>", "new line tab", "nul-□-□-□[31m"} <= names
    assert not any(text.get_parse_math() for text in texts)
    assert run(path, "-o", "x.svg", "--kind", "time").stderr == ""
    assert "<script" not in (tmp_path / "x.svg").read_text()


def test_without_options_all_kinds_are_drawn_beside_the_report(tmp_path):
    path = saved(tmp_path, "sweep-of-two")
    result = started(path, work=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    kinds = [kind.name for kind in OF_ONE if kind.name not in ("crash", "explain", "stall")]  # of other reports; no append was timed
    assert result.stdout.splitlines() == [str(tmp_path / f"sweep-of-two-{kind}.png") for kind in kinds]
    assert all((tmp_path / f"sweep-of-two-{kind}.png").read_bytes().startswith(b"\x89PNG") for kind in kinds)


def test_a_real_report_is_drawn(tmp_path, run):
    subprocess.run([os.environ["WRITEBENCH"], "--strategy", "all", "--lines", "3000", "--trials", "2", "--out",
                    "real.json"], cwd=tmp_path, capture_output=True, check=True)
    result = run("real.json")
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 5


def test_several_reports_are_drawn_together_or_one_by_one(tmp_path, run):
    for number in range(4):
        document = synthetic_reports.history(4, 3)[number]
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "report.json").write_text(json.dumps(document))
    paths = [tmp_path / str(number) / "report.json" for number in range(4)]
    result = run(*paths, "-o", "together")
    assert result.stdout.splitlines() == ["together/report-reports.png"] and result.stderr == ""
    result = run(*paths, "-o", "each", "--kind", "time,cost,clocks")
    assert (result.returncode, len(set(result.stdout.splitlines()))) == (0, 12)
    assert {f"each/{name}" for name in os.listdir(tmp_path / "each")} == set(result.stdout.splitlines())


def test_one_file_takes_one_picture_and_a_pdf_several(tmp_path, run):
    path = saved(tmp_path, "sweep-of-two")
    for name, start in (("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("x.pdf", b"%PDF")):
        result = run(path, "-o", name)
        assert (result.returncode, result.stderr, result.stdout) == (0, "", f"{name}\n")
        assert (tmp_path / name).read_bytes().startswith(start)
    assert (tmp_path / "x.pdf").read_bytes().count(b"/Type /Page ") == 5
    result = run(path, "-o", "y.png", "--kind", "time,cost")
    assert result.returncode == 2 and "holds one picture, and there are 2" in result.stderr


def test_a_picture_is_the_same_when_drawn_again(tmp_path, run):
    path = saved(tmp_path, "one-strategy-1-trial")
    for name in ("x.png", "x.svg", "x.pdf"):
        contents = set()
        for _ in range(2):
            assert run(path, "-o", name, "--kind", "time").returncode == 0
            contents.add((tmp_path / name).read_bytes())
        if name == "x.svg":  # its identifiers could depend on the process
            assert started(path, "-o", name, "--kind", "time", work=tmp_path).returncode == 0
            contents.add((tmp_path / name).read_bytes())
        assert len(contents) == 1, name


def test_a_file_that_is_not_its_own_is_not_replaced(tmp_path, run):
    path = saved(tmp_path, "one-strategy-1-trial")
    for name, content in (("x.png", b"\x89PNG someone's"), ("x.svg", b"<?xml?>"), ("x.pdf", b"")):
        (tmp_path / name).write_bytes(content)
        result = run(path, "-o", name, "--kind", "time")
        assert result.returncode == 2 and f"{name}: is not a picture that plot_report made" in result.stderr
        assert (tmp_path / name).read_bytes() == content
        assert run(path, "-o", name, "--kind", "time", "--force").returncode == 0
        assert run(path, "-o", name, "--kind", "time").returncode == 0
    aim = tmp_path / "report.png"
    path.rename(aim)
    result = run(aim, "-o", aim, "--kind", "time", "--force")
    assert result.returncode == 2 and "is a report that is to be drawn" in result.stderr
    load_report(aim)


def test_what_cannot_be_drawn_is_said_with_the_reason(tmp_path, run):
    path = saved(tmp_path, "one-strategy-1-trial")
    result = run(path, "--kind", "sweep,time,reports")
    assert result.returncode == 2 and result.stdout == f"{tmp_path}/one-strategy-1-trial-time.png\n"
    assert len(result.stderr.splitlines()) == 2
    assert "cannot draw sweep: nothing was swept" in result.stderr and "it takes two or more" in result.stderr
    result = run(saved(tmp_path, "nothing-timed"), "--kind", "time")
    assert result.returncode == 2 and "no trial has a time" in result.stderr


def test_an_error_is_one_line_that_says_what_to_do(tmp_path, run):
    path = saved(tmp_path, "one-strategy-1-trial")
    (tmp_path / "empty.json").touch()
    (tmp_path / "newer.json").write_text(json.dumps({"writebench_schema": VERSION + 1}))
    (tmp_path / "cut.json").write_text(path.read_text()[:2000])
    (tmp_path / "other.json").write_text('{"benchmarks": []}')
    for arguments, expected in [
        ([], "no report is named"),
        (["absent.json"], "absent.json: cannot be read (No such file or directory)"),
        (["empty.json"], "empty.json: is empty"), (["newer.json"], f"newer.json: has the form {VERSION + 1}"),
        (["cut.json"], "cut.json: ends too early"), (["other.json"], "other.json: is not a report of writebench"),
        ([tmp_path], "is a directory"), ([path, "--kind", "pie"], "there is no kind 'pie'"),
        ([path, "--lines"], "--lines"),
        ([path, "-o", "x.gif"], "-o x.gif: is neither"), ([path, "-o", "absent/x.png"], "there is no such directory"),
        ([path, "-o", "absent/there"], "-o absent/there: cannot be made"), ([path, "-o"], "expected one argument"),
    ]:
        result = run(*arguments)
        assert result.returncode == 2 and result.stdout == "", arguments
        assert result.stderr.startswith("plot_report: ") and result.stderr.count("\n") == 1, arguments
        assert expected in result.stderr


def test_a_missing_module_is_named_with_its_package(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError")
    result = started("--list-kinds", work=tmp_path, PYTHONPATH=str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "plot_report: needs matplotlib: apt install python3-matplotlib\n"


def test_an_interpreter_that_lacks_the_module_hands_over_to_debians(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    result = subprocess.run([tmp_path / "bare/bin/python3", SCRIPT, "--list-kinds"], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == [kind.name for kind in KINDS]
