"""Every command that README.md and docs/ show is run, in the order of its page, where the files that it names are. Workloads,
budgets and numbers of trials are made tiny; what is said about the output is left to other tests."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

PROGRAM = os.environ["WRITEBENCH"]
ROOT = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
PAGES = ["README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(r"(?:writebench(?:-plot|-page)?|scripts/\w+|benchmarks/\w+|build/\S+|cmake|apt|pipe=)(?= |$|=|\S+$)")
SUBCOMMANDS = set(re.findall(r"^ +writebench ([a-z-]+)", subprocess.run(
    [PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout, re.MULTILINE))

# What other tests run, or what would change this machine.
ELSEWHERE = {
    "apt": "tests/package/bare_root_test.py installs the packages",
    "cmake": "tests/package/installed_test.py installs",
    "scripts/package": "tests/package/debian_test.py packs",
    "scripts/quickstart": "the test below runs it, with commands that build nothing",
    "scripts/install-page-packages": "scripts/install-test-packages runs it",
    "benchmarks/does_it_help": "it takes minutes",
    "benchmarks/targets": "it takes minutes",
    "benchmarks/advise_check": "it takes an hour; tests/benchmarks/advise_check_test.py tries it",
}


def commands_of(page):
    text = (ROOT / page).read_text()
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks = [block for kind, block in fences if kind in ("", "sh")]
    blocks += re.findall(r"(?:^    \S.*\n)+", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    for block in blocks:
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r" +# .*$", "", line.strip())
            if SHOWN.match(line) and not line.startswith("writebench: ") and "…" not in line:
                yield line


PAGES_WITH_COMMANDS = [page for page in PAGES if any(True for _ in commands_of(page))]


def program_run(directory, *arguments):
    return subprocess.run([PROGRAM, *arguments], cwd=directory, capture_output=True, text=True, check=True)


@pytest.fixture(name="place")
def fixture_place(tmp_path_factory):
    """A directory with everything that some page names."""
    place = tmp_path_factory.mktemp("place")
    for name in ("old", "new", "bin", "disk"):
        (place / name).mkdir()
    for link in ("old/writebench", "new/writebench", "bin/writebench"):
        (place / link).symlink_to(PROGRAM)
    for name in ("docs", "benchmarks", "scripts"):
        (place / name).symlink_to(ROOT / name)
    for link, script in (("writebench-plot", "plot_report"), ("writebench-page", "make_page")):
        (place / "bin" / link).symlink_to(ROOT / "scripts" / script)
    for name in ("old", "new"):
        shutil.copy(ROOT / "docs/examples/external.py", place / name / "writer.py")
    subprocess.run(["gcc", ROOT / "docs/examples/external.c", "-o", place / "external"], check=True)
    (place / "app.log").write_text("a line\nanother line\n" * 100)
    for report in ("writebench-report.json", "disk.json", "base.json", "head.json"):
        program_run(place, "-s", "sync,sync-buffered", "-n", "200", "--trials", "2", "--quiet", "--out", report)
    return place


def tiny(words):
    """The command with small numbers; the first word is writebench."""
    command = next((word for word in words[1:2] if word in SUBCOMMANDS), "run")
    small = {"run": {"--lines": "200", "--trials": "1", "--warm-up": "0", "--stall-trials": "0"},
             "explain": {"--budget": "5s"}, "advise": {"--budget": "5s"},
             "crash-test": {"--budget": "10s", "--kills": "1", "--lines": "2000", "--strategy": "sync"},
             "ab": {"--pairs": "3", "--lines": "2000", "--strategy": "sync"},
             "calibrate": {"--gates": "1", "--samples": "10", "--pairs": "3", "--lines": "2000", "--strategy": "sync"}}.get(command, {})
    if "--base-external" in words:
        small = {name: value for name, value in small.items() if name != "--strategy"}
    if "--input" in words:
        small = {name: value for name, value in small.items() if name != "--lines"}
    other_names = {"--lines": "-n", "--strategy": "-s"}
    left = list(words)
    for name, value in small.items():
        for spelled in (name, other_names.get(name, name)):
            if spelled in left:
                at = left.index(spelled)
                if name != "--strategy":  # that is what the command is about
                    left[at + 1] = value
                break
        else:
            left += [name, value]
    if command == "run" and "--budget" in left:
        left[left.index("--budget") + 1] = "1s"
    return [word.replace("/mnt/disk", "disk") for word in left]


# What may come of it: a gate of a few tiny trials may say anything.
def allowed(words):
    if words[0].endswith("writebench") and any(word in words for word in ("ab", "compare", "--baseline", "--limit")):
        return {0, 3}
    return {0, 1} if "advise" in words else {0}  # perhaps nothing fulfils what was asked of a slow machine


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS)
def test_the_commands_of_a_page_work(place, page):
    environment = {"PATH": f"{place}/bin:{os.environ['PATH']}", "HOME": str(place), "LC_ALL": "C.UTF-8", "COLUMNS": "80"}
    ran = 0
    for line in commands_of(page):
        if line.startswith("pipe="):
            environment["pipe"] = line.removeprefix("pipe=")
            continue
        words = shlex.split(line.replace("$pipe", environment.get("pipe", "")))
        if words[0] in ELSEWHERE:
            continue
        if needs_more(words):
            continue
        if words[0] == "writebench":
            words = tiny(words)
        if words[0].startswith("scripts/make_page"):
            words[1:] = [word for word in words[1:] if not word.startswith("[")]
        result = subprocess.run(words, cwd=place, capture_output=True, text=True, timeout=240, env=environment, check=False)
        assert result.returncode in allowed(words), f"{line}\n{result.stdout[-500:]}{result.stderr[-1000:]}"
        ran += 1
    assert ran or all(shlex.split(line)[0] in ELSEWHERE for line in commands_of(page))


def needs_more(words):
    """Whether the command needs what this machine may lack: rights, or the programs of other packages."""
    if "--death" in words or "cold" in words:
        return os.geteuid() != 0
    if words[0] == "writebench-page":
        return not (ROOT / "scripts/page/node_modules/d3").exists()
    if any("aiofiles" in word for word in words):
        return subprocess.run(["python3", "-c", "import aiofiles"], capture_output=True, check=False).returncode != 0
    foreign = [name for name in ("rotatelogs", "multilog") if any(name in word for word in words)]
    return any(shutil.which(name) is None for name in foreign)


def test_every_page_with_commands_is_here():
    assert len(PAGES_WITH_COMMANDS) >= 10
    assert sum(1 for page in PAGES for _ in commands_of(page)) >= 45


def test_quickstart_builds_and_passes_its_options_on(tmp_path):
    root = tmp_path / "clone"
    (root / "scripts").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for name in ("quickstart", "build-packages", "strategy-packages", "origin-packages"):
        shutil.copy(ROOT / "scripts" / name, root / "scripts" / name)
    stubs = {root / "scripts/install-packages": 'echo "$@" >"$(dirname "$0")/asked"',
             tmp_path / "bin/cmake": f'mkdir -p "{root}/build/release/cli"; ln -sf "{PROGRAM}" "{root}/build/release/cli/writebench"'}
    for path, text in stubs.items():
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    result = subprocess.run([root / "scripts/quickstart", "--strategy", "sync", "--lines", "1000", "--trials", "1"], cwd=tmp_path,
                            capture_output=True, text=True, check=False,
                            env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "HOME": str(tmp_path)})
    assert result.returncode == 0, result.stderr
    assert "1000 lines" in result.stdout and "libfmt-dev" in (root / "scripts/asked").read_text()
