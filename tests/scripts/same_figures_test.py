"""The same figure is the same number, and stands in the same place, in the terminal, in the picture and in the page.

The terminal writes us for µs and no separators in 500,000; everything else has to be the same letter by letter.
"""

import csv
import functools
import html
import html.parser
import io
import json
import os
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

import pytest
from report_document import cell, document, sample

from analysis import costs, explanation, looks, pairs, quantities, results, words
from analysis.groups import UNTIMED
from analysis.report_model import load_report, report_of
from page import assembly
from plots import cost_kind, crash_kind, explain_kind, time_kind
from plots.theme import DARK, LIGHT, MARKERS, Looks

REPORTS = {path.stem: path for path in
           sorted((Path(os.environ["WRITEBENCH_SOURCE"]) / "docs/gallery/reports").iterdir())}
EXPLAINED = REPORTS.pop("explanation")  # its cells answer several questions: no table compares them all
CRASHED = REPORTS.pop("crash")  # its table shows losses and no times
PACED = "at a rate"  # measured anew: the gallery has none
REPORTS[PACED] = Path(tempfile.mkdtemp()) / "paced.json"
# What the page's table has beside the terminal's columns.
PAGE_ALONE = "95% of the time"
TIMES_COLUMNS = ("time", "vs sync", "trials")  # those of the picture of the times
TIMES_COLUMNS_AT_A_RATE = ("stall p99", "loop lag p99", "processor", "time")


@pytest.fixture(scope="module", autouse=True)
def paced():
    subprocess.run([os.environ["WRITEBENCH"], "-s", "null,sync,sync,naive-async,buffered", "-n", "4000", "--rate", "20k,1G",
                    "--trials", "3", "--warm-up", "0", "--stall-trials", "1", "--quiet", "--out", REPORTS[PACED]],
                   cwd=REPORTS[PACED].parent, stdout=subprocess.DEVNULL, check=True)


@pytest.fixture(params=REPORTS)
def name(request):
    return request.param


@functools.cache
def report(name):
    return load_report(REPORTS[name])


def show(name, *options):
    command = [os.environ["WRITEBENCH"], "show", REPORTS[name], *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def as_terminal(text):
    return re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("µs", "us"))


def terminal_groups(name):
    """Pairs of a heading and the rows below it, each as its fields by their titles."""
    lines = [line for line in show(name, "--format", "markdown").splitlines() if line.startswith("|")]
    rows = [[re.sub(r"\\(.)", r"\1", field.strip()) for field in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    titles, groups = rows[0], []
    for row in rows[2:]:
        if row[1].startswith("**"):
            groups.append((row[1].strip("*"), []))
        else:
            groups[-1][1].append(dict(zip(titles, row)))
    return groups


class Page(html.parser.HTMLParser):
    """The table and the data of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.groups, self.titles, self.data, self._row, self._at = [], [], "", None, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "tr":
            self._row = []
            self._is_heading = attributes.get("class") == "group"
        elif tag in ("th", "td") and self._row is not None:
            self._row.append("")
        self._at = (tag, attributes.get("id"))

    def handle_data(self, data):
        if self._at == ("script", "data"):
            self.data += data
        elif self._row:
            self._row[-1] += data

    def handle_endtag(self, tag):
        if tag != "tr":
            return
        if not self.titles:
            self.titles = self._row
        elif self._is_heading:
            self.groups.append((self._row[0], []))
        else:
            self.groups[-1][1].append(dict(zip(self.titles, self._row)))
        self._row = None


@functools.cache
def page(name):
    return Page(assembly.page([report(name)], [REPORTS[name].read_bytes()], name))


@functools.cache
def data(name):
    return json.loads(page(name).data)["reports"][0]


@functools.cache
def picture(name):
    """Headings, and by cell the fields, as the picture of the times has them from the top to the bottom."""
    texts = sorted((-text.get_position()[1], text.get_gid(), text.get_text())
                   for text in time_kind.draw(report(name), LIGHT).texts if text.get_gid())
    groups = []
    for _, what, text in texts:
        kind, _, cell = what.partition(":")
        if kind == "heading":
            groups.append((text, {}))
        elif cell:
            fields = groups[-1][1].setdefault(cell, {})
            fields[kind] = fields.get(kind, "") + text
    return groups


def ratios_of(**times):
    """What stands in "vs sync" and in its interval beside sync, whose trials all take 1000 ns."""
    def one(strategy, taken):
        middle = statistics.median(taken) / 1000
        samples = [sample(number, time_ns) for number, time_ns in enumerate(taken)]
        return cell(strategy, samples, ratio=(middle, min(taken) / 1000, max(taken) / 1000))

    whole = report_of("x.json", document([one("sync", [1000] * 10), *(one(*entry) for entry in times.items())]))
    columns = (results.VERSUS_REFERENCE, next(one for one in results.COLUMNS if one.key == "ratio-interval"))
    return {one.id: tuple(column.field(whole, one).text for column in columns) for one in whole.cells}


def test_a_ratio_is_marked_as_in_the_terminal():
    assert ratios_of(
        near=[950] * 5 + [1060] * 5, apart=[500] * 5 + [1250] * 5, beyond=[2000] * 9 + [2500], few=[1500] * 3,
        fewer=[1900] * 2, odd=[1020] * 5 + [1200] * 5, more=[500] * 12,
    ) == {
        "sync": ("reference", "-"),
        "near": ("equal", "-5% to +6%"),
        "apart": ("~1.14x faster", "-50% to +25%"),
        "beyond": ("2.00x slower", "2.00 to 2.50"),
        "few": ("1.50x slower", "1.50 to 1.50"),  # three pairs, and each beyond 1.25
        "fewer": ("~1.90x slower", "1.90 to 1.90"),  # two pairs have to be beyond 2
        "odd": ("~1.11x slower", "1.02 to 1.20"),
        "more": ("2.00x faster*", "2.00 to 2.00"),
    }


def test_disturbed_pairs_have_to_be_further_apart():
    def tied(disturbances):
        cells = [cell("sync", [sample(number, 1000) for number in range(10)]),
                 cell("other", [sample(number, 1200, disturbances) for number in range(10)])]
        first, second = report_of("x.json", document(cells)).cells
        return pairs.tied(first, second), pairs.tied(second, first)

    assert tied([]) == (False, False)
    assert tied(["disk-load"]) == (True, True)


def test_the_page_has_the_terminals_table(name):
    terminal, shown = terminal_groups(name), page(name).groups
    assert [as_terminal(heading).lower() for heading, _ in shown] == [heading.lower() for heading, _ in terminal]
    for (heading, theirs), (_, ours) in zip(terminal, shown):
        if heading == UNTIMED:
            assert [row["strategy"] for row in theirs] == [f"{row['strategy']}: {row['time']}" for row in ours]
            continue
        for their, our in zip(theirs, ours, strict=True):
            assert (our["rank"], our["strategy"]) == (their[""], their["strategy"])
            figures = [(title, as_terminal(text)) for title, text in list(our.items())[2:] if title != PAGE_ALONE]
            of_terminal = list(their.items())[2:]
            assert figures == of_terminal, our["strategy"]


def test_the_picture_has_the_terminals_groups_times_and_ratios(name):
    terminal, shown = terminal_groups(name), picture(name)
    assert [as_terminal(heading) for heading, _ in shown] == [heading for heading, _ in terminal]
    for (heading, theirs), (_, ours) in zip(terminal, shown):
        names = [row["strategy"].split(":")[0] if heading == UNTIMED else row["strategy"] for row in theirs]
        assert [fields["name"] for fields in ours.values()] == names
        if heading != UNTIMED:
            titles = TIMES_COLUMNS_AT_A_RATE if name == PACED else TIMES_COLUMNS
            drawn = [[as_terminal(fields[title]) for title in titles] for fields in ours.values()]
            assert drawn == [[row[title] for title in titles] for row in theirs]


def test_the_pages_pictures_have_the_groups_and_times_of_its_table(name):
    groups = data(name)["groups"]
    drawn = [(groups[number]["heading"], [cell for cell in data(name)["cells"] if cell["group"] == number])
             for number in range(len(groups))]
    assert [heading.lower() for heading, _ in drawn] == [heading.lower() for heading, _ in page(name).groups]
    for (_, cells), (_, rows) in zip(drawn, page(name).groups):
        assert [cell["name"] for cell in cells] == [row["strategy"] for row in rows]
        for one, row in zip(cells, rows):
            assert row["time"] == (one["time"]["medianText"] if "time" in one else one["status"])


def test_the_picture_and_the_page_have_the_same_costs_of_a_line(name):
    figure = cost_kind.draw(report(name), LIGHT)
    for index, one in enumerate(data(name)["cells"]):
        panels = data(name)["pictures"]["cost"]["cells"].get(str(index))
        for number, axes in enumerate(figure.axes):
            drawn = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == f"cost:{one['name']}"]
            assert len(drawn) == (len(costs.COSTS[number].parts) if panels else 0)
            if panels:
                zero = axes.get_xticks()[0]  # where 0 stands on an axis that has no place for it
                values = [0 if math_close(value, zero) and axes.get_xscale() == "log" else value for value in drawn]
                assert [costs.COSTS[number].text(value) for value in values] == panels[number]["parts"]
                assert costs.COSTS[number].text(sum(values)) == panels[number]["text"]


def math_close(value, other):
    return abs(value - other) <= 1e-9 * abs(other)


def test_the_terminals_processor_time_is_that_of_the_same_samples(name):
    rows = list(csv.DictReader(io.StringIO(show(name, "--format", "csv"))))
    column = next(column for column in rows[0] if re.fullmatch("cpu_(mean|median)_ns", column))
    for row in rows:
        cell = report(name).cell(row["id"])
        if not cell.has_time:
            continue
        if column == "cpu_mean_ns":  # that of the pictures
            assert quantities.time(float(row[column])) == quantities.time(costs.COSTS[0].whole(cell) * cell.lines)
        else:
            assert float(row[column]) == statistics.median(sample.cpu_ns for sample in cell.timed)


def test_a_strategy_has_one_look_in_every_picture_and_page():
    reports = [report(name) for name in REPORTS]
    in_page = json.loads(Page(assembly.page(reports, [b""] * len(reports), "all")).data)["looks"]
    sheet = dict(re.findall(r"--(\w+): light-dark\((#\w+), #\w+\)", looks.style_sheet()))
    dark_sheet = dict(re.findall(r"--(\w+): light-dark\(#\w+, (#\w+)\)", looks.style_sheet()))
    for one in reports:
        for theme, colours in ((LIGHT, sheet), (DARK, dark_sheet)):
            styles = Looks(theme, [one])
            for strategy in {cell.strategy for cell in one.cells}:
                assert styles[strategy].colour == colours[in_page[strategy]["colour"][len("var(--"):-1]]
                assert styles[strategy].marker == MARKERS[in_page[strategy]["shape"]]


def test_unknown_strategies_look_the_same_from_report_to_report():
    def looks_with(*strategies):
        return looks.looks_of([report_of("x.json", document([cell(name) for name in strategies]))])

    alone = looks_with("spdlog")["spdlog"]
    assert looks_with("sync", "buffered", "spdlog", "quill")["spdlog"] == alone
    many = looks_with("sync", "sync-buffered", *(f"strategy-{number}" for number in range(30)))
    assert len(set(many.values())) == 32


def test_an_explanation_has_the_same_steps_and_sentences_everywhere():
    found = load_report(EXPLAINED)
    said = subprocess.run([os.environ["WRITEBENCH"], "explain", EXPLAINED], capture_output=True, text=True,
                          check=True).stdout
    page = assembly.page([found], [EXPLAINED.read_bytes()], "explained")
    drawn = {text.get_gid(): text.get_text() for text in explain_kind.draw(found, LIGHT).texts if text.get_gid()}
    bars = {bar["label"]: bar["text"] for drawing in json.loads(Page(page).data)["reports"][0]["pictures"]["explain"]["drawings"]
            for bar in drawing["bars"]}
    assert len(bars) >= 12
    for label, text in bars.items():
        # The terminal has the time and the share in columns of their own.
        pattern = rf"^  {re.escape(label)} +" + " +".join(map(re.escape, as_terminal(text).split(", ")))
        assert re.search(pattern, said, re.MULTILINE), (label, text)
        assert drawn[f"value:{label}"].startswith(text), label
    for sentence in explanation.sentences(found):
        assert html.escape(sentence) in page or words.shown(sentence, None) in html.unescape(page)


def test_a_crash_test_has_the_same_losses_everywhere():
    check_losses(CRASHED)


def test_deaths_of_the_machine_have_rows_and_a_picture_of_their_own(tmp_path):
    document = json.loads(CRASHED.read_text())
    cells = document["crash_test"]["cells"]
    for deaths in cells[:8]:
        cut = {**deaths, "death": "machine", "bound_bytes": None, "trials": 3, "losses": [
            {**loss, "lost_bytes": loss["lost_bytes"] + 10**6} for loss in deaths["losses"]]}
        spread = deaths["summary"]["lost_bytes"]
        cut["summary"] = {**deaths["summary"], "lost_bytes": {key: value + 10**6 for key, value in spread.items()}}
        cells.append(cut)
    document["crash_test"]["unavailable"] = []
    path = tmp_path / "both.json"
    path.write_text(json.dumps(document))
    check_losses(path)
    titles = [drawing["title"] for drawing in json.loads(Page(assembly.page(
        [load_report(path)], [path.read_bytes()], "crashed")).data)["reports"][0]["pictures"]["crash"]["drawings"]]
    assert titles == ["The writing process is killed", "The machine loses power (simulated)"]
    assert not [name for name in (patch.get_gid() for axes in crash_kind.draw(load_report(path), LIGHT).axes
                                  for patch in axes.patches) if name and name.startswith("bound:machine:")]


def check_losses(path):
    found = load_report(path)
    whole = subprocess.run([os.environ["WRITEBENCH"], "crash-test", path], capture_output=True, text=True, check=True,
                           env={**os.environ, "COLUMNS": "160"}).stdout
    of_process, _, of_machine = whole.partition("What is lost if the machine")
    page = Page(assembly.page([found], [path.read_bytes()], "crashed"))
    drawn = {text.get_gid(): text.get_text() for text in crash_kind.draw(found, LIGHT).texts if text.get_gid()}
    rows = [(drawing["title"], row) for drawing in json.loads(page.data)["reports"][0]["pictures"]["crash"]["drawings"]
            for row in drawing["rows"]]
    assert len(rows) == len(found.crash_test["cells"]) >= 8
    for title, row in rows:
        machine = title.startswith("The machine")
        shown = of_machine if machine else of_process
        line = next(line for line in shown.splitlines() if line.startswith(f"{row['label']} "))
        assert drawn[f"value:{'machine:' if machine else ''}{row['label']}"] == row["text"]
        assert f" {as_terminal(row['text']).removesuffix(' at most')} " in line, (row, line)
        assert f" {as_terminal(row['bound_text'])} " in line, (row, line)
        assert f" {row['deaths']} " in line
