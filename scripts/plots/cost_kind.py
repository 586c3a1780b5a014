"""cost: processor time, context switches and write calls of a line."""

import statistics
from dataclasses import dataclass

from plots.caption import caption, not_ok, why_no_time
from plots.groups import groups
from plots.rows import INNER, Rows
from plots.scales import count_axis, time_axis
from plots.sheet import Key, Sheet
from plots.theme import Looks

NAME = "cost"
SUMMARY = "processor time, context switches and write calls per line"
MOST_CELLS = 300
AXIS_INCHES = 0.45
GAP_INCHES = 0.35


@dataclass(frozen=True)
class Panel:
    what: str
    counts: list[str]  # what is drawn, by its name in the report: the first filled, the second hollow
    in_ns: bool


PANELS = [Panel("processor time per line", ["user_cpu_ns", "system_cpu_ns"], True),
          Panel("switches per line", ["voluntary_switches", "involuntary_switches"], False),
          Panel("write calls per line", ["write_syscalls"], False)]


def cannot(report):
    if not any(per_line(cell, "user_cpu_ns") is not None for cell in report.cells):
        return "no trial counted what a line costs"
    if len(report.cells) > MOST_CELLS:
        return f"it has {len(report.cells)} cells, and {MOST_CELLS} rows are the most"
    return None


def per_line(cell, count):
    """The mean over the trials with a time; None where none has that count, or there are no lines.

    Not the median: the kernel counts processor time in ticks, so that of many short trials most may show 0.
    """
    values = [sample.counts[count] for sample in cell.timed if count in sample.counts]
    return statistics.mean(values) / cell.lines if values and cell.lines else None


def draw(report, theme):
    looks = Looks(theme, [report])
    rows = Rows(groups(report))
    notes = ["Means over the trials, all threads together. The kernel counts processor time in ticks: a few short"
             " trials may show 0.", not_ok(report.cells)]
    filled = {"color": theme.text, "linestyle": "none", "marker": "o", "markersize": 6}
    hollow = {**filled, "markerfacecolor": theme.background, "marker": "s", "markersize": 5.5}
    keys = [Key("user time, voluntary switches, write calls", filled), Key("system time, involuntary switches", hollow)]
    sheet = Sheet(theme, "What a line costs", "", keys, caption(report, report.cells, notes), rows.inches + AXIS_INCHES)
    rows.draw_names(sheet, looks)
    width = (INNER - rows.name_inches - 0.1 - GAP_INCHES * (len(PANELS) - 1)) / len(PANELS)
    for index, panel in enumerate(PANELS):
        left = rows.name_inches + index * (width + GAP_INCHES)
        _draw_panel(sheet, rows, panel, left, width, looks)
    return sheet.figure


def _draw_panel(sheet, rows, panel, left, width, looks):
    axes = rows.axes(sheet, left, width)
    values = {(row.cell.id, count): per_line(row.cell, count) for row in rows for count in panel.counts}
    known = [value for value in values.values() if value is not None]
    what = panel.what if panel.in_ns else f"{panel.what.removesuffix(' per line')} (count per line)"
    label, zero = (time_axis if panel.in_ns else count_axis)(axes, "x", known, what, int(width / 0.6))
    sheet.axis_label(left + width / 2, rows.inches + AXIS_INCHES - 0.1, label)
    for row in rows:
        look = looks[row.cell.strategy]
        places = [values[row.cell.id, count] for count in panel.counts]
        drawn = [max(place, zero) for place in places if place is not None]
        if not drawn:
            sheet.note(left + 0.06, row.middle, "not counted" if row.cell.status == "ok" else why_no_time(row.cell),
                       width)
        elif len(drawn) > 1:
            axes.plot(drawn, [row.middle] * len(drawn), color=look.colour, linewidth=1, alpha=0.5, zorder=2)
        for place, marker, face in zip(places, "os", (look.colour, sheet.theme.background)):
            if place is not None:
                axes.plot(max(place, zero), row.middle, marker, markersize=6 if marker == "o" else 5.5,
                          color=look.colour, markerfacecolor=face, zorder=3, clip_on=False, gid=f"cost:{row.cell.id}")
