"""Makes external programs from a few lines, and runs them as rows."""

import json
import os
import pathlib
import sys

from program import run, valid

QUICK = ["--trials", "1", "--warm-up", "0", "--out", "none", "--json"]
PRELUDE = f"""#!{sys.executable}
import json, os, signal, subprocess, sys, time
def say(text): print(text, flush=True)
"""
START = """
say("declare " + DECLARED)
question = sys.stdin.readline()
if not question: sys.exit()
job = json.loads(question)
path = job["paths"][0]
directory = os.path.dirname(path)
lines = "".join(f"line#{number}\\n" for number in range(job["lines"]))
def write(text=lines):
    with open(path, "w") as file: file.write(text)
"""
GO = 'say("ready")\nif sys.stdin.readline() != "go\\n": sys.exit(1)\n'
DONE = 'say("done")\nsys.stdin.read()\n'
RIGHT = GO + "write()\n" + DONE


def make_program(directory, text, declared="{}", name="program"):
    """A program of a text that follows its declaration and the job; the command that runs it."""
    path = directory / name
    path.write_text(PRELUDE + f"DECLARED = {declared!r}\n" + START + text)
    path.chmod(0o755)
    return str(path)


def processes_in(directory):
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == str(directory) and "zombie" not in (process / "status").read_text():
                found.append(int(process.name))
        except OSError:
            pass
    return found


def cells_of(work, *arguments, status=0, stall_trials="0"):
    report = valid(json.loads(run(work, *QUICK, "--stall-trials", stall_trials, *arguments, status=status).stdout))
    assert os.listdir(work) == [], "files were left"
    assert processes_in(work) == [], "processes were left"
    return {cell["id"]: cell for cell in report["cells"]}


SPAWN = "if os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\n"
