"""Every line of shell in docs/ci.md and in action.yml, run as the vendors run it: inputs substituted, their files and
variables in place. A project of two commits stands in for the checkout; what its scripts/quickstart builds answers with
chosen times, so that the verdict is known. Workloads are made tiny."""

import json
import os
import pathlib
import re
import subprocess
import textwrap
import xml.etree.ElementTree

import pytest
import yaml

from made_reports import around, failed, make_program, made_up

PROGRAM = os.environ["WRITEBENCH"]
ROOT = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
FENCES = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.DOTALL | re.MULTILINE)
SERVICE_WORKFLOW, SERVICE_PIPELINE, WORKFLOW, ACTION_STEPS, PIPELINE = [yaml.safe_load(textwrap.dedent(text)) for kind, text in FENCES if kind == "yaml"]
AB, SAVE, HOLD = [text for kind, text in FENCES if kind == "sh"]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
SAME, SLOWER, FASTER = around(1e6, seed=2), around(1.5e6, seed=2), around(0.5e6, seed=2)
UNSURE = [round(factor * time_ns) for time_ns in around(1e6, seed=2) for factor in (1, 1.5)]


def tiny(text):
    pairs = "" if "baseline" in text else " --pairs 12"  # a gate, not a run
    return text.replace("--lines 2M", "--lines 2000" + pairs)


def expanded(text, context):
    """With what stands in ${{ }} replaced, which is done to inputs and environment and never to a script."""
    return re.sub(r"\$\{\{ *([^ }]+) *\}\}", lambda match: context[match[1]], text)


class Machine:
    """Runs scripts in a directory with a home of its own."""

    def __init__(self, directory):
        self.directory = directory / "checkout"
        self.directory.mkdir()
        self.home = directory / "home"
        self.home.mkdir()
        self.summary, self.output = self.home / "summary", self.home / "output"
        self.summary.touch()
        self.output.touch()
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.home),
                            "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_OUTPUT": str(self.output),
                            "GITHUB_WORKSPACE": str(self.directory), "GIT_CONFIG_NOSYSTEM": "1"}

    def run(self, script, environment=None):
        assert "${{" not in script, "an input in the text of a script can be a command"
        return subprocess.run(["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", tiny(script)],
                              cwd=self.directory, capture_output=True, text=True, timeout=120, check=False,
                              env={**self.environment, **(environment or {})})

    def run_steps(self, steps, context, inputs=None):
        """The steps of a job until one fails; those with `uses` are left out but for this action."""
        status = 0
        for step in steps:
            if status != 0 and step.get("if") != "always()":
                continue
            if step.get("uses") == "./":
                result = self.act(**{name: expanded(value, context) for name, value in step["with"].items()})
                outputs = dict(line.split("=", 1) for line in self.output.read_text().splitlines())
                context = {**context, **{f"steps.{step['id']}.outputs.{name}": value
                                         for name, value in outputs.items()}}
            elif "run" in step:
                environment = {name: expanded(value, context) for name, value in step.get("env", {}).items()}
                result = self.run(step["run"], environment)
            else:
                continue
            self.last = result
            status = status or result.returncode
        return status

    def act(self, **inputs):
        """Runs the action with these inputs, and the others by their defaults."""
        assert inputs.keys() <= ACTION["inputs"].keys()
        assert all(name in inputs for name, of_input in ACTION["inputs"].items() if of_input.get("required"))
        values = {f"inputs.{name}": tiny(inputs.get(name, of_input.get("default")))
                  for name, of_input in ACTION["inputs"].items()}
        (step,) = ACTION["runs"]["steps"]
        assert step["shell"] == "bash"
        return self.run(step["run"], {name: expanded(value, values) for name, value in step["env"].items()})


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture(name="template", scope="module")
def fixture_template(tmp_path_factory):
    directory = tmp_path_factory.mktemp("template")
    subprocess.run([PROGRAM, "-s", "sync", "-n", "50", "--trials", "1", "--stall-trials", "0"], cwd=directory,
                   capture_output=True, check=True)
    return json.loads((directory / "writebench-report.json").read_text())


@pytest.fixture(name="programs")
def fixture_programs(tmp_path, template):
    """Makes base and head, whose trials take chosen times and which are writebench otherwise."""
    def make(head):
        for name, times in [("base-program", around(1e6)), ("head-program", head)]:
            make_program(tmp_path / name, template, {"sync": times}, f'exec "{PROGRAM}" "$@"')
        return tmp_path / "base-program", tmp_path / "head-program"

    return make


@pytest.fixture(name="project")
def fixture_project(machine, programs):
    """Makes a checkout of two commits whose scripts/quickstart builds one program each; gives the first commit."""
    def git(*arguments):
        return subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments], check=True,
                              cwd=machine.directory, env=machine.environment, capture_output=True, text=True).stdout

    def make(head):
        git("init", "--quiet")
        commits = []
        for program in programs(head):
            script = machine.directory / "scripts/quickstart"
            script.parent.mkdir(exist_ok=True)
            script.write_text(f"""#!/bin/sh -e
                test "$*" = --version
                cd "$(dirname "$0")/.."
                mkdir -p build/release/cli
                ln -s "{program}" build/release/cli/writebench
                exec build/release/cli/writebench --version
                """)
            script.chmod(0o755)
            git("add", "scripts")
            git("commit", "--quiet", "--message", program.name)
            commits.append(git("rev-parse", "HEAD").strip())
        return commits[0]

    return make


def suite_in(path):
    suite = xml.etree.ElementTree.parse(path).getroot()
    return {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}


def test_what_the_recipes_call_is_where_they_look_for_it():
    assert 'exec "$root/build/release/cli/writebench" "$@"' in (ROOT / "scripts/quickstart").read_text()
    assert len(FENCES) == 8


def test_the_jobs_of_a_service_are_those_of_the_example():
    for shown, file in ((SERVICE_WORKFLOW, ".github/workflows/performance.yml"), (SERVICE_PIPELINE, ".gitlab-ci.yml")):
        assert shown == yaml.safe_load((ROOT / "docs/examples/gated_logger" / file).read_text()), file


def test_the_github_workflow_passes_what_is_not_slower(machine, project):
    steps = WORKFLOW["jobs"]["gate"]["steps"]
    context = {"github.event.pull_request.base.sha": project(SAME)}
    assert machine.run_steps(steps, context) == 0, machine.last.stderr
    assert machine.summary.read_text().startswith("### writebench: 0 slower, 0 faster, 1 same, 0 inconclusive\n")
    upload = next(step for step in steps if "upload-artifact" in step.get("uses", ""))
    uploaded = suite_in(machine.directory / upload["with"]["path"])
    assert uploaded == {"tests": 1, "failures": 0, "errors": 0, "skipped": 0}
    assert "\tdirectory = " + str(machine.directory) in (machine.home / ".gitconfig").read_text()


def test_the_github_workflow_fails_what_is_slower(machine, project):
    context = {"github.event.pull_request.base.sha": project(SLOWER)}
    assert machine.run_steps(WORKFLOW["jobs"]["gate"]["steps"], context) == 3, machine.last.stderr
    assert "| **slower** |" in machine.summary.read_text()
    assert suite_in(machine.directory / "gate.xml")["failures"] == 1


def test_the_github_workflow_measures_real_programs(machine, project):
    base = project(SAME)
    for link in machine.directory.parent.glob("*-program"):
        link.unlink()
        link.symlink_to(PROGRAM)
    assert machine.run_steps(WORKFLOW["jobs"]["gate"]["steps"], {"github.event.pull_request.base.sha": base}) == 0
    assert suite_in(machine.directory / "gate.xml")["tests"] == 3


@pytest.mark.parametrize("head, status, verdict", [(SAME, 0, "same"), (SLOWER, 3, "slower")], ids=["same", "slower"])
def test_the_steps_with_the_action_do_the_same(machine, project, head, status, verdict):
    steps = WORKFLOW["jobs"]["gate"]["steps"]
    build = [step for step in steps if step.get("name") == "Build base and head"]
    context = {"github.event.pull_request.base.sha": project(head)}
    assert machine.run_steps(build + ACTION_STEPS, context) == status
    assert machine.last.stdout == f"{verdict} ({status})\n"
    assert f"1 {verdict}" in machine.summary.read_text()
    assert sorted(path.name for path in machine.directory.glob("gate.*")) == ["gate.json", "gate.md", "gate.xml"]


@pytest.mark.parametrize("head, status", [(SAME, 0), (SLOWER, 3)], ids=["same", "slower"])
def test_the_gitlab_job_gives_the_status_and_a_junit_report(machine, project, head, status):
    job = PIPELINE["performance"]
    result = machine.run("\n".join(job["script"]), {"CI_MERGE_REQUEST_DIFF_BASE_SHA": project(head)})
    assert result.returncode == status, result.stderr
    assert suite_in(machine.directory / job["artifacts"]["reports"]["junit"])["failures"] == (status == 3)
    assert all((machine.directory / path).exists() for path in job["artifacts"]["paths"])


def test_the_commands_for_any_other_ci_work(machine, programs):
    base, head = programs(SLOWER)
    for side, program in [("old", base), ("new", head)]:
        (machine.directory / side).mkdir()
        (machine.directory / side / "writebench").symlink_to(program)
    on_path = {"PATH": f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"}
    assert machine.run(AB, on_path).returncode == 3
    assert json.loads((machine.directory / "gate.json").read_text())["tally"]["slower"] == 1
    for _ in range(2):
        assert machine.run(SAVE.replace("--lines", "--trials 8 --lines"), on_path).returncode == 0
    result = machine.run(HOLD.replace("--lines", "--trials 8 --lines"), on_path)
    assert result.returncode in (0, 3), "runs of so few lines differ, and by how much is not known"
    assert re.search(r"\d slower, \d faster, \d same, \d inconclusive\n", result.stdout)


@pytest.mark.parametrize("head, options, status, verdict", [
    (SAME, {}, 0, "same"), (FASTER, {}, 0, "faster"), (SLOWER, {}, 3, "slower"),
    (SLOWER, {"fail-on": "never"}, 0, "slower"), (SLOWER, {"threshold": "80%"}, 0, "same"), (UNSURE, {}, 0, "inconclusive"),
    (UNSURE, {"fail-on": "inconclusive"}, 4, "inconclusive"),
], ids=["same", "faster", "slower", "never", "threshold", "inconclusive", "certain"])
def test_the_action_tells_verdict_and_status(machine, programs, head, options, status, verdict):
    base, head = map(str, programs(head))
    result = machine.act(base=base, head=head, options="--lines 2M", **options)
    assert result.returncode == status, result.stderr
    assert machine.output.read_text() == f"verdict={verdict}\nstatus={status}\n"
    assert f"1 {verdict}" in machine.summary.read_text()
    assert json.loads((machine.directory / "writebench-gate.json").read_text())["tally"][verdict] == 1


@pytest.mark.parametrize("broken, said", [
    (["head"], "in the head: failed: gave up"), (["base"], "in the base: failed: gave up"),
    (["base", "head"], "in the base: failed: gave up"),
], ids=["head", "base", "both"])
def test_the_action_tells_of_a_strategy_that_failed(machine, programs, template, broken, said):
    sides = dict(zip(("base", "head"), programs(SAME)))
    for side in broken:
        for answer in (sides[side].parent / f"{sides[side].name}-answers").glob("sync-[0-9]*"):
            answer.write_text(json.dumps(failed(made_up(template, {"sync": [1]}), "sync", "gave up")))
    result = machine.act(base=str(sides["base"]), head=str(sides["head"]), options="--lines 2M")
    # It was the only one: nothing could be compared.
    assert (result.returncode, machine.output.read_text()) == (1, "verdict=failed\nstatus=1\n")
    assert f"sync is not compared: {said}" in machine.summary.read_text()


@pytest.mark.parametrize("inputs, said", [
    ({"head": "missing/program"}, "--head 'missing/program' cannot be run"),
    ({"options": "--lnies 5"}, "did you mean '--lines'?"),
    ({"threshold": "much"}, "--threshold 'much'"),
    ({"fail-on": "anything"}, "--fail-on 'anything'"),
    ({"out": "missing/gate"}, "--out 'missing/gate.md'"),
])
def test_the_action_explains_what_it_is_given_wrongly(machine, inputs, said):
    result = machine.act(**{"base": PROGRAM, "head": PROGRAM, **inputs})
    assert result.returncode == 2 and said in result.stderr
    assert machine.output.read_text() == "verdict=error\nstatus=2\n"
    assert machine.summary.read_text() == ""


def test_the_verdict_of_an_earlier_run_is_not_taken_for_this_one(machine, programs):
    base, head = map(str, programs(SAME))
    assert machine.act(base=base, head=head, options="--lines 2M").returncode == 0
    machine.output.write_text("")
    assert machine.act(base=base, head="missing/program").returncode == 2
    assert machine.output.read_text() == "verdict=error\nstatus=2\n"
    assert not (machine.directory / "writebench-gate.json").exists()


@pytest.mark.parametrize("head, status, verdict", [("", 0, "same"), ("; time.sleep(0.02)", 3, "slower")])
def test_the_action_compares_programs_in_any_language(machine, tmp_path, head, status, verdict):
    on_path = tmp_path / "bin"
    on_path.mkdir()
    (on_path / "writebench").symlink_to(PROGRAM)
    machine.environment["PATH"] = f"{on_path}:{os.environ['PATH']}"
    text = (ROOT / "docs/examples/external.py").read_text()
    commands = {}
    for side, more in (("base", ""), ("head", head)):
        script = tmp_path / f"{side}.py"
        script.write_text(text.replace('print("done"', f'import time; time.sleep(0.02){more}; print("done"'))
        commands[f"{side}-external"] = f"python3 {script}"
    result = machine.act(**commands, options="--lines 2M", threshold="30%")
    assert result.returncode == status, result.stdout + result.stderr
    assert machine.output.read_text() == f"verdict={verdict}\nstatus={status}\n"


def test_the_action_takes_options_on_several_lines_and_another_judge(machine, programs, tmp_path):
    base, head = map(str, programs(SAME))
    judge = tmp_path / "judge"
    judge.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/asked"\nexec "{PROGRAM}" "$@"\n')
    judge.chmod(0o755)
    result = machine.act(base=base, head=head, options="--seed 7\n  --lines 2M\n\n--dir .\n", writebench=str(judge))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "asked").read_text().split()[-8:] == "--seed 7 --lines 2000 --pairs 12 --dir .".split()


@pytest.mark.parametrize("hostile", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'; touch pwned; '",
                                     "x\ntouch pwned\n", "; touch pwned", "*", "${{ github.token }}"])
def test_no_input_of_the_action_is_run_as_a_command(machine, hostile):
    for name in ACTION["inputs"]:
        inputs = {"base": PROGRAM, "head": PROGRAM, "options": "--pairs 1 --lines 5 --strategy sync",
                  name: hostile}
        if name == "out" and "/" not in hostile:
            inputs["out"] = f"missing/{hostile}"
        machine.act(**inputs)
        assert os.listdir(machine.directory) in ([], ["writebench-gate.md"]) or name == "out"
        assert not (machine.directory / "pwned").exists()
    assert sum("${{" in value for step in ACTION["runs"]["steps"] for value in step["env"].values()) == len(
        ACTION["inputs"]), "each input is handed over, and as environment"
