#!/usr/bin/env python3
"""Every strategy again and again under torment, each trial verified: a search for races that no sanitizer sees.

    tests/faults/stress.py --minutes 10 [--seed 1] [--strategy NAME] [--build DIR]
    tests/faults/stress.py --minutes 10 --canary    looks for a race that is there, and fails if it is not found

While a strategy runs, signals hold up its threads at random places for up to 0.2 ms and interrupt their system calls
(program.cpp, torment), on a tmpfs or on a file system of which every request takes up to 0.3 ms longer (faulty_fs.cpp).
Numbers of threads, writers, lines, sizes and durability are drawn anew for each run. A run that fails is printed with
the command that repeats it; the exit status is then 1.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import time

import matrix


def drawn_run(drawn):
    """Where, the delay there, and the arguments. What waits for a slow file system at each line gets few lines."""
    pick = drawn.choice
    durability = pick(["none", "none", "none", "close", "bytes=3000", "line"])
    place = pick(["tmpfs", "faulty_fs"]) if durability == "none" else "faulty_fs"  # a sync of a tmpfs does nothing
    lines = pick([1, 10, 100] if durability == "line" else [10, 300, 20_000] if place == "tmpfs" else [10, 100, 2000])
    delay_us = pick([1, 300]) if lines <= 100 else 1
    return place, delay_us, [
        "--lines", str(lines), "--durability", durability, "--writers", str(pick([1, 2, 3, 8, 16])),
        "--threads", str(pick([1, 2, 3, 8, 16])), "--queue-depth", str(pick([1, 2, 10, 1000])),
        "--in-flight-bytes", str(pick([1, 100, 10_000, 1_000_000])),
        "--buffer-size", str(pick([1, 64, 1000, 4096, 65_536]))]


def main():
    parser = argparse.ArgumentParser(description="Every strategy again and again under torment, each trial verified.")
    parser.add_argument("--minutes", type=float, default=1, help="how long [1]")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn [1]")
    parser.add_argument("--strategy", action="append", metavar="NAME", help="only this one (again for more)")
    parser.add_argument("--build", type=pathlib.Path, default=matrix.ROOT / "build/release", help="where the programs are")
    parser.add_argument("--canary", action="store_true", help="look for a race that is there, until it is found")
    arguments = parser.parse_args()
    matrix.in_namespaces()
    if arguments.canary:
        os.environ["WRITEBENCH_RACY"] = "1"
        arguments.strategy = ["racy"]
    paths = matrix.programs(arguments.build)
    program = paths["writebench_under_faults"]
    strategies = arguments.strategy or [*matrix.subjects_of(program)]
    place = matrix.Place(0, paths)
    drawn = random.Random(arguments.seed)
    began = time.monotonic()
    end = began + 60 * arguments.minutes
    runs = trials = unavailable = failures = 0
    try:
        while time.monotonic() < end:
            kind, delay_us, drawn_arguments = drawn_run(drawn)
            directory = place.directory(kind)
            if kind == "faulty_fs":
                place.control(f"delay-us={delay_us}")
            report = place.reports / "report.json"
            report.unlink(missing_ok=True)
            command = [program, "--strategy", ",".join(strategies), *drawn_arguments, "--trials", "5",
                       "--warm-up", "0", "--stall-trials", "1", "--timeout", "60s", "--seed", str(drawn.randrange(1000)),
                       "--dir", directory, "--out", report]
            torment = f"torment={drawn.randrange(1, 1 << 30)}"
            result = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=place.reports,
                                    env={**os.environ, "WRITEBENCH_FAULT": torment})
            cells = json.loads(report.read_text())["cells"] if report.exists() else []
            bad = [cell for cell in cells if cell["status"] not in ("ok", "unavailable")]
            runs += 1
            trials += sum(len(cell["samples"]) for cell in cells)
            unavailable += sum(cell["status"] == "unavailable" for cell in cells)
            if result.returncode != 0 or bad or not cells or re.search("Sanitizer|^leak: ", result.stderr, re.M):
                failures += 1
                if arguments.canary:
                    break
                print(f"FAILED on {kind}: WRITEBENCH_FAULT={torment} {shlex.join(map(str, command))}", flush=True)
                for cell in bad:
                    print(f"  {cell['strategy']}: {cell['status']}: {cell['status_detail']}", flush=True)
                if not bad:
                    print(result.stdout[-2000:] + result.stderr[-4000:], flush=True)
    finally:
        place.close()
    print(f"{runs} runs of {len(strategies)} strategies, {trials} trials verified, {unavailable} rows unavailable, "
          f"{failures} runs failed; {(time.monotonic() - began) / 60:.1f} min, seed {arguments.seed}")
    if arguments.canary:
        print("the race was found" if failures else "the race that is there was not found")
    return 0 if (failures > 0) == arguments.canary else 1


if __name__ == "__main__":
    sys.exit(main())
