"""What a line of a cell cost: means over its trials; None if it was not counted.

These are not medians. The kernel counts processor time in ticks, so most of many short trials may show 0; and the
median of a sum is not the sum of the medians.
"""

import statistics
from dataclasses import dataclass

from analysis import quantities
from analysis.figures import unit_of


@dataclass(frozen=True)
class Part:
    name: str  # of the sample's figure
    label: str


@dataclass(frozen=True)
class Cost:
    """What is shown in one panel; its parts add up."""

    title: str
    parts: tuple[Part, ...]

    @property
    def in_ns(self):
        return unit_of(self.parts[0].name) == "ns"

    def text(self, value):
        if value is None:
            return "-"
        return quantities.time_of_a_line(value) if self.in_ns else quantities.count(value)

    def whole(self, cell):
        """The sum of the parts that were counted."""
        known = [value for part in self.parts if (value := per_line(cell, part.name)) is not None]
        return sum(known) if known else None


COSTS = (
    Cost("Processor time per line", (Part("user_cpu_ns", "user time"), Part("system_cpu_ns", "system time"))),
    Cost("Switches per line", (Part("voluntary_switches", "voluntary switches"),
                               Part("involuntary_switches", "involuntary switches"))),
    Cost("Write calls per line", (Part("write_syscalls", "write calls"),)),
)


def mean(cell, name):
    """The mean over the trials with a time that have this figure."""
    values = [sample.figures[name] for sample in cell.timed if name in sample.figures]
    return statistics.mean(values) if values else None


def per_line(cell, name):
    value = mean(cell, name)
    return None if value is None or not cell.lines else value / cell.lines


def of_page(report, index_of):
    """What the page's picture is drawn from: the panels, and by cell what stands in them."""
    cells = {}
    for cell in report.cells:
        panels = [_of_panel(cell, cost) for cost in COSTS]
        if cell.has_time and any(panel["value"] is not None for panel in panels):
            cells[index_of[cell.id]] = panels
    return {"panels": [{"title": cost.title, "inTime": cost.in_ns, "parts": [part.label for part in cost.parts]}
                       for cost in COSTS], "cells": cells}


def _of_panel(cell, cost):
    whole = cost.whole(cell)
    return {"value": whole, "text": cost.text(whole),
            "parts": [cost.text(per_line(cell, part.name)) for part in cost.parts]}
