"""Advice: measured, read back, in every form, and refused where the constraints cannot hold."""

import json
import re

import pytest

from program import refused, run, valid

REPORT = "writebench-advice.json"
FEW = ("--strategy", "sync,sync-buffered,write-per-line,naive-async", "--budget", "5s")


@pytest.fixture(name="advised", scope="module")
def _advised(tmp_path_factory):
    """The directory of an advice on lines at a rate, and what was printed."""
    directory = tmp_path_factory.mktemp("advised")
    return directory, run(directory, "advise", *FEW, "--lines-per-second", "20k", "--line-size", "100", "--max-stall", "10s",
                          "--max-loss", "1MiB", "--max-memory", "1GiB", "--for", "python")


def report_in(directory, name=REPORT):
    return valid(json.loads((directory / name).read_text()))


def codes(report):
    return [finding["code"] for finding in report["advice"]["findings"]]


def test_an_advice_is_a_valid_report_that_recommends_one_of_its_cells(advised):
    report = report_in(advised[0])
    advice = report["advice"]
    assert report["complete"] and advice["recommended"]
    by_id = {cell["id"]: cell for cell in report["cells"]}
    assert all(finalist["cell"] in by_id for finalist in advice["finalists"])
    assert advice["finalists"][0]["fulfils"] and advice["finalists"][0]["tied"]
    assert by_id[advice["finalists"][0]["cell"]]["workload"]["due_lines_per_second"] == 20_000
    assert advice["asked"]["goal"] == "cpu" and advice["asked"]["max_loss_bytes"] == 1 << 20
    named = {by_id[finalist["cell"]]["strategy"] for finalist in advice["finalists"]}
    named |= {out["strategy"] for out in advice["ruled_out"]}
    assert named == {"sync", "sync-buffered", "write-per-line", "naive-async"}
    assert codes(report)[0] == "recommendation" and codes(report)[-1] == "design"


def test_the_dispatched_strategy_is_not_recommended(advised):
    """Waking a thread for each line takes more processor time than anything else here, on any machine."""
    report = report_in(advised[0])
    by_id = {cell["id"]: cell for cell in report["cells"]}
    assert by_id[report["advice"]["finalists"][0]["cell"]]["strategy"] != "naive-async"


def test_the_text_fits_and_says_what_to_do(advised):
    directory, result = advised
    lines = result.stdout.splitlines()
    assert lines[-1] == f"report: {REPORT}"
    assert max(map(len, lines)) <= 80
    text = " ".join(result.stdout.split())
    for word in ("Asked: 20.0k lines/s of 100 B", "Use ", "Next is ", "In Python: ", "Loses: ", "For a design document:"):
        assert word in text
    for finding in report_in(directory)["advice"]["findings"]:
        assert " ".join(finding["text"].split()) in text, finding["code"]
    assert "looks in '.'" in result.stderr.splitlines()[0], "it says what it does before it does it"


def test_an_advice_is_shown_again_as_it_was(advised):
    directory, result = advised
    shown = run(directory, "show", REPORT).stdout
    # The fixture's terminal is wide, and the text has 80 columns on any.
    assert shown + f"report: {REPORT}\n" == result.stdout
    markdown = run(directory, "show", REPORT, "--format", "markdown").stdout
    assert markdown.startswith("**Asked:**") and "| strategy |" in markdown and "\n> " in markdown
    assert "sync" in run(directory, "export", REPORT, "--format", "csv", "--out", "-").stdout


def test_no_trial_files_are_left(advised):
    assert [path.name for path in advised[0].iterdir()] == [REPORT]


def test_json_and_markdown_go_to_stdout(tmp_path):
    result = run(tmp_path, "advise", *FEW, "--lines", "5k", "--json", "--out", "none")
    report = valid(json.loads(result.stdout))
    assert report["advice"]["asked"]["goal"] == "speed" and report["advice"]["asked"]["lines_per_second"] is None
    assert "Use " in result.stderr
    assert not list(tmp_path.iterdir())
    markdown = run(tmp_path, "advise", *FEW, "--lines", "5k", "--markdown", "--out", "none").stdout
    assert markdown.startswith("**Asked:**") and "Use " in markdown


def test_what_nothing_here_fulfils_is_said_with_the_nearest(tmp_path):
    result = run(tmp_path, "advise", "--strategy", "sync,write-per-line", "--budget", "5s", "--lines", "5k", "--max-stall",
                 "1ns", status=1)
    report = report_in(tmp_path)
    assert not report["advice"]["recommended"] and codes(report)[0] == "impossible"
    (nearest,) = report["advice"]["nearest"]
    assert nearest["constraint"] == "max-stall" and nearest["found"] > 1 == nearest["asked"]
    text = " ".join(result.stdout.split())
    assert "No strategy fulfils all of this here." in text and "--max-stall would have to be at least" in text


def test_a_loss_as_a_time_is_that_of_the_lines_that_are_due_in_it(tmp_path):
    run(tmp_path, "advise", "--strategy", "sync-buffered,write-per-line", "--budget", "5s", "--rate", "10k/s",
        "--line-size", "100", "--max-loss", "10ms")
    report = report_in(tmp_path)
    assert report["advice"]["asked"]["max_loss_bytes"] == 10_000
    assert report["advice"]["asked"]["max_loss_ns"] == 10_000_000
    sizes = [cell["parameters"]["buffer_bytes"] for cell in report["cells"] if cell["strategy"] == "sync-buffered"]
    assert sizes and max(sizes) <= 10_000


def test_the_memory_of_a_mapping_is_that_of_the_whole_file(tmp_path):
    run(tmp_path, "advise", "--strategy", "mmap,write-per-line", "--max-memory", "10KiB", "--budget", "5s")
    (out,) = report_in(tmp_path)["advice"]["ruled_out"]
    assert (out["strategy"], out["by"]) == ("mmap", "max-memory") and "KiB of memory" in out["reason"]


def test_several_writers_are_asked_of_every_candidate(tmp_path):
    run(tmp_path, "advise", "--strategy", "sync,mutex-shared,append-per-line", "--budget", "5s", "--lines", "5k", "-w", "3")
    report = report_in(tmp_path)
    assert {"strategy": "sync", "by": "writers", "reason": "has one writer"} in report["advice"]["ruled_out"]
    for cell in report["cells"]:
        assert cell["parameters"].get("writers", cell["parameters"].get("processes")) == 3


@pytest.mark.parametrize("arguments, words", [
    (["--writers", "4", "--order", "global"], ["--order 'global'", "--writers '4'", "contradict"]),
    (["--max-loss", "50ms"], ["--max-loss", "--lines-per-second"]),
    (["--lines-per-second", "1k", "--prefer", "speed"], ["--prefer 'speed'", "--lines-per-second"]),
    (["--lines-per-second", "1k", "--rate", "1k"], ["--lines-per-second", "--rate"]),
    (["--lines-per-second", "0"], ["--lines-per-second '0'"]),
    (["--lines-per-second", "1", "--budget", "5s"], ["--lines-per-second '1'", "--budget", "at least"]),
    (["--rate", "10"], ["--rate '10'", "--budget", "at least"]),
    (["--lines-per-second", "many"], ["--lines-per-second 'many'"]),
    (["--lines-per-second", "1k,2k"], ["--lines-per-second '1k,2k'"]),
    (["--file-per-writer"], ["--file-per-writer", "one writer"]),
    (["--strategy", "sync-buffered,ofstream", "--max-loss", "0"], ["no strategy can promise", "--max-loss", "ofstream"]),
    (["--strategy", "thread-pool"], ["no strategy can promise", "--order global", "thread-pool"]),
    (["--strategy", "null"], ["--strategy 'null'", "control"]),
    (["--strategy", "snyc"], ["--strategy 'snyc'", "sync"]),
    (["--writers", "0"], ["--writers '0'"]),
    (["--order", "upside-down"], ["--order 'upside-down'", "per-writer"]),
    (["--max-stall", "0"], ["--max-stall '0'"]),
    (["--max-stall", "soon"], ["--max-stall 'soon'"]),
    (["--max-loss", "some"], ["--max-loss 'some'"]),
    (["--max-memory", "0"], ["--max-memory '0'"]),
    (["--prefer", "beauty"], ["--prefer 'beauty'", "cpu"]),
    (["--for", "pyhton"], ["--for 'pyhton'", "python"]),
    (["--budget", "1s"], ["--budget '1s'", "5s"]),
    (["--line-size", "10,20"], ["one value of each option", "line-size=10"]),
    (["--lines", "0"], ["--lines"]),
    (["--markdown", "--json"], ["--markdown", "--json"]),
    (["--dir", ".", "--file-system", "."], ["--file-system", "--dir"]),
    (["--file-system", "/nonexistent"], ["'/nonexistent'"]),
    (["--durability", "sometimes"], ["--durability 'sometimes'"]),
    (["--buffer-size", "4KiB"], ["--buffer-size", "not an option of"]),
])
def test_what_cannot_be_advised_is_refused_in_one_line(tmp_path, arguments, words):
    said = refused(tmp_path, "advise", *arguments)
    for word in words:
        assert word in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change, words", [
    (lambda report: report["advice"]["finalists"][0].update(cell="elsewhere"), "'elsewhere'"),
    (lambda report: report["advice"].pop("finalists"), "finalists"),
    (lambda report: report["advice"]["asked"].update(goal="beauty"), "goal"),
])
def test_a_report_that_cannot_be_relied_on_is_refused(advised, tmp_path, change, words):
    report = report_in(advised[0])
    change(report)
    (tmp_path / "changed.json").write_text(json.dumps(report))
    assert words in refused(tmp_path, "show", "changed.json")


def test_the_help_names_the_constraints_and_the_software(tmp_path):
    said = run(tmp_path, "advise", "--help").stdout
    assert "What must hold" in said
    for option in ("--lines-per-second", "--max-stall", "--max-loss", "--max-memory", "--order", "--prefer", "--for"):
        assert re.search(rf"^ +(-\w,)?{option}\b", said, re.MULTILINE), option
    assert "python" in said and "--buffer-size" not in said
