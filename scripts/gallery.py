"""The gallery of docs/gallery.md: which runs it shows, how they were measured, and which pictures are drawn of them."""

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

from analysis.kinds import KINDS
from analysis.report_model import BadReport, load_report
from plots import module_of
from plots.output import CannotWrite, check_replaceable, write
from plots.theme import DARK, LIGHT

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs/gallery"
PROGRAM = ROOT / "build/release/cli/writebench"
# Where the measured files go: a disk, as /tmp may be memory. Its name stands in the reports.
SCRATCH = Path("/var/tmp/writebench-gallery")

# The options of every run; few trials keep the reports small.
RUNS = {
    "origin": ["--strategy", "all", "--trials", "12"],
    "explanation": ["explain", "--budget", "10s"],
    "crash": ["crash-test", "--kills", "40"],
    "buffer-size": ["--strategy", "sync-buffered,buffered,sync,bulk", "--lines", "100000", "--line-size", "12,1000",
                    "--buffer-size", "512..2MiB*4", "--trials", "6", "--stall-trials", "0"],
    "durability": ["--strategy", "sync,sync-buffered,buffered", "--lines", "2000", "--line-size", "100",
                   "--durability", "none,close,line", "--buffer-size", "16KiB", "--trials", "6",
                   "--stall-trials", "0"],
    "thinking": ["--strategy", "sync,buffered,double-buffered,naive-async", "--lines", "5000",
                 "--think", "0,1us,10us,100us", "--trials", "6", "--stall-trials", "0"],
    **{f"history-{number}": ["--strategy", "sync,write-per-line,sync-buffered,buffered,double-buffered", "--lines", "100000", "--trials", "6",
                             "--stall-trials", "0"] for number in range(1, 5)},
}
IN_DARK = ["origin-time"]  # the pictures that are shown in both themes


def pictures():
    """Every picture: its name, the kind, the runs, the theme. analysis/kinds.py says what each kind is drawn of."""
    for kind in KINDS:
        for of in kind.gallery:
            name = f"{of}-{kind.name}"
            runs = [run for run in RUNS if run.startswith(f"{of}-")] if kind.of_several else [of]
            yield name, kind, runs, LIGHT
            if name in IN_DARK:
                yield f"{name}-dark", kind, runs, DARK


def run():
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(prog="make_gallery", description="Draws the pictures of docs/gallery again.")
    parser.add_argument("--measure", action="store_true",
                        help="take new reports first: two minutes, with what cmake --preset release built")
    parser.add_argument("-o", "--out", metavar="DIR", default=GALLERY,
                        help="where the pictures go (default: docs/gallery)")
    options = parser.parse_args()
    try:
        if options.measure:
            _measure_all()
        _draw_all(Path(options.out))
    except (BadReport, CannotWrite, subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"make_gallery: {error}")


def _measure_all():
    if not PROGRAM.exists():
        sys.exit(f"make_gallery: {PROGRAM} is missing; build it with cmake --preset release")
    SCRATCH.mkdir()
    try:
        for name, arguments in RUNS.items():
            print(f"measuring {name}", file=sys.stderr)
            subprocess.run(["writebench", *arguments, "--out", f"{name}.json"], executable=PROGRAM, cwd=SCRATCH,
                           stdout=subprocess.DEVNULL, check=True)
            document = json.loads((SCRATCH / f"{name}.json").read_text())
            # Without its blanks a report has half its size.
            (GALLERY / "reports" / f"{name}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
    finally:
        shutil.rmtree(SCRATCH)


def _draw_all(directory):
    reports = {name: load_report(os.path.relpath(GALLERY / "reports" / f"{name}.json")) for name in RUNS}
    for picture, kind, names, theme in pictures():
        chosen = [reports[name] for name in names]
        path = str(directory / f"{picture}.png")
        check_replaceable(path, force=False)
        write([module_of(kind).draw(chosen if kind.of_several else chosen[0], theme)], path)
        print(path)
