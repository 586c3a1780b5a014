"""What a report says, in sentences that follow from its numbers: how long each strategy took, how certain that is, and
why the slow ones are slow. A tie is never called faster."""

import statistics

from analysis import clocks, costs, groups, pairs, quantities, results, sweeps, words
from analysis.report_model import REFERENCE
from analysis.work import ORDERS, work_of

SLOW = 3  # a cell is slow, and its costs are looked into, from this multiple of the reference's time on
MOST_SLOW = 5  # of these are described one by one
EARLY_SHARE = 0.5  # of its time: callers that were free before are worth a sentence
HARNESS_SHARE = 0.1  # of a time: what walking the lines may cost before it is said
MOST_KNEES = 12
MOST_UNTIMED = 12

OUTCOMES = {
    "incorrect": "wrote a wrong file",
    "failed": "failed",
    "timeout": "did not end in time",
    "unavailable": "cannot run here",
}

# What a switch between threads, or a system call, can cost. If a line's extra time divided by its count is in that
# range, the count explains the time.
SWITCH_NS = (300, 100_000)
WRITE_NS = (50, 50_000)


def findings(report):
    """Pairs of a heading and its sentences; the heading is empty if the report has one work."""
    works = {}
    for group in groups.groups_of(report):
        if group.promise not in (groups.UNTIMED, groups.FRACTION):
            works.setdefault(group.rows[0].cell.work, []).append(group)
    parts = []
    for group_list in works.values():
        heading = work_of(group_list[0].rows[0].cell) if len(works) > 1 else ""
        parts.append((heading, _of_work(report, group_list)))
    whole = [*_cut(report), *_knees(report), *_disturbed(report), *_untimed(report)]
    if whole:
        parts.append(("The whole run" if len(works) > 1 else "", whole))
    return [(heading, sentences) for heading, sentences in _merged(parts) if sentences]


def _merged(parts):
    """The parts of one heading together."""
    by_heading = {}
    for heading, sentences in parts:
        by_heading.setdefault(heading, []).extend(sentences)
    return by_heading.items()


def _of_work(report, group_list):
    ranked = [group for group in group_list if group.promise != groups.CONTROLS]
    if group_list[0].cells[0].has_rate:
        return _of_pace([row.cell for group in ranked for row in group.rows])
    sentences = []
    told = set()
    for group in ranked:
        told.add(group.rows[0].cell.id)
        sentences.append(_leader(report, group))
    sentences += _slow(report, ranked, told)
    cells = [row.cell for group in ranked for row in group.rows]
    if cells:
        fastest = min(cells, key=lambda cell: cell.summary.time_ns.median)
        sentences += [*_ceiling(report, fastest), *_harness(report, fastest), *_callers(cells), *_held(cells)]
    return sentences


def _of_pace(cells):
    """At a rate the pace fixes the times: what is left to tell is who kept it, who was held, and what that took."""
    if not cells:
        return []
    rate = quantities.number(cells[0].workload["due_lines_per_second"])
    sentences = [f"The pace of {rate} lines per second fixes the times, so they are compared with none."]
    for cell in cells:
        if cell.falls_behind:
            sentences.append(f"{words.shown(cell.id)} did not keep up: it wrote "
                             f"{quantities.number(cell.summary.lines_per_second)} lines per second.")
    shares = [(cell.processor_share, cell) for cell in cells if cell.processor_share is not None]
    if len(shares) > 1:
        (least, thrifty), (most, costly) = min(shares, key=_first), max(shares, key=_first)
        sentences.append(f"{words.shown(thrifty.id)} kept a processor busy for {quantities.exact_percent(least)} of the "
                         f"time, the least of all; {words.shown(costly.id)} for {quantities.exact_percent(most)}, the "
                         "most.")
    return [*sentences, *_held(cells)]


def _first(pair):
    return pair[0]


def _leader(report, group):
    """The fastest of a promise, or that it is not known."""
    first = group.rows[0]
    tied = [other for other in first.tied_with if report.cell(other)]
    lines = words.plural(first.cell.lines, "line")
    reference = report.reference_of(first.cell)
    plain = reference is not None and reference.id in tied  # the next sentence says that it is a tie
    time = quantities.time(first.cell.summary.time_ns.median) if plain else _time_of(report, first)
    text = f"{words.shown(first.cell.id)} wrote the {lines} in {time}."
    if tied:
        text += (f" Whether it is the fastest of those that promise {_promised(group)} is open: it is a tie with "
                 f"{words.listed(map(words.shown, tied))}.")
    elif len(group.rows) > 1:
        text += f" It is the fastest of the {len(group.rows)} that promise {_promised(group)}."
    else:
        text += f" No other was measured that promises {_promised(group)}."
    return text


def _promised(group):
    return group.promise if group.promise != ORDERS[None] else "nothing"


def _time_of(report, row):
    """2.20 ms, 4.4 times as fast as sync (95%: 4.1 to 4.6)."""
    text = quantities.time(row.cell.summary.time_ns.median)
    reference = report.reference_of(row.cell)
    if reference is None:
        return text
    if reference is row.cell:
        return f"{text}: it is the reference"
    if pairs.tied(row.cell, reference):
        return f"{text}, a tie with {words.shown(reference.id)}"
    return f"{text}{factor_of(row.cell)}{_cause(row.cell, reference)}"


def factor_of(cell):
    """Its time compared with the reference's, with the interval; empty if there are no pairs."""
    ratio = cell.summary.ratio_to_reference
    if ratio is None or ratio.median == 0:
        return ""
    certain = ratio.low is not None and ratio.high is not None and ratio.low > 0
    faster = ratio.median < 1
    factor, low, high = ratio.median, ratio.low, ratio.high
    if faster:
        factor = 1 / factor
        low, high = (1 / high, 1 / low) if certain else (None, None)
    interval = "too few pairs for an interval"
    if certain:
        interval = f"95%: {quantities.times(low)} to {quantities.times(high)}"
    return f", {quantities.times(factor)} times as {'fast' if faster else 'long'} as sync ({interval})"


def _more(cell, reference, name):
    """By how much a line of the cell counts more than one of the reference; 0 if one of them was not counted."""
    own, other = costs.per_line(cell, name), costs.per_line(reference, name)
    return 0 if own is None or other is None else own - other


def _cause(cell, reference):
    """Why a line is slow, if its counts explain its time."""
    if _ratio(cell) < SLOW or not cell.lines or reference.summary is None:
        return ""
    extra_ns = (cell.summary.time_ns.median - reference.summary.time_ns.median) / cell.lines
    switches, writes = (_more(cell, reference, name) for name in ("voluntary_switches", "write_syscalls"))
    if switches > 0.05 and SWITCH_NS[0] <= extra_ns / switches <= SWITCH_NS[1]:
        return (f", because each line cost {quantities.digits(switches)} voluntary switches: a thread slept until "
                "another woke it")
    if cell.contract.durability == "none" and writes > 0.05 and WRITE_NS[0] <= extra_ns / writes <= WRITE_NS[1]:
        calls = quantities.digits(writes)
        if calls == "1.00":
            return ", because each line was a write call of its own"
        return f", because each line cost {calls} write calls"
    return ""


def _slow(report, ranked, told):
    slow = [row for group in ranked for row in group.rows if row.cell.id not in told and _ratio(row.cell) >= SLOW]
    slow.sort(key=lambda row: _ratio(row.cell), reverse=True)
    sentences = [f"{words.shown(row.cell.id)} took {_time_of(report, row)}." for row in slow[:MOST_SLOW]]
    if len(slow) > MOST_SLOW:
        sentences.append(f"{len(slow) - MOST_SLOW} more took over {SLOW} times as long as sync.")
    return sentences


def _ratio(cell):
    ratio = cell.summary.ratio_to_reference
    return ratio.median if ratio else 0


def _ceiling(report, fastest):
    ceiling = report.ceiling_of(fastest)
    share = fastest.summary.fraction_of_ceiling
    if ceiling is None or ceiling.summary is None or share is None:
        return []
    time = quantities.time(ceiling.summary.time_ns.median)
    if results.is_above_ceiling(share):
        return [f"Bytes that were ready beforehand took {time} ({words.shown(ceiling.id)}), longer than "
                f"{words.shown(fastest.id)}: here they are no ceiling."]
    return [f"The ceiling of this machine, bytes that were ready beforehand, is {time} ({words.shown(ceiling.id)}): "
            f"{words.shown(fastest.id)} reaches {quantities.percent(share)} of it."]


def _harness(report, fastest):
    null = next((cell for cell in report.cells if cell.strategy == "null" and cell.work == fastest.work), None)
    if null is None or null.summary is None or not fastest.summary.time_ns.median or null.workload["think_ns"]:
        return []
    # Without the sync of its empty file.
    walking_ns = statistics.median(sample.drained_ns for sample in null.samples if sample.time_ns is not None)
    share = walking_ns / fastest.summary.time_ns.median
    if share < HARNESS_SHARE or not null.lines:
        return []
    return [f"Making the lines and walking them, which every strategy does, takes {quantities.time(walking_ns)}, "
            f"{quantities.percent(share)} of the time of {words.shown(fastest.id)}."]


def _callers(cells):
    early = []
    for cell in cells:
        parts = clocks.segments(clocks.medians(cell) or [])
        if parts and parts[0] < EARLY_SHARE * sum(parts):
            early.append((cell, parts[0] / sum(parts)))
    if not early:
        return []
    named = words.listed(f"{words.shown(cell.id)} after {quantities.percent(share)} of its time"
                         for cell, share in early)
    return [f"Some callers were free before the lines were where they should be: {named}. "
            "What is compared here is the whole time."]


def _held(cells):
    sentences = []
    if held := _worst(cells, "caller_stall_ns", "p999"):
        cell, stall = held
        sentences.append(f"The caller was held longest by {words.shown(cell.id)}: one append in a thousand took "
                         f"{quantities.time(stall.p999)} or more, the longest {quantities.time(stall.max)}.")
    if late := _worst(cells, "loop_lag_ns", "p99"):
        cell, lag = late
        sentences.append(f"The event loop was latest under {words.shown(cell.id)}: a timer of one millisecond fired "
                         f"{quantities.time(lag.p99)} late at the 99th percentile, at most "
                         f"{quantities.time(lag.max)}.")
    return sentences


def _worst(cells, measured, quantile):
    """The cell with the largest such quantile, and its distribution; None if none has values enough for it."""
    known = [(cell, held) for cell in cells
             if (held := getattr(cell, measured)) and getattr(held, quantile) is not None]
    return max(known, key=lambda entry: getattr(entry[1], quantile), default=None)


def _cut(report):
    """The cells that ran on a fraction of the lines, per line beside the reference."""
    sentences = []
    for cell in report.cells:
        if not (cell.is_cut and cell.has_time):
            continue
        reference = next((other for other in report.cells if other.strategy == REFERENCE and other.has_time
                          and other.asked_work == cell.asked_work and other is not cell), None)
        beside = f"; {words.shown(reference.label)} took {results.per_line(reference).text}" if reference else ""
        sentences.append(f"{words.shown(cell.id)} was too slow for its share of the budget and ran on {cell.fraction} of "
                         f"the lines: {results.per_line(cell).text} per line{beside}.")
    return sentences


def _knees(report):
    sweep = sweeps.sweep_of(report)
    if sweep is None:
        return []
    sentences = []
    for facet in sweep.facets:
        for series in facet.series:
            if knee := sweep.knee(series):
                which = f" ({words.shown(facet.title)})" if facet.title else ""
                sentences.append(f"{words.shown(series.name)}{which}: {words.shown(sweep.text(knee.value))} is the "
                                 f"smallest {words.shown(sweep.axis.label)} within "
                                 f"{quantities.percent(sweeps.KNEE_SHARE)} of its best time.")
    if len(sentences) > MOST_KNEES:
        return [f"The knees of the {len(sentences)} curves over {words.shown(sweep.axis.label)} are marked in the "
                "picture."]
    return sentences


def _disturbed(report):
    timed = [cell for cell in report.cells if cell.summary]
    disturbed = sum(cell.summary.disturbed_trials for cell in timed)
    if not disturbed:
        return []
    trials = sum(cell.summary.trials for cell in timed)
    text = (f"{quantities.whole(disturbed)} of {words.plural(trials, 'timed trial')} "
            f"{'was' if disturbed == 1 else 'were'} disturbed from outside; they count all the same.")
    mostly = [cell.id for cell in timed if 2 * cell.summary.disturbed_trials > cell.summary.trials]
    if mostly:
        text += f" It was more than half of the trials of {words.listed(map(words.shown, mostly))}."
    return [text]


def _untimed(report):
    sentences = []
    for cell in report.cells:
        if cell.status not in ("ok", None):
            detail = f": {words.shown(cell.status_detail)}" if cell.status_detail else ""
            outcome = OUTCOMES.get(cell.status, f"has no time ({words.shown(cell.status)})")
            sentences.append(f"{words.shown(cell.id)} {outcome}{detail}.")
    if len(sentences) > MOST_UNTIMED:
        sentences[MOST_UNTIMED - 1:] = [f"{len(sentences) - MOST_UNTIMED + 1} more have no time; the table says why."]
    if not report.complete:
        sentences.append("The run was interrupted, or goes on: this is what it had measured by then.")
    return sentences
