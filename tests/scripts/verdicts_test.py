"""The gate's verdicts in the picture of several reports."""

import copy
import json
import re

import pytest
from pictures import drawn, history

from analysis.comparison_model import load_comparison
from analysis.report_model import BadReport
from plots.command import Usage, main, mark


def comparison(tmp_path, report, verdict, name="verdicts.json"):
    path = tmp_path / name
    side = {"name": report.path, "version": "0.1.0", "started_at": report.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    cell = {"verdict": verdict, "basis": "direct", "lines": 1, "size": 20, "disturbed_trials": 0, "base": 1, "head": 1,
            "change": 0, "change_low": None, "change_high": None, "allowance": 0, "p_slower": 1, "p_faster": 1,
            "detectable": None, "twin_change": None, "reason": None}
    path.write_text(json.dumps({
        "writebench_comparison": 1, "base": side, "head": side, "metric": "time", "unit": "ns", "threshold": 0.05,
        "alpha": 0.01, "tally": {"slower": 3, "faster": 0, "same": 0, "inconclusive": 0, "failed": 0},
        "cells": [{"id": one.id, **cell} for one in report.cells[:3]],
        "not_compared": [], "differences": [], "notes": [],
    }))
    return path


def test_a_verdict_stands_beside_the_report_that_it_judges(tmp_path):
    reports = copy.deepcopy(history(3))
    mark(reports, [load_comparison(comparison(tmp_path, reports[1], "slower"))])
    texts = [text for text in drawn("reports", reports).axes[0].texts if text.get_gid() == "verdict:slower"]
    assert [text.get_text() for text in texts] == ["▲ slower"] * 3
    assert {text.xy[0] for text in texts} == {2}


def test_verdicts_on_a_report_that_is_not_drawn_are_refused(tmp_path):
    reports = copy.deepcopy(history(3))
    with pytest.raises(Usage, match="name that report too"):
        mark(reports[:2], [load_comparison(comparison(tmp_path, reports[2], "same"))])


def test_what_is_no_comparison_is_refused_in_one_line(tmp_path, capsys):
    reports = history(2)
    newer = tmp_path / "newer.json"
    newer.write_text('{"writebench_comparison": 2}')
    odd = comparison(tmp_path, reports[0], "odd", "odd.json")
    lame = comparison(tmp_path, reports[0], 7, "lame.json")
    for path, said in ((reports[0].path, "is not a comparison"), (newer, "newer"),
                       (odd, "unknown verdict 'odd'"), (lame, "cells[0].verdict is not text")):
        with pytest.raises(BadReport, match=re.escape(said)):
            load_comparison(path)
        assert main([report.path for report in reports] + ["--verdicts", str(path)]) == 2
        errors = capsys.readouterr().err
        assert said in errors and errors.count("\n") == 1
