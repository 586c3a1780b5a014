"""External programs: how they are named and declared, and that they stand as verified rows."""

import ctypes
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest

from made_programs import DONE, GO, QUICK, RIGHT, SPAWN, cells_of, processes_in
from program import ENVIRONMENT, PROGRAM, SOURCE, comparison_of, refused, run, verdicts_of

EXAMPLES = SOURCE / "docs/examples"


def test_a_sync_that_did_not_happen_is_refuted(made, work):
    if work.stat().st_dev == pathlib.Path("/dev/shm").stat().st_dev:
        pytest.skip("the directory of the tests is in memory")
    synced = GO + "with open(path, 'w') as file:\n    file.write(lines)\n    file.flush()\n    os.fsync(file.fileno())\n" + DONE
    declared = '{"durability": ["close", "bytes", "line"]}'
    commands = [f"honest={made(synced, declared, 'honest')}", f"liar={made(RIGHT, declared, 'liar')}"]
    cells = cells_of(work, "-n", "1000", "-D", "close", "-s", "sync", "--external", commands[0])
    (sample,) = cells["honest"]["samples"]
    if "unsynced_bytes" not in sample:
        pytest.skip("this kernel has no cachestat(2)")
    assert sample["unsynced_bytes"] == 0 and sample["time_ns"] == sample["durable_ns"] == sample["drained_ns"]
    cells = cells_of(work, "-n", "1000", "-D", "close", "-s", "sync", "--external", commands[1], status=1)
    assert re.search(r"said `done` with \d+ bytes not on the device", cells["liar"]["status_detail"])


@pytest.mark.parametrize("each, durability, wanted", [(1, "line", None), (10, "line", "100"), (10, "bytes=200", None),
                                                      (100, "bytes=200", "44")])
def test_too_few_syncs_are_seen(made, work, each, durability, wanted):
    if ctypes.CDLL(None, use_errno=True).syscall(430, b"tracefs", 0) < 0:  # fsopen(2)
        pytest.skip("the kernel does not let this user count system calls")
    text = GO + f"""
with open(path, "wb", buffering=0) as file:
    for number in range(job["lines"]):
        file.write(b"line#%d\\n" % number)
        if number % {each} == {each} - 1: os.fdatasync(file.fileno())
""" + DONE
    cells = cells_of(work, "-n", "1000", "-D", durability, "-s", "null", "--external",
                     "py=" + made(text, '{"durability": ["line", "bytes"]}'), stall_trials="1", status=1 if wanted else 0)
    if wanted:
        assert f"it synced {1000 // each} times where its durability asks for {wanted}" in cells["py"]["status_detail"]
    else:
        assert cells["py"]["status"] == "ok"


def test_what_a_sync_is_worth_is_said(made, work):
    synced = GO + "with open(path, 'w') as file:\n    file.write(lines)\n    file.flush()\n    os.fsync(file.fileno())\n" + DONE
    report = json.loads(run(work, *QUICK, "-n", "10", "-D", "close", "-s", "sync", "--external",
                            "py=" + made(synced, '{"durability": ["close"]}')).stdout)
    assert "claimed-durability" in [warning["code"] for warning in report["warnings"]]


@pytest.mark.parametrize("options, said", [
    (["-D", "close"], "durability close"), (["-D", "bytes=4KiB"], "durability bytes"),
    (["-D", "line"], "durability line"), (["--rate", "1M"], "honours pace"), (["--think", "1us"], "honours pace"),
    (["--file", "truncate"], "honours file"), (["--preallocate", "size"], "honours preallocate"),
    (["--line-size", "100"], "lines file"), (["--line-content", "random"], "lines file"),
])
def test_what_a_program_does_not_declare_makes_its_row_unavailable(made, work, options, said):
    cells = cells_of(work, "-n", "50", "-s", "sync", *options, "--external", f"py={made(RIGHT)}")
    assert cells["sync"]["status"] == "ok"
    assert cells["py"]["status"] == "unavailable" and said in cells["py"]["status_detail"]


FROM_FILE = GO + "if job['lines_file']: lines = open(job['lines_file']).read()\n" \
    "with open(path, 'r+' if job['file'] != 'new' else 'w') as file: file.write(lines)\n" + DONE


def test_what_it_declares_it_gets(made, work, tmp_path):
    (tmp_path / "input").write_text("a\n\nbc\n")
    program = made(FROM_FILE, '{"lines": ["counter", "file"], "honours": ["file", "preallocate"]}')
    for options in (["-n", "500", "--line-size", "100"], ["-n", "500", "--line-size-range", "20..200"],
                    ["--input", str(tmp_path / "input")], ["-n", "7", "--input", str(tmp_path / "input")],
                    ["-n", "0"], ["-n", "500", "--file", "truncate"], ["-n", "500", "--file", "overwrite"]):
        assert cells_of(work, *options, "-s", "sync", "--external", f"py={program}")["py"]["status"] == "ok", options


def test_its_options_are_set_and_swept(made, work):
    declared = json.dumps({"options": ["buffer-size", {"name": "group", "kind": "count", "usual": 7, "max": 100},
                                       {"name": "mode", "words": ["slow", "fast"], "usual": "fast"}]})
    program = made(GO + "print(job['options'], file=sys.stderr)\nsys.exit(1)", declared)
    cells = cells_of(work, "-n", "5", "-s", "sync", "-b", "4KiB", "--external", f"py={program}", "--set",
                     "py.group=1..3+1", "--set", "py.mode=slow", status=1)
    assert sorted(cells) == sorted(["null", "bulk", "sync", "py@group=1", "py@group=2", "py@group=3"])
    cell = cells["py@group=2"]
    assert {key: cell["parameters"][key] for key in ("group", "mode", "buffer_bytes")} == {
        "group": 2, "mode": "slow", "buffer_bytes": 4096}
    assert "{'buffer-size': 4096, 'group': 2, 'mode': 'slow'}" in cell["status_detail"]
    assert "is too large; at most 100" in refused(work, "--external", f"py={program}", "--set", "py.group=101")


def test_a_program_of_several_writers_has_their_contract(made, work):
    text = GO + """
for writer, path in enumerate(job["paths"]):
    with open(path, "w") as file:
        file.write("".join(f"line#{number}\\n" for number in range(writer, job["lines"], job["writers"])))
""" + DONE
    declared = '{"layout": "file-per-writer", "options": ["writers"]}'
    cell = cells_of(work, "-n", "100", "-w", "3", "-s", "sync", "--external", f"py={made(text, declared)}")["py"]
    assert (cell["status"], cell["contract"]["layout"]) == ("ok", "file-per-writer")


def test_its_stalls_are_its_own(made, work):
    text = GO + 'write()\nsay("submitted")\nsay(\'stalls {"count": 1000, "p50_ns": 40, "p90_ns": 50, "p99_ns": 60, ' \
        '"p999_ns": 70, "max_ns": 80}\')\n' + DONE
    cells = cells_of(work, "-n", "1000", "-s", "sync", "--external", f"py={made(text)}", stall_trials="1")
    stalls = cells["py"]["caller_stall_ns"]
    assert [stalls[key] for key in ("p50", "p90", "p99", "max", "count")] == [40, 50, 60, 80, 1000]


def test_the_report_has_what_lies_outside_the_clock(made, work):
    cell = cells_of(work, "-n", "1000", "-s", "sync", "--external", f"py={made(RIGHT)}")["py"]
    (sample,) = cell["samples"]
    assert sample["start_ns"] > 1_000_000 and sample["prepare_ns"] >= 0
    assert cell["program"]["command"] == [made(RIGHT)] and cell["family"] == "external"
    assert sample["submitted_ns"] == sample["drained_ns"] and sample["durable_ns"] is None
    assert sample["written_bytes"] >= 8890 and sample["user_cpu_ns"] + sample["system_cpu_ns"] > 0


def test_the_protocol_has_a_cost_that_is_said(made, work):
    report = json.loads(run(work, *QUICK, "-n", "10", "-s", "sync", "--external", "noop=" + shlex.join([PROGRAM, "no-op"]), "--external",
                            f"py={made(RIGHT)}").stdout)
    assert report["harness"]["protocol_ns"] > 0
    cells = {cell["id"]: cell for cell in report["cells"]}
    assert (cells["noop"]["role"], cells["noop"]["status"]) == ("control", "ok")
    shown = run(work, *QUICK[:-1], "-n", "10", "-s", "sync", "--external", f"py={made(RIGHT)}").stdout
    assert "py was ready after" in shown and "the protocol takes about" in shown


def test_a_run_without_programs_says_nothing_of_them(work):
    report = json.loads(run(work, *QUICK, "-n", "10", "-s", "sync").stdout)
    assert "protocol_ns" not in report["harness"]


@pytest.mark.parametrize("name, said", [
    ("py", "is not of the form NAME=COMMAND"), ("=tee", "the name '' may have"), ("a b=tee", "the name 'a b' may have"),
    ("sync=tee", "there is a strategy or family 'sync' already"), ("all=tee", "'all' already"),
    ("control=tee", "'control' already"), ("external=tee", "'external' already"), ("py=", "names no program"),
    ("py='tee", "has a quote that does not end"), ("py=tee\\", "ends with a backslash"),
    ("py=/no/such/program", "cannot be run: No such file or directory"),
    ("py=/etc/passwd", "cannot be run: Permission denied"), ("py=true", "ended with status 0 without a line of"),
    ("py=false", "ended with status 1 without a line of"), ("py=echo hello", "its first line is 'hello'"),
    ("py=sh -c 'echo oh >&2; exit 3'", "ended with status 3 without a line of `declare {…}`; stderr: oh"),
    ("py=echo 'declare nothing'", "it is not an object of JSON"),
    ("py=echo 'declare {\"speed\": 1}'", "'speed' is unknown"),
    ("py=echo 'declare {\"durability\": \"close\"}'", "'durability' is not a list"),
    ("py=echo 'declare {\"durability\": [\"closed\"]}'", "has 'closed', which is none of none, close, bytes, line"),
    ("py=echo 'declare {\"order\": \"per-writer\"}'", "lacks 'writers'"),
    ("py=echo 'declare {\"options\": [\"speed\"]}'", "has 'speed', which is no shared option"),
    ("py=echo 'declare {\"options\": [{\"name\": \"threads\"}]}'", "which several strategies share"),
    ("py=echo 'declare {\"options\": [{\"name\": \"A\"}]}'", "use small letters"),
    ("py=echo 'declare {\"options\": [{\"name\": \"a\", \"min\": 5, \"usual\": 1}]}'", "is not between 'min' and 'max'"),
    ("py=echo 'declare {\"options\": [{\"name\": \"a\", \"max\": -1}]}'", "is not a whole number"),
    ("py=echo 'declare {\"lines\": []}'", "'lines' is empty"),
    ("py=head -c 100000 /dev/zero", "64 KiB without a newline"),
])
def test_a_program_that_cannot_be_a_row_is_refused(work, name, said):
    message = refused(work, "--external", name)
    assert message.startswith("writebench: --external '") and said in message
    assert os.listdir(work) == []


def test_two_programs_cannot_have_one_name_or_an_option_of_one_name_that_takes_other_values(made, work):
    first, second = (made(RIGHT, '{"options": [{"name": "group", "max": %d}]}' % most, f"p{most}") for most in (5, 6))
    assert "an earlier --external has that name" in refused(work, "--external", f"a={first}", "--external", f"a={first}")
    assert "declares an option 'group' that takes other values than that of b" in refused(
        work, "--external", f"a={first}", "--external", f"b={second}")


def test_an_option_of_two_programs_may_have_two_defaults(made, work):
    programs = [word for usual in (3, 4) for word in (
        "--external", f"p{usual}=" + made(RIGHT, json.dumps({"options": [{"name": "batch", "usual": usual}]}), f"p{usual}"))]
    cells = cells_of(work, "-n", "5", "-s", "sync", *programs)
    assert [cells[name]["parameters"]["batch"] for name in ("p3", "p4")] == [3, 4]
    cells = cells_of(work, "-n", "5", "-s", "sync", *programs, "--set", "p3.batch=5")
    assert [cells[name]["parameters"]["batch"] for name in ("p3", "p4")] == [5, 4]


def test_an_option_may_have_the_name_of_one_of_a_strategy_that_does_not_run(made, work):
    py = ["--external", f"py={made(RIGHT, json.dumps({'options': [{'name': 'wait', 'usual': 3}]}))}"]
    assert cells_of(work, "-n", "5", "-s", "sync", *py).keys() == {"bulk", "null", "py", "sync"}
    assert "declares an option 'wait' that takes other values than that of group-commit" in refused(
        work, "-n", "5", "-s", "group-commit", *py)


def test_it_is_chosen_as_any_strategy(made, work):
    py = ["--external", f"py={made(RIGHT)}"]
    assert sorted(cells_of(work, "-n", "5", "-s", "py,py", *py)) == ["bulk", "null", "py", "py#2"]
    assert sorted(cells_of(work, "-n", "5", "-s", "external", *py)) == ["bulk", "null", "py"]
    assert sorted(cells_of(work, "-n", "5", "-s", "sync,^py", *py)) == ["bulk", "null", "sync"]
    listed = run(work, "list", *py).stdout
    assert re.search(r"^external\n  py +runs ", listed, re.MULTILINE)


def test_a_file_of_options_can_name_programs(made, work, tmp_path):
    config = tmp_path / "options.toml"
    config.write_text(f"strategy = \"sync\"\nlines = 50\nexternal = [\"a={made(RIGHT)}\", \"b='{made(RIGHT)}'\"]\n")
    assert {"a", "b", "sync"} <= cells_of(work, "--config", str(config)).keys()
    config.write_text("lines = 50\nexternal = \"a=/no/such\"\n")
    assert f"--config '{config}', line 2: --external '/no/such' cannot be run" in refused(work, "--config", str(config))


def test_a_dry_run_and_kept_files(made, work):
    py = ["-n", "50", "-s", "sync", "--external", f"py={made(RIGHT)}"]
    assert "py " in run(work, "--dry-run", *py).stdout
    assert os.listdir(work) == []
    shown = run(work, *QUICK[:-1], "--keep-files", *py).stdout
    (directory,) = re.findall(r"files: (\S+)\n  1.txt  py$", shown, re.MULTILINE)
    assert pathlib.Path(work, directory, "1.txt").read_text().startswith("line#0\nline#1\n")
    assert sorted(os.listdir(work / directory)) == ["1.txt"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_nothing(made, work, number):
    text = GO + 'os.makedirs(directory + "/deep/er")\nwrite()\n' + SPAWN + "open(path + '.x', 'w').close()\ntime.sleep(1000)"
    with subprocess.Popen(["env", "--default-signal", PROGRAM, "-n", "50", "-s", "null", "--out", "none", "--external",
                           f"py={made(text)}"], cwd=work, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 30
        while not list(work.glob(".writebench-*/*.x")):
            assert time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(number)
        process.wait(30)
    while processes_in(work):
        assert time.monotonic() < end, "processes were left"
        time.sleep(0.01)
    if number == signal.SIGKILL:
        run(work, "clean")
    assert os.listdir(work) == []


@pytest.mark.parametrize("command", [
    ["tee", "{path}"], ["rotatelogs", "-n", "2", "{path}", "1000M"],
    ["FILE=current", "multilog", "s16777215", "{dir}"],
], ids=["tee", "rotatelogs", "multilog"])
def test_programs_of_others_stand_as_verified_rows(work, command):
    program = command[1] if "=" in command[0] else command[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is missing; scripts/install-test-packages installs it")
    glue = (EXAMPLES / "pipe_to.py").read_text()
    assert len(glue.splitlines()) < 30
    command = shlex.join([sys.executable, str(EXAMPLES / "pipe_to.py"), *command])
    cell = cells_of(work, "-n", "100000", "-s", "sync", "--external", f"{program}={command}")[program]
    assert cell["status"] == "ok", cell["status_detail"]


def test_the_page_shows_the_examples_as_they_are():
    page = (SOURCE / "docs/external-programs.md").read_text()
    for name in ("external.py", "external.c"):
        assert (EXAMPLES / name).read_text().rstrip() in page


def test_the_example_in_python(work):
    text = (EXAMPLES / "external.py").read_text()
    assert len([line for line in text.splitlines() if line]) <= 22
    command = "py=" + shlex.join([sys.executable, str(EXAMPLES / "external.py")])
    for durability in ("none", "close"):
        assert cells_of(work, "-n", "1000", "-D", durability, "-s", "sync", "--external", command)["py"]["status"] == "ok"


def test_the_example_in_c(work, tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    subprocess.run([compiler, "-O2", "-Wall", "-Werror", "-o", tmp_path / "external", EXAMPLES / "external.c"], check=True)
    for durability in ("none", "close"):
        cells = cells_of(work, "-n", "1000", "-D", durability, "-s", "sync", "--external", f"c={tmp_path}/external")
        assert cells["c"]["status"] == "ok"


SLOWER = RIGHT.replace("write()", "time.sleep(0.05)\nwrite()")
FEW = ["-n", "1000", "--pairs", "8", "--json", "--quiet"]


def test_two_programs_are_compared_as_two_builds_are(made, work):
    slow, quick = made(SLOWER, name="slow"), made(RIGHT, name="quick")
    comparison = comparison_of(run(work, "ab", "--base-external", slow, "--head-external", quick, *FEW))
    assert verdicts_of(comparison) == {"program": "faster"}
    assert (comparison["base"]["name"], comparison["head"]["name"]) == (slow, quick)
    comparison = comparison_of(run(work, "ab", "--base-external", quick, "--head-external", slow, *FEW, status=3))
    assert verdicts_of(comparison) == {"program": "slower"}
    assert os.listdir(work) == []


def test_a_program_that_fails_is_not_compared(made, work):
    wrong = made(GO + "write(lines[7:])\n" + DONE, name="wrong")
    shown = run(work, "ab", "--base-external", made(RIGHT), "--head-external", wrong, *FEW[:-2], "--quiet", status=1)
    assert "in the head: incorrect: 1 line lost" in " ".join(shown.stdout.split())


@pytest.mark.parametrize("options, said", [
    (["--base-external", "tee"], "--head-external is required"), (["--head-external", "tee"], "--base-external is required"),
    (["--base", "tee", "--head-external", "tee"], "give two of one kind"),
    (["--base-external", "/no/such", "--head-external", "tee"], "--base-external '/no/such' cannot be run"),
    (["--base-external", "true", "--head-external", "tee"], "--base-external 'true' does not speak the protocol"),
    (["--base-external", "true", "--head-external", "true", "--lnies", "5"], "did you mean '--lines'?"),
])
def test_what_ab_cannot_compare_is_refused(work, options, said):
    assert said in refused(work, "ab", *options)
