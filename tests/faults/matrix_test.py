"""The quick fault matrix, and the page that it made: both have the faults and the strategies that there are."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

import faults
import matrix

FOLDER = pathlib.Path(__file__).parent
SUBJECTS = matrix.subjects_of(os.environ["WRITEBENCH_UNDER_FAULTS"])
PAGE = matrix.PAGE.read_text()


def run(*arguments):
    return subprocess.run([sys.executable, FOLDER / "matrix.py", *arguments], capture_output=True, text=True, timeout=280,
                          check=False)


def namespaces_are_missing():
    return subprocess.run(["unshare", "--mount", "--pid", "--fork", "--map-root-user", "true"], capture_output=True,
                          check=False).returncode != 0


needs_faults = pytest.mark.skipif(namespaces_are_missing() or not os.access("/dev/fuse", os.R_OK | os.W_OK),
                                  reason="needs namespaces and /dev/fuse")


def rows_of_page():
    """The cells of the page's tables: by fault and strategy."""
    cells = {}
    for heading, body in re.findall(r"^\| fault \| (.*) \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        strategies = heading.split(" | ")
        for line in body.splitlines():
            fault, *words = line.strip("| ").split(" | ")
            cells.update({(fault, strategy): word for strategy, word in zip(strategies, words)})
    return cells


def test_the_page_has_a_cell_for_each_fault_of_the_quick_version_and_each_strategy():
    quick = [fault for fault in faults.all_faults() if not fault.in_full_only]
    expected = {(fault.name, strategy) for fault in quick for strategy in [*SUBJECTS, "what happens"]}
    assert {*rows_of_page()} == expected, "tests/faults/matrix.py --write makes it"


def test_the_counts_of_the_page_are_those_of_its_cells():
    words = [word for (_, strategy), word in rows_of_page().items() if strategy != "what happens"]
    assert f"are {len(words)} cells: " in PAGE
    for count, word in re.findall(r"(\d+) (ok|failed|incorrect|timeout|refused|not run)[,;]", PAGE):
        assert words.count(word) == int(count), word


def test_the_strategies_are_those_that_the_program_lists():
    listed = matrix.json.loads(subprocess.run([os.environ["WRITEBENCH"], "list", "--json"], capture_output=True,
                                              check=True).stdout)["strategies"]
    assert [entry["name"] for entry in listed] == [name for name, subject in SUBJECTS.items() if subject.in_table]


@needs_faults
def test_every_cell_is_as_it_has_to_be_and_as_the_page_says(tmp_path):
    result = run("--json", str(tmp_path / "cells.json"))
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    page = rows_of_page()
    varying = {fault.name for fault in faults.all_faults() if fault.depends_on_build}
    for cell in matrix.json.loads((tmp_path / "cells.json").read_text()):
        if cell["word"] != "skipped" and cell["fault"] not in varying:
            word = matrix.SHOWN.get(cell["word"], cell["word"])
            assert word == page[cell["fault"], cell["strategy"]], cell


@needs_faults
def test_a_wrong_cell_is_seen():
    """A right answer to another fault is a wrong one, so every expectation can fail."""
    table = {fault.name: fault for fault in faults.all_faults()}
    sync = SUBJECTS["sync"]
    ok = faults.Row(sync, "ok", "", 1, (0,))
    for name in ("disk-full", "sync-fails-once", "close-fails", "killed-in-a-write", "stopped-in-a-write",
                 "vanishes-while-written", "reading-back-fails"):
        assert table[name].expect(ok), name
    elsewhere = faults.Row(sync, "failed", f"write 1.txt at byte 17: {os.strerror(28)}", 1, (3000,))
    assert "byte 17" in table["disk-full"].expect(elsewhere)
    assert table["disk-full"].expect(faults.Row(sync, "failed", f"write 1.txt at byte 3000: {os.strerror(5)}", 1, (3000,)))
    assert not table["disk-full"].expect(faults.Row(sync, "failed", f"write 1.txt at byte 3000: {os.strerror(28)}", 1,
                                                    (3000,)))
