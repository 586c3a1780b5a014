"""Reports that no machine wrote, of every form that the scripts have to cope with; all of them follow the schema.

    python3 tests/scripts/synthetic_reports.py DIRECTORY    writes them there, to be looked at
"""

import copy
import json
import math
import random
import statistics
import sys
from pathlib import Path

STRATEGIES = [
    # name, family, order, ns per line, loop
    ("null", "control", None, 0.8, False),
    ("bulk", "control", "global", 2.2, False),
    ("sync", "caller writes", "global", 19, False),
    ("write-per-line", "caller writes", "global", 230, False),
    ("sync-buffered", "caller writes", "global", 4, False),
    ("naive-async", "dispatch", "per-writer", 6000, True),
    ("thread-pool", "dispatch", "none", 460, False),
    ("buffered", "dispatch", "global", 16, True),
    ("double-buffered", "hand-off", "global", 13, True),
    ("pwrite-parallel", "parallel", "global", 3.5, False),
]
HOSTILE = ["$\\alpha$^_{x}", "<script>alert('1')</script>", 'quote"\'`', "עברית-مرحبا", "new\nline\ttab",
           "nul-\x00-\x07-\x1b[31m", "日本語😀", "\u202eright-to-left\u2066", "100%_of&more;", "\\n\\frac{1}{2}",
           "a\u0301\u0301\u0301 combining", " "]
PARAMETERS = ("buffer_bytes", "durability", "writers")
BUFFER_USERS = ("sync-buffered", "buffered", "double-buffered", "pwrite-parallel")


def estimate(values):
    """The median and its interval, as writebench takes them."""
    ordered = sorted(values)
    count = len(ordered)
    outside, tail = None, 0.0
    for k in range(count // 2):
        tail += math.comb(count, k) / 2**count
        if 2 * tail > 0.05:
            break
        outside = k
    low, high = (None, None) if outside is None else (ordered[outside], ordered[count - 1 - outside])
    return {"median": statistics.median(ordered), "ci95_low": low, "ci95_high": high}


def distribution(generator, typical_ns, count):
    """Mostly near the typical, with a tail that reaches five orders of magnitude further."""
    edges = [0, *(int(typical_ns * 10 ** (step / 12 - 0.5)) + step + 1 for step in range(66))]
    buckets, left = [], count
    for start, end in zip(edges, edges[1:]):
        share = int(left * generator.uniform(0.15, 0.6)) if left > 3 else left
        if share and end > start:
            buckets.append([start, end - 1, share])
            left -= share
    if left:
        buckets.append([edges[-1], edges[-1] + 10, left])

    def percentile(p, needed):
        if count < needed:
            return None
        below = 0
        for _, to, number in buckets:
            below += number
            if below >= p * count:
                return to
        return buckets[-1][1]

    return {"p50": percentile(0.5, 20), "p90": percentile(0.9, 10), "p99": percentile(0.99, 100),
            "p999": percentile(0.999, 1000), "max": buckets[-1][1], "count": count, "histogram": buckets}


def sample(generator, number, position, ns, lines, durability, cause=None):
    time_ns = max(1, int(ns))
    drained = int(time_ns * 0.4) if durability != "none" else time_ns
    switches = int(lines * generator.choice([0, 0.0001, 0.01, 0.9]))
    return {
        "round": number, "position": position, "outcome": "ok", "time_ns": time_ns,
        "submitted_ns": int(drained * generator.uniform(0.2, 1)), "drained_ns": drained,
        "durable_ns": time_ns if durability != "none" else None, "settle_ns": 1000, "prepare_ns": 30000,
        "whole_ns": time_ns + 3_000_000, "user_cpu_ns": int(time_ns * 0.6),
        "system_cpu_ns": int(time_ns * 0.3) // 4000 * 4000,
        "caller_user_cpu_ns": int(time_ns * 0.5), "caller_system_cpu_ns": 0, "caller_run_delay_ns": 0,
        "voluntary_switches": switches, "involuntary_switches": switches // 10,
        "write_syscalls": generator.choice([1, 90, lines]),
        "written_bytes": 12 * lines, "device_bytes": 12 * lines, "minor_faults": 3, "major_faults": 0,
        "peak_rss_bytes": 4 << 20, "rss_growth_bytes": 1 << 20,
        "surroundings": {"window_ns": 250_000_000, "stolen_ns": 0},
        "disturbances": [cause] if cause else [],
    }


def failed_sample(number, outcome, detail):
    return {"round": number, "position": 0, "outcome": outcome, "detail": detail, "time_ns": None, "submitted_ns": None,
            "drained_ns": None, "durable_ns": None, "surroundings": {}, "disturbances": []}


def cell(generator, strategy, trials, cell_id=None, spread=0.05, stalls=True, lines=500_000, ns_per_line=None,
         parameters=None, workload=None, used=None):
    name, family, order, usual_ns, has_loop = strategy
    typical = (ns_per_line or usual_ns) * max(lines, 1)
    all_parameters = {"lines": lines, "writers": 10, "threads": 2, "buffer_bytes": 65536, "queue_depth": 1024,
                      "in_flight_bytes": 1 << 30, "durability": "none", **(parameters or {})}
    all_workload = {"lines_kind": "counter", "least_line_bytes": None, "most_line_bytes": None, "input": None,
                    "think_ns": 0,
                    "lines_per_second": None, "burst_lines": 1, "file_state": "new", "preallocation": "none",
                    **(workload or {})}
    causes = ["stolen-cpu", "other-load", "writeback", "disk-load", "memory-pressure"]
    samples = [sample(generator, number, generator.randrange(10), typical * generator.lognormvariate(0, spread), lines,
                      all_parameters["durability"], generator.choice(causes) if generator.random() < 0.08 else None)
               for number in range(trials)]
    return {
        "id": cell_id or name, "strategy": name, "family": family, "parameters": all_parameters,
        "parameters_used": used if used is not None else ["buffer_bytes"] if name in BUFFER_USERS else [],
        "workload": all_workload, "bytes": (all_workload["most_line_bytes"] or 12) * lines,
        "contract": {"order": order, "layout": "one-file", "durability": all_parameters["durability"]},
        "status": "ok", "status_detail": None, "warm_up_trials": 1, "samples": samples, "summary": None,
        "caller_stall_ns": distribution(generator, typical / lines, lines) if stalls and name != "bulk" else None,
        "loop_lag_ns": distribution(generator, 1e5, 31) if stalls and has_loop else None,
    }


def fail(one_cell, outcome, detail, after=0):
    """As if the trial after so many good ones had gone wrong."""
    one_cell["samples"] = one_cell["samples"][:after] + ([failed_sample(after, outcome, detail)] if outcome else [])
    one_cell["status"], one_cell["status_detail"] = outcome, detail
    return one_cell


def unavailable(one_cell, reason):
    one_cell.update(samples=[], status="unavailable", status_detail=reason, caller_stall_ns=None, loop_lag_ns=None)
    return one_cell


def finished(cells, **changes):
    """A whole report of these cells, their summaries made from their samples."""
    for one_cell in cells:
        _summarise(one_cell, cells)
    ranked = [one_cell for one_cell in cells if one_cell["summary"] and one_cell["family"] != "control"]
    groups = {}
    for one in sorted(ranked, key=lambda one: one["summary"]["time_ns"]["median"]):
        contract = one["contract"]
        key = (("global", "per-writer", "none").index(contract["order"]), contract["durability"],
               str(one["workload"]), one["parameters"]["lines"])
        groups.setdefault(key, []).append(one)
    ranking = [{"order": group[0]["contract"]["order"], "layout": "one-file", "cells": [
        {"id": one["id"], "rank": rank + 1, "tied_with": []} for rank, one in enumerate(group)]}
        for _, group in sorted(groups.items())]
    return {
        "writebench_schema": 1,
        "tool": {"name": "writebench", "version": "0.1.0", "build_type": "Release", "compiler": "GNU 12.2.0",
                 "flags": "-O3",
                 "sanitizers": "", "assertions": False, "libraries": {"fmt": "9.1.0"}},
        "started_at": "2026-03-01T12:00:00Z", "command_line": ["writebench"], "complete": True,
        "plan": {"warm_up_trials": 1, "min_trials": 3, "max_trials": 100, "stall_trials": 1, "precision": 0.02,
                 "budget_ns": None, "seed": 0},
        "environment": {
            "cpu_model": "Imaginary Processor 3000", "cpus": 8, "cpu_governor": None, "virtualisation": None,
            "memory_bytes": 1 << 34, "cgroup_memory_bytes": None, "cgroup_cpus": None, "kernel": "Linux 6.1.0-18-amd64",
            "architecture": "x86_64", "directory": "/srv/data", "file_system": "ext4", "mount_options": "rw",
            "file_system_bytes": 1 << 40, "file_system_free_bytes": 1 << 39,
            "device": {"name": "nvme0n1", "rotational": False, "scheduler": "none", "write_cache": "write back"},
            "dirty_background_bytes": None, "dirty_background_percent": 10, "dirty_bytes": None, "dirty_percent": 20,
            "load_average": 0.1},
        "cells": cells, "ranking": ranking,
        "harness": {"clock_read_ns": 15.0, "ns_per_line": 0.8, "trial_overhead_ns": 3_000_000},
        "warnings": [{"code": "noisy", "message": "the trials lie far apart"}],
        **changes,
    }


def _summarise(one_cell, cells):
    times = [one["time_ns"] for one in one_cell["samples"] if one["time_ns"] is not None]
    if not times:
        return
    time_ns = {name: value if value is None else int(value) for name, value in estimate(times).items()}
    median, lines = time_ns["median"], one_cell["parameters"]["lines"]
    time_ns.update(mad=int(statistics.median(abs(time - median) for time in times)), min=min(times), max=max(times))

    def ratios(other_name, inverse):
        other = next((other for other in cells if other["strategy"] == other_name
                      and other["workload"] == one_cell["workload"]
                      and other["parameters"]["durability"] == one_cell["parameters"]["durability"]), None)
        theirs = {one["round"]: one["time_ns"] for one in other["samples"]} if other else {}
        pairs = [(one["time_ns"], theirs[one["round"]]) for one in one_cell["samples"]
                 if one["time_ns"] and theirs.get(one["round"])]
        return [b / a if inverse else a / b for a, b in pairs]

    to_reference, of_ceiling = ratios("sync", False), ratios("bulk", True)
    one_cell["summary"] = {
        "trials": len(times), "disturbed_trials": sum(bool(one["disturbances"]) for one in one_cell["samples"]),
        "time_ns": time_ns, "ns_per_line": median / lines if lines else None, "lines_per_second": lines / median * 1e9,
        "bytes_per_second": one_cell["bytes"] / median * 1e9,
        "ratio_to_reference": estimate(to_reference) if to_reference else None,
        "fraction_of_ceiling": statistics.median(of_ceiling) if of_ceiling else None,
    }


def strategies(count, long_names=False):
    """The ten of writebench, then others; long names have 60 characters and differ in their middle."""
    chosen = list(STRATEGIES[:count]) if count > 1 else [STRATEGIES[2]]
    orders = ["global", "per-writer", "none"]
    for number in range(len(chosen), count):
        chosen.append((f"contributed-{number}", "contributed", orders[number % 3], 2 * 1.3**number, number % 4 == 0))
    if long_names:
        chosen = [(f"{name[:20]:x<20}-with-a-name-no-{number:02}-".ljust(60, "z"), *rest) if rest[0] != "control" else
                  (name, *rest) for number, (name, *rest) in enumerate(chosen)]
    return chosen


def plain(count, trials, long_names=False, **changes):
    generator = random.Random(count * 1000 + trials)
    return finished([cell(generator, strategy, trials) for strategy in strategies(count, long_names)], **changes)


def with_failures():
    generator = random.Random(3)
    cells = [cell(generator, strategy, 12) for strategy in strategies(12)]
    fail(cells[3], "incorrect",
         "line 4711 is torn: \"line#47\" where \"line#4711\" was expected, and 12 lines are missing", 5)
    fail(cells[4], "failed", "write of /srv/data/trial: No space left on device (ENOSPC)", 0)
    fail(cells[5], "timeout", "no end after 60 s", 2)
    unavailable(cells[6], "io_uring is switched off on this kernel (kernel.io_uring_disabled = 2); " * 3)
    return finished(cells)


def on_a_fraction():
    """As if the slow one had run on a tenth of the lines."""
    cells = plain(10, 12)["cells"]
    slow = next(one for one in cells if one["strategy"] == "naive-async")
    slow.update(asked_lines=slow["parameters"]["lines"], bytes=slow["bytes"] // 10)
    slow["parameters"]["lines"] //= 10
    report = finished(cells)
    slow["summary"].update(ratio_to_reference=None, fraction_of_ceiling=None)
    for group in report["ranking"]:
        group["cells"] = [one for one in group["cells"] if one["id"] != slow["id"]]
    return {**report, "ranking": [group for group in report["ranking"] if group["cells"]]}


def nothing_timed():
    generator = random.Random(4)
    return finished([fail(cell(generator, strategy, 3, stalls=False), "failed", "write: Input/output error")
                     for strategy in strategies(3)])


def interrupted():
    generator = random.Random(5)
    cells = [cell(generator, strategy, 1) for strategy in strategies(10)]
    for one_cell in cells[6:]:
        one_cell.update(samples=[], status=None, caller_stall_ns=None, loop_lag_ns=None)
    return finished(cells, complete=False)


def hostile():
    generator = random.Random(6)
    cells = [cell(generator, (name, "family " + name, "global", 10 + index, index % 2 == 0), 6)
             for index, name in enumerate(HOSTILE)]
    fail(cells[1], "failed", "; ".join(HOSTILE) * 3, 2)
    fail(cells[2], "failed", "; ".join(HOSTILE) * 3, 0)
    report = finished(cells)
    report["environment"].update(cpu_model="$\\alpha$ 日本 CPU " * 12, directory="/tmp/" + "ü😀$x$/" * 40,
                                 kernel="Linux\n\x00<b>6</b>")
    report["warnings"] = [{"code": "noisy", "message": text or "-"} for text in HOSTILE]
    return report


def sweep(axes, names=BUFFER_USERS[:3], trials=8, stalls=False):
    """Every combination of the axes ({parameter: values}); the curve falls until the buffer is large enough."""
    generator = random.Random(7)
    cells = []
    for strategy in [one for one in STRATEGIES if one[0] in ("bulk", "sync", *names)]:
        uses_buffer = strategy[0] in names
        own = {name: values for name, values in axes.items() if name != "buffer_bytes" or uses_buffer}
        combinations = [{}]
        for name, values in own.items():
            combinations = [{**combination, name: value} for combination in combinations for value in values]
        for chosen in combinations:
            cost = strategy[3] * (1 + 3e4 / chosen.get("buffer_bytes", 65536)) * (1 + chosen.get("think_ns", 0) / 100)
            parameters = {name: value for name, value in chosen.items() if name in PARAMETERS}
            workload = {name: value for name, value in chosen.items() if name in ("think_ns", "file_state")}
            if size := chosen.get("line_bytes"):
                workload.update(least_line_bytes=size, most_line_bytes=size, lines_kind="sized")
            cells.append(cell(
                generator, strategy, trials,
                strategy[0] + "@" + ",".join(f"{name}={value}" for name, value in chosen.items())
                if chosen else strategy[0], stalls=stalls, lines=20_000, ns_per_line=cost,
                parameters=parameters, workload=workload,
                used=[name for name in ("buffer_bytes", "writers") if name in parameters]))
    return finished(cells)


def swept_twins():
    cells = sweep({"buffer_bytes": SIZES[:4]}, BUFFER_USERS[:1])["cells"]
    twins = [json.loads(json.dumps(one)) | {"id": one["id"] + "#2", "twin_of": one["id"]}
             for one in cells if one["strategy"] in BUFFER_USERS]
    return finished(cells + twins)


def sweep_with_failures():
    report = sweep({"buffer_bytes": [4096 << step for step in range(8)]})
    broken = copy.deepcopy(report["cells"])
    for one_cell in broken[4:7]:
        fail(one_cell, "timeout", "no end after 60 s")
        one_cell["summary"] = None
    return {**report, "cells": broken}


def five_orders():
    """Five orders of magnitude between the strategies, and within one of them."""
    generator = random.Random(8)
    cells = [cell(generator, (f"step-{power}", "contributed", "global", 10.0**power, False), 30) for power in range(6)]
    cells.append(cell(generator, ("erratic", "contributed", "global", 1000, False), 100, spread=2.5))
    return finished(cells)


def history(count=10, strategies_each=30):
    """The same cells again and again, on two machines; the last reports got slower, and one cell is gone."""
    reports = []
    for number in range(count):
        generator = random.Random(100 + number)
        cells = [cell(generator, strategy, 20, ns_per_line=strategy[3] * (1.2 if number > count * 0.7 else 1))
                 for strategy in strategies(strategies_each)]
        report = finished(cells[:-1] if number == count - 1 and len(cells) > 1 else cells,
                          started_at=f"2026-03-{number % 28 + 1:02}T12:00:00Z")
        if number % 3 == 2:
            report["environment"]["cpu_model"] = "Another Processor 1"
        reports.append(report)
    return reports


SIZES = [4096 << step for step in range(9)]

# Every form by its name, and what makes it.
FORMS = {
    "one-strategy-1-trial": lambda: plain(1, 1),
    "one-strategy-100-trials": lambda: plain(1, 100),
    "ten-strategies-1-trial": lambda: plain(10, 1),
    "ten-strategies-100-trials": lambda: plain(10, 100),
    "thirty-strategies-1-trial": lambda: plain(30, 1),
    "long-names": lambda: plain(30, 10, long_names=True),
    "failures": with_failures,
    "on-a-fraction": on_a_fraction,
    "nothing-timed": nothing_timed,
    "interrupted": interrupted,
    "hostile": hostile,
    "five-orders": five_orders,
    "sweep-40-cells": lambda: sweep({"buffer_bytes": SIZES[:6], "line_bytes": [12, 1000]}),
    "sweep-of-two": lambda: sweep({"buffer_bytes": SIZES[:2]}, BUFFER_USERS[:1], trials=6),
    "sweep-of-one": lambda: sweep({"buffer_bytes": SIZES}),
    "sweep-of-three": lambda: sweep({"buffer_bytes": SIZES[:4], "line_bytes": [12, 100, 1000], "writers": [1, 10]}),
    "sweep-of-durability": lambda: sweep({"durability": ["none", "close", "bytes=65536", "line"]}),
    "sweep-of-thinking": lambda: sweep({"think_ns": [0, 100, 1000, 10_000]}),
    "five-sizes": lambda: sweep({"buffer_bytes": SIZES[:5]}, BUFFER_USERS[:1], stalls=True),
    "swept-twins": swept_twins,
    "sweep-failures": sweep_with_failures,
    "no-lines": lambda: finished([cell(random.Random(9), STRATEGIES[2], 4, stalls=False, lines=0)]),
}


def main(directory):
    Path(directory).mkdir(exist_ok=True)
    named = {name: make() for name, make in FORMS.items()}
    named.update((f"history-{number:02}", report) for number, report in enumerate(history()))
    for name, report in named.items():
        (Path(directory) / f"{name}.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1])
