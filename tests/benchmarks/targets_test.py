"""The table of targets, of its quickest part."""

import os
import subprocess

SOURCE, BUILD = os.environ["WRITEBENCH_SOURCE"], os.environ["WRITEBENCH_BUILD"]


def targets(directory, *arguments):
    return subprocess.run([os.path.join(SOURCE, "benchmarks/targets"), "--build", BUILD, *arguments], cwd=directory,
                          capture_output=True, text=True, timeout=240, check=False)


def test_a_row_has_what_was_asked_and_what_was_measured(tmp_path):
    done = targets(tmp_path, "--only", "python", "--rounds", "2")
    assert done.returncode == 0, done.stderr
    rows = [[field.strip() for field in line.split("|")[1:-1]] for line in done.stdout.splitlines() if "Python" in line]
    assert [row[0].split()[0] for row in rows] == ["`sync-buffered`", "`double-buffered-thread`"]
    for _, asked, measured, verdict in rows:
        assert asked == "at least 25 times"
        kept = float(measured.split()[0]) >= 25
        assert verdict == ("kept" if kept else "**missed**")
    assert not os.listdir(tmp_path)


def test_a_part_that_is_not_there_is_named(tmp_path):
    done = targets(tmp_path, "--only", "lines,loops")
    assert done.returncode == 2
    assert "there is no part 'loops'; there are lines," in done.stderr
