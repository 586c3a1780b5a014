"""docs/examples/gated_logger as the repository of a service: its gate, with and without a planted slow-down."""

import os
import pathlib
import shutil
import subprocess

import pytest
import yaml

PROGRAM = os.environ["WRITEBENCH"]
EXAMPLE = pathlib.Path(os.environ["WRITEBENCH_SOURCE"]) / "docs/examples/gated_logger"
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "80", "WRITEBENCH": PROGRAM,
               "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "service", "GIT_AUTHOR_EMAIL": "service@example.org",
               "GIT_COMMITTER_NAME": "service", "GIT_COMMITTER_EMAIL": "service@example.org"}


class Service:
    def __init__(self, directory):
        self.directory = directory / "a service"
        shutil.copytree(EXAMPLE, self.directory, ignore=shutil.ignore_patterns("__pycache__"))
        self.environment = {**ENVIRONMENT, "HOME": str(directory)}
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "a logger")

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.directory, env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def change(self, before, after):
        path = self.directory / "service_log.py"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def gate(self, *options):
        return subprocess.run(["./gate", "main", "--lines", "5000", "--pairs", "20", *options], cwd=self.directory,
                              env=self.environment, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture(name="service")
def fixture_service(tmp_path):
    return Service(tmp_path)


def test_a_logger_that_is_ten_times_slower_does_not_pass(service):
    service.change("> self._block_bytes", "> 0")  # a write for each line
    result = service.gate("--out", "gate.json")
    assert result.returncode == 3, result.stdout + result.stderr
    assert " slower" in result.stdout
    assert service.git("worktree", "list").count("\n") == 1


def test_a_logger_that_writes_wrong_lines_does_not_pass(service):
    service.change('b"\\n"', 'b"!\\n"')
    result = service.gate()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "incorrect" in result.stdout


def test_a_logger_that_did_not_change_is_measured_and_not_called_slower(service):
    # Any verdict but a failure would do on a busy machine; by mistake something is called slower in 1 % of the gates.
    result = service.gate("--fail-on", "never")
    assert result.returncode == 0, result.stdout + result.stderr
    assert service.git("status", "--porcelain") == ""


def test_its_workflow_runs_the_gate():
    (job,) = yaml.safe_load((EXAMPLE / "workflow.yml").read_text())["jobs"].values()
    last = job["steps"][-1]
    assert last["run"].splitlines()[-1] == './gate "$BASE" --lines 100k'
    assert last["env"]["WRITEBENCH"] == "writebench/build/release/cli/writebench"
