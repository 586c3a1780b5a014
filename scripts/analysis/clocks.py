"""The three clocks of a trial: when the callers were free, when all was with the kernel, when all was synced."""

import statistics
from dataclasses import dataclass

from analysis import quantities


@dataclass(frozen=True)
class Clock:
    name: str
    label: str  # of the part of the time that it ends

    @property
    def figure(self):
        return f"{self.name}_ns"


CLOCKS = (Clock("submitted", "until submitted: the callers are free"),
          Clock("drained", "until drained: all is with the kernel"),
          Clock("durable", "until durable: synced"))


def medians(cell):
    """The median of each clock in ns, None for durable if nothing was synced; None if no trial has a time."""
    samples = [sample for sample in cell.timed if None not in (sample.submitted_ns, sample.drained_ns)]
    if not samples:
        return None
    of_clocks = []
    for clock in CLOCKS:
        values = [sample.figures.get(clock.figure) for sample in samples]
        of_clocks.append(None if None in values else statistics.median(values))
    return of_clocks


def segments(clocks):
    """What each clock adds to the one before. If a strategy syncs as it goes, clocks may coincide."""
    ends = [0.0]
    for clock in clocks:
        ends.append(max(ends[-1], clock or 0))
    return [end - start for start, end in zip(ends, ends[1:])]


def text_of(clock_ns):
    return "-" if clock_ns is None else quantities.time(clock_ns)


def of_page(report, index_of):
    """What the page's picture is drawn from: the names of the parts, and by cell each part as a share of the whole."""
    cells = {}
    for cell in report.cells:
        clocks = medians(cell) if cell.has_time else None
        if clocks and sum(segments(clocks)) > 0:
            cells[index_of[cell.id]] = _of_cell(clocks)
    return {"parts": [clock.label for clock in CLOCKS], "cells": cells}


def _of_cell(clocks):
    parts, at, whole = [], 0, sum(segments(clocks))
    for clock, length in zip(clocks, segments(clocks)):
        parts.append(None if clock is None else {
            "from": at / whole, "to": (at + length) / whole, "length": quantities.time(length),
            "share": quantities.percent(length / whole), "end": text_of(clock)})
        at += length
    return parts
