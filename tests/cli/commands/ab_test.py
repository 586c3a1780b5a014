"""Two programs measured in turn by the real program: programs that cannot be used, programs that answer with chosen
times, this program with a slow-down injected, and what an interruption leaves."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from made_reports import around, make_program
from program import ENVIRONMENT, PROGRAM, WITH_FAULTS, comparison_of, refused, run, valid, verdicts_of

FEW = ["--pairs", "12"]
TINY = ["--strategy", "sync", "--lines", "50", *FEW]


def command(base, head, *options):
    return ["ab", "--base", base, "--head", head, *options]


@pytest.fixture(name="script")
def fixture_script(tmp_path):
    """Makes a program of a shell script and gives its path."""
    def make(name, text):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture(name="template", scope="module")
def fixture_template(tmp_path_factory):
    directory = tmp_path_factory.mktemp("template")
    run(directory, "-s", "sync,buffered", "-n", "50", "--trials", "1", "--stall-trials", "0")
    return json.loads((directory / "writebench-report.json").read_text())


@pytest.fixture(name="speaker")
def fixture_speaker(tmp_path, template):
    """Makes a program whose trials take these times, and gives its path."""
    def make(name, **times):
        make_program(tmp_path / name, template, times)
        return str(tmp_path / name)

    return make


@pytest.mark.parametrize("prepare, said", [
    (lambda path: None, "cannot be run: No such file or directory"),
    (lambda path: path.write_text("#!/bin/sh\n"), "cannot be run: Permission denied"),
    (lambda path: path.mkdir(), "cannot be run: Permission denied"),
    (lambda path: path.symlink_to("/bin/true"), "does not speak the trial protocol"),
    (lambda path: path.symlink_to("/bin/false"), "does not speak the trial protocol"),
], ids=["missing", "not-executable", "directory", "true", "false"])
def test_a_program_that_cannot_be_used_is_named_whichever_side_it_is(tmp_path, prepare, said):
    prepare(tmp_path / "program")
    for sides, named in [(("./program", PROGRAM), "--base"), ((PROGRAM, "./program"), "--head")]:
        message = refused(tmp_path, *command(*sides, *TINY))
        assert message.startswith(f"writebench: {named} './program' ") and said in message


@pytest.mark.parametrize("text, said", [
    ("echo garbage", "does not speak the trial protocol"),
    ("echo '{\"writebench_schema\": 99}'", "newer writebench"),
    ("echo '[]'", "not a report of writebench"),
    ("head -c 100000000 /dev/zero", "it prints too much"),
    ("echo first >&2; echo second >&2; exit 3", "with status 3: first"),
    ("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 3", "with status 3: xxxxx"),
    ("kill -9 $$", "with signal 9"),
], ids=["garbage", "newer", "foreign", "endless", "status", "errors", "signal"])
def test_a_program_that_speaks_otherwise_is_refused(tmp_path, script, text, said):
    assert said in refused(tmp_path, *command(PROGRAM, script("program", text), *TINY))
    assert sorted(os.listdir(tmp_path)) == ["program"]


def test_a_program_of_this_directory_needs_a_slash(tmp_path, script):
    script("program", "exit 0")
    assert "'program' is not on the PATH; write ./program" in refused(tmp_path, *command(PROGRAM, "program", *TINY))


@pytest.mark.parametrize("answer, said", [
    ("exec {cells} trial", "was asked for one trial of 'sync' and answered with something else"),
    ("kill -9 $$", "with signal 9"),
    ("echo gone >&2; exit 1", "it said: gone"),
], ids=["other", "signal", "silent"])
def test_a_trial_that_is_not_answered_is_a_failure_of_that_side(tmp_path, script, speaker, answer, said):
    cells = speaker("speaker", sync=around(1e6), buffered=around(1e6))
    program = script("program", f'case "$*" in *"--cell sync") {answer.format(cells=cells)};; esac; exec {cells} "$@"')
    for sides, failed in [((cells, program), 1), ((program, cells), 0)]:
        comparison = comparison_of(run(tmp_path, *command(*sides, *FEW, "--json"), status=failed))
        assert list(verdicts_of(comparison)) == ["buffered"], "the other cell is compared"
        (cell,) = comparison["not_compared"]
        assert cell["id"] == "sync" and said in cell["reason"] and cell["failed"] == bool(failed)


def test_a_session_in_which_everything_failed_ends_with_1_whichever_side_it_was(tmp_path, script, speaker):
    cells = speaker("speaker", sync=around(1e6))
    program = script("program", f'case "$*" in *--cell*) exit 7;; esac; exec {cells} "$@"')
    for sides in [(cells, program), (program, cells), (program, program)]:
        for fail_on in ("regression", "never"):
            result = run(tmp_path, *command(*sides, *TINY, "--fail-on", fail_on), status=1)
            assert result.stderr == "writebench: no cell could be compared, because of failures\n"


@pytest.mark.parametrize("arguments, said", [
    (["--pairs", "0"], "--pairs '0'"),
    (["--pairs", "x"], "--pairs 'x'"),
    (["--budget", "soon"], "--budget 'soon'"),
    (["--seed", "-1"], "--seed '-1'"),
    (["--metric", "speed"], "--metric 'speed' is unknown; use time, "),
    (["--alpha", "0"], "--alpha '0' must be above 0"),
    (["--strategy", "snyc"], "--strategy 'snyc'"),
    (["--lnies", "5"], "'--lnies' is not an option of writebench trial"),
    (["--dir", "missing"], "--dir 'missing' does not exist"),
])
def test_what_ab_is_asked_wrongly_is_explained(tmp_path, arguments, said):
    assert said in refused(tmp_path, *command(PROGRAM, PROGRAM, *arguments))
    assert os.listdir(tmp_path) == []


def test_both_programs_have_to_be_named(tmp_path):
    for arguments in (["--base", PROGRAM], ["--head", PROGRAM], []):
        assert "is required" in refused(tmp_path, "ab", *arguments)


def test_what_would_be_written_in_the_end_is_checked_before_the_first_trial(tmp_path, script):
    program = script("program", "touch ran")
    (tmp_path / "out").write_text("precious")
    (tmp_path / "saved-head.json").write_text("precious")
    for arguments, said in [(["--out", "out"], "--out 'out' exists"), (["--out", "missing/out"], "--out 'missing/out'"),
                            (["--save", "saved"], "--save 'saved-head.json' exists"),
                            (["--save", "missing/x"], "--save 'missing/x-base.json' cannot be written")]:
        assert said in refused(tmp_path, *command(program, program, *arguments))
    assert sorted(os.listdir(tmp_path)) == ["out", "program", "saved-head.json"]


def test_each_verdict_has_its_exit_status(tmp_path, speaker):
    base = speaker("base", sync=around(1e6))
    unsure = [factor * time_ns for time_ns in around(1e6) for factor in (1, 1.3)]
    for name, times, verdict, statuses in [
            ("slow", around(1.2e6, seed=2), "slower", (3, 3, 0)), ("fast", around(0.8e6, seed=2), "faster", (0, 0, 0)),
            ("like", around(1e6, seed=2), "same", (0, 0, 0)), ("unsure", unsure, "inconclusive", (0, 4, 0))]:
        head = speaker(name, sync=[round(time_ns) for time_ns in times])
        for fail_on, status in zip(("regression", "inconclusive", "never"), statuses):
            result = run(tmp_path, *command(base, head, *FEW, "--fail-on", fail_on), status=status)
            assert re.search(f"^sync .* {verdict} ", result.stdout, re.MULTILINE)
            assert result.stderr == ""


def test_what_is_slower_was_confirmed_by_fresh_pairs(tmp_path, speaker):
    base = speaker("base", sync=around(1e6), buffered=around(2e6))
    head = speaker("head", sync=around(1e6, seed=2), buffered=around(2.4e6, seed=2))
    comparison = comparison_of(run(tmp_path, *command(base, head, "--pairs", "60", "--json"), status=3))
    assert verdicts_of(comparison) == {"sync": "same", "buffered": "slower"}
    sync, buffered = comparison["cells"]
    assert (sync["basis"], sync["size"]) == ("paired", 20)
    assert (buffered["basis"], buffered["size"]) == ("paired", 20)
    assert re.fullmatch(r"\+.*% in the first 20 pairs, confirmed by 20 fresh ones", buffered["reason"])
    assert abs(buffered["change"] - 0.2) < 0.02
    assert abs(buffered["twin_change"]) < 0.02


def test_what_the_fresh_pairs_do_not_show_is_taken_back(tmp_path, speaker):
    base = speaker("base", sync=around(1e6))
    # The warm-up and the twelve pairs are slow, the next twelve are not.
    head = speaker("head", sync=around(1.5e6, count=13, seed=2) + around(1e6, count=12, seed=3))
    result = run(tmp_path, *command(base, head, *FEW))
    assert re.search("^sync: .* not confirmed by 12 fresh ones$", result.stdout, re.MULTILINE)


def test_both_reports_can_be_kept_and_compared_again(tmp_path, speaker):
    base, head = speaker("base", sync=around(1e6)), speaker("head", sync=around(1.2e6, seed=2))
    run(tmp_path, *command(base, head, *FEW, "--save", "kept"), status=3)
    for side in ("base", "head"):
        report = json.loads((tmp_path / f"kept-{side}.json").read_text())
        valid(report)
        assert report["pairing"]["side"] == side and report["complete"]
        assert report["command_line"][1] == "ab"
        assert [cell["id"] for cell in report["cells"]] == ["sync", "sync#2"][:2 if side == "base" else 1]
        assert len(report["cells"][0]["samples"]) == 24, "the pairs and the fresh ones"
    result = run(tmp_path, "compare", "kept-base.json", "kept-head.json", status=3)
    assert "time in pairs of trials" in result.stdout
    run(tmp_path, "show", "kept-head.json")


def test_each_trial_is_asked_for_with_the_options_of_the_run(tmp_path, script, speaker):
    recorder = script("recorder", f'echo "$@" >>{tmp_path}/asked; exec {speaker("speaker", sync=around(1e6))} "$@"')
    run(tmp_path, *command(recorder, recorder, *FEW, "--lines", "50", "--seed", "7", "--baseline-dir", "nowhere"))
    asked = (tmp_path / "asked").read_text().splitlines()
    assert set(asked) == {"trial --lines 50 --seed 7", "trial --lines 50 --seed 7 --cell sync"}
    assert len(asked) == 2 + 2 + 3 * 12, "the cells, a warm-up of each side, three trials for each pair"


def test_a_program_is_about_as_fast_as_itself(tmp_path):
    comparison = comparison_of(run(tmp_path, *command(PROGRAM, PROGRAM, *TINY, "--json")))
    assert verdicts_of(comparison)["sync"] in ("same", "inconclusive")
    assert comparison["cells"][0]["size"] == 12
    assert comparison["differences"] == []
    assert os.listdir(tmp_path) == []


def test_a_slow_down_that_was_injected_is_found(tmp_path, script):
    head = script("head", f"exec '{PROGRAM}' \"$@\" --slow-down sync=100%")
    comparison = comparison_of(run(tmp_path, *command(PROGRAM, head, "--strategy", "sync", "--lines", "100k", "--pairs",
                                                      "24", "--json"), status=3))
    assert verdicts_of(comparison) == {"sync": "slower"}


@pytest.mark.parametrize("out", [[], ["--out", "none"], ["--out", "-"]], ids=str)
def test_no_file_is_left_unless_it_is_asked_for(tmp_path, out):
    shown = run(tmp_path, *command(PROGRAM, PROGRAM, *TINY, *out)).stdout
    assert shown.count("sync ") >= 1
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_effect_in_either_program_is_named_once(tmp_path):
    said = run(tmp_path, *command(PROGRAM, PROGRAM, *TINY, "--queue-depth", "5", "--force")).stderr
    assert said.count("note: --queue-depth has no effect because no chosen strategy has this option\n") == 1
    assert said.count("note: --force has no effect without a file of --out or --save\n") == 1
    assert said.count("note: ") == 2


@pytest.mark.parametrize("gate", [["ab", "--base", PROGRAM, "--head", PROGRAM], ["calibrate"]], ids=["ab", "calibrate"])
@pytest.mark.parametrize("pipe", [["--input", "-"], ["--input=-"], ["--input", "pipe"]], ids=str)
def test_lines_that_can_be_read_only_once_are_refused(tmp_path, gate, pipe):
    os.mkfifo(tmp_path / "pipe")
    assert "can be read only once, but every trial reads it anew; save" in refused(tmp_path, *gate, *pipe)


def test_an_option_of_another_command_is_said_to_belong_to_it(tmp_path):
    assert "'--sort' is not an option of writebench trial; it belongs to writebench show" in refused(
        tmp_path, *command(PROGRAM, PROGRAM, *TINY, "--sort", "time"))


def test_the_stall_of_the_caller_can_be_judged(tmp_path):
    result = run(tmp_path, *command(PROGRAM, PROGRAM, *TINY, "--metric", "stall-p99", "--json"), status=2)
    (unmatched,) = comparison_of(result)["not_compared"]
    assert unmatched["reason"] == "no trial has stall-p99, which takes 100 lines"
    enough = ["--strategy", "sync", "--lines", "100", *FEW]
    result = run(tmp_path, *command(PROGRAM, PROGRAM, *enough, "--metric", "stall-p99", "--json"))
    comparison = comparison_of(result)
    assert (comparison["metric"], comparison["unit"]) == ("stall-p99", "ns")
    assert comparison["cells"][0]["base"] > 0


def test_a_head_whose_strategy_fails_is_named_and_gets_no_verdict(tmp_path):
    for strategy, said in [("lost", "in the head: incorrect: "), ("crashes", "in the head: failed: ")]:
        head = command_that_renames(tmp_path, strategy)
        result = run(tmp_path, *command(PROGRAM, head, "--lines", "50", "--strategy", "sync,buffered", "--pairs", "8"),
                     status=1)
        assert re.search(f"^buffered is not compared: {said}", result.stdout, re.MULTILINE)
        assert not re.search(r"^buffered .* (same|slower|faster|inconclusive)\b", result.stdout, re.MULTILINE)
        assert re.search(r"^sync .* (same|inconclusive)\b", result.stdout, re.MULTILINE)
    run(tmp_path, *command(PROGRAM, head, "--lines", "50", "--strategy", "buffered,sync", "--pairs", "2",
                           "--fail-on", "never"))


def command_that_renames(directory, strategy):
    """A program whose `buffered` is that strategy in truth."""
    path = directory / "head"
    path.write_text(f"""#!/bin/sh
        case " $* " in
          *" --cell buffered "*)
            '{WITH_FAULTS}' trial --lines 50 --strategy {strategy} --cell {strategy} | sed '
              s/"id": "{strategy}"/"id": "buffered"/; s/"strategy": "{strategy}"/"strategy": "buffered"/' ;;
          *) exec '{PROGRAM}' "$@" ;;
        esac
        """)
    path.chmod(0o755)
    return str(path)


def test_a_strategy_that_hangs_is_bounded_by_the_timeout(tmp_path):
    result = run(tmp_path, *command(WITH_FAULTS, WITH_FAULTS, "--strategy", "sync,hangs", "--lines", "50", "--timeout",
                                    "200ms", *FEW))
    assert "hangs is not compared: in the base: timeout: " in result.stdout
    assert os.listdir(tmp_path) == []


def processes_in(directory):
    """Those whose working directory is this one."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.readlink(process / "cwd") == str(directory):
                found.append(process.name)
        except OSError:
            pass
    return found


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.005)


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_no_process_no_file_and_no_verdict(tmp_path, which):
    arguments = ["--strategy", "sleeps", "--lines", "100", "--pairs", "1000"]
    with subprocess.Popen([PROGRAM, *command(WITH_FAULTS, WITH_FAULTS, *arguments)], cwd=tmp_path,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        wait_for(lambda: list(tmp_path.glob(".writebench-*/*.txt")))  # the file of a trial
        process.send_signal(which)
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 128 + which
    assert stderr.removeprefix(b"writebench: no cell could be compared\n") == b"writebench: ended by %s\n" % (
        which.name.encode())
    assert re.search(rb"^0 slower, 0 faster, 0 same, \d inconclusive", stdout, re.MULTILINE)
    assert processes_in(tmp_path) == []
    assert os.listdir(tmp_path) == []


def test_an_interruption_ends_a_program_that_answers_never(tmp_path, script):
    waiting = script("program", "sleep 1000\ntrue")
    with subprocess.Popen([PROGRAM, *command(waiting, waiting)], cwd=tmp_path, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        wait_for(lambda: len(processes_in(tmp_path)) == 4)  # ab, the guard, the script and its sleep
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (130, b"writebench: ended by SIGINT\n")
    assert processes_in(tmp_path) == []


def test_a_trial_is_a_report_of_one_sample(tmp_path):
    cells = json.loads(run(tmp_path, "trial", "--strategy", "sync,sync,buffered", "--lines", "50").stdout)
    valid(cells)
    assert [cell["id"] for cell in cells["cells"]] == ["sync", "sync#2", "buffered"]
    assert all(cell["samples"] == [] and cell["status"] is None for cell in cells["cells"])
    trial = json.loads(run(tmp_path, "trial", "--strategy", "sync,buffered", "--lines", "100", "--cell",
                           "buffered", "--slow-down", "buffered=50%", "--observe").stdout)
    valid(trial)
    assert trial["complete"] and len(trial["cells"]) == 1
    (sample,) = trial["cells"][0]["samples"]
    assert (sample["outcome"], sample["injected_slow_down"]) == ("ok", 0.5)
    assert sample["stall_p99_ns"] >= 0
    assert os.listdir(tmp_path) == []


def test_a_trial_that_fails_says_so_in_status_and_report(tmp_path):
    result = run(tmp_path, "trial", "--strategy", "lost", "--lines", "50", "--cell", "lost", program=WITH_FAULTS,
                 status=1)
    cell = json.loads(result.stdout)["cells"][0]
    assert (cell["status"], cell["samples"][0]["outcome"]) == ("incorrect", "incorrect")
    assert result.stderr == ""


@pytest.mark.parametrize("arguments, said", [
    (["--cell", "nope"], "--cell 'nope' is not a cell of these options"),
    (["--slow-down", "snyc=5%"], "there is no strategy 'snyc'; did you mean 'sync'?"),
    (["--slow-down", "fast"], "--slow-down 'fast'"),
    (["--trials", "3"], "'--trials' is not an option of writebench trial; it belongs to writebench"),
    (["--lines", "x"], "--lines 'x'"),
])
def test_what_a_trial_is_asked_wrongly_is_explained(tmp_path, arguments, said):
    assert said in refused(tmp_path, "trial", *arguments)
