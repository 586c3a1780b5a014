"""The gallery: its reports are reports, and its pictures can be drawn again."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import gallery
from schema import errors_of

from analysis.kinds import KINDS

ROOT = Path(os.environ["WRITEBENCH_SOURCE"])
GALLERY = ROOT / "docs/gallery"


def test_the_gallery_is_drawn_again_from_its_reports(tmp_path):
    command = [sys.executable, ROOT / "scripts/make_gallery", "-o", tmp_path]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(os.listdir(tmp_path)) == sorted(path.name for path in GALLERY.glob("*.png"))


def test_each_kind_of_picture_is_in_the_gallery():
    assert {kind.name for _, kind, _, _ in gallery.pictures()} == {kind.name for kind in KINDS}


def test_every_picture_of_the_gallery_is_shown_and_every_report_drawn():
    page = (ROOT / "docs/gallery.md").read_text()
    assert sorted(re.findall(r"!\[.+\]\(gallery/(.+)\)", page)) == sorted(path.name for path in GALLERY.glob("*.png"))
    drawn = {name for _, _, names, _ in gallery.pictures() for name in names}
    assert drawn == set(gallery.RUNS) == {path.stem for path in (GALLERY / "reports").iterdir()}


def test_the_gallery_stays_small_and_its_reports_follow_the_schema():
    for path in (GALLERY / "reports").iterdir():
        assert path.stat().st_size < 900 << 10, path.name
        assert errors_of(json.loads(path.read_text())) == [], path.name
    for path in GALLERY.glob("*.png"):
        assert path.stat().st_size < 200 << 10, path.name


def test_the_options_of_the_gallery_are_those_of_the_program(tmp_path):
    for arguments in {tuple(arguments) for arguments in gallery.RUNS.values()}:
        arguments = list(arguments)
        # A dry run tries each cell, which few lines make short.
        if arguments[0] in ("explain", "crash-test"):
            continue  # they have no dry run
        place = arguments.index("--lines") if "--lines" in arguments else len(arguments)
        arguments[place:place + 2] = ["--lines", "10", "--dry-run"]
        assert subprocess.run([os.environ["WRITEBENCH"], *arguments], cwd=tmp_path, capture_output=True).returncode == 0
