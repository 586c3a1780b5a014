"""The kinds of picture, one module each: what it is called, when it cannot be drawn, and how it is drawn."""

from plots import clocks_kind, cost_kind, reports_kind, rounds_kind, stall_kind, sweep_kind, time_kind

# Drawn for each report.
OF_ONE = [time_kind, clocks_kind, stall_kind, cost_kind, sweep_kind, rounds_kind]
# Drawn for all reports together.
OF_SEVERAL = [reports_kind]
KINDS = [*OF_ONE, *OF_SEVERAL]
