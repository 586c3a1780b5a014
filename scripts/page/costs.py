"""What a line of a cell cost: medians over its samples, per line; None where it was not counted."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Costs:
    user_ns: float | None
    system_ns: float | None
    voluntary_switches: float | None
    involuntary_switches: float | None
    write_calls: float | None


def costs_of(cell):
    def per_line(name):
        counted = [sample.counts[name] for sample in cell.timed if name in sample.counts]
        return statistics.median(counted) / cell.lines if counted and cell.lines else None

    return Costs(per_line("user_cpu_ns"), per_line("system_cpu_ns"), per_line("voluntary_switches"),
                 per_line("involuntary_switches"), per_line("write_syscalls"))


def clocks_of(cell):
    """Medians of the three clocks in ns, each from clock on; durable is None where nothing was synced."""
    def median(values):
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    timed = cell.timed
    return (median(sample.submitted_ns for sample in timed), median(sample.drained_ns for sample in timed),
            median(sample.durable_ns for sample in timed))
