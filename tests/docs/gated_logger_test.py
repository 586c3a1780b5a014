"""docs/examples/gated_logger as the repository of a service: its gate and its jobs in CI, with and without a planted
slow-down."""

import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree

import pytest
import yaml

PROGRAM = os.environ["WRITEBENCH"]
ROOT = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
EXAMPLE = ROOT / "docs/examples/gated_logger"
WORKFLOW = yaml.safe_load((EXAMPLE / ".github/workflows/performance.yml").read_text())
PIPELINE = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text())
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "COLUMNS": "80", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "service",
               "GIT_AUTHOR_EMAIL": "service@example.org", "GIT_COMMITTER_NAME": "service",
               "GIT_COMMITTER_EMAIL": "service@example.org"}
VERSION = re.search(r"^project\(.* VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE).group(1)

# Closing takes as long again as a fifth of everything before it.
PLANTED = ('        os.close(self._file)',
           '        os.close(self._file)\n        import time\n        end = time.perf_counter()\n'
           '        while time.perf_counter() < end + 0.2 * (end - self._began): pass\n')
BEGAN = ("        self._lines = []", "        self._lines = []\n        import time\n        self._began = time.perf_counter()")


class Service:
    """The repository, and a machine on which curl and apt-get only note what they are asked for."""

    def __init__(self, directory):
        self.directory = directory / "a service"
        shutil.copytree(EXAMPLE, self.directory, ignore=shutil.ignore_patterns("__pycache__"))
        self.tmp, self.asked, bin_directory = directory / "tmp", directory / "asked", directory / "bin"
        self.tmp.mkdir()
        bin_directory.mkdir()
        (bin_directory / "writebench").symlink_to(PROGRAM)
        for name in ("curl", "apt-get"):
            (bin_directory / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.asked}"\n')
            (bin_directory / name).chmod(0o755)
        self.environment = {**ENVIRONMENT, "PATH": f"{bin_directory}:{os.environ['PATH']}", "HOME": str(directory),
                            "GITHUB_WORKSPACE": str(self.directory), "GITHUB_STEP_SUMMARY": str(directory / "summary")}
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--force", ".")
        self.git("commit", "--quiet", "-m", "a logger")

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.directory, env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def change(self, *changes, file="service_log.py"):
        path = self.directory / file
        text = path.read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path.write_text(text)

    def commit(self):
        base = self.git("rev-parse", "HEAD").strip()
        self.git("commit", "--quiet", "--all", "-m", "a change")
        return base

    def gate(self, *options):
        return subprocess.run(["./gate", "main", "--lines", "5000", "--pairs", "20", *options], cwd=self.directory,
                              env=self.environment, capture_output=True, text=True, timeout=200, check=False)

    def run(self, script, environment):
        """As CI runs it; the workload is made tiny."""
        script = script.replace("/tmp/", f"{self.tmp}/").replace("--out gate.md", "--lines 5000 --pairs 20 --out gate.md")
        return subprocess.run(["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script], cwd=self.directory,
                              env={**self.environment, **environment}, capture_output=True, text=True, timeout=200,
                              check=False)

    def run_workflow(self, base):
        """Its steps until one fails; what stands in ${{ }} is replaced in the environment, as GitHub does."""
        (job,) = WORKFLOW["jobs"].values()
        context = {"github.event.pull_request.base.sha": base, "vars.WRITEBENCH_RELEASES": "https://example.org/releases"}
        for step in job["steps"]:
            if "run" not in step:
                continue
            environment = {name: re.sub(r"\$\{\{ *([^ }]+) *\}\}", lambda found: context[found[1]], str(value))
                           for name, value in step["env"].items()}
            result = self.run(step["run"], environment)
            if result.returncode != 0:
                break
        return result

    def run_pipeline(self, base):
        (job,) = PIPELINE.values()
        return self.run("\n".join([*job["before_script"], *job["script"]]),
                        {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "WRITEBENCH_RELEASES": "https://example.org/releases",
                         **{name: str(value) for name, value in job["variables"].items()}})


@pytest.fixture(name="service")
def fixture_service(tmp_path):
    return Service(tmp_path)


def test_a_logger_that_is_ten_times_slower_does_not_pass(service):
    service.change(("> self._block_bytes", "> 0"))  # a write for each line
    result = service.gate("--out", "gate.json")
    assert result.returncode == 3, result.stdout + result.stderr
    assert " slower" in result.stdout
    assert service.git("worktree", "list").count("\n") == 1


def test_a_planted_slow_down_that_is_large_does_not_pass(service):
    # The gate of the defaults finds +20 %; benchmarks/gated_logger_trial says how often.
    service.change(BEGAN, (PLANTED[0], PLANTED[1].replace("0.2 *", "1.0 *")))
    result = service.gate()
    assert result.returncode == 3, result.stdout + result.stderr


def test_a_logger_that_writes_wrong_lines_does_not_pass(service):
    service.change(('b"\\n"', 'b"!\\n"'))
    result = service.gate()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "incorrect" in result.stdout


def test_a_logger_that_did_not_change_is_measured_and_not_called_slower(service):
    # Any verdict but a failure would do on a busy machine; by mistake something is called slower in 1 % of the gates.
    result = service.gate("--fail-on", "never")
    assert result.returncode == 0, result.stdout + result.stderr
    assert service.git("status", "--porcelain") == ""


@pytest.mark.parametrize("run", [Service.run_workflow, Service.run_pipeline], ids=["GitHub", "GitLab"])
def test_a_job_installs_a_released_package_and_fails_what_is_slower(service, run):
    service.change(("> self._block_bytes", "> 0"))
    base = service.commit()
    result = run(service, base)
    assert result.returncode == 3, result.stdout + result.stderr
    package = f"https://example.org/releases/download/v{VERSION}/writebench_{VERSION}_amd64.deb"
    asked = service.asked.read_text()
    assert package in asked and f"install --yes --no-install-recommends {service.tmp}/writebench.deb" in asked
    suite = xml.etree.ElementTree.parse(service.directory / "gate.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


def test_a_change_cannot_lower_the_bar_for_itself(service):
    service.change(("> self._block_bytes", "> 0"))
    service.change(("set -euo pipefail", "exit 0"), file="gate")
    base = service.commit()
    assert service.gate().returncode == 0, "its own gate would let it pass"
    result = service.run_workflow(base)
    assert result.returncode == 3, result.stdout + result.stderr


def test_a_job_passes_what_did_not_change(service):
    service.change(('"""The logger of a service', '"""A logger of a service'))
    base = service.commit()
    result = service.run_workflow(base)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "program" in (service.directory.parent / "summary").read_text()
