"""A report of writebench as Python objects, for the scripts that show it (its form: reports/report.schema.json).

load_report checks the type of whatever the scripts use, so that they need not; what is unknown is None, never 0.
"""

import datetime
import functools
from dataclasses import dataclass, field

from checked_json import Fields, Wrong, is_count, read_json

SCHEMA = 1
REFERENCE = "sync"
CEILING = "bulk"
CONTROL = "control"

# What a trial counts beside its times; a trial that failed early lacks them.
COUNTS = """settle_ns prepare_ns whole_ns user_cpu_ns system_cpu_ns caller_user_cpu_ns caller_system_cpu_ns
            caller_run_delay_ns voluntary_switches involuntary_switches write_syscalls written_bytes device_bytes
            minor_faults major_faults peak_rss_bytes rss_growth_bytes""".split()


class BadReport(Exception):
    """A file that is no report, and why; str() is one line for the user, "PATH: reason; what to do"."""

    def __init__(self, path, reason):
        super().__init__(" ".join(f"{path}: {reason}".split()))
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Estimate:
    """A median with its 95 % interval; low and high are None where the trials are too few."""

    median: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Sample:
    """What one trial measured. The times are from clock on, time_ns is None unless the trial was ok."""

    round: int
    position: int
    outcome: str
    detail: str | None
    time_ns: int | None
    submitted_ns: int | None
    drained_ns: int | None
    durable_ns: int | None
    disturbances: tuple[str, ...]
    counts: dict[str, int]  # by the names of COUNTS, those that were counted
    surroundings: dict[str, float]


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
    """Durations in nanoseconds; the histogram's buckets (from, to, count) are ascending, both ends included."""

    p50: int
    p90: int
    p99: int
    p999: int
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
    parameters: dict[str, object]
    parameters_used: tuple[str, ...]
    workload: dict[str, object]
    bytes: int
    contract: Contract
    status: str | None
    status_detail: str | None
    samples: list[Sample]
    summary: Summary | None
    caller_stall_ns: Distribution | None
    loop_lag_ns: Distribution | None

    @property
    def is_control(self):
        return self.family == CONTROL

    @property
    def lines(self):
        return self.parameters["lines"]

    @property
    def work(self):
        """Equal for two cells that wrote the same lines as durably: only those have one reference and one ceiling."""
        workload = tuple(sorted((name, str(value)) for name, value in self.workload.items()))
        return (self.lines, self.parameters["durability"], workload)

    @property
    def timed(self):
        """The samples that have a time."""
        return [sample for sample in self.samples if sample.time_ns is not None]


@dataclass(frozen=True)
class Report:
    path: str
    tool: dict[str, object]
    started_at: datetime.datetime
    command_line: list[str]
    complete: bool
    plan: dict[str, object]
    environment: dict[str, object]  # "device" is a dict or None
    cells: list[Cell]
    ranking: list[dict]  # order, layout, cells[{id, rank, tied_with}]
    harness: dict[str, object]
    warnings: list[tuple[str, str]] = field(default_factory=list)  # code, message
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
        return self.first_of(CEILING, cell)

    @functools.cached_property
    def _by_id(self):
        return {cell.id: cell for cell in reversed(self.cells)}

    @functools.cached_property
    def _first_of(self):
        return {(cell.strategy, cell.work): cell for cell in reversed(self.cells)}


def load_report(path):
    """The report in that file. Raises BadReport."""
    return load(path, _report, "name a report of writebench")


def load(path, read, remedy):
    """What `read` makes of a file's name and the Fields in it. Raises BadReport, with the remedy where there is none."""
    try:
        return read(str(path), Fields(read_json(path), ""))
    except Wrong as wrong:
        reason = str(wrong)
        raise BadReport(path, reason if ";" in reason else f"{reason}; {remedy}") from wrong


def _report(path, fields):
    fields.check_form("writebench_schema", SCHEMA,
                      "is not a report of writebench; name one (writebench writes it to writebench-report.json)")
    started_at = fields.text("started_at")
    try:
        started = datetime.datetime.strptime(started_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except ValueError as error:
        raise Wrong("started_at is not a date and time as 2026-01-31T12:00:00Z") from error
    return Report(
        path=path,
        tool=_tool(fields.fields("tool")),
        started_at=started,
        command_line=fields.texts("command_line"),
        complete=fields.flag("complete"),
        plan=fields.fields("plan").scalars(),
        environment=_environment(fields.fields("environment")),
        cells=_cells(fields),
        ranking=[_ranked(group) for group in fields.objects("ranking")],
        harness=fields.fields("harness").scalars(),
        warnings=[(warning.text("code"), warning.text("message")) for warning in fields.objects("warnings")],
    )


def _tool(fields):
    fields.text("version")
    libraries = fields.fields("libraries").scalars()
    rest = {name: value for name, value in fields.value.items() if name != "libraries"}
    return {**Fields(rest, fields.at).scalars(), "libraries": libraries}


def _environment(fields):
    for name in ("kernel", "architecture", "directory", "file_system"):
        fields.text(name)
    fields.text("cpu_model", optional=True)
    fields.count("cpus")
    device = fields.fields("device", optional=True)
    rest = {name: value for name, value in fields.value.items() if name != "device"}
    return {**Fields(rest, fields.at).scalars(), "device": device and device.scalars()}


def _ranked(group):
    group.text("order")
    group.text("layout")
    for cell in group.objects("cells"):
        cell.text("id")
        cell.count("rank")
        cell.texts("tied_with")
    return group.value


def _cells(fields):
    cells = [_cell(cell) for cell in fields.objects("cells")]
    ids = set()
    for cell in cells:
        if cell.id in ids:
            raise Wrong(f"two cells have the id {cell.id}")
        ids.add(cell.id)
    return cells


def _cell(fields):
    parameters = fields.fields("parameters")
    parameters.count("lines")
    parameters.text("durability")
    contract = fields.fields("contract")
    return Cell(
        id=fields.text("id"),
        strategy=fields.text("strategy"),
        family=fields.text("family"),
        parameters=parameters.scalars(),
        parameters_used=tuple(fields.texts("parameters_used")),
        workload=_workload(fields.fields("workload")),
        bytes=fields.count("bytes"),
        contract=Contract(contract.text("order", optional=True), contract.text("layout"), contract.text("durability")),
        status=fields.text("status", optional=True),
        status_detail=fields.text("status_detail", optional=True),
        samples=[_sample(sample) for sample in fields.objects("samples")],
        summary=_summary(fields.fields("summary", optional=True)),
        caller_stall_ns=_distribution(fields.fields("caller_stall_ns", optional=True)),
        loop_lag_ns=_distribution(fields.fields("loop_lag_ns", optional=True)),
    )


def _workload(fields):
    for name in ("think_ns", "burst_lines"):
        fields.count(name)
    for name in ("lines_kind", "file_state", "preallocation"):
        fields.text(name)
    fields.text("input", optional=True)
    fields.number("lines_per_second", optional=True)
    sizes = [fields.count(name, optional=True) for name in ("least_line_bytes", "most_line_bytes")]
    if (sizes[0] is None) != (sizes[1] is None):
        raise Wrong(f"{fields.at} has one of least_line_bytes and most_line_bytes alone")
    return fields.scalars()


def _sample(fields):
    return Sample(
        round=fields.count("round"),
        position=fields.count("position"),
        outcome=fields.text("outcome"),
        detail=fields.text("detail", optional=True),
        time_ns=fields.count("time_ns", optional=True),
        submitted_ns=fields.count("submitted_ns", optional=True),
        drained_ns=fields.count("drained_ns", optional=True),
        durable_ns=fields.count("durable_ns", optional=True),
        disturbances=tuple(fields.texts("disturbances")),
        counts={name: fields.count(name) for name in COUNTS if name in fields.value},
        surroundings=fields.fields("surroundings").scalars(),
    )


def _estimate(fields):
    return Estimate(fields.number("median"), fields.number("ci95_low", optional=True),
                    fields.number("ci95_high", optional=True))


def _summary(fields):
    if fields is None:
        return None
    time_ns = fields.fields("time_ns")
    ratio = fields.fields("ratio_to_reference", optional=True)
    return Summary(
        trials=fields.count("trials"),
        disturbed_trials=fields.count("disturbed_trials"),
        time_ns=_estimate(time_ns),
        mad_ns=time_ns.number("mad"),
        min_ns=time_ns.number("min"),
        max_ns=time_ns.number("max"),
        ns_per_line=fields.number("ns_per_line", optional=True),
        lines_per_second=fields.number("lines_per_second"),
        bytes_per_second=fields.number("bytes_per_second"),
        ratio_to_reference=ratio and _estimate(ratio),
        fraction_of_ceiling=fields.number("fraction_of_ceiling", optional=True),
    )


def _distribution(fields):
    if fields is None:
        return None
    histogram = []
    for bucket in fields.list("histogram"):
        right = isinstance(bucket, list) and len(bucket) == 3 and all(map(is_count, bucket))
        if not right or bucket[0] > bucket[1] or bucket[2] < 1:
            raise Wrong(f"{fields.place('histogram')} has a bucket that is not [from, to, count]")
        histogram.append(tuple(bucket))
    if not histogram or histogram != sorted(histogram):
        raise Wrong(f"{fields.place('histogram')} has no buckets in ascending order")
    return Distribution(*(fields.count(name) for name in ("p50", "p90", "p99", "p999", "max", "count")), histogram)
