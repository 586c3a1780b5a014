"""The check of the advice, with one small set."""

import json
import os
import subprocess

PROGRAM = os.environ["WRITEBENCH"]
ADVISE_CHECK = os.path.join(os.environ["WRITEBENCH_SOURCE"], "benchmarks/advise_check")
SMALL = ["--budget", "5s", "--rounds", "2", "--final-rounds", "6", "--lines", "5000"]


def advise_check(directory, *arguments):
    return subprocess.run([ADVISE_CHECK, "--program", PROGRAM, "--dir", directory, *arguments], cwd=directory,
                          capture_output=True, text=True, timeout=240, check=False)


def test_each_answer_is_held_against_every_cell_of_the_grid(tmp_path):
    done = advise_check(tmp_path, "--only", "export-log-lines", "--repeat", "2", "--out", "results.json", *SMALL,
                        "--strategy", "sync,sync-buffered,naive-async")
    assert done.returncode in (0, 1), done.stderr
    (result,) = json.loads((tmp_path / "results.json").read_text())
    assert result["set"] == "export-log-lines" and len(result["answers"]) == 2 and result["unanswered"] == 0
    assert result["cells"] > 5, "the sizes of sync-buffered"
    for answer in result["answers"]:
        assert not answer["recommended"].startswith("naive-async")
        assert answer["ci95_low"] <= answer["ratio_to_best"] <= answer["ci95_high"]
    first, last = done.stdout.splitlines()
    assert first.startswith("export-log-lines: ") and "asked 2 times" in first
    assert last.startswith(("1 of 1 sets", "0 of 1 sets"))


def test_an_option_that_is_a_time_is_measured_again_as_it_was_recommended(tmp_path):
    done = advise_check(tmp_path, "--only", "export-log-lines", *SMALL, "--strategy", "swap-queue")
    assert done.returncode in (0, 1) and done.stderr == ""
    assert "flush_interval" in done.stdout


def test_without_the_grid_the_answers_are_held_against_the_finalists(tmp_path):
    done = advise_check(tmp_path, "--only", "export-log-lines", *SMALL, "--rounds", "0", "--repeat", "2", "--out", "results.json",
                        "--strategy", "sync,sync-buffered")
    assert done.returncode in (0, 1) and done.stderr == ""
    (result,) = json.loads((tmp_path / "results.json").read_text())
    assert len(result["answers"]) == 2
    assert result["cells"] <= 4, "at most two finalists of each answer, and no grid"


def test_an_unknown_set_is_refused(tmp_path):
    done = advise_check(tmp_path, "--only", "nonsense")
    assert done.returncode == 1 and "--only 'nonsense' is none of: a-service-log" in done.stderr
