"""The real program on tiny inputs, judged by what it prints, writes, leaves behind and returns.

WRITEBENCH and WRITEBENCH_WITH_FAULTS name the two programs (the second has the strategies that misbehave on purpose
beside its own), WRITEBENCH_SCHEMA the schema of the report.
"""

import hashlib
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import time

import jsonschema
import pytest

PROGRAM = os.environ["WRITEBENCH"]
WITH_FAULTS = os.environ["WRITEBENCH_WITH_FAULTS"]
SCHEMA = json.loads(pathlib.Path(os.environ["WRITEBENCH_SCHEMA"]).read_text())
REPORT = "writebench-report.json"
SHA256_OF_1000_LINES = "87897d0fe5c04a29278fc9cbddf437296bbe22de96f09e5d1fb27c3c5516f699"
SIGNALS = [signal.SIGINT, signal.SIGTERM]
FEW = ("--strategy", "sync,buffered,naive-async,sharded-files")  # where it does not matter which

@pytest.fixture
def work(tmp_path):
    """An empty directory to run the program in."""
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


def environment(**changes):
    fixed = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "80"}
    return {**fixed, **changes}


def run(work, *arguments, program=PROGRAM, stdout=subprocess.PIPE, text=True, **changes):
    return subprocess.run([program, *arguments], cwd=work, stdout=stdout, stderr=subprocess.PIPE, text=text,
                          timeout=120, env=environment(**changes))


def errors_in(report):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(report)]


def valid_report(path):
    report = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda name: pytest.fail(name))
    assert errors_in(report) == []
    return report


def cells_of(report):
    return {cell["id"]: cell for cell in report["cells"]}


def names_in(work):
    return sorted(os.listdir(work))


def wait_for(condition, seconds=30):
    """What the condition gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.002)
    pytest.fail("what was waited for did not come")


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_describes_everything_it_allows():
    def undescribed(schema, path):
        for name, property_schema in schema.get("properties", {}).items():
            if isinstance(property_schema, dict):
                if "description" not in property_schema and "$ref" not in property_schema:
                    yield f"{path}.{name}"
                yield from undescribed(property_schema, f"{path}.{name}")
        if isinstance(schema.get("items"), dict):
            yield from undescribed(schema["items"], f"{path}[]")

    assert list(undescribed(SCHEMA, "$")) == []
    for name, definition in SCHEMA["$defs"].items():
        assert list(undescribed(definition, name)) == []


def test_the_schema_refuses_what_the_program_never_writes(work):
    assert run(work, *FEW, "-n", "5", "--trials", "1").returncode == 0
    text = (work / REPORT).read_text()

    def spoilt(spoil):
        report = json.loads(text)
        spoil(report)
        return report

    def sync(report):
        return cells_of(report)["sync"]

    assert errors_in(spoilt(lambda report: None)) == []
    for spoil in [
        lambda report: report.update(writebench_schema=3),
        lambda report: report.update(extra=1),
        lambda report: report.pop("environment"),
        lambda report: sync(report).update(status=None),
        lambda report: sync(report).update(status="fine"),
        lambda report: sync(report).update(status_detail="it was"),
        lambda report: sync(report)["samples"].clear(),
        lambda report: sync(report)["samples"][0].update(time_ns=None),
        lambda report: sync(report)["samples"][0].update(drained_ns=1.5),
        lambda report: sync(report)["samples"][0].update(write_syscalls=None),
        lambda report: sync(report)["samples"][0].update(outcome="incorrect"),
        lambda report: sync(report)["parameters"].update(writers=1.5),
        lambda report: report["options"].append({"name": "writers"}),
        lambda report: sync(report)["parameters"].update(durability="bytes=0"),
        lambda report: sync(report)["summary"]["time_ns"].pop("mad"),
    ]:
        assert errors_in(spoilt(spoil)) != []


def test_a_complete_run_writes_a_valid_report_and_nothing_else(work):
    result = run(work, "--quiet", "--strategy", "all", "--lines", "50", "--trials", "7")
    assert (result.returncode, result.stderr) == (0, "")
    assert names_in(work) == [REPORT]
    report = valid_report(work / REPORT)
    assert report["complete"]
    assert report["command_line"][1:] == ["--quiet", "--strategy", "all", "--lines", "50", "--trials", "7"]
    assert report["environment"]["directory"] == str(work.resolve())
    for cell in report["cells"]:
        assert cell["status"] == "ok"
        assert cell["summary"]["trials"] == 7
        assert sorted(sample["round"] for sample in cell["samples"]) == list(range(7))
        assert cell["bytes"] == sum(len(f"line#{i}\n") for i in range(50))
    reference = cells_of(report)["sync"]["summary"]["ratio_to_reference"]
    assert reference == {"median": 1, "ci95_low": 1, "ci95_high": 1}
    for round_number in range(7):
        positions = [s["position"] for c in report["cells"] for s in c["samples"] if s["round"] == round_number]
        assert sorted(positions) == list(range(len(report["cells"])))


def test_the_summary_can_be_recomputed_from_the_samples(work):
    assert run(work, *FEW, "--lines", "50", "--trials", "5").returncode == 0
    cells = cells_of(valid_report(work / REPORT))
    by_round = {name: {s["round"]: s["time_ns"] for s in cell["samples"]} for name, cell in cells.items()}
    for name, cell in cells.items():
        times = sorted(by_round[name].values())
        time_ns = cell["summary"]["time_ns"]
        assert (time_ns["min"], time_ns["median"], time_ns["max"]) == (times[0], times[2], times[4])
        ratios = sorted(by_round[name][i] / by_round["sync"][i] for i in range(5))
        assert cell["summary"]["ratio_to_reference"]["median"] == pytest.approx(ratios[2])
        assert cell["summary"]["bytes_per_second"] == pytest.approx(cell["bytes"] / times[2] * 1e9)


@pytest.mark.parametrize("durability", ["none", "close", "bytes=100", "line"])
def test_every_durability_gives_a_valid_report(work, durability):
    if durability != "none" and file_system_of(work) in ("tmpfs", "ramfs"):
        pytest.skip("nothing is durable here")
    result = run(work, "--lines", "20", "--trials", "2", "--durability", durability)
    assert result.returncode == 0
    report = valid_report(work / REPORT)
    for cell in report["cells"]:
        assert cell["parameters"]["durability"] == cell["contract"]["durability"] == durability
        if cell["status"] == "unavailable":
            assert durability == "line" and "durable" in cell["status_detail"]
            continue
        for sample in cell["samples"]:
            assert sample["time_ns"] == sample["drained_ns" if durability == "none" else "durable_ns"]
            assert (sample["durable_ns"] is None) == (durability == "none")
    assert cells_of(report)["sync"]["status"] == "ok"


def file_system_of(directory):
    told = subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def test_a_twin_is_a_cell_of_its_own(work):
    assert run(work, "--strategy", "sync,sync,bulk", "--lines", "9", "--trials", "2").returncode == 0
    cells = cells_of(valid_report(work / REPORT))
    assert {"sync", "sync#2", "bulk"} <= cells.keys()
    assert cells["sync#2"]["strategy"] == "sync" and cells["sync#2"]["twin_of"] == "sync"
    assert "twin_of" not in cells["sync"]
    assert (cells["sync"]["role"], cells["bulk"]["role"]) == ("strategy", "control")


PLANTED = {
    "lost": "lost",
    "doubled": "doubled",
    "torn": "torn",
    "reordered": "reordered",
    "truncated": "truncated",
    "trailing-garbage": "trailing garbage",
}
FAILING = {
    "throws": ("failed", "out of ink"),
    "throws-oddly": ("failed", "not a std::exception"),
    "throws-in-prepare": ("failed", "no table free"),
    "fails": ("failed", "at byte 17"),
    "crashes": ("failed", "in run"),
    "exits": ("failed", "ended the process"),
    "hangs": ("timeout", "killed"),
    "unsupported": ("unavailable", "needs a kernel of next year"),
}


def test_a_strategy_that_fails_loses_its_own_row_and_no_other(work):
    names = [*FAILING, *PLANTED]
    result = run(work, "--strategy", ",".join(["sync", "buffered", *names]), "--lines", "20", "--trials", "2",
                 "--timeout", "300ms", program=WITH_FAULTS)
    assert result.returncode == 1
    assert names_in(work) == [REPORT]
    report = valid_report(work / REPORT)
    assert report["complete"]
    cells = cells_of(report)
    for name in ["sync", "buffered"]:
        assert cells[name]["status"] == "ok"
        assert cells[name]["summary"]["trials"] == 2
    for name, (status, detail) in FAILING.items():
        assert cells[name]["status"] == status
        assert detail in cells[name]["status_detail"]
        assert cells[name]["summary"] is None
        assert re.search(rf"^{name} +{status}: ", result.stdout, re.MULTILINE)


def test_a_child_that_is_stopped_while_it_settles_is_killed_at_the_timeout(work):
    # Of a single trial without a sync, the child alone calls syncfs(2).
    tracer = ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=syncfs", "-e", "inject=syncfs:signal=SIGSTOP"]
    result = subprocess.run([*tracer, PROGRAM, "-s", "sync,^null,^bulk", "-n", "20", "--trials", "1", "--timeout", "300ms"],
                            cwd=work, capture_output=True, text=True, timeout=60, env=environment())
    cell = cells_of(valid_report(work / REPORT))["sync"]
    assert (cell["status"], cell["status_detail"]) == ("timeout", "killed while settling after 300 ms"), result.stderr
    assert result.returncode == 1
    assert names_in(work) == [REPORT]


@pytest.mark.parametrize("strategy, damage", PLANTED.items())
def test_planted_damage_is_named_and_has_no_time(work, strategy, damage):
    result = run(work, "--strategy", strategy, "--lines", "20", "--trials", "3", program=WITH_FAULTS)
    assert result.returncode == 1
    cell = cells_of(valid_report(work / REPORT))[strategy]
    assert cell["status"] == "incorrect"
    assert damage in cell["status_detail"]
    assert not [other for other in set(PLANTED.values()) - {damage, "lost"} if other in cell["status_detail"]]
    assert [sample["time_ns"] for sample in cell["samples"]] == [None], "it gets no further trial"
    assert cell["summary"] is None
    assert damage in " ".join(result.stdout.split())


def test_what_is_merely_unavailable_is_no_failure(work):
    result = run(work, "--strategy", "sync,unsupported", "--lines", "5", "--trials", "1", program=WITH_FAULTS)
    assert result.returncode == 0
    assert cells_of(valid_report(work / REPORT))["unsupported"]["status"] == "unavailable"


def test_a_run_that_could_measure_nothing_is_no_success(work):
    result = run(work, "-s", "bulk,thread-pool", "-D", "line", "-n", "5", "--trials", "1")
    assert result.returncode == 2
    assert result.stderr == ("writebench: nothing was measured: each strategy that was asked for failed, or is "
                             "unavailable with these options\n")
    report = valid_report(work / REPORT)
    assert {name: cell["status"] for name, cell in cells_of(report).items()} == {
        "null": "ok", "bulk": "unavailable", "thread-pool": "unavailable"}
    result = run(work, "export", REPORT, "--format", "csv", "--controls")
    assert result.returncode == 2 and "nothing to export" in result.stderr and result.stdout == ""
    assert run(work, "-s", "null", "-n", "5", "--trials", "1").returncode == 0


def test_a_file_that_somebody_removes_is_a_failure_of_its_row_alone(work):
    with Running(work, "sync,sleeps", "--keep-files", lines=1000, trials=3) as running:
        running.wait_until_it_runs("sleeps")
        for path in work.glob(".writebench-*/*.txt"):
            path.unlink()
        stdout, _, _ = running.end()
        assert running.process.returncode == 1
    cells = cells_of(valid_report(work / REPORT))
    assert cells["sleeps"]["status"] in ("incorrect", "failed")
    assert re.search("removed|No such file", cells["sleeps"]["status_detail"])
    assert {cells[name]["status"] for name in ("null", "bulk", "sync")} == {"ok"}
    assert len(cells["sync"]["samples"]) == 3
    assert "  3.txt  sync" in stdout


def test_a_directory_that_takes_no_files_costs_no_report(work):
    tiny = ("--strategy", "sync", "--lines", "100", "--trials", "1")
    assert run(work, *tiny).returncode == 0
    report = (work / REPORT).read_text()
    refused = run(work, *tiny, "--dir", "/proc")
    assert refused.returncode == 2 and "--dir '/proc' cannot be written: " in refused.stderr
    assert (work / REPORT).read_text() == report


def test_a_run_whose_directory_is_removed_saves_and_shows_what_it_has(work):
    with Running(work) as running:
        running.wait_until_samples_are_saved()
        running.wait_until_it_runs("sleeps")  # so that sync does not lose the file of a trial
        for path in work.glob(".writebench-*"):
            wait_for(lambda: shutil.rmtree(path, ignore_errors=True) or not path.exists())
        stdout, stderr, _ = running.end()
        assert running.process.returncode == 1
    assert re.search(r"writebench: the directory of the run's files, .*, is gone, so no further trial", stderr)
    assert re.search("^1  sync ", stdout, re.MULTILINE)
    report = valid_report(work / REPORT)
    assert len(cells_of(report)["sync"]["samples"]) >= 1


def test_a_run_that_was_stopped_counts_none_of_the_time(work):
    with Running(work, "sync,sleeps", "--timeout", "1500ms", trials=2) as running:
        running.wait_until_it_runs("sleeps")
        os.killpg(running.process.pid, signal.SIGSTOP)
        time.sleep(2)
        os.killpg(running.process.pid, signal.SIGCONT)
        running.end()
        assert running.process.returncode == 0
    samples = [sample for cell in valid_report(work / REPORT)["cells"] for sample in cell["samples"]]
    assert samples and all(sample["outcome"] == "ok" and "stopped" not in sample["disturbances"] for sample in samples)
    assert all(sample["time_ns"] < 2e9 and sample["total_ns"] < 2e9 for sample in samples)


class Running:
    """A run of `sync` and of `sleeps`, which takes 0.2 s a trial, for a long while, in a process group of its own."""

    def __init__(self, work, strategies="sync,sleeps", *arguments, lines=200, trials=500, ignored=(), closed=()):
        def set_up():  # who started the tests may have had some signals ignored
            for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
                signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
            for descriptor in closed:
                os.close(descriptor)

        command = [WITH_FAULTS, "-s", strategies, "-n", str(lines), "--trials", str(trials), *arguments]
        self.work = work
        self.strategies = strategies.split(",")
        self.process = subprocess.Popen(command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment(), start_new_session=True, preexec_fn=set_up)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.communicate()

    def scratch_files(self):
        try:
            return [path.name for path in self.work.glob(".writebench-*/*")]
        except FileNotFoundError:  # the program has just removed the directory
            return []

    def wait_until_it_runs(self, strategy):
        # The files of the controls have the first two numbers.
        number = self.strategies.index(strategy) + 3
        wait_for(lambda: f"{number}.txt" in self.scratch_files())

    def wait_until_samples_are_saved(self):
        def saved():
            path = self.work / REPORT
            return path.exists() and all(cell["samples"] for cell in json.loads(path.read_text())["cells"])

        wait_for(saved)

    def end(self):
        """Waits for its end: stdout, stderr and how long it took."""
        began = time.monotonic()
        stdout, stderr = self.process.communicate(timeout=30)
        return stdout, stderr, time.monotonic() - began

    def is_gone(self):
        """Whether no process of its group is left; one that has ended may still wait for whoever adopted it."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
            except OSError:  # gone in the meantime
                continue
            if int(group) == self.process.pid and state != "Z":
                return False
        return True


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupted_run_keeps_what_it_has_measured(work, number):
    with Running(work) as running:
        running.wait_until_samples_are_saved()
        running.wait_until_it_runs("sleeps")
        running.process.send_signal(number)
        stdout, stderr, seconds = running.end()
        assert running.process.returncode == 128 + number
        assert seconds < 5
        assert stderr == f"writebench: ended by {number.name}\n"
        wait_for(running.is_gone)
    assert names_in(work) == [REPORT]
    report = valid_report(work / REPORT)
    assert not report["complete"]
    for name in ["sync", "sleeps"]:
        cell = cells_of(report)[name]
        assert cell["status"] == "ok"
        assert cell["summary"]["trials"] == len(cell["samples"]) >= 1
    assert "(incomplete)" in stdout
    assert re.search(r"^[ 0-9=]*sleeps ", stdout, re.MULTILINE)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("seconds_later", [0, 0.01, 0.1, 0.25])
def test_a_run_may_be_interrupted_at_any_moment(work, number, seconds_later):
    with Running(work, "all,^faulty,sleeps") as running:
        wait_for(lambda: list(work.glob(".writebench-*")))
        time.sleep(seconds_later)
        running.process.send_signal(number)
        _, stderr, seconds = running.end()
        assert running.process.returncode == 128 + number
        assert seconds < 5
        assert stderr == f"writebench: ended by {number.name}\n"
    assert names_in(work) == [REPORT]
    assert not valid_report(work / REPORT)["complete"]


def test_an_interrupt_from_the_terminal_reaches_all_processes_and_ends_the_run_the_same_way(work):
    with Running(work) as running:
        running.wait_until_samples_are_saved()
        running.wait_until_it_runs("sleeps")
        for _ in range(3):
            os.killpg(running.process.pid, signal.SIGINT)
        _, _, seconds = running.end()
        assert running.process.returncode == 130
        assert seconds < 5
        wait_for(running.is_gone)
    assert names_in(work) == [REPORT]
    report = valid_report(work / REPORT)
    assert not report["complete"]
    assert {cell["status"] for cell in report["cells"]} <= {"ok", None}


def test_a_signal_that_was_ignored_stays_ignored(work):
    with Running(work, ignored=[signal.SIGHUP]) as running:
        running.wait_until_it_runs("sleeps")
        running.process.send_signal(signal.SIGHUP)
        running.wait_until_samples_are_saved()
        running.process.terminate()
        running.end()
        assert running.process.returncode == 143


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1, 2]])
def test_no_file_takes_the_place_of_a_closed_standard_stream(work, closed):
    with Running(work, "sync,sleeps", closed=closed) as running:
        running.wait_until_it_runs("sleeps")
        for descriptor in closed:
            assert os.readlink(f"/proc/{running.process.pid}/fd/{descriptor}") == "/dev/null"
        running.process.terminate()
        running.end()
        assert running.process.returncode == 143
    assert not valid_report(work / REPORT)["complete"]


def test_a_strategy_that_hangs_does_not_hold_up_an_interrupt(work):
    with Running(work, "hangs") as running:
        running.wait_until_it_runs("hangs")
        running.process.send_signal(signal.SIGTERM)
        _, _, seconds = running.end()
        assert running.process.returncode == 143
        assert seconds < 5
        wait_for(running.is_gone)
    assert names_in(work) == [REPORT]
    report = valid_report(work / REPORT)
    assert cells_of(report)["hangs"]["status"] is None
    assert not report["complete"]


def test_a_run_whose_directory_disappears_keeps_what_it_has_measured(work):
    (work / "files").mkdir()
    with Running(work, "sync,sleeps", "--dir", "files") as running:
        running.wait_until_samples_are_saved()
        (work / "files").rename(work / "elsewhere")
        stdout, stderr, _ = running.end()
        assert running.process.returncode == 1
    assert re.fullmatch(r"writebench: [^\n]*files[^\n]*\n", stderr)
    assert re.search("^ *[0-9]?=? *sleeps ", stdout, re.MULTILINE)
    report = valid_report(work / REPORT)
    assert not report["complete"]
    assert cells_of(report)["sleeps"]["samples"]


def test_a_run_that_is_killed_leaves_the_report_it_had_and_no_process(work):
    with Running(work) as running:
        running.wait_until_samples_are_saved()
        running.process.kill()
        running.end()
        wait_for(running.is_gone)
    report = valid_report(work / REPORT)
    assert not report["complete"]
    assert cells_of(report)["sleeps"]["samples"]


def test_with_json_stdout_is_the_report_alone_and_the_table_is_on_stderr(work):
    result = run(work, *FEW, "--lines", "9", "--trials", "1", "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout) == valid_report(work / REPORT)
    assert result.stdout == (work / REPORT).read_text()
    assert re.search(r"^[ 0-9=]*sync .* reference ", result.stderr, re.MULTILINE)
    assert REPORT in result.stderr


def test_without_json_the_table_is_on_stdout_and_stderr_is_empty(work):
    result = run(work, "--lines", "9", "--trials", "1")
    assert result.stderr == ""
    assert re.search(r"^[ 0-9=]*sync .* reference ", result.stdout, re.MULTILINE)
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_the_table_is_ascii_in_a_plain_locale(work):
    assert run(work, "--lines", "9", "--trials", "1", LC_ALL="C").stdout.isascii()
    assert run(work, "--help", LC_ALL="C").stdout.isascii()
    assert run(work, "list", LC_ALL="C").stdout.isascii()


def shown_on_a_terminal(work, *arguments, **changes):
    controller, terminal = pty.openpty()
    process = subprocess.Popen([PROGRAM, *arguments], cwd=work, stdout=terminal, stderr=terminal,
                               env=environment(**{"TERM": "xterm", **changes}))
    os.close(terminal)
    shown = b""
    try:
        while piece := os.read(controller, 65536):
            shown += piece
    except OSError:  # the end of a terminal
        pass
    os.close(controller)
    assert process.wait(timeout=60) == 0
    return shown.decode()


def test_a_terminal_gets_colour_unless_the_user_wants_none(work):
    arguments = [*FEW, "--lines", "9", "--trials", "2"]
    assert "\033[1m" in shown_on_a_terminal(work, *arguments)
    assert not re.search("\033\\[[0-9]*m", shown_on_a_terminal(work, *arguments, NO_COLOR="1"))
    assert "\033" not in shown_on_a_terminal(work, *arguments, TERM="dumb")
    assert "\033[K" not in shown_on_a_terminal(work, *arguments, "--quiet")
    assert "\033" not in run(work, *arguments).stdout


def test_the_lists_agree_with_each_other_and_with_the_table(work):
    lists = json.loads(run(work, "list", "--json").stdout)
    listed = lists["strategies"] + lists["programs"]
    names = [strategy["name"] for strategy in listed]
    assert len(names) == len(set(names)) >= 20
    text = run(work, "list").stdout
    blocks = re.split(r"^  (?=\S)", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks] == names
    for strategy, block in zip(listed, [" ".join(block.split()) for block in blocks]):
        assert strategy["summary"] in block
        assert ("unavailable here" in block) == (not strategy["available"])
        assert (strategy["unavailable_because"] or "") in block
        assert ("not with --durability line" in block) == (not strategy["contract"]["each_line_durable"])
        for option in ["writers", "threads", "buffer-size", "queue-depth", "in-flight-bytes", "processes"]:
            assert (f"--{option}" in block) == (option in strategy["options"])
    options = {option["name"]: option for option in lists["options"]}
    assert set(options) == {name for strategy in listed for name in strategy["options"]}
    for option in options.values():
        values = option["words"] if option["kind"] == "word" else range(option["min"], option["max"] + 1)
        assert option["usual"] in values
    families = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert families == list(dict.fromkeys(strategy["family"] for strategy in listed))
    result = run(work, "--lines", "5", "--trials", "1")
    report = valid_report(work / REPORT)
    cells = cells_of(report)
    # The others run only if they are named.
    listed = [strategy for strategy in lists["strategies"] if strategy["role"] != "rung"]
    assert list(cells) == [strategy["name"] for strategy in listed]
    for strategy in listed:
        cell = cells[strategy["name"]]
        assert cell["family"] == strategy["family"]
        keys = {option["name"]: option["key"] for option in report["options"]}
        assert set(cell["parameters"]) == {"lines", "durability", *(keys[name] for name in strategy["options"])}
        assert cell["contract"]["order"] == strategy["contract"]["order"]
        assert re.search(rf"^[ 0-9=]*{strategy['name']} ", result.stdout, re.MULTILINE)


def test_a_list_writes_nothing(work):
    assert run(work, "list").returncode == 0
    assert run(work, "list", "--json").returncode == 0
    assert names_in(work) == []


def test_help_goes_to_stdout_and_writes_nothing(work):
    result = run(work, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert run(work, "-h").stdout == result.stdout
    assert "--json" in run(work, "list", "--help").stdout
    assert run(work, "help").stdout == result.stdout
    assert run(work, "help", "list").stdout == run(work, "list", "--help").stdout
    assert "--strategy" in run(work, "help", "run").stdout
    assert names_in(work) == []


def test_a_run_may_be_called_by_its_name(work):
    assert run(work, "run", "-s", "sync", "-n", "5", "--trials", "1").returncode == 0
    assert cells_of(valid_report(work / REPORT)).keys() == {"null", "bulk", "sync"}
    (work / "options.toml").write_text('strategy = "sync"\nlines = "7"\ntrials = "1"\n')
    assert run(work, "run", "--config", "options.toml").returncode == 0
    assert cells_of(valid_report(work / REPORT))["sync"]["parameters"]["lines"] == 7


def test_a_report_can_go_to_stdout_or_nowhere(work):
    few = ["-s", "sync", "-n", "5", "--trials", "1"]
    result = run(work, *few, "--out", "-")
    assert errors_in(json.loads(result.stdout)) == [] and "strategy" in result.stderr
    nothing = run(work, *few, "--out", "none")
    assert "strategy" in nothing.stdout and "report:" not in nothing.stdout + nothing.stderr
    assert names_in(work) == []


def test_the_version_is_that_of_the_report(work):
    result = run(work, "--version")
    assert (result.returncode, result.stderr) == (0, "")
    said = re.fullmatch(r"writebench (\d+\.\d+\.\d+) \((?:([0-9a-f]{12}(?:-dirty)?), )?(\w+), (\S+ [\d.]+)"
                        r"(?:, sanitizers \S+)?\)\n", result.stdout)
    assert said, result.stdout
    assert run(work, *FEW, "-n", "1", "--trials", "1").returncode == 0
    tool = valid_report(work / REPORT)["tool"]
    commit = re.sub("^(.{12})[^-]*", r"\1", tool["commit"]) if "commit" in tool else None
    assert said.groups() == (tool["version"], commit, tool["build_type"], tool["compiler"])


def test_the_commit_is_that_of_the_sources(work):
    source = os.environ["WRITEBENCH_SOURCE"]
    git = ["git", "-C", source, "-c", f"safe.directory={source}"]
    if subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, check=False).returncode != 0:
        pytest.skip("the sources are no checkout")
    assert run(work, *FEW, "-n", "1", "--trials", "1").returncode == 0
    commit = valid_report(work / REPORT)["tool"]["commit"].removesuffix("-dirty")
    kind = subprocess.run([*git, "cat-file", "-t", commit], capture_output=True, text=True, check=True).stdout
    assert (len(commit), kind) == (40, "commit\n")


def assert_refused(work, arguments, named, **how):
    before = names_in(work)
    result = run(work, *arguments, **how)
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stdout == ""
    assert re.fullmatch(r"writebench: [^\n]+\n", result.stderr)
    assert not [name for name in named if name not in result.stderr], result.stderr
    assert names_in(work) == before


UNKNOWN = [
    (["--strategy", "snyc"], ["--strategy", "'snyc'", "did you mean 'sync'?"]),
    (["--strategy", "sync,bufered"], ["--strategy", "'bufered'", "did you mean 'buffered'?"]),
    (["--strategy", "qqqqqqqq*"], ["--strategy", "'qqqqqqqq*'", "writebench list"]),
    (["--strategy", ""], ["--strategy", "''"]),
    (["--strategy", "^all"], ["--strategy"]),
    (["--strategy"], ["--strategy"]),
    (["--trails", "3"], ["'--trails'", "did you mean '--trials'?"]),
    (["--frobnicate=3"], ["'--frobnicate'", "writebench --help"]),
    (["-x"], ["'-x'"]),
    (["lst"], ["'lst'", "did you mean 'list'?"]),
    (["frobnicate", "more", "words"], ["'frobnicate'", "writebench --help"]),
    (["list", "--lines", "5"], ["'--lines'", "writebench list"]),
    (["list", "everything"], ["'everything'", "writebench list"]),
    (["--strange\nname"], ["--strange\\x0aname"]),
]


@pytest.mark.parametrize("arguments, named", UNKNOWN)
def test_what_is_unknown_is_refused_in_one_line_that_names_the_nearest(work, arguments, named):
    assert_refused(work, arguments, named)


COUNTS = ["--lines", "--writers", "--threads", "--queue-depth", "--trials", "--warm-up", "--stall-trials", "--seed"]
OTHERS = ["--buffer-size", "--durability", "--dir", "--budget", "--timeout", "--precision", "--out"]
NOT_ZERO = ["--writers", "--threads", "--buffer-size", "--queue-depth", "--trials", "--timeout"]
NO_COUNT = ["", "many", "k", "5x", "1.5", "5KiB", "0x10", "1e", "nan", "inf", "-5", "-1e3", " 5", "1,000", "1e400",
            "1e30", "99999999999999999999", "18446744073709551616"]
NO_SIZE = ["", "big", "KiB", "64k", "64 KiB", "1.5", "-5", "-64KiB", "nan", "1e400", "1e30", "99999999999999999999",
           "9e9TiB"]
NO_TIME = ["", "soon", "5", "1.5", "5d", "s", "-5s", "nan", "1e400s", "1e30s", "99999999999999999999ns", "9e9h",
           "0.1ns"]
NO_SHARE = ["", "all", "%", "5x", "-1%", "101%", "1.5", "nan", "1e400", "5 %"]
NO_DURABILITY = ["", "sometimes", "bytes", "bytes=", "bytes=0", "bytes=-1", "bytes=x", "bytes=1e30", "line=1"]


@pytest.mark.parametrize("option", COUNTS)
def test_a_count_that_is_none_is_refused(work, option):
    for value in NO_COUNT:
        assert_refused(work, [option, value], [option, f"'{value}'"])
        if value:
            assert_refused(work, [f"{option}={value}"], [option, f"'{value}'"])


def test_a_size_that_is_none_is_refused(work):
    for value in NO_SIZE:
        assert_refused(work, ["--buffer-size", value], ["--buffer-size", f"'{value}'"])
    for value in NO_DURABILITY:
        assert_refused(work, ["--durability", value], ["--durability", f"'{value}'"])


@pytest.mark.parametrize("option", ["--budget", "--timeout"])
def test_a_time_that_is_none_is_refused(work, option):
    for value in NO_TIME:
        assert_refused(work, [option, value], [option, f"'{value}'"])


def test_a_share_that_is_none_is_refused(work):
    for value in NO_SHARE:
        assert_refused(work, ["--precision", value], ["--precision", f"'{value}'"])


@pytest.mark.parametrize("option", NOT_ZERO)
def test_a_zero_is_refused_where_it_makes_no_sense(work, option):
    assert_refused(work, [option, "0"], [option, "'0'"])


@pytest.mark.parametrize("option", COUNTS + OTHERS)
def test_a_missing_value_is_asked_for(work, option):
    assert_refused(work, [option], [option])


def test_an_option_that_stands_twice_is_refused(work):
    assert_refused(work, ["--lines", "5", "--lines", "6"], ["--lines"])


def test_a_directory_that_cannot_be_used_is_refused(work):
    (work / "file").write_text("precious")
    (work / "dangling").symlink_to("nothing")
    for value in ["missing", "file", "file/below", "", "dangling", "/dev/null", "two\nlines"]:
        assert_refused(work, ["--dir", value], ["--dir", f"'{value}'".replace("\n", "\\x0a")])
    assert (work / "file").read_text() == "precious"


def test_a_durability_is_refused_where_there_is_none(work):
    if not os.path.ismount("/dev/shm") or file_system_of("/dev/shm") != "tmpfs":
        pytest.skip("there is no tmpfs")
    assert_refused(work, ["--dir", "/dev/shm", "--durability", "close"], ["--durability", "'close'", "'/dev/shm'"])


def without_privilege():
    """A prefix to the command under which the mode of a directory counts, for root too."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


@pytest.mark.parametrize("option, value", [("--dir", "locked"), ("--out", "locked/report.json")])
def test_a_directory_that_may_not_be_written_is_refused(work, option, value):
    prefix = without_privilege()
    (work / "locked").mkdir(mode=0o555)
    result = subprocess.run([*prefix, PROGRAM, option, value], cwd=work, capture_output=True, text=True, timeout=60,
                            env=environment())
    assert result.returncode == 2
    assert result.stdout == ""
    assert re.fullmatch(r"writebench: [^\n]+\n", result.stderr)
    assert option in result.stderr and f"'{value}'" in result.stderr
    assert names_in(work) == ["locked"] and names_in(work / "locked") == []


def test_a_report_replaces_an_earlier_one_and_nothing_else(work):
    arguments = ["--lines", "5", "--trials", "1", "--strategy", "sync"]
    assert run(work, *arguments).returncode == 0
    first = valid_report(work / REPORT)
    assert run(work, *arguments, "--seed", "7").returncode == 0
    assert valid_report(work / REPORT)["plan"]["seed"] == 7 != first["plan"]["seed"]

    os.mkfifo(work / "fifo")
    (work / "directory").mkdir()
    (work / "empty").write_text("")
    (work / "notes").write_text("precious\n")
    (work / "other.json").write_text('{"benchmarks": []}')
    (work / "dangling").symlink_to("nothing")
    (work / "link").symlink_to("notes")
    for value in ["notes", "empty", "other.json", "link", "directory", "directory/", "missing/report.json",
                  "notes/report.json", "dangling", "fifo", "", "/dev/null", "/dev/full"]:
        assert_refused(work, [*arguments, "--out", value], ["--out", f"'{value}'"])
    assert (work / "notes").read_text() == "precious\n"
    assert (work / "other.json").read_text() == '{"benchmarks": []}'
    assert (work / "empty").read_text() == ""
    assert names_in(work / "directory") == []


def test_a_report_goes_where_a_link_to_an_earlier_one_leads(work):
    arguments = ["--lines", "5", "--trials", "1", "--strategy", "sync"]
    (work / "results").mkdir()
    assert run(work, *arguments, "--out", "results/first.json").returncode == 0
    (work / "latest.json").symlink_to("results/first.json")
    assert run(work, *arguments, "--out", "latest.json", "--seed", "7").returncode == 0
    assert (work / "latest.json").is_symlink()
    assert valid_report(work / "results/first.json")["plan"]["seed"] == 7
    assert names_in(work / "results") == ["first.json"]


def kept_files(work, output):
    """The path of each cell's file, by its id."""
    directory, listed = re.search("^files: (.+)\n((?:  .+\n)+)", output, re.MULTILINE).groups()
    names = [line.split() for line in listed.splitlines()]
    assert sorted(name for name, _ in names) == names_in(work / directory)
    files = {}
    for name, cell in names:
        files.setdefault(cell, []).append(work / directory / name)
    return files


def test_kept_files_hold_the_right_bytes_and_their_place_is_told(work):
    result = run(work, "--lines", "1000", "--trials", "2", "--keep-files")
    assert result.returncode == 0
    files = kept_files(work, result.stdout)
    cells = cells_of(valid_report(work / REPORT))
    assert names_in(work) == sorted([files["sync"][0].parent.name, REPORT])
    assert files.keys() == cells.keys()
    lines = [f"line#{i}\n".encode() for i in range(1000)]
    orders = {name: cell["contract"]["order"] for name, cell in cells.items()}
    assert "global" in orders.values()
    for name, order in orders.items():
        if cells[name]["contract"]["layout"] == "file-per-writer":
            assert [file.read_bytes().splitlines(keepends=True) for file in files[name]] == [
                lines[writer::10] for writer in range(10)]
            continue
        (file,) = files[name]
        content = file.read_bytes()
        if order == "global":
            assert hashlib.sha256(content).hexdigest() == SHA256_OF_1000_LINES
        elif order is None:
            assert content == b""
        else:
            assert sorted(content.splitlines(keepends=True)) == sorted(lines)
        if order == "per-writer":
            numbers = [int(line[5:]) for line in content.splitlines()]
            for writer in range(10):
                assert [n for n in numbers if n % 10 == writer] == list(range(writer, 1000, 10))


def test_the_files_of_a_wrong_strategy_are_kept_too(work):
    result = run(work, "--strategy", "torn", "--lines", "20", "--keep-files", program=WITH_FAULTS)
    assert result.returncode == 1
    assert kept_files(work, result.stdout)["torn"][0].read_bytes().count(b"\n") == 20


def test_files_are_written_in_the_directory_that_is_named(work):
    (work / "elsewhere").mkdir()
    result = run(work, "--lines", "9", "--trials", "1", "--keep-files", "--dir", "elsewhere", "--strategy", "sync")
    assert result.returncode == 0
    assert kept_files(work, result.stdout)["sync"][0].parent.parent == work / "elsewhere"
    assert valid_report(work / REPORT)["environment"]["directory"] == str((work / "elsewhere").resolve())


@pytest.mark.parametrize("lines", [0, 1, 9, 10, 11])
def test_every_strategy_is_right_at_the_edges(work, lines):
    result = run(work, "--strategy", "all", "--lines", str(lines), "--writers", "1,3,64", "--buffer-size", "1,7,64KiB",
                 "--trials", "1", "--warm-up", "0", "--stall-trials", "0")
    assert result.returncode == 0, result.stdout
    cells = valid_report(work / REPORT)["cells"]
    assert {cell["status"] for cell in cells} == {"ok"}
    values = lambda strategy, key: sorted(cell["parameters"][key] for cell in cells if cell["strategy"] == strategy)
    assert values("naive-async", "writers") == [1, 3, 64]
    assert values("buffered", "buffer_bytes") == [1, 7, 64 << 10]


def order_of_trials(work, seed):
    assert run(work, *FEW, "--lines", "3", "--trials", "4", "--seed", str(seed)).returncode == 0
    report = valid_report(work / REPORT)
    return sorted((s["round"], s["position"], cell["id"]) for cell in report["cells"] for s in cell["samples"])


def test_a_seed_repeats_the_order_of_the_trials(work):
    assert order_of_trials(work, 1) == order_of_trials(work, 1) != order_of_trials(work, 2)


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_output_that_cannot_be_written_is_an_error_and_the_report_is_saved(work, arguments):
    with open("/dev/full", "w") as full:
        result = run(work, *FEW, "--lines", "9", "--trials", "1", *arguments, stdout=full)
    assert result.returncode == 1
    assert re.search("^writebench: .*stdout", result.stderr, re.MULTILINE)
    assert valid_report(work / REPORT)["complete"]


def test_a_long_table_that_cannot_be_written_is_the_same_error(work):
    twins = ",".join(["sync"] * 80)
    with open("/dev/full", "w") as full:
        result = run(work, "--lines", "1", "--trials", "1", "--strategy", twins, stdout=full)
    assert result.returncode == 1
    assert re.fullmatch(r"writebench: [^\n]*stdout[^\n]*\n", result.stderr)


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_stderr_that_cannot_be_written_is_in_nobodys_way(work, redirection):
    def in_shell(arguments):
        return subprocess.run(["sh", "-c", f'"$0" {arguments} {redirection}', PROGRAM], cwd=work, capture_output=True,
                              text=True, timeout=120, env=environment())

    result = in_shell("--json --strategy sync --lines 9 --trials 1")
    assert result.returncode == 0
    assert json.loads(result.stdout) == valid_report(work / REPORT)
    assert in_shell("--frobnicate").returncode == 2


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--help"], ["--version"]])
def test_a_list_or_help_that_cannot_be_written_is_an_error(work, arguments):
    with open("/dev/full", "w") as full:
        result = run(work, *arguments, stdout=full)
    assert result.returncode == 1
    assert re.fullmatch(r"writebench: [^\n]+\n", result.stderr)


def test_paths_need_not_be_utf8(work):
    directory = os.fsencode(work) + b"/caf\xe9"
    os.mkdir(directory)
    result = run(work, b"--dir", directory, b"--strategy", b"sync", b"--lines", b"9", b"--trials", b"1", b"--json", b"--out",
                 directory + b"/r\xff.json", text=False)
    assert result.returncode == 0
    report = json.loads(result.stdout.decode("utf-8"))
    assert errors_in(report) == []
    assert report["environment"]["directory"].endswith("/caf\ufffd")
    assert os.listdir(directory) == [b"r\xff.json"]


def test_trials_can_run_without_child_processes(work):
    result = run(work, "--in-process", "--lines", "100", "--trials", "2")
    assert result.returncode == 0
    assert {cell["status"] for cell in valid_report(work / REPORT)["cells"]} == {"ok"}
    assert names_in(work) == [REPORT]


def test_a_budget_too_small_still_gives_every_strategy_a_trial_and_a_warning(work):
    assert run(work, *FEW, "--lines", "100", "--budget", "0").returncode == 0
    report = valid_report(work / REPORT)
    assert all(len(cell["samples"]) >= 1 for cell in report["cells"])
    assert "few-trials" in [warning["code"] for warning in report["warnings"]]


@pytest.mark.parametrize("arguments", [
    ["--out", "fixed/out.json"], ["--dir", "fixed"], ["--save-baseline", "main", "--baseline-dir", "fixed"],
    ["export", "report.json", "--format", "csv", "--out", "fixed/out.csv"],
    ["compare", "report.json", "report.json", "--out", "fixed/out.md"],
    ["ab", "--base", PROGRAM, "--head", PROGRAM, "--save", "fixed/side"],
    ["calibrate", "--baseline-dir", "fixed"],
], ids=lambda arguments: " ".join(arguments[:2]))
def test_a_read_only_file_system_is_called_so(tmp_path, arguments):
    """EROFS is not a matter of permission, and --force does not help."""
    (tmp_path / "fixed").mkdir()
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o ro none fixed && exec "$@"', "sh"]
    if subprocess.run([*alone, "true"], cwd=tmp_path, capture_output=True, check=False).returncode != 0:
        pytest.skip("no mount namespace for this user")
    subprocess.run([PROGRAM, "-s", "sync", "-n", "50", "--trials", "1", "--out", "report.json"], cwd=tmp_path,
                   capture_output=True, check=True)
    result = subprocess.run([*alone, PROGRAM, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False,
                            timeout=60)
    assert result.returncode == 2 and result.stdout == ""
    assert "Read-only file system" in result.stderr
    assert "permission" not in result.stderr and "--force" not in result.stderr
