"""The numbers that the page's pictures are drawn from, as compact JSON values. Text in them is fit to be shown."""

from . import costs, groups, sweeps, words

MOST_CURVE_POINTS = 120


def of_report(report):
    """One report: its groups in the order of the table, its cells by index, its sweep."""
    group_list = groups.groups_of(report)
    several = len(groups.works_of(report)) > 1
    cells, index_of = [], {}
    for group_index, group in enumerate(group_list):
        for row in group.rows:
            index_of[row.cell.id] = len(cells)
            cells.append(_cell(row, group_index))
    return {
        "groups": [_group(report, group, several, index_of) for group in group_list],
        "cells": cells,
        "sweep": _sweep(report, index_of),
        "caption": caption(report),
    }


def of_history(reports):
    """Every strategy's median with its interval, report by report in the order of time: cells of one id and work."""
    lines = {}
    for index, report in enumerate(reports):
        for cell in report.cells:
            if cell.summary is not None:
                lines.setdefault((cell.id, cell.work), []).append({"report": index, **_time(cell.summary)})
    cells = {(cell.id, cell.work): cell for report in reports for cell in report.cells}
    several = len({work for _, work in lines}) > 1
    return {
        "reports": [report.started_at.strftime("%Y-%m-%d %H:%M") for report in reports],
        "lines": [{"name": words.shown(key[0]), "strategy": words.shown(cells[key].strategy),
                   "work": groups.work_of(cells[key]) if several else "", "points": points}
                  for key, points in lines.items()],
    }


def caption(report):
    """The machine that the numbers are of, on one line."""
    environment = report.environment
    parts = [environment.get("cpu_model") or environment["architecture"],
             words.plural(environment["cpus"], "processor"), environment["kernel"],
             f"{environment['file_system']} at {environment['directory']}",
             report.started_at.strftime("%Y-%m-%d %H:%M UTC"), f"writebench {report.tool['version']}"]
    return ", ".join(words.shown(str(part)) for part in parts)


def _group(report, group, several, index_of):
    first = group.rows[0].cell
    reference, ceiling = report.reference_of(first), report.ceiling_of(first)
    untimed = group.promise == groups.UNTIMED
    return {
        "heading": group.heading(several),
        "promise": group.promise if untimed or group.promise == groups.CONTROLS
        else f"{group.promise}, durability {words.shown(first.contract.durability)}",
        "work": "" if untimed else group.work,
        "reference": None if untimed or reference is None else index_of[reference.id],
        "ceiling": None if untimed or ceiling is None else index_of[ceiling.id],
    }


def _cell(row, group_index):
    cell = row.cell
    entry = {
        "name": words.shown(cell.id),
        "strategy": words.shown(cell.strategy),
        "group": group_index,
        "rank": row.rank,
        "tied": bool(row.tied_with),
        "status": cell.status or "not run",
        "detail": words.shown(cell.status_detail or ""),
        "lines": cell.lines,
    }
    if cell.status != "ok" or cell.summary is None:
        return entry
    cost = costs.costs_of(cell)
    submitted, drained, durable = costs.clocks_of(cell)
    return entry | {
        "time": _time(cell.summary),
        "samples": _samples(cell),
        "clocks": {"submitted": submitted, "drained": drained, "durable": durable},
        "costs": {"user": cost.user_ns, "system": cost.system_ns, "voluntary": cost.voluntary_switches,
                  "involuntary": cost.involuntary_switches, "writes": cost.write_calls},
        "stall": _curve(cell.caller_stall_ns),
        "lag": _curve(cell.loop_lag_ns),
    }


def _time(summary):
    time = summary.time_ns
    return {"median": time.median, "low": time.low, "high": time.high, "least": summary.min_ns, "most": summary.max_ns,
            "trials": summary.trials}


def _samples(cell):
    """Columns, one entry for each sample with a time; disturbed maps an index to its causes."""
    timed = cell.timed
    cpu = [None if "user_cpu_ns" not in sample.counts or "system_cpu_ns" not in sample.counts
           else sample.counts["user_cpu_ns"] + sample.counts["system_cpu_ns"] for sample in timed]
    return {
        "round": [sample.round for sample in timed],
        "position": [sample.position for sample in timed],
        "time": [sample.time_ns for sample in timed],
        "submitted": [sample.submitted_ns for sample in timed],
        "cpu": cpu,
        "switches": [sample.counts.get("voluntary_switches") for sample in timed],
        "writes": [sample.counts.get("write_syscalls") for sample in timed],
        "disturbed": {index: [words.shown(cause) for cause in sample.disturbances]
                      for index, sample in enumerate(timed) if sample.disturbances},
    }


def _curve(distribution):
    """Points of the percentile curve, as 1 / (share above) and ns, up to the last that the count supports."""
    if distribution is None:
        return None
    points = [[1 / above, ns] for above, ns in distribution.curve() if above > 0]
    total = sum(count for _, _, count in distribution.histogram)
    points.append([total, distribution.max])
    if len(points) > MOST_CURVE_POINTS:
        points = _thinned(points)
    return {"count": distribution.count, "p50": distribution.p50, "p90": distribution.p90, "p99": distribution.p99,
            "p999": distribution.p999, "most": distribution.max, "points": points}


def _thinned(points):
    """Points evenly apart on the logarithmic axis of percentiles, the first and the last among them."""
    ratio = (points[-1][0] / points[0][0]) ** (1 / (MOST_CURVE_POINTS - 1))
    kept = [points[0]]
    for point in points[1:-1]:
        if point[0] >= kept[-1][0] * ratio:
            kept.append(point)
    return [*kept, points[-1]]


def _sweep(report, index_of):
    sweep = sweeps.sweep_of(report)
    if sweep is None:
        return None
    return {
        "label": sweep.label,
        "numeric": sweep.numeric,
        "perLine": sweep.per_line,
        "panels": [{"title": panel.title, "curves": [_sweep_curve(sweep, curve, index_of) for curve in panel.curves]}
                   for panel in sweep.panels],
    }


def _sweep_curve(sweep, curve, index_of):
    labels = [sweeps.show_value(sweep.axis, value) for value in curve.values]
    return {"strategy": words.shown(curve.strategy), "knee": curve.knee(),
            "values": curve.values if sweep.numeric else labels, "labels": labels,
            "cells": [index_of[cell.id] for cell in curve.cells]}
