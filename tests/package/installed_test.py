"""What 'cmake --install' leaves under a prefix, without root: the program with its manual and completion, the scripts that
show reports, and a package with which others build the program with strategies of their own."""

import gzip
import json
import os
import pathlib
import re
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
EXAMPLE = SOURCE / "docs/examples/own_program"
SANITIZERS = os.environ["WRITEBENCH_SANITIZE"]


def run(*command, status=0, **how):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **how)
    assert result.returncode == status, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(name="prefix", scope="module")
def fixture_prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix") / "a place"
    run("cmake", "--install", os.environ["WRITEBENCH_BUILD"], "--prefix", prefix)
    return prefix


@pytest.fixture(name="program")
def fixture_program(prefix):
    return prefix / "bin/writebench"


def test_each_component_is_installed_alone(tmp_path):
    for component, file in (("writebench", "bin/writebench"), ("writebench-plot", "bin/writebench-plot"),
                            ("libwritebench-dev", "include/writebench/strategy.hpp")):
        prefix = tmp_path / component
        run("cmake", "--install", os.environ["WRITEBENCH_BUILD"], "--prefix", prefix, "--component", component)
        assert os.path.lexists(prefix / file)
        others = {"bin/writebench", "bin/writebench-plot", "include/writebench/strategy.hpp"} - {file}
        assert not any(os.path.lexists(prefix / other) for other in others), component


def test_nothing_that_is_installed_names_a_directory_of_the_build(prefix):
    places = [str(SOURCE).encode(), os.environ["WRITEBENCH_BUILD"].encode()]
    for path in sorted(prefix.rglob("*")):
        if path.is_file() and not SANITIZERS:
            content = path.read_bytes()
            content = gzip.decompress(content) if path.suffix == ".gz" else content
            assert not any(place in content for place in places), path


def test_the_program_runs_and_finds_the_programs_of_the_origin_case(program, tmp_path):
    run(program, "-s", "sync,python-sync", "-n", "1000", "--trials", "1", "--quiet", cwd=tmp_path)
    cells = json.loads((tmp_path / "writebench-report.json").read_text())["cells"]
    commands = {cell["strategy"]: cell["program"]["command"] for cell in cells if "program" in cell}
    assert str(program.parent.parent / "share/writebench/peers/origin.py") in str(commands["python-sync"])
    assert {cell["status"] for cell in cells} == {"ok"}


# The scripts as installed, on a report as installed.
def test_the_scripts_draw_and_make_pages(prefix, program, tmp_path):
    run(program, "-s", "sync,buffered", "-n", "2000", "--trials", "3", "--quiet", cwd=tmp_path)
    report = tmp_path / "writebench-report.json"
    written = run(prefix / "bin/writebench-plot", report, "--kind", "time", "-o", tmp_path / "time.png")
    assert written == f"{tmp_path}/time.png\n"
    assert (tmp_path / "time.png").read_bytes().startswith(b"\x89PNG")
    assert "usage: writebench-plot " in run(prefix / "bin/writebench-plot", "--help")
    result = subprocess.run([prefix / "bin/writebench-page", report, "-o", tmp_path / "report.html"], capture_output=True,
                            text=True, check=False)
    if "install-page-packages" in result.stderr:
        pytest.skip("the libraries of the page are not installed: scripts/install-page-packages")
    assert result.returncode == 0, result.stderr
    assert "<title>" in (tmp_path / "report.html").read_text()
    refused = subprocess.run([prefix / "bin/writebench-plot"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr.split(":")[0]) == (2, "writebench-plot")


def page(prefix, name):
    """The page as a terminal shows it, on long lines."""
    return run("man", "--warnings", "-P", "cat", "-l", prefix / f"share/man/man1/{name}.1.gz",
               env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "400", "MAN_KEEP_FORMATTING": ""})


def test_there_is_a_page_of_the_manual_for_each_command(prefix, program):
    commands = re.findall(r"^ +writebench ([a-z-]+)", run(program, "--help"), re.MULTILINE)
    assert {"run", "help", "ab", "explain"} <= set(commands)
    names = {path.name.removesuffix(".1.gz") for path in (prefix / "share/man/man1").iterdir()}
    assert names == {"writebench", "writebench-plot", "writebench-page", *(f"writebench-{name}" for name in commands)}


def test_a_page_has_every_option_with_what_the_help_says_of_it(prefix, program):
    for arguments, name in ([[], "writebench"], [["run"], "writebench-run"], [["ab"], "writebench-ab"],
                            [["export"], "writebench-export"]):
        shown = " ".join(page(prefix, name).replace("‐", "-").split())
        said = run(program, *arguments, "--help")
        options = re.findall(r"^  (-\S+(?: \S+)?)(?:  +(.*))?$", said, re.MULTILINE)
        assert len(options) > 5
        for option, meaning in options:
            assert option.split()[0] in shown, f"{name}: {option}"
            assert " ".join((meaning or "").split()) in shown, f"{name}: {meaning}"


def test_the_manual_lists_what_the_tables_do(prefix, program):
    shown = " ".join(page(prefix, "writebench").replace("‐", "-").split())
    listed = json.loads(run(program, "list", "--json"))
    for entry in [*listed["strategies"], *listed["programs"]]:
        assert entry["name"] in shown and entry["summary"][1:] in shown, entry["name"]
    assert "--set group-commit.wait" in shown
    for suite in (SOURCE / "suites").glob("*.toml"):
        assert " ".join(suite.read_text().splitlines()[0][2:].split()) in shown, suite


def test_groff_has_nothing_to_say_about_any_page(prefix):
    for path in sorted((prefix / "share/man/man1").iterdir()):
        result = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], capture_output=True,
                                text=True, check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANROFFSEQ": ""})
        assert (result.returncode, result.stderr) == (0, ""), path.name


def completed(prefix, *words, script="share/bash-completion/completions/writebench"):
    """What bash would offer for the last word; it is split as bash splits what is typed."""
    split = [part for word in words for part in re.split("(=)", word) if part or word == ""] or [""]
    if words and words[-1].endswith("="):
        split = split[:-1] if split[-1] == "" else split
    quoted = " ".join(f"'{word}'" for word in ["writebench", *split])
    shell = f"source '{prefix}/{script}'; COMP_WORDBREAKS=$' \\t\\n=:'; COMP_WORDS=({quoted}); COMP_CWORD={len(split)}; " \
            "_writebench; printf '%s\\n' \"${COMPREPLY[@]}\""
    environment = {"PATH": f"{prefix}/bin:{os.environ['PATH']}", "HOME": "/nonexistent"}
    shown = subprocess.run(["bash", "--norc", "-c", shell], capture_output=True, text=True, check=True, env=environment,
                           cwd=prefix).stdout
    return sorted(set(shown.split("\n")) - {""})


def test_bash_completes_commands_options_and_values(prefix):
    assert completed(prefix, "expo") == ["export"]
    assert completed(prefix, "export", "x.json", "--format", "hyp") == ["hyperfine"]
    assert completed(prefix, "--strategy", "sync,mma") == ["sync,mmap"]
    assert completed(prefix, "--strategy=spdlog-") == ["spdlog-async", "spdlog-sync"]
    assert completed(prefix, "--set", "group-commit.wa") == ["group-commit.wait="]
    assert completed(prefix, "ab", "--thre") == ["--threads", "--threshold"]


def test_bash_completes_reports_baselines_and_directories(prefix, program):
    (prefix / "reports here").mkdir(exist_ok=True)
    for name in ("a b.json", "b.txt", "c.json"):
        (prefix / "reports here" / name).write_text("{}")
    (prefix / "writebench-baselines").mkdir(exist_ok=True)
    (prefix / "writebench-baselines/main.json").write_text("{}")
    assert completed(prefix, "show", "reports here/") == ["reports here/a b.json", "reports here/c.json"]
    assert completed(prefix, "--dir", "reports") == ["reports here"]
    assert completed(prefix, "--dir=reports") == ["reports here"]
    assert completed(prefix, "--baseline", "") == ["main"]
    assert program.exists()


@pytest.mark.parametrize("by", ["cmake", "pkg-config"])
def test_the_installed_package_runs_a_strategy_from_outside_the_tree(prefix, tmp_path, by):
    build = tmp_path / "build"
    build.mkdir()
    program = build / "own_program"
    flags = [f"-fsanitize={SANITIZERS}"] if SANITIZERS else []
    if by == "cmake":
        run("cmake", "-S", EXAMPLE, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
            *[f"-DCMAKE_CXX_FLAGS={flag}" for flag in flags])
        run("cmake", "--build", build)
    else:
        if subprocess.run(["sh", "-c", "command -v pkg-config"], capture_output=True, check=False).returncode != 0:
            pytest.skip("pkg-config is missing")
        (pc,) = prefix.rglob("writebench.pc")
        asked = run("pkg-config", "--cflags", "--libs", "writebench",
                    env={"PATH": os.environ["PATH"], "PKG_CONFIG_PATH": str(pc.parent)})
        command = f"g++ {' '.join(flags)} '{EXAMPLE}/main.cpp' '{EXAMPLE.parent}/every_hundred.cpp' {asked.strip()} -o '{program}'"
        run("sh", "-c", command)

    assert "every-hundred" in run(program, "list")
    run(program, "--strategy", "sync,every-hundred", "--lines", "1000", "--trials", "1", "--dir", tmp_path,
        "--out", tmp_path / "report.json")
    cells = json.loads((tmp_path / "report.json").read_text())["cells"]
    outcomes = {cell["strategy"]: [sample["outcome"] for sample in cell["samples"]] for cell in cells}
    assert set(outcomes) == {"null", "bulk", "sync", "every-hundred"}
    assert all(samples and set(samples) == {"ok"} for samples in outcomes.values())
