"""A report of writebench as Python objects, for the scripts that show it (its form: reports/report.schema.json).

load_report checks the form, so that the scripts need not; what is unknown is None, never 0.
"""

import datetime
import functools
import math
import statistics
from dataclasses import dataclass, field

from analysis import form
from analysis.checked_json import Wrong, parse_json, read_bytes
from analysis.figures import figures
from analysis.upgrade import upgraded

REFERENCE = "sync"
CEILING = "bulk"
# The percentiles: what each is called, its name in the report, and how many durations it takes.
QUANTILES = (("50%", "p50", 20), ("90%", "p90", 10), ("99%", "p99", 100), ("99.9%", "p999", 1000))


class BadReport(Exception):
    """A file that is not a report, and why; str() is one line for the user, "PATH: reason; what to do"."""

    def __init__(self, path, reason):
        super().__init__(" ".join(f"{path}: {reason}".split()))
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Estimate:
    """A median with its 95% interval; low and high are None if there are too few trials."""

    median: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Sample:
    """What one trial measured. The times are from clock on; time_ns is None unless the trial was ok."""

    round: int
    position: int
    outcome: str
    detail: str | None
    figures: dict[str, int]  # those of analysis.figures that are known
    disturbances: tuple[str, ...]
    interference: dict[str, float]

    @property
    def time_ns(self):
        return self.figures.get("time_ns")

    @property
    def submitted_ns(self):
        return self.figures.get("submitted_ns")

    @property
    def drained_ns(self):
        return self.figures.get("drained_ns")

    @property
    def durable_ns(self):
        return self.figures.get("durable_ns")

    @property
    def cpu_ns(self):
        """Processor time of all threads, in the kernel and outside it."""
        parts = [self.figures.get(name) for name in ("user_cpu_ns", "system_cpu_ns")]
        return None if None in parts else sum(parts)


@dataclass(frozen=True)
class Summary:
    trials: int
    disturbed_trials: int
    time_ns: Estimate
    mad_ns: float
    min_ns: int
    max_ns: int
    ns_per_line: float | None
    lines_per_second: float
    bytes_per_second: float
    ratio_to_reference: Estimate | None
    fraction_of_ceiling: float | None


@dataclass(frozen=True)
class Distribution:
    """Durations in nanoseconds; the histogram's buckets (from, to, count) are ascending, both ends included. A
    percentile is None if there are fewer durations than it needs."""

    p50: int | None
    p90: int | None
    p99: int | None
    p999: int | None
    max: int
    count: int
    histogram: list[tuple[int, int, int]]

    def curve(self):
        """For every bucket: the share of the durations above it, and its upper end in ns (at most max)."""
        points = []
        above = sum(count for _, _, count in self.histogram)
        total = above
        for _, to, count in self.histogram:
            above -= count
            points.append((above / total, min(to, self.max)))
        return points


@dataclass(frozen=True)
class Contract:
    order: str | None
    layout: str
    durability: str


@dataclass(frozen=True)
class Cell:
    """One strategy with one set of parameters; status is None before its first trial."""

    id: str
    strategy: str
    family: str
    role: str  # "strategy", "control" or "rung"
    twin_of: str | None  # the id of the cell that it repeats
    parameters: dict[str, object]  # lines, durability, and the options that the strategy uses by their keys
    workload: dict[str, object]
    asked_lines: int | None  # None unless it was too slow for its share of the budget, and ran on a fraction of these
    bytes: int
    contract: Contract
    status: str | None
    status_detail: str | None
    samples: list[Sample]
    summary: Summary | None
    caller_stall_ns: Distribution | None
    loop_lag_ns: Distribution | None
    pace_late_ns: Distribution | None

    @property
    def is_control(self):
        """Whether it is no way of writing: a control, or a rung, which exists for explanations. Ranked with none."""
        return self.role != "strategy"

    @property
    def lines(self):
        return self.parameters["lines"]

    @property
    def is_cut(self):
        """Whether it ran on a fraction of the lines: its figures are per line, and it is ranked with no other."""
        return self.asked_lines is not None

    @property
    def fraction(self):
        """That fraction, as 1/10; empty if it ran on all lines."""
        return f"1/{round(self.asked_lines / max(self.lines, 1))}" if self.is_cut else ""

    @property
    def label(self):
        """Its id as shown: with the fraction of the lines."""
        return f"{self.id} ({self.fraction} of lines)" if self.is_cut else self.id

    @property
    def has_time(self):
        return self.status == "ok" and self.summary is not None

    @property
    def work(self):
        """Equal for two cells that wrote the same lines as durably: only those have one reference and one ceiling."""
        return (self.lines, *self._rest_of_work)

    @property
    def asked_work(self):
        """The same with all lines that were asked for."""
        return (self.asked_lines or self.lines, *self._rest_of_work)

    @property
    def _rest_of_work(self):
        workload = tuple(sorted((name, str(value)) for name, value in self.workload.items()))
        return (self.parameters["durability"], workload)

    @property
    def has_rate(self):
        """Whether its lines are due at a rate. The pace then fixes its time, which is compared with none."""
        return self.workload["due_lines_per_second"] is not None

    @property
    def falls_behind(self):
        """Whether it has a rate and its median trial took over 5 % longer than until the last line was due."""
        if not (self.has_rate and self.has_time and self.lines):
            return False
        last = self.lines - 1 - (self.lines - 1) % self.workload["burst_lines"]
        due_ns = round(last / self.workload["due_lines_per_second"] * 1e9)
        return due_ns > 0 and self.summary.time_ns.median > 1.05 * due_ns

    @property
    def processor_share(self):
        """The median of a trial's processor time divided by its time; None if the processor time is unknown."""
        shares = [sample.cpu_ns / max(1, sample.time_ns) for sample in self.timed if sample.cpu_ns is not None]
        return statistics.median(shares) if shares else None

    @property
    def timed(self):
        """The samples that have a time."""
        return [sample for sample in self.samples if sample.time_ns is not None]


@dataclass(frozen=True)
class Option:
    """One thing that a strategy can be run with."""

    name: str  # as on the command line: "buffer-size"
    key: str  # as in parameters: "buffer_bytes"
    kind: str  # "count", "bytes", "nanoseconds" or "word"
    summary: str


@dataclass(frozen=True)
class Report:
    path: str
    tool: dict[str, object]
    started_at: datetime.datetime
    command_line: list[str]
    complete: bool
    plan: dict[str, object]
    environment: dict[str, object]  # "device" is a dict or None
    options: dict[str, Option]  # by their keys: those in the parameters of any cell
    cells: list[Cell]
    ranking: list[dict]  # order, layout, cells[{id, rank, tied_with}]
    harness: dict[str, object]
    warnings: list[tuple[str, str]] = field(default_factory=list)  # code, message
    explanation: dict[str, object] | None = None  # of a run of 'explain', as the report has it
    crash_test: dict[str, object] | None = None  # likewise, of a run of 'crash-test'
    advice: dict[str, object] | None = None  # likewise, of a run of 'advise'
    # What a comparison says of it as the head: slower, faster, same, inconclusive, by the cells' ids.
    verdicts: dict[str, str] = field(default_factory=dict)

    def cell(self, cell_id):
        return self._by_id.get(cell_id)

    def first_of(self, strategy, cell):
        """The first cell of that strategy that did the same work as this cell, or None."""
        return self._first_of.get((strategy, cell.work))

    def reference_of(self, cell):
        return self.first_of(REFERENCE, cell)

    def ceiling_of(self, cell):
        """The fastest cell of bulk that did the same work, which several may have done with blocks of different sizes."""
        return self._ceilings.get(cell.work)

    @functools.cached_property
    def _by_id(self):
        return {cell.id: cell for cell in reversed(self.cells)}

    @functools.cached_property
    def _ceilings(self):
        fastest_last = sorted((cell for cell in reversed(self.cells) if cell.strategy == CEILING),
                              key=lambda cell: -cell.summary.time_ns.median if cell.has_time else -math.inf)
        return {cell.work: cell for cell in fastest_last}

    @functools.cached_property
    def _first_of(self):
        return {(cell.strategy, cell.work): cell for cell in reversed(self.cells)}


REMEDY = "name a report of writebench"


def load_report(path):
    """The report in that file. Raises BadReport."""
    return load(path, report_of, REMEDY)


def read_report_bytes(path):
    """The bytes of that file. Raises BadReport."""
    return _or_bad_report(path, lambda: read_bytes(path), REMEDY)


def load_report_of(path, content):
    """The report that these bytes are; the path is what it is called. Raises BadReport."""
    return _or_bad_report(path, lambda: report_of(str(path), parse_json(content)), REMEDY)


def load(path, read, remedy):
    """What `read` makes of a file's name and the document in it. Raises BadReport, with the remedy if there is none."""
    return _or_bad_report(path, lambda: read(str(path), parse_json(read_bytes(path))), remedy)


def _or_bad_report(path, action, remedy):
    try:
        return action()
    except Wrong as wrong:
        reason = str(wrong)
        raise BadReport(path, reason if ";" in reason else f"{reason}; {remedy}") from wrong


def report_of(path, document):
    """The report that a document of any version is; the path is what it is called. Raises Wrong."""
    schema = form.schema_at(form.REPORT_SCHEMA)
    newest = form.version_of(schema, "writebench_schema")
    form.check_version(document, "writebench_schema", newest,
                       "is not a report of writebench; name one (writebench writes it to writebench-report.json)")
    if document["writebench_schema"] == newest:
        form.check(document, schema)
        document = upgraded(document)
    else:
        document = upgraded(document)
        form.check(document, schema)
    return Report(
        path=path,
        tool=document["tool"],
        started_at=_moment(document["started_at"]),
        command_line=document["command_line"],
        complete=document["complete"],
        plan=document["plan"],
        environment=document["environment"],
        options={option["key"]: Option(*(option[name] for name in ("name", "key", "kind", "summary")))
                 for option in document["options"]},
        cells=_cells(document["cells"]),
        ranking=document["ranking"],
        harness=document["harness"],
        warnings=[(warning["code"], warning["message"]) for warning in document["warnings"]],
        explanation=document.get("explanation"),
        crash_test=document.get("crash_test"),
        advice=document.get("advice"),
    )


def _moment(text):
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except ValueError as error:
        raise Wrong("started_at is not a date and time as 2026-01-31T12:00:00Z") from error


def _cells(documents):
    cells = {}
    for index, document in enumerate(documents):
        cell = _cell(document, f"cells[{index}]")
        if cell.id in cells:
            raise Wrong(f"two cells have the id {cell.id}")
        cells[cell.id] = cell
    return list(cells.values())


def _cell(cell, at):
    sizes = [cell["workload"][name] for name in ("min_line_bytes", "max_line_bytes")]
    if (sizes[0] is None) != (sizes[1] is None):
        raise Wrong(f"{at}.workload has only one of min_line_bytes and max_line_bytes")
    contract = cell["contract"]
    return Cell(
        id=cell["id"],
        strategy=cell["strategy"],
        family=cell["family"],
        role=cell["role"],
        twin_of=cell.get("twin_of"),
        parameters=cell["parameters"],
        workload=cell["workload"],
        asked_lines=cell.get("asked_lines"),
        bytes=cell["bytes"],
        contract=Contract(contract["order"], contract["layout"], contract["durability"]),
        status=cell["status"],
        status_detail=cell["status_detail"],
        samples=[_sample(sample) for sample in cell["samples"]],
        summary=_summary(cell["summary"]),
        caller_stall_ns=_distribution(cell["caller_stall_ns"], f"{at}.caller_stall_ns"),
        loop_lag_ns=_distribution(cell["loop_lag_ns"], f"{at}.loop_lag_ns"),
        pace_late_ns=_distribution(cell.get("pace_late_ns"), f"{at}.pace_late_ns"),
    )


def _sample(sample):
    return Sample(
        round=sample["round"],
        position=sample["position"],
        outcome=sample["outcome"],
        detail=sample.get("detail"),
        figures={name: sample[name] for name in figures() if sample.get(name) is not None},
        disturbances=tuple(sample["disturbances"]),
        interference=sample["interference"],
    )


def _estimate(fields):
    return Estimate(fields["median"], fields["ci95_low"], fields["ci95_high"])


def _summary(summary):
    if summary is None:
        return None
    time_ns, ratio = summary["time_ns"], summary["ratio_to_reference"]
    return Summary(
        trials=summary["trials"],
        disturbed_trials=summary["disturbed_trials"],
        time_ns=_estimate(time_ns),
        mad_ns=time_ns["mad"],
        min_ns=time_ns["min"],
        max_ns=time_ns["max"],
        ns_per_line=summary["ns_per_line"],
        lines_per_second=summary["lines_per_second"],
        bytes_per_second=summary["bytes_per_second"],
        ratio_to_reference=ratio and _estimate(ratio),
        fraction_of_ceiling=summary["fraction_of_ceiling"],
    )


def _distribution(fields, at):
    if fields is None:
        return None
    histogram = [tuple(bucket) for bucket in fields["histogram"]]
    if any(start > end for start, end, _ in histogram) or histogram != sorted(histogram):
        raise Wrong(f"{at}.histogram has no buckets in ascending order")
    # Earlier versions of the program wrote percentiles of too few durations too.
    known = {name: fields[name] if fields["count"] >= least else None for _, name, least in QUANTILES}
    return Distribution(**known, max=fields["max"], count=fields["count"], histogram=histogram)
