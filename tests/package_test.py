"""What 'cmake --install' leaves is enough to build and run the program with a strategy of one's own."""

import json
import os
import pathlib
import subprocess

EXAMPLE = pathlib.Path(os.environ["WRITEBENCH_SOURCE"], "docs/examples/own_program")


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_installed_package_runs_a_strategy_from_outside_the_tree(tmp_path):
    prefix, build = tmp_path / "installed", tmp_path / "build"
    sanitizers = os.environ["WRITEBENCH_SANITIZE"]
    run("cmake", "--install", os.environ["WRITEBENCH_BUILD"], "--prefix", prefix)
    run("cmake", "-S", EXAMPLE, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
        *([f"-DCMAKE_CXX_FLAGS=-fsanitize={sanitizers}"] if sanitizers else []))
    run("cmake", "--build", build)

    program = build / "own_program"
    assert "every-hundred" in run(program, "list")
    run(program, "--strategy", "sync,every-hundred", "--lines", "1000", "--trials", "1", "--dir", tmp_path,
        "--out", tmp_path / "report.json")
    cells = json.loads((tmp_path / "report.json").read_text())["cells"]
    outcomes = {cell["strategy"]: [sample["outcome"] for sample in cell["samples"]] for cell in cells}
    assert set(outcomes) == {"null", "bulk", "sync", "every-hundred"}
    assert all(samples and set(samples) == {"ok"} for samples in outcomes.values())
