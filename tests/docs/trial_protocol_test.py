"""The program in another language that docs/trial-protocol.md shows, asked by the real one."""

import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest

PROGRAM = os.environ["WRITEBENCH"]
EXAMPLE = pathlib.Path(os.environ["WRITEBENCH_SOURCE"], "docs/examples/python_write.py")
SCHEMA = json.loads(pathlib.Path(os.environ["WRITEBENCH_SCHEMA"]).read_text())
FEW = ["--lines", "2000", "--pairs", "8"]


def run(directory, *command, status=0):
    result = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120,
                            env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False)
    assert result.returncode == status, result.stderr + result.stdout
    return result


@pytest.fixture(name="changed")
def fixture_changed(tmp_path):
    """Makes a copy of the example with a piece of it replaced."""
    def make(old, new):
        text = EXAMPLE.read_text()
        assert text.count(old) == 1
        path = tmp_path / "changed.py"
        path.write_text(text.replace(old, new))
        path.chmod(0o755)
        return str(path)

    return make


def test_its_answers_are_reports_of_no_sample_and_of_one(tmp_path):
    cells = json.loads(run(tmp_path, EXAMPLE, "trial", "--lines", "50,60").stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(cells)
    assert [cell["id"] for cell in cells["cells"]] == ["python-write@lines=50", "python-write@lines=60"]
    assert all(cell["samples"] == [] for cell in cells["cells"])
    trial = json.loads(run(tmp_path, EXAMPLE, "trial", "--lines", "50,60", "--cell", "python-write@lines=60").stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(trial)
    (cell,) = trial["cells"]
    assert cell["parameters"]["lines"] == 60
    assert [sample["outcome"] for sample in cell["samples"]] == ["ok"]
    assert os.listdir(tmp_path) == []


def test_a_version_that_takes_far_less_is_found_to_be_faster(tmp_path, changed):
    base = changed("        submitted_ns = time", "        time.sleep(0.05)\n        submitted_ns = time")
    comparison = json.loads(run(tmp_path, PROGRAM, "ab", "--base", base, "--head", EXAMPLE, *FEW, "--json").stdout)
    assert [(cell["id"], cell["verdict"]) for cell in comparison["cells"]] == [("python-write", "faster")]


def test_a_line_that_is_lost_is_a_failure(tmp_path, changed):
    head = changed("for number in range(lines):\n            file", "for number in range(1, lines):\n            file")
    result = run(tmp_path, PROGRAM, "ab", "--base", EXAMPLE, "--head", head, *FEW, status=1)
    assert "python-write is not compared: in the head: incorrect: the file is not what was written" in " ".join(
        result.stdout.split())
    run(tmp_path, head, "trial", "--lines", "5", "--cell", "python-write", status=1)


@pytest.mark.parametrize("options, said", [
    (["--lnies", "5"], "did you mean '--lines'?"),
    (["--durability", "close"], "knows no other workload"),
    (["--think", "5us"], "knows no other workload"),
])
def test_what_it_cannot_do_is_said_in_a_line(tmp_path, options, said):
    result = run(tmp_path, PROGRAM, "ab", "--base", EXAMPLE, "--head", EXAMPLE, *options, status=2)
    assert re.fullmatch(r"writebench: --base '[^\n]+ with status 2: [^\n]+\n", result.stderr)
    assert said in result.stderr
