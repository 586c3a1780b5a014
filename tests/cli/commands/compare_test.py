"""Two reports compared by the real program: verdicts that are known beforehand, input that cannot be used, and every
form that the verdicts can be had in."""

import json
import os
import re
import xml.etree.ElementTree

import jsonschema
import pytest

from made_reports import around, failed, made_up
from program import COMPARISON_SCHEMA, comparison_of, refused, run, verdicts_of

HOSTILE = "x|<b>&\"'`\\\u001b[31m\n- [link](javascript:1) \uffff\u0007"


@pytest.fixture(name="template", scope="module")
def fixture_template(tmp_path_factory):
    """A real report with a trial of each of some cells."""
    directory = tmp_path_factory.mktemp("template")
    run(directory, "-s", "sync,buffered,sync-buffered,thread-pool", "-n", "50", "--trials", "1", "--stall-trials", "0")
    return json.loads((directory / "writebench-report.json").read_text())


@pytest.fixture(name="write")
def fixture_write(tmp_path):
    def write(name, report):
        (tmp_path / name).write_text(json.dumps(report))

    return write


@pytest.fixture(name="both")
def fixture_both(template, write):
    """Writes base.json and head.json as two sides of one session, the head changed by factors."""
    def both(paired=True, seed=2, spread=0.01, **factors):
        names = [name.replace("_", "-") for name in factors]
        session = "a session" if paired else None
        write("base.json", made_up(template, {name: around(1e6, spread) for name in names}, session, "base"))
        write("head.json", made_up(template, {name: around(1e6 * factor, spread, seed=seed)
                                              for name, factor in zip(names, factors.values())}, session, "head"))

    return both


BAD = {
    "missing": (lambda path: path.unlink(), "does not exist"),
    "directory": (lambda path: (path.unlink(), path.mkdir()), "is a directory"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-100]), "ends in the middle"),
    "no JSON": (lambda path: path.write_bytes(b"\x7fELF\x02\x01\x00"), "is not JSON"),
    "foreign": (lambda path: path.write_text('{"benchmarks": []}'), "not a report of writebench"),
    "newer": (lambda path: path.write_text('{"writebench_schema": 3}'), "newer writebench"),
    "edited": (lambda path: path.write_text(path.read_text().replace('"median": ', '"median": 9', 1)),
               "the samples give"),
}


@pytest.mark.parametrize("spoil, said", BAD.values(), ids=BAD)
def test_a_report_that_cannot_be_used_is_named_whichever_side_it_is(tmp_path, both, spoil, said):
    for bad in ("base.json", "head.json"):
        both(sync=1)
        spoil(tmp_path / bad)
        message = refused(tmp_path, "compare", "base.json", "head.json")
        assert message.startswith(f"writebench: '{bad}' ") and said in message
        if (tmp_path / bad).is_dir():
            (tmp_path / bad).rmdir()


@pytest.mark.parametrize("arguments, said", [
    ([], "compare needs two reports, BASE.json and HEAD.json, or one and --baseline"),
    (["base.json"], "compare needs two reports, BASE.json and HEAD.json, or one and --baseline"),
    (["base.json", "head.json", "more.json"], "'more.json' is one argument too many for writebench compare"),
    (["base.json", "head.json", "--baseline", "main"], "compare with --baseline takes one report"),
    (["head.json", "--baseline", "main"], "'writebench-baselines/main.json' does not exist"),
    (["head.json", "--baseline", "../base"], "'../base' is not a valid baseline name"),
    (["base.json", "head.json", "--metric", "tmie"], "--metric 'tmie' is unknown; did you mean 'time'?"),
    (["base.json", "head.json", "--metric", "tmie"], "did you mean 'time'?"),
    (["base.json", "head.json", "--threshold", "5x"], "--threshold '5x'"),
    (["base.json", "head.json", "--threshold", "-1%"], "--threshold '-1%'"),
    (["base.json", "head.json", "--alpha", "0"], "--alpha '0' must be above 0 and at most 20%"),
    (["base.json", "head.json", "--alpha", "50%"], "--alpha '50%' must be above 0 and at most 20%"),
    (["base.json", "head.json", "--fail-on", "regresion"], "did you mean 'regression'?"),
    (["base.json", "head.json", "--format", "html"], "--format 'html' is unknown; use table, markdown, junit or json"),
    (["base.json", "head.json", "--treshold", "1%"], "did you mean '--threshold'?"),
])
def test_what_compare_is_asked_wrongly_is_explained(tmp_path, both, arguments, said):
    both(sync=1)
    assert said in refused(tmp_path, "compare", *arguments)


def test_a_file_that_is_there_is_replaced_only_with_force(tmp_path, both):
    both(sync=1)
    (tmp_path / "out").write_text("precious")
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, said in [("out", "exists; name another file, or replace it with --force"),
                       ("directory", "is a directory"), ("pipe", "is not a regular file"),
                       ("/dev/null", "is not a regular file"),
                       ("missing/out", "does not exist"), ("out/below", "is not a directory"),
                       ("", "is empty")]:
        message = refused(tmp_path, "compare", "base.json", "head.json", "--out", name)
        assert message.startswith(f"writebench: --out '{name}' ") and said in message
    for name in ("directory", "pipe", "/dev/null"):
        message = refused(tmp_path, "compare", "base.json", "head.json", "--force", "--out", name)
        assert "--force" not in message and ("is a directory" in message or "is not a regular file" in message)
    assert (tmp_path / "out").read_text() == "precious"
    run(tmp_path, "compare", "base.json", "head.json", "--force", "--out", "out", "--format", "json")
    assert json.loads((tmp_path / "out").read_text())["tally"]["same"] == 1
    assert sorted(os.listdir(tmp_path)) == ["base.json", "directory", "head.json", "out", "pipe"]


def test_each_verdict_has_its_exit_status(tmp_path, both):
    for factor, verdict, statuses in [(1.1, "slower", (3, 3, 0)), (0.9, "faster", (0, 0, 0)), (1, "same", (0, 0, 0)),
                                      (1.05, "inconclusive", (0, 4, 0))]:
        both(sync=factor)
        for fail_on, status in zip(("regression", "inconclusive", "never"), statuses):
            result = run(tmp_path, "compare", "base.json", "head.json", "--fail-on", fail_on, status=status)
            tally = ", ".join(f"{int(verdict == name)} {name}" for name in ("slower", "faster", "same", "inconclusive"))
            assert result.stdout.endswith(f"\n{tally}\n")
            assert re.search(f"^sync .* {verdict}( |$)", result.stdout, re.MULTILINE)
            assert result.stderr == ""


def test_the_threshold_decides_what_is_a_change(tmp_path, both):
    both(sync=1.08)
    for threshold, status in [("0%", 3), ("5%", 3), ("20%", 0)]:
        run(tmp_path, "compare", "base.json", "head.json", "--threshold", threshold, status=status)


def test_one_slow_cell_among_others_is_found_and_named(tmp_path, both):
    both(sync=1, buffered=1.2, sync_buffered=0.8, thread_pool=1)
    comparison = comparison_of(run(tmp_path, "compare", "base.json", "head.json", "--json", status=3))
    assert verdicts_of(comparison) == {"sync": "same", "buffered": "slower", "sync-buffered": "faster",
                                       "thread-pool": "same"}
    assert comparison["tally"] == {"slower": 1, "faster": 1, "same": 2, "inconclusive": 0, "failed": 0}
    buffered = next(cell for cell in comparison["cells"] if cell["id"] == "buffered")
    assert (buffered["basis"], buffered["size"], buffered["lines"]) == ("paired", 30, 50)
    assert buffered["change_low"] <= buffered["change"] <= buffered["change_high"]
    assert abs(buffered["change"] - 0.2) < 0.02
    assert abs(buffered["head"] / buffered["base"] - 1.2) < 0.02
    assert buffered["p_slower"] < 0.01 < buffered["p_faster"]


def test_reports_of_two_runs_are_compared_by_their_ratios_to_the_reference(tmp_path, template, write):
    # The second machine takes 4 % more for everything; buffered another 40 %.
    write("base.json", made_up(template, {"sync": around(1e6), "buffered": around(3e6, seed=2)}))
    write("head.json", made_up(template, {"sync": around(1.04e6, seed=3),
                                          "buffered": around(1.04 * 1.4 * 3e6, seed=4)}))
    comparison = comparison_of(run(tmp_path, "compare", "base.json", "head.json", "--json", status=3))
    assert verdicts_of(comparison) == {"buffered": "slower"}
    [buffered], [sync] = comparison["cells"], comparison["not_compared"]
    assert buffered["basis"] == "reference"
    assert re.fullmatch(r"it is the reference, here \+[345]\.\d %; .*'writebench ab'.*", sync["reason"])
    assert abs(buffered["change"] - 0.4) < 0.03
    assert buffered["allowance"] > 0.08, "5 % between two runs, and 4 % of the reference"


def test_another_machine_allows_no_verdict_and_is_named(tmp_path, template, write):
    other = made_up(template, {"buffered": around(9e6)})
    other["environment"].update(cpu_model="Another", kernel="Linux 99")
    write("base.json", made_up(template, {"buffered": around(1e6)}))
    write("head.json", other)
    result = run(tmp_path, "compare", "base.json", "head.json")
    assert re.search("^environment.cpu_model: .* in the base, Another in the head .nothing can be inferred.$",
                     result.stdout, re.MULTILINE)
    assert re.search("^environment.kernel: .* in the base, Linux 99 in the head .limits widened.$", result.stdout,
                     re.MULTILINE)
    comparison = comparison_of(run(tmp_path, "compare", "base.json", "head.json", "--json"))
    assert verdicts_of(comparison) == {"buffered": "inconclusive"}
    assert {difference["field"]: difference["effect"] for difference in comparison["differences"]} == {
        "environment.cpu_model": "inconclusive", "environment.kernel": "widen"}


def test_unlike_work_is_named_and_not_compared(tmp_path, template, write):
    head = made_up(template, {"sync": around(9e6), "buffered": around(9e6), "thread-pool": around(9e6)})
    cells = {cell["id"]: cell for cell in head["cells"]}
    cells["sync"]["parameters"]["durability"] = cells["sync"]["contract"]["durability"] = "close"
    for sample in cells["sync"]["samples"]:
        sample["durable_ns"] = sample["time_ns"]
    cells["buffered"]["parameters"]["buffer_bytes"] = 7
    for cell in head["cells"]:  # of work that sync does not do: no ratio
        cell["summary"]["ratio_to_reference"] = None if cell["id"] != "sync" else cell["summary"]["ratio_to_reference"]
    cells["thread-pool"]["contract"]["order"] = "per-writer"
    write("base.json", made_up(template, {name: around(1e6) for name in ("sync", "buffered", "thread-pool")}))
    write("head.json", head)
    result = run(tmp_path, "compare", "base.json", "head.json", status=2)
    assert "sync is not compared: durability is none in the base and close in the head" in result.stdout
    assert "buffered is not compared: buffer_bytes is 65536 in the base and 7 in the head" in result.stdout
    assert "thread-pool is not compared: contract.order is none in the base and per-writer in the head" in result.stdout
    assert result.stderr == "writebench: no cell could be compared\n"


def test_reports_with_no_cell_in_common_do_not_pass(tmp_path, template, write):
    write("base.json", made_up(template, {"sync": around(1e6)}))
    write("head.json", made_up(template, {"buffered": around(1e6)}))
    for fail_on in ("regression", "never"):
        result = run(tmp_path, "compare", "base.json", "head.json", "--fail-on", fail_on, status=2)
        assert "buffered is not compared: is not in the base" in result.stdout
        assert "sync is not compared: is not in the head" in result.stdout
        assert re.fullmatch("writebench: [^\n]+\n", result.stderr)


def test_of_what_failed_nothing_is_inferred(tmp_path, template, write):
    names = ("sync", "buffered", "thread-pool")
    fine = made_up(template, {name: around(1e6) for name in names}, "a session", "base")
    base = failed(fine, "buffered", "lost 1 line", "incorrect")
    head = failed(failed(fine, "buffered", "lost 1 line", "incorrect"), "thread-pool", "gave up")
    head["pairing"]["side"] = "head"
    write("base.json", base)
    write("head.json", head)
    result = run(tmp_path, "compare", "base.json", "head.json", status=1)
    assert "buffered is not compared: in the base: incorrect: lost 1 line" in result.stdout
    assert "thread-pool is not compared: in the head: failed: gave up" in result.stdout
    assert result.stdout.endswith("0 slower, 0 faster, 1 same, 0 inconclusive, 1 failed or gone\n")
    comparison = comparison_of(
        run(tmp_path, "compare", "base.json", "head.json", "--json", "--fail-on", "inconclusive", status=1))
    assert verdicts_of(comparison) == {"sync": "same"}
    assert {cell["id"]: cell["failed"] for cell in comparison["not_compared"]} == {"buffered": False,
                                                                                 "thread-pool": True}


def test_the_metric_can_be_another(tmp_path, template, write):
    def with_memory(report, rss_bytes):
        for cell in report["cells"]:
            for sample in cell["samples"]:
                sample["peak_rss_bytes"] = rss_bytes + 1000 * sample["round"]
        return report

    same = made_up(template, {"sync": around(1e6)}, "a session", "base")
    write("base.json", with_memory(same, 10_000_000))
    write("head.json", with_memory(same, 20_000_000))
    run(tmp_path, "compare", "base.json", "head.json")
    result = run(tmp_path, "compare", "base.json", "head.json", "--metric", "peak-rss", status=3)
    assert re.search(r"^sync +10.0 MB +20.0 MB +\+9\d\.\d %", result.stdout, re.MULTILINE)
    message = refused(tmp_path, "compare", "base.json", "head.json", "--metric", "stall-p99")
    assert "--metric 'stall-p99' is not in these reports" in message and "writebench ab" in message


def test_a_rate_goes_down_where_the_time_goes_up(tmp_path, both):
    both(sync=2)
    result = run(tmp_path, "compare", "base.json", "head.json", "--metric", "lines-per-second", status=3)
    assert re.search(r"^sync +(49|50)\.\dk/s +(24|25)\.\dk/s +-(49|50)\.\d % .* slower( |$)", result.stdout, re.MULTILINE)


def test_the_output_is_the_same_in_every_place(tmp_path, both):
    both(sync=1.2, buffered=1)
    for form in ("markdown", "junit", "json"):
        printed = run(tmp_path, "compare", "base.json", "head.json", "--format", form, status=3).stdout
        table = run(tmp_path, "compare", "base.json", "head.json", "--format", form, "--out", form, status=3).stdout
        assert (tmp_path / form).read_text() == printed
        assert table == run(tmp_path, "compare", "base.json", "head.json", status=3).stdout
    assert (tmp_path / "json").read_text() == run(tmp_path, "compare", "base.json", "head.json", "--json",
                                                  status=3).stdout


def test_no_file_is_written_if_none_is_asked_for(tmp_path, both):
    both(sync=1.2)
    table = run(tmp_path, "compare", "base.json", "head.json", status=3).stdout
    assert run(tmp_path, "compare", "base.json", "head.json", "--out", "none", status=3).stdout == table
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base.json", "head.json"]


def test_a_report_that_is_read_is_never_replaced(tmp_path, both):
    both(sync=1.2)
    (tmp_path / "link.json").symlink_to("head.json")
    for name, read in [("base.json", "base.json"), ("link.json", "head.json")]:
        for force in ([], ["--force"]):
            said = refused(tmp_path, "compare", "base.json", "head.json", "--out", name, *force)
            assert said == f"writebench: --out '{name}' is the file '{read}' that is read; name another\n"
    both(sync=1.2)
    (tmp_path / "old.json").write_text("mine")
    assert "replace it with --force" in refused(tmp_path, "compare", "base.json", "head.json", "--out", "old.json")
    said = run(tmp_path, "compare", "base.json", "head.json", "--force", status=3).stderr
    assert said.count("note: --force has no effect without a file of --out") == 1


def test_several_files_have_the_forms_that_their_names_say(tmp_path, both):
    both(sync=1.2, buffered=1)
    files = ["verdict.md", "verdict.xml", "verdict.json", "verdict.txt"]
    alone = run(tmp_path, "compare", "base.json", "head.json", "--format", "json", "--out", "-", status=3).stdout
    assert json.loads(alone)["tally"]["slower"] >= 1
    table = run(tmp_path, "compare", "base.json", "head.json", *[word for file in files for word in ("--out", file)],
                status=3).stdout
    for file, form in zip(files, ["markdown", "junit", "json", "table"]):
        shown = run(tmp_path, "compare", "base.json", "head.json", "--format", form, status=3).stdout
        assert (tmp_path / file).read_text().split() == shown.split()
    assert (tmp_path / "verdict.txt").read_text().split() == table.split()
    assert max(map(len, (tmp_path / "verdict.txt").read_text().splitlines())) <= 80
    run(tmp_path, "compare", "--out", "before.json", "base.json", "head.json", status=3)
    assert (tmp_path / "before.json").read_text() == (tmp_path / "verdict.json").read_text()
    run(tmp_path, "compare", "base.json", "head.json", "--out", "x.md", "--format", "junit", status=3)
    assert (tmp_path / "x.md").read_text() == (tmp_path / "verdict.xml").read_text()


def test_junit_counts_what_it_holds(tmp_path, template, write, both):
    both(sync=1.2, buffered=1.05, thread_pool=1, sync_buffered=1)
    head = json.loads((tmp_path / "head.json").read_text())
    write("head.json", failed(head, "sync-buffered", "gave up"))
    for fail_on, failures, skipped, status in [("regression", 1, 1, 3), ("inconclusive", 2, 0, 3)]:
        text = run(tmp_path, "compare", "base.json", "head.json", "--format", "junit", "--fail-on", fail_on,
                   status=status).stdout
        suite = xml.etree.ElementTree.fromstring(text)
        cases = {case.get("name"): [element.tag for element in case] for case in suite.iter("testcase")}
        assert cases == {"sync": ["failure"], "buffered": ["failure" if skipped == 0 else "skipped"],
                         "thread-pool": ["system-out"], "sync-buffered": ["error"]}
        assert (suite.tag, suite.attrib) == ("testsuite", {"name": "writebench", "tests": "4", "errors": "1",
                                                           "failures": str(failures), "skipped": str(skipped)})
        assert suite.find("testcase/failure").get("message").startswith("slower: +")


@pytest.fixture(name="hostile")
def fixture_hostile(template, write):
    """Two reports with a name that would be something else in a terminal, in Markdown or in XML."""
    for name, factor in [("base.json", 1), ("head.json", 1.2)]:
        report = made_up(template, {"sync": around(factor * 1e6)}, "a session", name[:4])
        report["cells"][0]["id"] = HOSTILE
        report["environment"]["cpu_model"] = f"{name} {HOSTILE}"
        write(name, report)


@pytest.mark.usefixtures("hostile")
def test_a_hostile_name_is_no_markup(tmp_path):
    markdown = run(tmp_path, "compare", "base.json", "head.json", "--format", "markdown", status=3).stdout
    assert not re.search(r"(?<!\\)[<`\[]|\u001b|\u0007", re.sub(r"^### .*", "", markdown))
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


@pytest.mark.usefixtures("hostile")
def test_a_hostile_name_leaves_the_xml_whole(tmp_path):
    text = run(tmp_path, "compare", "base.json", "head.json", "--format", "junit", status=3).stdout
    suite = xml.etree.ElementTree.fromstring(text)
    name = suite.find("testcase").get("name")
    assert name.startswith("x|<b>&\"'`\\") and "\uffff" not in name


@pytest.mark.usefixtures("hostile")
def test_a_hostile_name_does_not_reach_the_terminal(tmp_path):
    table = run(tmp_path, "compare", "base.json", "head.json", status=3).stdout
    assert not re.search("[\u0000-\u0009\u000b-\u001f\u007f]", table)
    assert sum(line.startswith("x|<b>") for line in table.splitlines()) == 1
    assert comparison_of(run(tmp_path, "compare", "base.json", "head.json", "--json", status=3))["cells"][0][
        "id"] == HOSTILE


def test_the_schema_is_strict_and_describes_everything():
    jsonschema.Draft202012Validator.check_schema(COMPARISON_SCHEMA)

    def objects(schema):
        if isinstance(schema, dict):
            if "properties" in schema:
                yield schema
            for value in schema.values():
                yield from objects(value)

    for schema in objects(COMPARISON_SCHEMA):
        assert schema["additionalProperties"] is False
        optional = {"complete", "commit"}  # comparisons of before lack them
        assert {*schema["required"]} | optional == {*schema["properties"]} | optional
        assert all(part["description"] for part in schema["properties"].values())


def test_the_schema_refuses_what_is_never_written(tmp_path, both):
    both(sync=1.2)
    text = run(tmp_path, "compare", "base.json", "head.json", "--json", status=3).stdout
    validator = jsonschema.Draft202012Validator(COMPARISON_SCHEMA)
    for spoil in [
        lambda comparison: comparison.update(writebench_comparison=2),
        lambda comparison: comparison.update(extra=1),
        lambda comparison: comparison.pop("tally"),
        lambda comparison: comparison.update(metric="speed"),
        lambda comparison: comparison.update(alpha=0),
        lambda comparison: comparison["base"].update(started_at="today"),
        lambda comparison: comparison["tally"].update(slower=-1),
        lambda comparison: comparison["cells"][0].update(verdict="better"),
        lambda comparison: comparison["cells"][0].update(change=None),
        lambda comparison: comparison["cells"][0].update(p_slower=1.5),
        lambda comparison: comparison["cells"][0].update(base=0),
        lambda comparison: comparison["cells"][0].pop("reason"),
        lambda comparison: comparison["not_compared"].append({"id": "x", "reason": "", "failed": False}),
        lambda comparison: comparison["differences"].append({"field": "x", "base": "", "head": "", "effect": "note"}),
    ]:
        comparison = json.loads(text)
        assert validator.is_valid(comparison)
        spoil(comparison)
        assert not validator.is_valid(comparison)
