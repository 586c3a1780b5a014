"""Workloads, sweeps and suites: the real program on small ones."""

import json
import os
import random
import re
import signal
import subprocess
import zlib

import jsonschema
import pytest

from program import ENVIRONMENT

PROGRAM = os.environ["WRITEBENCH"]
WITH_FAULTS = os.environ["WRITEBENCH_WITH_FAULTS"]
SCHEMA = json.load(open(os.environ["WRITEBENCH_SCHEMA"], encoding="utf-8"))
ONE = ["--trials", "1", "--warm-up", "0", "--stall-trials", "0"]


def run(directory, *arguments, program=PROGRAM):
    return subprocess.run([program, *arguments], cwd=directory, capture_output=True, text=True, timeout=120,
                          check=False, env=ENVIRONMENT)


def cells(directory, *arguments):
    result = run(directory, *arguments, "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    assert all(cell["status"] == "ok" for cell in report["cells"])
    return {cell["id"]: cell for cell in report["cells"]}


def test_lines_are_padded_to_a_size(tmp_path):
    for cell in cells(tmp_path, "--line-size", "100", "--lines", "300", *ONE).values():
        assert cell["bytes"] == 30_000
        assert (cell["workload"]["lines_kind"], cell["workload"]["min_line_bytes"]) == ("sized", 100)


def test_lines_have_sizes_from_a_range_that_the_seed_repeats(tmp_path):
    sizes = ["--line-size-range", "20..2KiB", "--lines", "500", *ONE]
    first = cells(tmp_path, *sizes, "--seed", "1")
    assert 20 * 500 < first["sync"]["bytes"] < 2048 * 500
    assert cells(tmp_path, *sizes, "--seed", "1")["sync"]["bytes"] == first["sync"]["bytes"]
    assert cells(tmp_path, *sizes, "--seed", "2")["sync"]["bytes"] != first["sync"]["bytes"]


def splitmix64(seed, index):
    word = 2 ** 64 - 1
    z = (seed + (index + 1) * 0x9e3779b97f4a7c15) & word
    z = ((z ^ z >> 30) * 0xbf58476d1ce4e5b9) & word
    z = ((z ^ z >> 27) * 0x94d049bb133111eb) & word
    return z ^ z >> 31


def random_line(number, size, seed):
    """As engine/lines/random_lines.hpp describes it."""
    digits = [number // 255 ** i % 255 for i in range(5)]
    moves = splitmix64(seed, 256 + digits[0] + 255 * digits[1])
    moved = [(digits[0] + splitmix64(seed, 0)) % 255, (digits[1] + splitmix64(seed, 1 + digits[0])) % 255,
             *((digits[i] + (moves >> 8 * i & 255)) % 255 for i in range(2, 5))]
    lanes = [splitmix64(splitmix64(seed ^ size, number), i) | 1 for i in range(4)]
    rest = b""
    while len(rest) < size:
        for i, lane in enumerate(lanes):
            lane ^= lane << 13 & (2 ** 64 - 1)
            lane ^= lane >> 7
            lanes[i] = lane ^ (lane << 17 & (2 ** 64 - 1))
            rest += lanes[i].to_bytes(8, "little")
    return bytes(d if d < 10 else d + 1 for d in moved) + rest.replace(b"\n", b"\x8a")[:size - 6] + b"\n"


@pytest.mark.parametrize("size", [None, 13, 100, 1000])
def test_random_lines_are_as_documented_and_do_not_compress(tmp_path, size):
    sizes = [] if size is None else ["--line-size", str(size)]
    kept = run(tmp_path, "--line-content", "random", *sizes, "--lines", "5000", "--seed", "7", "-s", "buffered,^control",
               "--keep-files", *ONE)
    assert kept.returncode == 0, kept.stderr
    directory = next(line[7:] for line in kept.stdout.splitlines() if line.startswith("files: "))
    with open(os.path.join(tmp_path, directory, "1.txt"), "rb") as file:
        text = file.read()
    assert text == b"".join(random_line(number, size or len(f"line#{number}\n"), 7) for number in range(5000))
    # Each newline can be foretold, and about a hundredth of the others' information is missing, since none is one.
    assert len(zlib.compress(text, 9)) > len(text) * (1 - 1.3 / (size or 10))


def test_random_lines_are_verified_in_every_strategy(tmp_path):
    found = cells(tmp_path, "--line-content", "counter,random", "--line-size-range", "7..300", "--lines", "500",
                  "--writers", "7", "--buffer-size", "1000", *ONE)
    assert found["sync@line-content=random"]["workload"]["line_content"] == "random"
    assert "line_content" not in found["sync@line-content=counter"]["workload"]
    assert found["sync@line-content=random"]["bytes"] == found["sync@line-content=counter"]["bytes"]


@pytest.mark.parametrize("text", [b"one\n", b"no newline at the end", b"a\n\nb\r\n\0\xff\n" * 40,
                                  b"x" * 300_000 + b"\nshort\n"],
                         ids=["one line", "no newline at the end", "any bytes", "a long line"])
def test_a_file_is_replayed_byte_for_byte_by_every_strategy(tmp_path, text):
    (tmp_path / "input").write_bytes(text)
    replayed = text if text.endswith(b"\n") else text + b"\n"
    assert {cell["bytes"] for cell in cells(tmp_path, "--input", "input", *ONE).values()} == {len(replayed)}
    again = cells(tmp_path, "--input", "input", "--lines", str(2 * replayed.count(b"\n")), *ONE)
    assert {cell["bytes"] for cell in again.values()} == {2 * len(replayed)}
    kept = run(tmp_path, "--input", "input", "--strategy", "double-buffered", "--keep-files", *ONE)
    directory = next(line[7:] for line in kept.stdout.splitlines() if line.startswith("files: "))
    with open(os.path.join(tmp_path, directory, "1.txt"), "rb") as file:
        assert file.read() == replayed


def test_random_bytes_are_replayed_by_every_strategy(tmp_path):
    (tmp_path / "input").write_bytes(random.Random(5).randbytes(400_000))
    cells(tmp_path, "--input", "input", "--writers", "7", "--buffer-size", "1000", *ONE)


def test_a_sweep_is_every_combination_and_runs_a_strategy_that_ignores_it_once(tmp_path):
    found = cells(tmp_path, "--strategy", "sync,sync-buffered,^control", "--buffer-size", "1KiB..16KiB*4",
                  "--lines", "10,20", *ONE)
    assert set(found) == {"sync@lines=10", "sync@lines=20",
                          *(f"sync-buffered@lines={lines},buffer-size={size}"
                            for lines in (10, 20) for size in ("1KiB", "4KiB", "16KiB"))}
    assert found["sync-buffered@lines=20,buffer-size=4KiB"]["parameters"]["buffer_bytes"] == 4096


def test_cells_of_different_work_are_not_held_against_each_other(tmp_path):
    run(tmp_path, "--strategy", "sync,sync-buffered", "--line-size", "20,1000", "--lines", "2000", "--trials", "3")
    report = json.loads((tmp_path / "writebench-report.json").read_text())
    for group in report["ranking"]:
        assert len({cell["id"].split("@")[1] for cell in group["cells"]}) == 1


def test_every_state_of_the_file_and_every_preallocation_gives_the_right_bytes(tmp_path):
    result = run(tmp_path, "--file", "new,truncate,overwrite", "--preallocate", "none,reserve,size", "--lines", "1000",
                 "--strategy", "all", "--json", *ONE)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)["cells"]
    strategies = json.loads(run(tmp_path, "list", "--json").stdout)["strategies"]
    assert len(found) == 9 * sum(strategy["role"] != "rung" for strategy in strategies)
    not_ok = {cell["id"]: (cell["status"], cell["status_detail"]) for cell in found if cell["status"] != "ok"}
    # O_APPEND would put the lines behind what is there.
    appended = ("unavailable", "it appends, so it cannot write into a file that has a size")
    assert not_ok == {f"{name}@file={file},preallocate={space}": appended
                      for name in ("append-per-line", "glib-output-stream", "leveldb-writable-file", "spdlog-async", "spdlog-sync")
                      for file, space in [("new", "size"), ("truncate", "size"), ("overwrite", "none"),
                                          ("overwrite", "reserve"), ("overwrite", "size")]}


def test_every_durability_is_a_cell_of_its_own(tmp_path):
    found = cells(tmp_path, "--strategy", "sync,^control", "--durability", "none,close,bytes=1KiB,line",
                  "--lines", "30", *ONE)
    assert {cell["contract"]["durability"] for cell in found.values()} == {"none", "close", "bytes=1024", "line"}


def test_a_thinking_caller_and_a_schedule_take_their_time(tmp_path):
    thinking = cells(tmp_path, "--think", "100us", "--lines", "100", "--strategy", "sync,buffered,^control", *ONE)
    assert all(cell["samples"][0]["time_ns"] >= 10_000_000 for cell in thinking.values())
    scheduled = cells(tmp_path, "--rate", "1000/s", "--burst", "10", "--lines", "50",
                      "--strategy", "sync,naive-async", *ONE)
    # The last burst is due after forty lines' time; ten writers share the rate, each with its own bursts.
    assert scheduled["sync"]["samples"][0]["time_ns"] >= 40_000_000
    assert scheduled["sync"]["workload"]["due_lines_per_second"] == 1000


def test_at_a_rate_no_time_is_compared_and_waiting_is_kept_apart(tmp_path):
    options = ["-s", "null,bulk,sync,buffered", "-n", "4000", "--rate", "20k", "--trials", "3", "--warm-up", "0",
               "--stall-trials", "1"]
    shown = run(tmp_path, *options)
    titles = next(line for line in shown.stdout.splitlines() if "stall p99" in line)
    assert re.search("strategy +stall p99 +loop lag p99 +processor +time", titles)
    assert not re.search(r"vs sync|equal|Fastest|tie|^1", shown.stdout, re.MULTILINE)
    assert "the pace fixes the time" in " ".join(shown.stdout.split())
    report = json.loads((tmp_path / "writebench-report.json").read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    assert report["ranking"] == []
    for cell in report["cells"]:
        assert cell["summary"]["ratio_to_reference"] is None and cell["summary"]["fraction_of_ceiling"] is None
        waits = cell["strategy"] != "bulk"  # which walks no lines
        assert ("pace_late_ns" in cell) == waits
        assert not waits or cell["pace_late_ns"]["count"] == 4000
        assert all((sample["wait_cpu_ns"] > 0) == waits for sample in cell["samples"])
    assert titles in run(tmp_path, "show", "writebench-report.json").stdout.splitlines()
    compared = run(tmp_path, "compare", "writebench-report.json", "writebench-report.json").stdout
    kept = "did not keep up" not in shown.stdout  # a busy machine may not let them
    assert not kept or "the pace (--rate) fixes the time of" in " ".join(compared.split())


def test_a_dry_run_lists_the_cells_and_writes_nothing(tmp_path):
    result = run(tmp_path, "--strategy", "sync,sync-buffered,^control", "--buffer-size", "1,2", "--dry-run")
    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()[:4]] == [
        "cell", "sync", "sync-buffered@buffer-size=1", "sync-buffered@buffer-size=2"]
    assert "3 cells" in result.stdout
    assert os.listdir(tmp_path) == []


TIME = r"about [\d.]+ (ns|us|ms|s)$"
WHOLE = r"about ([\d.]+ (ms|s|min|h) ?)+( \(--budget\))?; (\d+) cells, (\d+) trials(; at least [^;]*)?; files of [^;]+ at once(, room for .+)?"


def test_a_dry_run_estimates_each_cell_and_the_whole_run(tmp_path):
    lines = run(tmp_path, "--strategy", "sync,buffered,^control", "--lines", "1e9", "--trials", "3",
                "--dry-run").stdout.splitlines()
    assert len(lines) == 4 and lines[0].endswith(" time of a trial")
    assert all(re.search(TIME, line) for line in lines[1:-1])
    whole = re.fullmatch(WHOLE, lines[-1])
    assert whole.group(4, 5) == ("2", "10"), "three that count, one to warm up and one for the stalls, of each"
    many = ["--strategy", "sync,^control", "--lines", "3e7", "--dry-run"]
    assert " (--budget); " in run(tmp_path, *many, "--budget", "20s").stdout
    assert " (beyond --budget" in run(tmp_path, *many, "--budget", "1ms").stdout


def test_scratch_files_need_space_too_but_are_not_kept(tmp_path):
    def space_of(*arguments):
        return re.search(r"files of ([^;]+) at once", run(tmp_path, "-n", "1000", "--dry-run", *arguments).stdout).group(1)

    shards, merged = ["-s", "sharded-files,^control"], ["-s", "sharded-files-merged,^control"]
    assert (space_of(*shards), space_of(*merged)) == ("8.89 kB", "17.8 kB")
    both = ["-s", "sharded-files,sharded-files-merged,^control", "--keep-files"]
    assert space_of(*both) == "26.7 kB", "two results, and one set of scratch files at a time"
    run(tmp_path, "-n", "1000", "--trials", "1", "-w", "3", *merged, "--keep-files")
    (kept,) = tmp_path.glob(".writebench-*")
    (file,) = [file for file in kept.iterdir() if file.suffix == ".txt"]
    assert file.stat().st_size == 8890


def test_a_dry_run_says_what_fails_and_goes_on(tmp_path):
    result = run(tmp_path, "--strategy", "throws,crashes,lost,sync,^control", "--lines", "100", "--dry-run",
                 program=WITH_FAULTS)
    assert result.returncode == 1
    found = {line.split("  ")[0]: line for line in result.stdout.splitlines()[:-1]}
    assert found["throws"].endswith("  failed, out of ink")
    assert re.search("  failed, .+ in run$", found["crashes"])  # how it ends is the signal's or the sanitizer's to say
    assert "  incorrect, " in found["lost"]
    assert re.search(TIME, found["sync"])
    assert os.listdir(tmp_path) == []


def test_a_dry_run_runs_in_this_process_where_asked_to(tmp_path):
    arguments = ["--strategy", "exits,sleeps,^control", "--lines", "10", "--dry-run"]
    assert "sleeps" in run(tmp_path, *arguments, program=WITH_FAULTS).stdout
    assert "sleeps" not in run(tmp_path, *arguments, "--in-process", program=WITH_FAULTS).stdout, "it ended the process"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_dry_run_may_be_interrupted(tmp_path, number):
    process = subprocess.Popen([WITH_FAULTS, "--strategy", "sync,hangs,^control", "--dry-run"], cwd=tmp_path,
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("cell ")
    assert process.stdout.readline().startswith("sync"), "the first cell's line comes before the second is tried"
    process.send_signal(number)
    assert process.communicate(timeout=60)[0] == ""
    assert process.returncode == 128 + number
    assert os.listdir(tmp_path) == []


def test_a_dry_run_refuses_what_the_run_would(tmp_path):
    result = run(tmp_path, "--durability", "close", "--dir", "/dev/shm", "--dry-run")
    assert (result.returncode, result.stdout) == (2, "")
    assert "--durability" in result.stderr


def test_the_suites_that_ship_can_be_run_and_changed(tmp_path):
    for suite in ("origin", "buffer-size", "durability"):
        assert run(tmp_path, "--suite", suite, "--lines", "10", "--dry-run").returncode == 0
    typed = run(tmp_path, "--suite", "buffer-size", "--buffer-size", "1KiB", "--line-size", "50", "--lines", "10",
                "--dry-run").stdout
    assert {line.split()[0] for line in typed.splitlines()[1:-1]} == {
        "null", "bulk", "sync-buffered", "buffered", "double-buffered"}
    result = run(tmp_path, "--suite", "orign")
    assert result.returncode == 2 and "did you mean 'origin'" in result.stderr


def test_options_come_from_a_file_and_those_typed_go_first(tmp_path):
    (tmp_path / "mine.toml").write_text('strategy = "sync,^control"\nlines = "10,20"\ntrials = "1"\n')
    assert "sync@lines=20" in run(tmp_path, "--config", "mine.toml", "--dry-run").stdout
    assert run(tmp_path, "--config", "mine.toml", "--lines", "5", "--dry-run").stdout.splitlines()[1].startswith("sync      5  ")
    assert run(tmp_path, "--config", "none.toml").returncode == 2
    (tmp_path / "bad.toml").write_text('liness = "10"\n')
    result = run(tmp_path, "--config", "bad.toml")
    assert result.returncode == 2
    assert "'bad.toml', line 1: 'liness' is not an option" in result.stderr and "did you mean 'lines'?" in result.stderr


@pytest.mark.parametrize("text, said", [
    ('lines = "5x"', ", line 3: --lines '5x' has the unknown unit 'x'"),
    ('lines = "1,000,000"', ", line 3: --lines '1,000,000' has commas in it; write 1000000"),
    ('durability = "clsoe"', ", line 3: --durability 'clsoe' is unknown; did you mean 'close'?"),
    ('strategy = "syn"', ", line 3: --strategy 'syn' is no strategy, family or pattern that matches one; did you mean"),
    ('trials = "many"', ", line 3: --trials 'many' is not a number"),
    ('input = "none.log"', ", line 3: --input cannot replay the lines of none.log"),
    ('dir = "nowhere"', ", line 3: --dir 'nowhere' does not exist"),
    ('suite = "orign"', ", line 3: --suite 'orign' is unknown; did you mean 'origin'?"),
    ('quiet = "perhaps"', ", line 3: --quiet 'perhaps' is not a value of this option"),
    ('line-sizes = 5', ", line 3: 'line-sizes' is not an option of writebench; did you mean '--line-size'?"),
    ('line-size = 5\nline-rate = 5', ", line 4: 'line-rate' is not an option of writebench"),
    ('[trial]\nlines = 5', ", line 3: 'trial' is a section"),
    ('seed = 5\nquiet = true\nseed = 6', ", line 5: 'seed' is set a second time"),
    ('help = true', ", line 3: 'help' is not an option of writebench"),
    ('durability = "close"\ndir = "/dev/shm"', ", line 3: --durability 'close' is not available in --dir '/dev/shm'"),
])
def test_what_is_wrong_in_a_file_of_options_is_said_with_its_line(tmp_path, text, said):
    (tmp_path / "bad.toml").write_text(f"# options\n\n{text}\n")
    result = run(tmp_path, "--config", "bad.toml")
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith("writebench: --config 'bad.toml'") and result.stderr.count("\n") == 1
    assert said.replace("'--line-size'", "'line-size'") in result.stderr


def test_a_typed_option_is_not_said_to_come_from_the_file(tmp_path):
    (tmp_path / "mine.toml").write_text("lines = 100\n")
    assert run(tmp_path, "--config", "mine.toml", "--lines", "5x").stderr.startswith("writebench: --lines '5x'")
    missing = run(tmp_path, "--config", "none.toml").stderr
    assert missing == "writebench: --config 'none.toml' cannot be read: No such file or directory; name a file of options\n"


def test_a_file_of_options_may_have_arrays_and_flags(tmp_path):
    (tmp_path / "mine.toml").write_text('strategy = ["sync", "^control"]\nlines = [10, 20]\ndry-run = true\n')
    assert [line.split()[0] for line in run(tmp_path, "--config", "mine.toml").stdout.splitlines()[1:3]] == [
        "sync@lines=10", "sync@lines=20"]
    piped = subprocess.run([PROGRAM, "--config", "-"], input=(tmp_path / "mine.toml").read_text(), text=True,
                           capture_output=True, check=True, cwd=tmp_path, env=ENVIRONMENT)
    assert "sync@lines=20" in piped.stdout


FEW = ["-s", "sync", "-n", "50", "--trials", "1", "--out", "none"]


def test_a_burst_without_a_rate_is_no_other_work(tmp_path):
    (sync, *_) = [cell for cell in cells(tmp_path, "--burst", "10", "--lines", "50", "-s", "sync").values()
                  if cell["strategy"] == "sync"]
    assert sync["workload"]["burst_lines"] == 1


@pytest.mark.parametrize("arguments, cure, named", [
    (["--burst", "5"], ["--rate", "1M"], "--burst has no effect without --rate"),
    (["--queue-depth", "5"], ["-s", "thread-pool"], "--queue-depth has no effect because no chosen strategy has this option"),
    (["--buffer-size", "1KiB,2KiB"], ["-s", "buffered"], "--buffer-size has no effect on the chosen strategies, only on bulk"),
    (["-s", "buffered", "--buffer-size", "1KiB", "--set", "buffered.buffer-size=2KiB"], ["-s", "sync-buffered"],
     "--buffer-size has no effect because --set says it for every strategy that has it"),
    (["--sync-call", "fsync"], ["-D", "close"], "--sync-call has no effect without a --durability that asks for syncing"),
    (["-s", "preallocated-dsync", "-D", "close", "--sync-call", "fsync,dsync"], None,
     "--sync-call has no effect on preallocated-dsync, which syncs in a way of its own"),
    (["--precision", "1%"], None, "--precision has no effect with --trials"),
    (["--baseline-dir", "kept"], ["--save-baseline", "x"], "--baseline-dir has no effect without --baseline"),
    (["--replace-baseline"], ["--save-baseline", "y"], "--replace-baseline has no effect without --save-baseline"),
])
def test_an_option_without_effect_is_named_once(tmp_path, arguments, cure, named):
    said = run(tmp_path, *FEW, *arguments)
    assert said.returncode == 0 and said.stderr.count("note: ") == 1
    assert f"writebench: note: {named}" in said.stderr
    if cure:
        assert "note:" not in run(tmp_path, *FEW, *arguments, *cure).stderr


def test_options_of_a_file_or_a_suite_may_be_without_effect(tmp_path):
    (tmp_path / "mine.toml").write_text('queue-depth = 5\nburst = 5\n')
    assert "note:" not in run(tmp_path, *FEW, "--config", "mine.toml").stderr
    assert "note:" not in run(tmp_path, *FEW, "--suite", "buffer-size").stderr


LINES = "".join(f"one {number}\n" for number in range(1000))


@pytest.mark.parametrize("command", [
    "'{}' --input - {} < <(sleep 0.1; cat lines)", "cat lines | '{}' --input /dev/stdin {}",
    "'{}' --input <(sleep 0.1; cat lines) {}", "'{}' --input - {} < lines", "'{}' --input lines {}",
    "(read -r; '{}' --input - {}) < <(echo first; cat lines)",
])
def test_lines_are_read_from_a_pipe_as_from_a_file(tmp_path, command):
    (tmp_path / "lines").write_text(LINES)
    arguments = "-s sync,naive-async -n 500,1000,2500 --trials 2 --json --out none"
    result = subprocess.run(["bash", "-c", command.format(PROGRAM, arguments)], cwd=tmp_path, capture_output=True,
                            text=True, check=True, env=ENVIRONMENT, timeout=120)
    found = {cell["id"]: cell for cell in json.loads(result.stdout)["cells"]}
    assert all(cell["status"] == "ok" for cell in found.values())
    assert found["sync@lines=2500"]["bytes"] == 2 * len(LINES) + len("".join(LINES.splitlines(True)[:500]))
    assert os.listdir(tmp_path) == ["lines"]


def test_the_table_says_that_the_lines_are_those_of_stdin(tmp_path):
    result = subprocess.run([PROGRAM, "--input", "-", *FEW], input=LINES, cwd=tmp_path, capture_output=True, text=True,
                            check=True, env=ENVIRONMENT)
    assert "50 lines of standard input, " in result.stdout
    empty = subprocess.run([PROGRAM, "--input", "-", *FEW], input="", cwd=tmp_path, capture_output=True, text=True,
                           check=False, env=ENVIRONMENT)
    assert empty.returncode == 2 and "standard input: it is empty" in empty.stderr


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_every_list_fits_the_columns(tmp_path, columns):
    for arguments in (["list"], ["--dry-run", "-n", "5000", "-s", "sync,naive-async,double-buffered,null"],
                      ["--dry-run", "-n", "5000", "-s", "buffered", "--buffer-size", "4KiB,64KiB", "--threads", "1,2"],
                      ["--dry-run", "-n", "50", "-s", "throws,sync"]):
        shown = subprocess.run([WITH_FAULTS, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False,
                               env={**ENVIRONMENT, "COLUMNS": str(columns)}).stdout
        assert shown and max(map(len, shown.splitlines())) <= columns, shown


@pytest.mark.parametrize("arguments, named", [
    (["--line-size", "0"], "--line-size '0'"),
    (["--line-size", "10", "--input", "x"], "--line-size"),
    (["--line-size-range", "10"], "--line-size-range '10'"),
    (["--line-size-range", "20..10"], "--line-size-range '20..10'"),
    (["--line-content", "zeros"], "--line-content 'zeros'"),
    (["--line-content", "random", "--input", "empty"], "--line-content says what the lines hold"),
    (["--input", "none"], "none"),
    (["--input", "."], "."),
    (["--input", "empty"], "empty"),
    (["--think", "5"], "--think '5'"),
    (["--rate", "fast"], "--rate 'fast'"),
    (["--rate", "-1"], "--rate '-1'"),
    (["--burst", "0"], "--burst '0'"),
    (["--file", "old"], "--file 'old'"),
    (["--preallocate", "all"], "--preallocate 'all'"),
    (["--in-flight-bytes", "0"], "--in-flight-bytes '0'"),
    (["--buffer-size", "4KiB..1MiB"], "--buffer-size '4KiB..1MiB'"),
    (["--strategy", "sync,^control", "--lines", "1e12"], "--lines '1e12' need 17.9 TB"),
    (["--lines", "5,0.9e12"], "--lines '5,0.9e12' need"),
    (["--buffer-size", "4KiB,,1MiB"], "--buffer-size '4KiB,,1MiB'"),
])
def test_bad_workloads_are_refused(tmp_path, arguments, named):
    (tmp_path / "empty").write_text("")
    result = run(tmp_path, *arguments)
    assert result.returncode == 2, result.stdout
    assert result.stdout == "" and result.stderr.count("\n") == 1
    assert named in result.stderr
    assert os.listdir(tmp_path) == ["empty"]
