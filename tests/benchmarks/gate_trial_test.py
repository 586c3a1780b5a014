"""The trial of the gate, with one small gate of each kind."""

import os
import subprocess

import pytest

PROGRAM = os.environ["WRITEBENCH"]
GATE_TRIAL = os.path.join(os.environ["WRITEBENCH_SOURCE"], "benchmarks/gate_trial")
WORK = ["--strategy", "sync,sync-buffered", "--lines", "1000", "--budget", "300ms"]


def gate_trial(directory, *arguments, status=0):
    result = subprocess.run([GATE_TRIAL, "--program", PROGRAM, "--gates", "2", "--injected", "2", *arguments],
                            cwd=directory, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == status, result.stderr + result.stdout
    return result.stdout if status == 0 else result.stderr


@pytest.mark.parametrize("case, unit", [("same with load", "pairs"), ("+20 % in all", "pairs"), ("two runs", "trials"),
                                        ("two runs with +30 % in sync-buffered", "trials")])
def test_each_kind_of_gate_is_counted(tmp_path, case, unit):
    heading, first, *rest = gate_trial(tmp_path, "--only", case, *WORK).splitlines()
    assert heading.endswith(" ".join(WORK))
    assert first.startswith(f"{case}: 2 gates of ") and first.endswith(f" {unit} a cell")
    assert rest[0].startswith("  false alarms: ") and len(rest) == (3 if "+" in case else 2)
    counts = rest[-1].removeprefix("  cells: ").split(", ")
    assert [count.split()[1] for count in counts] == ["slower", "faster", "same", "inconclusive"]
    assert sum(int(count.split()[0]) for count in counts) == (4 if unit == "pairs" else 2)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_case_is_refused_before_anything_is_measured(tmp_path):
    said = gate_trial(tmp_path, "--only", "same,sane", *WORK, status=1)
    assert said.startswith("gate_trial: --only 'sane' is none of: same; same with load; ")
    assert "two runs with load; two runs with +30 % in" in " ".join(gate_trial(tmp_path, "--help").split())
