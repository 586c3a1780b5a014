"""What the page's pictures are drawn from, as compact JSON values: numbers for places, and the texts that stand beside
them, ready made. All text is fit to be shown."""

from analysis import groups, kinds, looks, machine, quantities, results, words
from analysis.results import status_of
from analysis.work import work_of


WHOLE = ("caption", "heading", "promise", "work", "title")  # the texts that are longer than a name may be


def of_page(reports, in_time):
    """Everything; `in_time` has the reports in the order in which they were started."""
    return _shown({
        "looks": looks.of_page(reports),
        "reports": [_of_report(report) for report in reports],
        "history": _of_history(in_time) if len(reports) > 1 else None,
    })


def caption(report):
    """The machine that the numbers are of, on one line."""
    return words.shown(", ".join(machine.facts(report)), None)


def _shown(value, longest=words.LONGEST):
    if isinstance(value, str):
        return words.shown(value, longest)
    if isinstance(value, dict):
        return {_shown(name): _shown(part, None if name in WHOLE else words.LONGEST) for name, part in value.items()}
    return [_shown(part) for part in value] if isinstance(value, (list, tuple)) else value


def _of_report(report):
    """One report: its groups in the order of the table, its cells by index, what each kind of picture needs."""
    group_list = groups.groups_of(report)
    rows = [(row, number) for number, group in enumerate(group_list) for row in group.rows]
    index_of = {row.cell.id: index for index, (row, _) in enumerate(rows)}
    return {
        "groups": [_group(report, group, index_of) for group in group_list],
        "cells": [_cell(row, number) for row, number in rows],
        "pictures": {kind.name: kind.of_page(report, index_of) for kind in kinds.OF_ONE if kind.of_page},
        "caption": f"{caption(report)}.",
    }


def _group(report, group, index_of):
    first = group.rows[0].cell
    reference, ceiling = report.reference_of(first), report.ceiling_of(first)
    untimed = group.promise == groups.UNTIMED
    compared = not untimed and not first.has_rate
    return {
        "heading": group.heading,
        "promise": group.promise if group.promise in (groups.UNTIMED, groups.CONTROLS, groups.FRACTION)
        else f"{group.promise}, durability {first.contract.durability}",
        "work": "" if untimed else work_of(first),
        "reference": index_of[reference.id] if compared and reference is not None else None,
        "ceiling": index_of[ceiling.id] if compared and ceiling is not None else None,
    }


def _cell(row, group_index):
    cell = row.cell
    entry = {"name": cell.label, "strategy": cell.strategy, "group": group_index, "status": status_of(cell)}
    if cell.has_time and cell.is_cut:
        entry["cut"] = f"{results.per_line(cell).text} per line"
    if cell.has_time:
        entry |= {"time": _time(cell.summary), "samples": _samples(cell)}
    return entry


def _time(summary):
    time = summary.time_ns
    known = time.low is not None and time.high is not None
    return {"median": time.median, "low": time.low, "high": time.high, "medianText": quantities.time(time.median),
            "intervalText": [quantities.time(time.low), quantities.time(time.high)] if known else None,
            "endsText": [quantities.time(summary.min_ns), quantities.time(summary.max_ns)],
            "trialsText": words.plural(summary.trials, "trial"), "trials": summary.trials}


def _samples(cell):
    """Columns, one entry for each sample with a time; disturbed maps an index to its causes."""
    timed = cell.timed
    return {
        "round": [sample.round for sample in timed],
        "position": [sample.position for sample in timed],
        "time": [sample.time_ns for sample in timed],
        "timeText": [quantities.time(sample.time_ns) for sample in timed],
        "told": {label: [_text(value(sample), text) for sample in timed] for label, value, text in _TOLD},
        "disturbed": {index: list(sample.disturbances) for index, sample in enumerate(timed) if sample.disturbances},
    }


def _text(value, text):
    return None if value is None else text(value)


# What the page tells of a sample beside its time: the words before the figure, the figure, and how it is shown.
_TOLD = (
    ("callers free after", lambda sample: sample.submitted_ns, quantities.time),
    ("processor time", lambda sample: sample.cpu_ns, quantities.time),
    ("voluntary switches:", lambda sample: sample.figures.get("voluntary_switches"), quantities.whole),
    ("write calls:", lambda sample: sample.figures.get("write_syscalls"), quantities.whole),
)


def _of_history(reports):
    """Every cell's median with its interval, report by report: cells of one id and work."""
    lines = {}
    for index, report in enumerate(reports):
        for cell in report.cells:
            if cell.summary is not None:
                lines.setdefault((cell.id, cell.work), []).append((cell, {"report": index, **_time(cell.summary)}))
    several = len({work for _, work in lines}) > 1
    return {
        "reports": [f"{report.started_at:%Y-%m-%d %H:%M}" for report in reports],
        "lines": [{"name": points[0][0].label, "strategy": points[0][0].strategy,
                   "work": work_of(points[0][0]) if several else "", "points": [point for _, point in points]}
                  for points in lines.values()],
    }
