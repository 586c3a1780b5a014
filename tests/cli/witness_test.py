"""What the report says a trial cost, against witnesses outside the program: strace(1) and wait4(2)."""

import json
import os
import re
import subprocess

import pytest

PROGRAM = os.environ["WRITEBENCH"]
SANITIZED = bool(os.environ["WRITEBENCH_SANITIZE"])
ONE_TRIAL = ["--trials", "1", "--warm-up", "0", "--stall-trials", "0"]
WRITES = {"write", "pwrite64", "writev", "pwritev", "pwritev2", "copy_file_range"}
UNCOUNTED = {"io_uring_enter", "io_submit"}  # hand writes to the kernel that it does not count
SHARED = {"group-commit", "spsc-rings", "swap-queue"}  # strategies whose writers share syncs


def strategies():
    listed = json.loads(subprocess.run([PROGRAM, "list", "--json"], capture_output=True, check=True).stdout)
    return {strategy["name"]: strategy for strategy in listed["strategies"] if strategy["available"]}


def samples_of(report):
    cells = json.loads(report.read_text())["cells"]
    assert all(cell["status"] == "ok" for cell in cells)
    return {cell["strategy"]: cell["samples"][0] for cell in cells}


def traced(directory, strategy, *options):
    """The lines of strace, and the one sample of each strategy: of this one and of the controls."""
    log = directory / "strace.log"
    calls = ",".join([*WRITES, *UNCOUNTED, "openat", "fdatasync", "fsync", "clone", "clone3", "exit"])
    subprocess.run(["strace", "-f", "-s", "100000", "-e", f"trace={calls}", "-o", log, PROGRAM, "--strategy", strategy,
                    *ONE_TRIAL, *options], cwd=directory, capture_output=True, check=True, timeout=120)
    return log.read_text().splitlines(), samples_of(directory / "writebench-report.json")


def process_of(line):
    """The first is that of the program; its trials have their own."""
    return line.split(maxsplit=1)[0]


def calls_within_the_clock(lines, calls):
    """For every trial: how many of these calls all its threads made between the last two readings of /proc/self/io by its
    process, before clock on and after clock off. One trial runs at a time, so what lies between them in the log is its own."""
    readings = {}
    for number, line in enumerate(lines):
        if '"/proc/self/io"' in line and process_of(line) != process_of(lines[0]):
            readings.setdefault(process_of(line), []).append(number)
    return [sum(1 for line in lines[begin + 1:end] if (call := re.match(r"\d+ +(\w+)\(", line)) and call[1] in calls)
            for *_, begin, end in readings.values()]


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own calls would count too")
def test_write_calls_are_those_that_strace_sees_and_absent_if_the_kernel_counts_none(tmp_path):
    for name, strategy in strategies().items():
        directory = tmp_path / name
        directory.mkdir()
        lines, samples = traced(directory, name, "--lines", "3000", "--buffer-size", "1000")
        made = zip(calls_within_the_clock(lines, WRITES), calls_within_the_clock(lines, UNCOUNTED))
        counted = [writes for writes, uncounted in made if uncounted == 0]
        reported = [sample["write_syscalls"] for sample in samples.values() if "write_syscalls" in sample]
        assert sorted(reported) == sorted(counted), name
        assert ("write_syscalls" in samples[name], "written_bytes" in samples[name]) == (strategy["counts_writes"],) * 2
        assert len(counted) == len(samples) - (not strategy["counts_writes"]), name


@pytest.mark.skipif(SANITIZED, reason="takes too long")
def test_each_durable_line_is_synced_by_itself(tmp_path):
    for name, strategy in strategies().items():
        if not strategy["contract"]["each_line_durable"] or strategy["contract"]["order"] is None:
            continue
        if not strategy["takes_sync_call"]:
            continue
        directory = tmp_path / name
        directory.mkdir()
        lines, _ = traced(directory, name, "--strategy", "^control", "--lines", "60", "--durability", "line")
        files = 10 if strategy["contract"]["layout"] == "file-per-writer" else 1
        calls = calls_of_trials("fdatasync", lines)
        if name in SHARED:  # at most one line of each of the ten writers
            assert 60 / 10 + files <= calls <= 60 + files, name
        else:
            assert calls == 60 + files, f"{name}: one a line and one for each file at the end"


def calls_of_trials(call, lines):
    return sum(1 for line in lines if re.match(rf"\d+ +{call}\(", line) and process_of(line) != process_of(lines[0]))


@pytest.mark.skipif(SANITIZED, reason="takes too long")
@pytest.mark.parametrize("sync_call", ["fsync", "dsync"])
def test_the_chosen_call_is_the_one_that_is_made(tmp_path, sync_call):
    lines, _ = traced(tmp_path, "write-per-line,^control", "--lines", "20", "--durability", "line", "--sync-call", sync_call)
    opened = [line for line in lines if re.search(r'openat\(.*"\d+\.txt", O_WRONLY', line)]
    assert opened and all(("O_DSYNC" in line) == (sync_call == "dsync") for line in opened)
    assert calls_of_trials("fdatasync", lines) == 0
    assert calls_of_trials("fsync", lines) == (21 if sync_call == "fsync" else 0)


def events(lines):
    """What the threads of a trial did, in order: (thread, call, whether it begins or ends, its arguments, its result).
    A call that another thread interrupts in the log stands in two lines there."""
    unfinished = {}
    for line in lines:
        thread, what = line.split(maxsplit=1)
        if resumed := re.match(r"<\.\.\. (\w+) resumed>.* = (\S+)", what):
            yield thread, resumed[1], "ends", unfinished.pop(thread), resumed[2]
        elif call := re.match(r"(\w+)\((.*)", what):
            yield thread, call[1], "begins", call[2], ""
            if what.endswith("<unfinished ...>"):
                unfinished[thread] = call[2]
            elif result := re.search(r" = (\S+)[^=]*$", what):
                yield thread, call[1], "ends", call[2], result[1]


def appends_that_returned_early(lines, count, writers):
    """The lines whose append had returned before they were durable: a sync that began after their write had ended, and
    had ended itself. Seen from outside, an append has returned once the next line of its writer is in a write that
    begins, or the thread of its writer ends. Threads start in the order of the writers."""
    threads, written, sync_began, durable, early = [], {}, {}, set(), set()
    for number, (thread, call, moment, arguments, result) in enumerate(events(lines)):
        if call.startswith("clone") and moment == "ends" and "CLONE_THREAD" in arguments:
            threads.append(result)
        elif call == "write":
            in_it = [int(line) for line in re.findall(r"line#(\d+)\.*\\n", arguments)]
            if moment == "ends":
                written.update(dict.fromkeys(in_it, number))
            else:
                early.update(line - writers for line in in_it if line >= writers and line - writers not in durable)
        elif call == "fdatasync" and moment == "begins":
            sync_began[thread] = number
        elif call == "fdatasync":
            durable.update(line for line, ended in written.items() if ended < sync_began[thread])
        elif call == "exit" and moment == "begins" and thread in threads:
            early.update(line for line in range(threads.index(thread), count, writers) if line not in durable)
    assert len(threads) == writers and sorted(written) == [*range(count)], "the log is not that of one trial"
    return sorted(early)


@pytest.mark.skipif(SANITIZED, reason="takes too long")
@pytest.mark.parametrize("wait", ["0", "100us"])
def test_writers_that_share_a_sync_return_only_after_it(tmp_path, wait):
    def log_of(durability):
        return traced(tmp_path, "group-commit,^control", "--lines", "160", "--writers", "16", "--durability", durability,
                      "--set", f"group-commit.wait={wait}")[0]

    lines = log_of("line")
    assert appends_that_returned_early(lines, 160, 16) == []
    assert 10 <= calls_of_trials("fdatasync", lines) < 161, "they share syncs"
    assert appends_that_returned_early(log_of("close"), 160, 16), "nothing that waits for no sync passes for durable"


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own threads would count too")
def test_processor_time_and_switches_are_those_of_the_process(tmp_path):
    # In this process the strategy is nearly all there is, and the kernel says at its end what it has used.
    for name in strategies():
        arguments = ["--strategy", name if name in ("null", "bulk") else f"{name},^control", "--lines", "150000"]
        child = subprocess.Popen([PROGRAM, *arguments, "--in-process", *ONE_TRIAL], cwd=tmp_path,
                                 stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, name
        samples = samples_of(tmp_path / "writebench-report.json").values()
        cpu_ns = sum(sample["user_cpu_ns"] + sample["system_cpu_ns"] for sample in samples)
        whole_ns = (usage.ru_utime + usage.ru_stime) * 1e9
        # What is left over is start-up, rendering the expected lines, verification and the report: tens of
        # milliseconds.
        assert cpu_ns <= whole_ns, name
        assert whole_ns - cpu_ns <= 0.05 * whole_ns + 50e6, name
        switches = sum(sample["voluntary_switches"] for sample in samples)
        assert switches <= usage.ru_nvcsw, name
        # Outside of the trial it waits for the disk, the more often the more others write to it.
        assert usage.ru_nvcsw - switches <= 0.01 * usage.ru_nvcsw + 500, name
        # The kernel adds up what its processors count only now and then (proc_pid_status(5): such values are inaccurate).
        inaccuracy = 1 << 20
        assert max(sample["peak_rss_bytes"] for sample in samples) <= usage.ru_maxrss * 1024 + inaccuracy, name
