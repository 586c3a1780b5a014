"""Explanations: measured, read back, and refused where there is nothing to explain."""

import json
import subprocess

import pytest

from program import ENVIRONMENT, PROGRAM, refused, run, valid

REPORT = "writebench-explanation.json"


@pytest.fixture(name="explained", scope="module")
def _explained(tmp_path_factory):
    """The directory of an explanation that was measured as briefly as is allowed, and the page that was printed."""
    directory = tmp_path_factory.mktemp("explained")
    return directory, run(directory, "explain", "--budget", "5s", "--lines", "20k")


def report_in(directory, name=REPORT):
    return valid(json.loads((directory / name).read_text()))


def test_an_explanation_is_a_valid_report_with_all_its_parts(explained):
    directory, _ = explained
    report = report_in(directory)
    explanation = report["explanation"]
    assert report["complete"]
    strategies = [cell["strategy"] for cell in report["cells"]]
    by_id = {cell["id"]: cell for cell in report["cells"]}
    ladder = [by_id[step["cell"]]["strategy"] for step in explanation["ladder"]]
    assert ladder[:6] == ["null", "copy-lines", "sync-buffered", "sync", "thread-pool", "naive-async"]
    assert set(ladder[6:]) <= {"naive-async"}
    assert "buffered" in strategies and "double-buffered" in strategies
    assert explanation["variants"] and explanation["block_sizes"] and explanation["thinks"] and explanation["paced"]
    assert {finding["code"] for finding in explanation["findings"]} >= {"factor", "stages", "overlap", "recommendation"}
    for stages in explanation["stages"]:
        assert sum(part["mean_ns"] for part in stages["parts"]) == pytest.approx(stages["whole_ns"], rel=1e-6)


def test_the_steps_add_up_to_a_line_of_the_strategy(explained):
    ladder = report_in(explained[0])["explanation"]["ladder"]
    total = ladder[0]["ns_per_line"] + sum(step["added_ns"]["median"] for step in ladder[1:])
    assert total == pytest.approx(ladder[-1]["ns_per_line"], rel=1e-6)


def test_the_page_fits_and_names_what_was_measured(explained):
    directory, result = explained
    page = result.stdout.splitlines()
    assert page[-1] == f"report: {REPORT}"
    assert len(page) <= 61 and max(map(len, page)) <= 80
    assert "Why naive-async" in page[0]
    assert "the ladder" in result.stderr, "it says what it is doing"
    assert report_in(directory)["explanation"]["subject"].startswith("naive-async")


def test_an_explanation_is_explained_again_as_it_was(explained):
    directory, result = explained
    again = run(directory, "explain", REPORT).stdout
    assert again + f"report: {REPORT}\n" == result.stdout
    piped = subprocess.run([PROGRAM, "explain", "-"], input=(directory / REPORT).read_bytes(), capture_output=True,
                           env=ENVIRONMENT, check=True)
    assert piped.stdout.decode() == again
    assert valid(json.loads(run(directory, "explain", REPORT, "--json").stdout))["explanation"]


def test_the_cells_of_an_explanation_can_be_shown_and_exported(explained):
    directory, _ = explained
    assert "naive-async" in run(directory, "show", REPORT).stdout
    assert "naive-async" in run(directory, "export", REPORT, "--format", "csv", "--out", "-").stdout


def test_no_trial_files_are_left(explained):
    assert [path.name for path in explained[0].iterdir()] == [REPORT]


def test_an_ordinary_report_is_told_what_it_cannot_tell(tmp_path):
    run(tmp_path, "--strategy", "sync", "--lines", "50", "--trials", "3")
    said = run(tmp_path, "explain", "writebench-report.json").stdout
    assert "cannot tell why" in said and "sync" in said and "writebench explain STRATEGY" in said


@pytest.mark.parametrize("arguments, words", [
    (["snyc"], ["'snyc'", "did you mean 'sync'"]),
    (["nothing-like-it"], ["'nothing-like-it'", "writebench list"]),
    (["null"], ["'null'", "control"]),
    (["copy-lines"], ["'copy-lines'", "part of explanations"]),
    (["missing.json"], ["'missing.json'"]),
    (["missing.json", "--out", "x.json"], ["--out", "has no effect on a report"]),
    (["missing.json", "--threads", "3"], ["--threads", "has no effect on a report"]),
    (["--threads", "1,2"], ["one value of each option", "threads=1"]),
    (["--budget", "1s"], ["--budget '1s'", "5s"]),
    (["--budget", "soon"], ["--budget 'soon'"]),
    (["--cpus", "9999"], ["--cpus '9999'"]),
    (["--think", "1us"], ["--think"]),
    (["--lines", "0"], ["--lines"]),
    (["--dir", "/nonexistent"], ["--dir '/nonexistent'"]),
])
def test_what_cannot_be_explained_is_refused_in_one_line(tmp_path, arguments, words):
    said = refused(tmp_path, "explain", *arguments)
    for word in words:
        assert word in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change, words", [
    (lambda report: report.update(writebench_schema=99), "newer writebench"),
    (lambda report: report["explanation"]["ladder"][0].update(cell="elsewhere"), "'elsewhere'"),
    (lambda report: report["explanation"].pop("ladder"), "ladder"),
    (lambda report: report["explanation"].update(ladder=[]), "no ladder"),
])
def test_a_report_that_cannot_be_relied_on_is_refused(explained, tmp_path, change, words):
    report = report_in(explained[0])
    change(report)
    (tmp_path / "changed.json").write_text(json.dumps(report))
    assert words in refused(tmp_path, "explain", "changed.json")
