"""Percentile curves of how long appends held their caller, and of how late the event loop was. A curve ends at the last
quantile that its count supports: the quantile q takes 1 / (1 - q) values."""

import math

from analysis import quantities
from analysis.report_model import QUANTILES

LEAST_NS = 1  # what a logarithmic axis shows of a duration of 0
MOST_POINTS = 120  # of a curve in the page

# What is measured: the cell's distribution, its title, and what is counted in it.
MEASURED = (("caller_stall_ns", "the caller's stall", "appends"), ("loop_lag_ns", "the event loop's lag", "timers"))


def curve(distribution):
    """The ends of the curve's steps as (1 / (1 - p), ns), from the median up to the last nine that the count supports;
    empty if there are too few values for any."""
    if distribution.count < 10:
        return []
    last = 10.0 ** math.floor(math.log10(distribution.count))
    points = []
    for above, ns in distribution.curve():
        reached = 1 / above if above > 0 else last
        if reached > last * (1 - 1e-9):  # 5 of 500000 above, and 1 / above is not quite 100000
            reached = last
        if reached >= 2:
            points.append((reached, max(ns, LEAST_NS)))
        if reached == last:
            break
    return points


def steps(points):
    """The corners of the curve: a duration is the percentile from the end of the shorter ones to its own end."""
    corners, passed = [], 2.0
    for reached, ns in points:
        corners += [(passed, ns), (reached, ns)]
        passed = reached
    return corners


def thinned(points, ratio=1.01):
    """Without the points that lie closer than that to the one before: a histogram may have thousands."""
    kept = points[:1]
    for x, y in points[1:-1]:
        if x > ratio * kept[-1][0] or y > ratio * kept[-1][1]:
            kept.append((x, y))
    return kept + points[-1:] if len(points) > 1 else kept


def percentile(inverse):
    """50%, 90%, 99%, 99.9%, for 1 / (1 - p)."""
    decimals = max(0, math.ceil(math.log10(inverse) - 1e-9) - 2)
    return f"{100 * (1 - 1 / inverse):.{decimals}f}%"


def of_page(report, index_of):
    """What the page's picture is drawn from: for stall and lag the curves by cell."""
    parts = []
    for name, title, counted in MEASURED:
        held = {index_of[cell.id]: getattr(cell, name) for cell in report.cells
                if cell.has_time and getattr(cell, name)}
        cells = {index: _of_cell(distribution) for index, distribution in held.items() if curve(distribution)}
        if cells:
            parts.append({"title": title, "counted": counted, "cells": cells})
    return {"quantiles": [label for label, _, _ in QUANTILES], "parts": parts}


def _of_cell(distribution):
    points = curve(distribution)
    ratio = 1.01
    while len(points) > MOST_POINTS:
        points = thinned(points, ratio)
        ratio *= 1.05
    texts = [getattr(distribution, name) for _, name, _ in QUANTILES]
    return {"points": [[inverse, ns, f"{quantities.time(ns)} at {percentile(inverse)}"] for inverse, ns in points],
            "quantiles": ["-" if ns is None else quantities.time(ns) for ns in texts],
            "most": distribution.max, "mostText": quantities.time(distribution.max), "count": distribution.count}
