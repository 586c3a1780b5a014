"""The columns of the table of results: what each cell shows in them, in the terminal, the pictures and the page.
The words are those of cli/text/table_rows.cpp."""

from dataclasses import dataclass

from analysis import pairs, quantities
from analysis.report_model import Report


@dataclass(frozen=True)
class Field:
    value: float | None  # what it is sorted by
    text: str


NOTHING = Field(None, "-")
EQUAL = (0.9, 1.1)  # between these ratios a tie is called equal
DOUBTFUL = "~"
OTHER_TRIALS = "*"
ABOVE_CEILING = "above"
# What the marks at a ratio mean.
MARKS = {
    DOUBTFUL: "within the noise: not beyond doubt",
    OTHER_TRIALS: "the time is from all trials of the row, the ratio from those in rounds that sync ran in too",
}


def time(cell):
    """Of all lines; nothing for a cell that ran on a fraction of them."""
    if cell.is_cut:
        return NOTHING
    median = max(1, cell.summary.time_ns.median)
    return Field(median, quantities.time(median))


def interval(cell):
    time_ns = cell.summary.time_ns
    if cell.is_cut or time_ns.low is None or time_ns.high is None:
        return NOTHING
    return Field(time_ns.low, f"{quantities.time(time_ns.low)} to {quantities.time(time_ns.high)}")


def per_line(cell):
    value = cell.summary.ns_per_line
    return NOTHING if value is None else Field(value, quantities.time_of_a_line(value))


def lines_per_second(cell):
    return Field(cell.summary.lines_per_second, quantities.number(cell.summary.lines_per_second))


def bytes_per_second(cell):
    value = cell.summary.bytes_per_second
    return Field(value, f"{quantities.decimal_size(value)}/s") if _writes(cell) else NOTHING


def versus_reference(cell, reference):
    """Its ratio to the reference, with a mark if that is in doubt or rests on other trials than the time."""
    ratio = cell.summary.ratio_to_reference
    if cell.has_rate:
        return NOTHING
    if cell is reference:
        return Field(ratio and ratio.median, "reference")
    if reference is None or ratio is None:
        return NOTHING
    if _is_equal(cell, reference):
        text = "equal"
    else:
        text = (DOUBTFUL if pairs.tied(cell, reference) else "") + quantities.ratio(ratio.median)
    other_trials = len(pairs.pairs_of(cell, reference)) < cell.summary.trials
    return Field(ratio.median, text + (OTHER_TRIALS if other_trials else ""))


def ratio_interval(cell, reference):
    """In the terms of the ratio: how many times slower or faster, or a change around the reference."""
    ratio = cell.summary.ratio_to_reference
    if cell.has_rate or reference is None or cell is reference or ratio is None or ratio.low is None or ratio.high is None:
        return NOTHING
    low, high = ratio.low, ratio.high
    if low <= 0 or low < 1 < high or _is_equal(cell, reference):
        text = f"{100 * (low - 1):+.0f}% to {100 * (high - 1):+.0f}%"
    elif low >= 1:
        text = f"{quantities.times(low)} to {quantities.times(high)}"
    else:
        text = f"{quantities.times(1 / high)} to {quantities.times(1 / low)}"
    return Field(low, text)


def _is_equal(cell, reference):
    return EQUAL[0] < cell.summary.ratio_to_reference.median < EQUAL[1] and pairs.tied(cell, reference)


def is_above_ceiling(share):
    """Whether so much of what bulk reaches is more than that, beyond rounding."""
    return share >= 1.005


def ceiling(cell, bulk):
    """With a mark if it rests on other trials than the time."""
    share = cell.summary.fraction_of_ceiling
    if share is None or bulk is None or cell.has_rate or not _writes(cell):
        return NOTHING
    other_trials = len(pairs.pairs_of(bulk, cell)) < cell.summary.trials
    text = ABOVE_CEILING if is_above_ceiling(share) else quantities.percent(share)
    return Field(share, text + (OTHER_TRIALS if other_trials else ""))


def trials(cell):
    return Field(cell.summary.trials, quantities.whole(cell.summary.trials))


def deviation(cell):
    share = cell.summary.mad_ns / max(1, cell.summary.time_ns.median)
    return Field(share, "-" if cell.summary.trials < 2 else quantities.deviation(share))


def stall(cell):
    return _percentile(cell.caller_stall_ns)


def lag(cell):
    return _percentile(cell.loop_lag_ns)


def _percentile(distribution):
    ns = distribution.p99 if distribution else None
    return NOTHING if ns is None else Field(ns, quantities.time(ns))


def processor(cell):
    share = cell.processor_share
    return NOTHING if share is None else Field(share, quantities.exact_percent(share))


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
    beside: object = None  # gives the cell that `of` takes too

    def field(self, report, cell):
        return self.of(cell, self.beside(report, cell)) if self.beside else self.of(cell)


TIME = Column("time", "time", "Median trial", time)
VERSUS_REFERENCE = Column("ratio", "vs sync", "Time against that of sync in the same rounds; " +
                          "; ".join(f"{mark} {meaning}" for mark, meaning in MARKS.items()), versus_reference,
                          Report.reference_of)
TRIALS = Column("trials", "trials", "How many have a time", trials)
# At a pace, these come first.
PACED = (
    Column("stall", "stall p99", "99th percentile of how long an append held the caller", stall),
    Column("lag", "loop lag p99", "99th percentile of how late a timer on the event loop was", lag),
    Column("processor", "processor",
           "Median processor time as a share of the elapsed time, without that of waiting for lines", processor),
)
COLUMNS = (
    TIME,
    Column("interval", "95% of the time", "95% interval of the median", interval),
    Column("per-line", "per line", "Median time per line", per_line),
    Column("lines", "lines/s", "", lines_per_second),
    Column("bytes", "bytes/s", "MB is 10⁶ bytes", bytes_per_second),
    VERSUS_REFERENCE,
    Column("ratio-interval", "95% of that", "95% interval of the ratio to sync", ratio_interval,
           Report.reference_of),
    Column("ceiling", "ceiling", "Share of what bulk reaches; above: faster than bulk, so bulk was not the ceiling; "
           f"{OTHER_TRIALS} from the rounds that bulk ran in too, not from all trials", ceiling, Report.ceiling_of),
    TRIALS,
    Column("deviation", "spread", "Median distance of a trial from the median", deviation),
)


def columns_of(report):
    """Those of a report's table; a column in which no row has anything is left out."""
    timed = [cell for cell in report.cells if cell.has_time]
    columns = (*PACED, *COLUMNS) if any(cell.has_rate for cell in report.cells) else COLUMNS
    return [column for column in columns
            if column is TIME or any(column.field(report, cell).text != NOTHING.text for cell in timed)]
