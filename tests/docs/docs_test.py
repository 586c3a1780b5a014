"""What the documentation says, against the program and the tree that it speaks of."""

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

OPTION = r"(?<![\w-])--[a-z][a-z_-]+"


def program(*arguments):
    return subprocess.run([os.environ["WRITEBENCH"], *arguments], capture_output=True, text=True, check=True).stdout


def test_every_link_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_option_that_is_named_exists():
    known = program("--help")
    subcommands = re.findall(r"^ +writebench ([a-z-]+)", known, re.MULTILINE)
    assert "list" in subcommands
    for subcommand in subcommands:
        known += program(subcommand, "--help")
    for script in ("plot_report", "make_page"):
        known += subprocess.run([sys.executable, ROOT / "scripts" / script, "--help"], capture_output=True, text=True,
                                check=True).stdout
    known = {*re.findall(OPTION, known), "--install", "--benchmark_min_time"}
    for page in PAGES:
        commands = re.findall(r"writebench[^\n`|]*", page.read_text())
        for option in re.findall(OPTION, "\n".join(commands)):
            assert option in known, f"{page.name}: {option}"


def test_the_page_of_options_has_the_exit_statuses_of_the_help():
    said = re.search(r"Exit status: .*", program("--help"), re.DOTALL).group()
    assert " ".join(said.split()) in " ".join((ROOT / "docs/options.md").read_text().split())


def test_the_index_lists_every_page():
    listed = re.findall(r"\]\(([a-z-]+\.md)\)", (ROOT / "docs/README.md").read_text())
    assert len(listed) == len(set(listed))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= set(listed)


def test_the_exit_statuses_are_listed_once_as_the_help_has_them():
    said = " ".join(re.search(r"Exit status: (.*)", program("--help"), re.DOTALL).group(1).split())
    meanings = re.findall(r"(\d+(?:\+n)?) (.*?)(?:, (?=\d)|\.$)", said)
    assert len(meanings) == 6
    page = (ROOT / "docs/comparing.md").read_text()
    assert re.findall(r"^\| (\d+(?:\+n)?) \| (.*?) \|", page, re.MULTILINE) == meanings
    others = [ROOT / "action.yml", *(other for other in PAGES if other.name not in ("comparing.md", "options.md"))]
    for other in others:
        assert not re.search(r"(?i)exit status(es)?: ?0 ", other.read_text()), f"{other.name} lists them again"


def test_every_form_of_an_export_is_explained():
    described = re.search(r"--format FORM +(.*?)^  -", program("export", "--help"), re.MULTILINE | re.DOTALL).group(1)
    forms = re.findall(r"^ *([a-z-]+): ", described, re.MULTILINE)
    assert len(forms) >= 6
    table = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/reading-a-report.md").read_text(), re.MULTILINE)
    assert set(forms) <= set(table)


def test_the_example_of_a_strategy_is_shown_as_it_is():
    blocks = re.findall(r"```cpp\n(.*?)```", (ROOT / "docs/adding-a-strategy.md").read_text(), re.DOTALL)
    assert blocks and all(block in (ROOT / "docs/examples/every_hundred.cpp").read_text() for block in blocks)


def test_every_strategy_is_listed():
    listed = json.loads(program("list", "--json"))
    for page, key in (("docs/strategies.md", "strategies"), ("docs/origin.md", "programs")):
        table = re.findall(r"^\| `([a-z-]+)`", (ROOT / page).read_text(), re.MULTILINE)
        assert table == [entry["name"] for entry in listed[key]], page


def test_every_figure_of_a_sample_is_explained():
    page = (ROOT / "docs/what-is-timed.md").read_text()
    sample = json.loads((ROOT / "reports/report.schema.json").read_text())["$defs"]["sample"]["properties"]
    figures = [name for part in (sample, sample["interference"]["properties"]) for name, field in part.items()
               if "x-kind" in field]
    assert len(figures) > 20
    for name in figures:
        assert f"`{name}`" in page, name


def test_every_warning_and_cause_is_explained():
    page = (ROOT / "docs/what-is-timed.md").read_text()
    schema = json.loads((ROOT / "reports/report.schema.json").read_text())
    warnings = schema["properties"]["warnings"]["items"]["properties"]["code"]["enum"]
    causes = schema["$defs"]["sample"]["properties"]["disturbances"]["items"]["enum"]
    assert len(warnings) >= 10 and len(causes) >= 5
    for name in [*warnings, *causes]:
        assert f"`{name}`" in page, name
