"""Reports and programs made up from a real report, for verdicts that are known beforehand: the cells' trials take
chosen times, and the summaries are those that follow from them. Every time is drawn with a fixed seed."""

import copy
import json
import math
import random
import statistics


def around(median_ns, spread=0.01, count=30, seed=1):
    """Times whose logarithms scatter by so much."""
    draw = random.Random(seed)
    return [round(median_ns * math.exp(draw.gauss(0, spread))) for _ in range(count)]


def made_up(template, times, session=None, side=None):
    """A report like the template with the cells of `times` alone ({id: [ns, ..]}); with a session, one side of it."""
    report = copy.deepcopy(template)
    cells = {cell["id"]: cell for cell in report["cells"]}
    report["cells"] = [with_times(cells[name], of_cell) for name, of_cell in times.items()]
    report["complete"] = True
    report["warnings"] = []
    if session:
        report["pairing"] = {"id": session, "side": side}
    for cell in report["cells"]:
        cell["summary"] = summary_of(cell, report["cells"])
    return report


def make_program(path, template, times, otherwise="exit 2"):
    """Makes a program that speaks the trial protocol and whose trials take these times ({id: [ns, ..]}), again and
    again. What else it is asked for is answered by that line of shell."""
    answers = path.parent / f"{path.name}-answers"
    answers.mkdir()
    cells = made_up(template, {name: [1] for name in times})
    cells["complete"] = False
    for cell in cells["cells"]:
        cell.update(samples=[], status=None, summary=None)
    (answers / "cells").write_text(json.dumps(cells))
    for name, of_cell in times.items():
        (answers / f"{name}-count").write_text("0")
        for number, time_ns in enumerate(of_cell):
            (answers / f"{name}-{number}").write_text(json.dumps(made_up(template, {name: [time_ns]})))
    path.write_text(f"""#!/bin/sh
        [ "$1" = trial ] || {{ {otherwise}; }}
        cd "{answers}"
        while [ $# -gt 0 ] && [ "$1" != --cell ]; do shift; done
        [ $# -gt 0 ] || exec cat cells
        read number <"$2-count"
        echo $(((number + 1) % {max(map(len, times.values()))})) >"$2-count"
        exec cat "$2-$number"
        """)
    path.chmod(0o755)


def with_times(cell, times_ns):
    sample = cell["samples"][0]
    cell["samples"] = [{**sample, "round": number, "time_ns": time_ns, "submitted_ns": time_ns, "drained_ns": time_ns,
                        "total_ns": 2 * time_ns, "disturbances": []} for number, time_ns in enumerate(times_ns)]
    return cell


def failed(report, name, detail, outcome="failed"):
    """The same report with a cell whose first trial failed."""
    report = copy.deepcopy(report)
    for cell in report["cells"]:
        if cell["id"] == name:
            cell["samples"] = [{**cell["samples"][0], "outcome": outcome, "detail": detail, "time_ns": None,
                                "submitted_ns": None, "drained_ns": None}]
            cell["status"], cell["status_detail"] = outcome, detail
    for cell in report["cells"]:
        cell["summary"] = summary_of(cell, report["cells"])
    return report


def times_of(cell):
    return {sample["round"]: sample["time_ns"] for sample in cell["samples"] if sample["time_ns"]}


def interval_95(values):
    """The order statistics that miss the median with at most 5 %; two nulls where there are too few."""
    count, below, tail = len(values), None, 0.0
    for k in range(count // 2):
        tail += math.comb(count, k) / 2**count
        if 2 * tail > 0.05:
            break
        below = k
    return (None, None) if below is None else (sorted(values)[below], sorted(values)[count - 1 - below])


def summary_of(cell, cells):
    times = list(times_of(cell).values())
    if not times:
        return None
    median = statistics.median(times)
    low, high = interval_95(times)
    lines = cell["parameters"]["lines"]
    ratios = ratios_to(cell, cells, "sync")
    of_ceiling = ratios_to(cell, cells, "bulk")
    ratio_low, ratio_high = interval_95(ratios)
    return {"trials": len(times), "disturbed_trials": 0,
            "time_ns": {"median": half_up(median),
                        "mad": half_up(statistics.median(abs(time - median) for time in times)),
                        "min": min(times), "max": max(times), "ci95_low": low, "ci95_high": high},
            "ns_per_line": median / lines, "lines_per_second": lines / (median * 1e-9),
            "bytes_per_second": cell["bytes"] / (median * 1e-9),
            "ratio_to_reference": {"median": statistics.median(ratios), "ci95_low": ratio_low,
                                   "ci95_high": ratio_high} if ratios else None,
            "fraction_of_ceiling": 1 / statistics.median(of_ceiling) if of_ceiling else None}


def half_up(value):
    return math.floor(value + 0.5)


def ratios_to(cell, cells, strategy):
    """Over the times of that strategy, round by round."""
    others = [other for other in cells if other["strategy"] == strategy]
    if not others:
        return []
    own, other = times_of(cell), times_of(others[0])
    return [own[number] / other[number] for number in own if number in other]
