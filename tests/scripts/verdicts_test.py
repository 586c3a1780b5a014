"""The gate's verdicts in the picture of several reports."""

import json

import pytest
from comparison_model import load_comparison
from pictures import KIND_OF, drawn, history
from plots.command import Usage, main, mark
from report_model import BadReport


def comparison(tmp_path, report, verdict, name="verdicts.json"):
    path = tmp_path / name
    path.write_text(json.dumps({
        "writebench_comparison": 1,
        "head": {"name": report.path, "started_at": report.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")},
        "cells": [{"id": cell.id, "verdict": verdict} for cell in report.cells[:3]],
    }))
    return path


def test_a_verdict_stands_beside_the_report_that_it_judges(tmp_path):
    reports = history(tmp_path, 3)
    mark(reports, [load_comparison(comparison(tmp_path, reports[1], "slower"))])
    texts = [text for text in drawn(KIND_OF["reports"], reports).axes[0].texts if text.get_gid() == "verdict:slower"]
    assert [text.get_text() for text in texts] == ["▲ slower"] * 3
    assert {text.xy[0] for text in texts} == {2}


def test_verdicts_on_a_report_that_is_not_drawn_are_refused(tmp_path):
    reports = history(tmp_path, 3)
    with pytest.raises(Usage, match="name that report too"):
        mark(reports[:2], [load_comparison(comparison(tmp_path, reports[2], "same"))])


def test_what_is_no_comparison_is_refused_in_one_line(tmp_path, capsys):
    reports = history(tmp_path, 2)
    newer = tmp_path / "newer.json"
    newer.write_text('{"writebench_comparison": 2}')
    odd = comparison(tmp_path, reports[0], "odd", "odd.json")
    for path, said in ((reports[0].path, "is not a comparison"), (newer, "newer"), (odd, "unknown verdict 'odd'")):
        with pytest.raises(BadReport, match=said):
            load_comparison(path)
        assert main([report.path for report in reports] + ["--verdicts", str(path)]) == 2
        errors = capsys.readouterr().err
        assert said in errors and errors.count("\n") == 1
