"""What is said wherever a report is shown that is not what a user takes it for: it is incomplete, or a strategy ran on
a fraction of the lines."""

import csv
import io
import json
import re

import pytest

from program import comparison_of, export_formats, run, valid

REPORT = "writebench-report.json"
INCOMPLETE = "incomplete: the run was interrupted, or goes on"
FORMATS = export_formats()


@pytest.fixture(name="interrupted", scope="module")
def fixture_interrupted(tmp_path_factory):
    """The directory of a report, and of the same as if the run had been interrupted."""
    directory = tmp_path_factory.mktemp("interrupted")
    run(directory, "-s", "sync,buffered", "-n", "500", "--trials", "2", "--out", "whole.json")
    report = json.loads((directory / "whole.json").read_text())
    (directory / REPORT).write_text(json.dumps({**report, "complete": False}))
    return directory


def test_show_says_in_each_form_that_a_report_is_incomplete(interrupted):
    for form in ("table", "markdown"):
        assert INCOMPLETE in run(interrupted, "show", REPORT, "--format", form).stdout
        assert INCOMPLETE not in run(interrupted, "show", "whole.json", "--format", form).stdout
    for path, said in ((REPORT, "false"), ("whole.json", "true")):
        text = run(interrupted, "show", path, "--format", "csv").stdout
        assert {row["complete"] for row in csv.DictReader(io.StringIO(text))} == {said}


def test_compare_says_in_each_form_which_side_is_incomplete(interrupted):
    for form in ("table", "markdown", "junit"):
        sides = run(interrupted, "compare", REPORT, "whole.json", "--format", form, "--fail-on", "never").stdout
        assert sides.count(INCOMPLETE) == 1 and sides.index(INCOMPLETE) < sides.rindex("whole.json"), sides
    comparison = comparison_of(run(interrupted, "compare", REPORT, "whole.json", "--json", "--fail-on", "never"))
    assert (comparison["base"]["complete"], comparison["head"]["complete"]) == (False, True)


def test_export_says_on_stderr_and_where_there_is_a_place_that_a_report_is_incomplete(interrupted):
    for form in FORMATS:
        result = run(interrupted, "export", REPORT, "--format", form)
        assert result.stderr == f"writebench: the report is {INCOMPLETE}\n"
        assert run(interrupted, "export", "whole.json", "--format", form).stderr == ""
        if form.startswith("google-benchmark"):
            assert json.loads(result.stdout)["context"]["complete"] is False
        if form == "hyperfine":
            assert json.loads(result.stdout)["complete"] is False
        if form == "github-action":
            assert all(INCOMPLETE in entry["extra"] for entry in json.loads(result.stdout))
        if form == "prometheus":
            assert "\nwritebench_complete 0\n" in result.stdout
        if form == "csv":
            assert {row["complete"] for row in csv.DictReader(io.StringIO(result.stdout))} == {"false"}


@pytest.fixture(name="cut", scope="module")
def fixture_cut(tmp_path_factory):
    """The directory of a run whose budget is too small for one strategy."""
    directory = tmp_path_factory.mktemp("cut")
    shown = run(directory, "-s", "sync,naive-async", "-n", "100k", "--budget", "500ms").stdout
    return directory, shown


def test_a_strategy_that_is_too_slow_for_the_budget_runs_on_a_fraction_of_the_lines(cut):
    directory, shown = cut
    report = valid(json.loads((directory / REPORT).read_text()))
    slow = next(cell for cell in report["cells"] if cell["strategy"] == "naive-async")
    assert slow["asked_lines"] == 100_000 and slow["asked_lines"] / slow["parameters"]["lines"] in (10, 100, 1000)
    assert slow["status"] == "ok" and slow["bytes"] < 1_100_000 / 9
    assert slow["id"] not in [cell["id"] for group in report["ranking"] for cell in group["cells"]]
    assert "fewer-lines" in [warning["code"] for warning in report["warnings"]]
    fraction = f"naive-async (1/{100_000 // slow['parameters']['lines']} of lines)"
    assert fraction in shown and f"naive-async on {slow['parameters']['lines']} of 100000 lines" in shown
    assert run(directory, "show", REPORT).stdout.splitlines()[0].startswith("100000 lines, ")
    assert fraction in run(directory, "show", REPORT, "--format", "markdown").stdout.replace("\\", "")


def test_an_export_names_the_fraction_and_csv_has_the_lines_that_were_asked_for(cut):
    directory, _ = cut
    for form in FORMATS:
        text = run(directory, "export", REPORT, "--format", form).stdout
        if form == "csv":
            rows = [row for row in csv.DictReader(io.StringIO(text)) if row["strategy"] == "naive-async"]
            assert {row["asked_lines"] for row in rows} == {"100000"} and int(rows[0]["lines"]) < 100_000
        else:
            assert "naive-async (1/10" in text
            assert '"naive-async"' not in re.sub(r'"?strategy"?(: |=)"naive-async"', "", text)


def test_with_trials_that_were_typed_all_lines_are_written(tmp_path):
    run(tmp_path, "-s", "naive-async,^control", "-n", "20k", "--trials", "1", "--warm-up", "0", "--stall-trials", "0",
        "--budget", "1ms")
    (cell,) = json.loads((tmp_path / REPORT).read_text())["cells"]
    assert cell["parameters"]["lines"] == 20_000 and "asked_lines" not in cell
