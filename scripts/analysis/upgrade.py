"""Brings reports of schema 1 to the form of schema 2, so that everything else has to know schema 2 alone.

This runs before the form is checked. A value that is not as it should be is left as it is, for that check to find.
"""

NEWEST = 2

# What schema 1 did not say of its options, by the key that a parameter has: name, kind, summary.
OPTIONS = {
    "writers": ("writers", "count", "logical producers of lines"),
    "threads": ("threads", "count", "threads of a pool, or that write in parallel"),
    "buffer_bytes": ("buffer-size", "bytes", "size of one block"),
    "queue_depth": ("queue-depth", "count", "lines submitted and not yet finished, at most"),
    "in_flight_bytes": ("in-flight-bytes", "bytes", "bytes submitted and not yet finished, at most"),
}
# Fields of schema 1 that have another name in schema 2.
WORKLOAD = {"least_line_bytes": "min_line_bytes", "most_line_bytes": "max_line_bytes",
            "lines_per_second": "due_lines_per_second"}
SAMPLE = {"whole_ns": "total_ns", "surroundings": "interference"}


def upgraded(document):
    """That report in the newest form; the argument itself if it has that form already."""
    if document.get("writebench_schema") != 1:
        return document
    cells = document.get("cells")
    if not isinstance(cells, list):
        return {**document, "writebench_schema": NEWEST, "options": []}
    cells = [_cell(cell) if isinstance(cell, dict) else cell for cell in cells]
    used = dict.fromkeys(key for cell in cells if isinstance(cell, dict) and isinstance(cell.get("parameters"), dict)
                         for key in cell["parameters"])
    options = [{"name": name, "key": key, "kind": kind, "summary": summary}
               for key, (name, kind, summary) in OPTIONS.items() if key in used]
    return {**document, "writebench_schema": NEWEST, "options": options, "cells": cells}


def _cell(cell):
    cell = dict(cell)
    used = cell.pop("parameters_used", None)
    used = used if isinstance(used, list) else list(OPTIONS)
    cell["role"] = "control" if cell.get("family") == "control" else "strategy"
    if isinstance(cell.get("id"), str) and "#" in cell["id"]:
        cell["twin_of"] = cell["id"].rpartition("#")[0]
    if isinstance(cell.get("parameters"), dict):
        cell["parameters"] = {key: value for key, value in cell["parameters"].items()
                              if key not in OPTIONS or key in used}
    if isinstance(cell.get("workload"), dict):
        cell["workload"] = _renamed(cell["workload"], WORKLOAD)
    if isinstance(cell.get("samples"), list):
        cell["samples"] = [_renamed(sample, SAMPLE) if isinstance(sample, dict) else sample
                           for sample in cell["samples"]]
    return cell


def _renamed(fields, names):
    return {names.get(name, name): value for name, value in fields.items()}
