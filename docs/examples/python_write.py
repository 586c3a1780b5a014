#!/usr/bin/env python3
"""Writes lines with Python's own buffered file, and speaks the trial protocol, so that 'writebench ab' can hold one
version of it against another. The machine and the workload are described by writebench itself, whose report without
samples is the frame of every answer. WRITEBENCH names that program, if it is not on the path."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

NAME = "python-write"
WORKLOAD = {"lines_kind": "counter", "think_ns": 0, "due_lines_per_second": None, "file_state": "new",
            "preallocation": "none"}


def write(path, lines):
    """Gives the nanoseconds until the last line was accepted, and until the file was closed."""
    begin = time.monotonic_ns()
    with open(path, "w", encoding="ascii") as file:
        for number in range(lines):
            file.write(f"line#{number}\n")
        submitted_ns = time.monotonic_ns() - begin
    return submitted_ns, time.monotonic_ns() - begin


def trial(directory, lines):
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        path = os.path.join(scratch, "lines")
        submitted_ns, drained_ns = write(path, lines)
        with open(path, encoding="ascii") as file:
            right = file.read() == "".join(f"line#{number}\n" for number in range(lines))
    sample = {"round": 0, "position": 0, "prepare_ns": 0, "durable_ns": None, "interference": {}, "disturbances": []}
    if not right:
        return {**sample, "outcome": "incorrect", "detail": "the file is not what was written", "time_ns": None,
                "submitted_ns": None, "drained_ns": None}
    return {**sample, "outcome": "ok", "time_ns": drained_ns, "submitted_ns": submitted_ns, "drained_ns": drained_ns}


def add(cell, sample):
    """The sample, and the summary and the status that follow from it."""
    cell.update(samples=[sample], status=sample["outcome"], status_detail=sample.get("detail"))
    time_ns, lines = sample["time_ns"], cell["parameters"]["lines"]
    if time_ns is not None:
        cell["summary"] = {
            "trials": 1, "disturbed_trials": 0,
            "time_ns": {"median": time_ns, "mad": 0, "min": time_ns, "max": time_ns, "ci95_low": None,
                        "ci95_high": None},
            "ns_per_line": time_ns / lines if lines else None, "lines_per_second": lines / (time_ns * 1e-9),
            "bytes_per_second": cell["bytes"] / (time_ns * 1e-9), "ratio_to_reference": None,
            "fraction_of_ceiling": None}


parser = argparse.ArgumentParser()
parser.add_argument("command", choices=["trial"])
parser.add_argument("--cell")
arguments, options = parser.parse_known_args()
framed = subprocess.run([os.environ.get("WRITEBENCH", "writebench"), "trial", "--strategy", "sync", *options],
                        stdout=subprocess.PIPE, check=False)
if framed.returncode != 0:
    sys.exit(framed.returncode)  # an option is wrong, and writebench has said so
report = json.loads(framed.stdout)
for each in report["cells"]:
    each.update(id=each["id"].replace("sync", NAME, 1), strategy=NAME, family="python")
    if not WORKLOAD.items() <= each["workload"].items() or each["contract"]["durability"] != "none":
        print(f"{NAME} writes --lines counting lines, and knows no other workload", file=sys.stderr)
        sys.exit(2)
if arguments.cell is not None:
    report["cells"] = [each for each in report["cells"] if each["id"] == arguments.cell]
    add(report["cells"][0], trial(report["environment"]["directory"], report["cells"][0]["parameters"]["lines"]))
    report["complete"] = True
json.dump(report, sys.stdout)
sys.exit(any(each["status"] not in (None, "ok") for each in report["cells"]))
