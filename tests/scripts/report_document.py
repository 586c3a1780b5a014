"""Reports as small as they can be, for tests that must know every number in them."""

import json

from analysis.report_model import load_report

WORK = {"lines_kind": "counter", "least_line_bytes": None, "most_line_bytes": None, "input": None, "think_ns": 0,
        "lines_per_second": None, "burst_lines": 1, "file_state": "new", "preallocation": "none"}


def sample(round_number, time_ns, disturbances=(), submitted_ns=None, **counts):
    return {"round": round_number, "position": 0, "outcome": "ok", "time_ns": time_ns,
            "submitted_ns": time_ns if submitted_ns is None else submitted_ns, "drained_ns": time_ns,
            "durable_ns": None, "surroundings": {}, "disturbances": list(disturbances), "prepare_ns": 0, **counts}


def summary(samples, lines, ratio=None, interval=(None, None)):
    times = sorted(entry["time_ns"] for entry in samples)
    median = times[len(times) // 2]
    return {
        "trials": len(times), "disturbed_trials": sum(bool(entry["disturbances"]) for entry in samples),
        "time_ns": {"median": median, "mad": 0, "min": times[0], "max": times[-1], "ci95_low": interval[0],
                    "ci95_high": interval[1]},
        "ns_per_line": median / lines, "lines_per_second": lines / median * 1e9, "bytes_per_second": 1e9,
        "ratio_to_reference": ratio and {"median": ratio[0], "ci95_low": ratio[1], "ci95_high": ratio[2]},
        "fraction_of_ceiling": None,
    }


def cell(name, samples=(), *, cell_id=None, order="global", family="caller writes", lines=1000, status="ok",
         detail=None, ratio=None, interval=(None, None), buffer_bytes=None, durability="none", stall=None, lag=None):
    samples = list(samples)
    parameters = {"lines": lines, "writers": 1, "threads": 1, "buffer_bytes": buffer_bytes or 65536, "queue_depth": 1,
                  "in_flight_bytes": 1, "durability": durability}
    return {
        "id": cell_id or name, "strategy": name, "family": family, "parameters": parameters,
        "parameters_used": ["buffer_bytes"] if buffer_bytes else [], "workload": WORK, "bytes": 10 * lines,
        "contract": {"order": order, "layout": "one-file", "durability": durability}, "status": status,
        "status_detail": detail, "warm_up_trials": 0, "samples": samples,
        "summary": summary(samples, lines, ratio, interval) if samples else None, "caller_stall_ns": stall,
        "loop_lag_ns": lag,
    }


def document(cells, ranking=(), **changes):
    """`ranking` has for every group of like order its cells as (id, rank, tied_with)."""
    order_of = {entry["id"]: entry["contract"]["order"] for entry in cells}
    environment = {name: None for name in """cpu_model cpu_governor virtualisation memory_bytes cgroup_memory_bytes
        cgroup_cpus mount_options file_system_bytes file_system_free_bytes device dirty_background_bytes
        dirty_background_percent dirty_bytes dirty_percent load_average""".split()}
    environment |= {"cpus": 2, "kernel": "Linux 6.1", "architecture": "x86_64", "directory": "/data",
                    "file_system": "ext4"}
    return {
        "writebench_schema": 1,
        "tool": {"name": "writebench", "version": "0.1.0", "build_type": "Release", "compiler": "GNU 12.2.0",
                 "flags": "-O3", "sanitizers": "", "assertions": False, "libraries": {}},
        "started_at": "2026-01-31T12:00:00Z", "command_line": ["writebench"], "complete": True,
        "plan": {"warm_up_trials": 0, "min_trials": 1, "max_trials": 9, "stall_trials": 0, "precision": 0.02,
                 "budget_ns": None, "seed": 0},
        "environment": environment, "cells": list(cells),
        "ranking": [{"order": order_of[group[0][0]], "layout": "one-file",
                     "cells": [{"id": name, "rank": rank, "tied_with": tied} for name, rank, tied in group]}
                    for group in ranking],
        "harness": {"clock_read_ns": None, "ns_per_line": None, "trial_overhead_ns": None}, "warnings": [], **changes,
    }


def load(tmp_path, content, name="report.json"):
    path = tmp_path / name
    path.write_text(json.dumps(content))
    return load_report(path)
