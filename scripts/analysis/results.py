"""The columns of the table of results: what each cell shows in them, in the terminal, the pictures and the page."""

from dataclasses import dataclass

from analysis import quantities


@dataclass(frozen=True)
class Field:
    value: float | None  # what it is sorted by
    text: str


NOTHING = Field(None, "-")


def time(cell):
    median = cell.summary.time_ns.median
    return Field(median, quantities.time(median))


def interval(cell):
    time_ns = cell.summary.time_ns
    if time_ns.low is None or time_ns.high is None:
        return NOTHING
    return Field(time_ns.low, f"{quantities.time(time_ns.low)} – {quantities.time(time_ns.high)}")


def ns_per_line(cell):
    value = cell.summary.ns_per_line
    return NOTHING if value is None else Field(value, quantities.number(value))


def lines_per_second(cell):
    return Field(cell.summary.lines_per_second, quantities.number(cell.summary.lines_per_second))


def megabytes_per_second(cell):
    value = cell.summary.bytes_per_second
    return Field(value, quantities.number(value / 1e6)) if _writes(cell) else NOTHING


def versus_reference(cell):
    # A second cell of the reference is compared with the first.
    ratio = cell.summary.ratio_to_reference
    if cell.is_reference:
        return Field(ratio and ratio.median, "reference")
    return NOTHING if ratio is None else Field(ratio.median, quantities.ratio(ratio.median))


def ceiling(cell):
    share = cell.summary.fraction_of_ceiling
    return NOTHING if share is None or not _writes(cell) else Field(share, quantities.percent(share))


def trials(cell):
    return Field(cell.summary.trials, quantities.whole(cell.summary.trials))


def deviation(cell):
    share = cell.summary.mad_ns / max(1, cell.summary.time_ns.median)
    return Field(share, "-" if cell.summary.trials < 2 else quantities.deviation(share))


def status_of(cell):
    """failed: out of ink"""
    status = cell.status or "not run"
    return f"{status}: {cell.status_detail}" if cell.status_detail else status


def _writes(cell):
    return cell.contract.order is not None


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    hint: str
    of: object  # the Field of a cell that has a time


COLUMNS = (
    Column("time", "time", "Median trial", time),
    Column("interval", "95% interval", "Of the median", interval),
    Column("per-line", "ns/line", "Median time per line", ns_per_line),
    Column("lines", "lines/s", "", lines_per_second),
    Column("bytes", "MB/s", "MB is 10⁶ bytes", megabytes_per_second),
    Column("ratio", "vs sync", "Time over that of sync in the same round", versus_reference),
    Column("ceiling", "ceiling", "Share of what bulk reaches", ceiling),
    Column("trials", "n", "Trials", trials),
    Column("deviation", "MAD", "Median distance of a trial from the median", deviation),
)
