"""Each way in which an external program can misbehave ends as one failed row, with nothing left behind."""

import pytest

from made_programs import DONE, GO, RIGHT, SPAWN, cells_of

HOP = "for _ in range(4):\n    if os.fork() == 0:\n        while True:\n            os.setsid()\n" \
      "            if os.fork() > 0: os._exit(0)\n"
MISBEHAVIOURS = {
    "is never ready": ("time.sleep(1000)", "timeout", "while waiting for `ready`"),
    "forks and forks": ("alive = 1\nwhile alive < 200:\n    os.fork()\n    alive *= 2\ntime.sleep(1000)", "timeout",
                        "while waiting for `ready`"),
    "hops from process to process": (HOP + "time.sleep(1000)", "timeout", "while waiting for `ready`"),
    "leaves a daemon": (GO + "write()\n" + SPAWN + DONE, "failed", "left 1 process running when it ended"),
    "floods stderr": ("while True: os.write(2, b'x' * 1000000)", "failed", "more than 64 MiB on stderr"),
    # Whether `go` was sent when `done` is read depends on the moment: "before `go`" or "before it had read `go`".
    "is done before go": ('say("ready")\nsay("done")\ntime.sleep(9)', "failed", "`go`"),
    "does not wait for go": ('say("ready")\ntime.sleep(0.3)\nwrite()\nsay("done")\ntime.sleep(9)', "failed",
                             "it said `done` before it had read `go`"),
    "is done before ready": ('say("done")', "failed", "said 'done' before `ready`"),
    "writes before go": ("write()\n" + GO + DONE, "failed", "had written 8890 bytes before `go`"),
    "writes on after done": (GO + 'write()\nsay("done")\ntime.sleep(0.2)\nopen(path, "a").write("more\\n")\n', "failed",
                             "from 8890 to 8895 bytes after the program had said `done`"),
    "writes again after done": (GO + 'write()\nsay("done")\ntime.sleep(0.05)\nwrite()\n', "failed",
                                "after the program had said `done`"),
    "closes stdin": ('say("ready")\nos.close(0)\ntime.sleep(0.2)\nwrite()\nsay("done")', "failed",
                     "closed its stdin"),
    "closes stdout": (GO + "os.close(1)\ntime.sleep(1000)", "failed", "closed its stdout before `done`"),
    "prints a line without end": (GO + "while True: sys.stdout.write('x' * 10000)", "failed",
                                  "printed 64 KiB without a newline instead of `done`"),
    "prints line after line": (GO + "while True: say('working')", "failed", "said 'working' before `done`"),
    "ignores SIGTERM": ("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + GO + "while True: time.sleep(1)", "timeout",
                        "while waiting for `done`"),
    "stops itself": (GO + "os.kill(os.getpid(), signal.SIGSTOP)", "timeout", "while waiting for `done`"),
    "prints binary rubbish": (GO + "os.write(1, bytes(range(256)))\ntime.sleep(9)", "failed", "before `done`"),
    "ends before it is ready": ('sys.exit("no such table")', "failed",
                                "ended with status 1 before `ready`; stderr: no such table"),
    "ends before it is done": (GO + "write()", "failed", "ended with status 0 before `done`"),
    "is killed before it is done": (GO + "os.kill(os.getpid(), 9)", "failed", "was ended by SIGKILL before `done`"),
    "is killed after done": (GO + 'write()\nsay("done")\nos.kill(os.getpid(), signal.SIGSEGV)', "failed",
                             "was ended by SIGSEGV after `done`"),
    "fails after done": (GO + 'write()\nsay("done")\nsys.exit(3)', "failed", "ended with status 3 after `done`"),
    "does not end": (GO + 'write()\nsay("done")\ntime.sleep(1000)', "timeout", "its end after `done`"),
    "speaks after done": (GO + 'write()\nsay("done")\nsay("done")', "failed", "said 'done' after `done`"),
    "writes elsewhere": (GO + 'write()\nopen(directory + "/mine.log", "w").write("x")\n' + DONE, "failed",
                         "wrote elsewhere in the scratch directory: 'mine.log'"),
    "makes directories": (GO + 'write()\nos.makedirs(directory + "/a/b/c")\nos.symlink("/etc", directory + "/a/etc")\n'
                          'os.chmod(directory + "/a/b", 0)\n' + DONE, "failed", "'a'"),
    "writes nothing": (GO + DONE, "failed", "its file is not there"),
    "removes its file": (GO + "write()\nos.remove(path)\n" + DONE, "failed", "its file is not there"),
    "replaces its file": (GO + 'write()\nsay("done")\ntime.sleep(0.2)\nos.rename(path, path + "x")\nwrite()\nos.remove(path + "x")\n',
                          "failed", "was replaced after"),
    "puts a link there": (GO + 'os.symlink("/etc/passwd", path)\n' + DONE, "failed", "a symbolic link"),
    "puts a directory there": (GO + "os.makedirs(path + '/x')\n" + DONE, "failed", "is not a regular file"),
    "puts a pipe there": (GO + "os.mkfifo(path)\n" + DONE, "failed", "is not a regular file"),
    "writes too much": (GO + 'write(lines + "line#0\\n")\n' + DONE, "incorrect", "1 line doubled"),
    "writes without end": (GO + 'with open(path, "w") as file:\n    while True: file.write("x" * 1000000)', "failed",
                           "bytes where 8890 belong"),
    "writes too little": (GO + "write(lines[:-9])\n" + DONE, "incorrect", "1 line truncated"),
    "writes something else": (GO + "write('x' * len(lines))\n" + DONE, "incorrect", "lost"),
    "removes the scratch directory": (GO + "import shutil\nshutil.rmtree(directory)\n" + DONE, "failed", "not there"),
    "kills its guard": (GO + "os.kill(os.getppid(), 9)\ntime.sleep(1000)", "failed", "before `done`"),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_a_program_that_misbehaves_is_a_failed_row(made, work, name):
    text, status, said = MISBEHAVIOURS[name]
    cells = cells_of(work, "-n", "1000", "--timeout", "2s", "-s", "sync", "--external", f"good={made(RIGHT, name='good')}",
                     "--external", f"bad={made(text)}", status=1)
    assert (cells["bad"]["status"], cells["bad"]["summary"]) == (status, None)
    assert said in cells["bad"]["status_detail"]
    assert {cells[name]["status"] for name in ("sync", "good")} == {"ok"}


def test_a_program_that_does_not_read_its_job_is_a_failed_row(work, tmp_path):
    path = tmp_path / "program"
    path.write_text("#!/bin/sh\necho 'declare {}'\necho ready\nexec sleep 9\n")
    path.chmod(0o755)
    cells = cells_of(work, "-n", "1000", "-s", "sync", "--external", f"bad={path}", status=1)
    assert "said `ready` before it had read its job" in cells["bad"]["status_detail"]
