"""clocks: when the callers were free, when everything was with the kernel, when it was synced."""

import statistics

from plots import units
from plots.caption import caption, not_ok, why_no_time
from plots.groups import groups
from plots.rows import INNER, Columns, Rows
from plots.scales import is_wide, time_axis
from plots.sheet import Key, Sheet
from plots.theme import Looks

NAME = "clocks"
SUMMARY = "what of the time passed until the callers were free, until all was with the kernel, until it was synced"
MOST_CELLS = 300
AXIS_INCHES = 0.45
CLOCKS = ["submitted_ns", "drained_ns", "durable_ns"]


def cannot(report):
    if not any(medians(cell) for cell in report.cells):
        return "no trial has all its clocks"
    if len(report.cells) > MOST_CELLS:
        return f"it has {len(report.cells)} cells, and {MOST_CELLS} rows are the most"
    return None


def medians(cell):
    """The median of each clock in ns, the last one None where nothing was synced; None where no trial has a time."""
    samples = [sample for sample in cell.timed if None not in (sample.submitted_ns, sample.drained_ns)]
    if not samples:
        return None
    of_clocks = []
    for clock in CLOCKS:
        values = [getattr(sample, clock) for sample in samples]
        of_clocks.append(None if None in values else statistics.median(values))
    return of_clocks


def segments(clocks):
    """What each clock adds to the one before. Where a strategy syncs as it goes, the clocks may coincide."""
    ends = [0.0]
    for clock in clocks:
        ends.append(max(ends[-1], clock or 0))
    return [end - start for start, end in zip(ends, ends[1:])]


def draw(report, theme):
    looks = Looks(theme, [report])
    rows = Rows(groups(report))
    clocks = {cell.id: medians(cell) for cell in report.cells}
    shown = 3 if any(clock and clock[-1] is not None for clock in clocks.values()) else 2
    columns = Columns([clock.removesuffix("_ns") for clock in CLOCKS[:shown]],
                      {cell.id: _fields(clocks[cell.id])[:shown] for cell in report.cells})
    wholes = [sum(segments(clock)) for clock in clocks.values() if clock]
    in_shares = is_wide(wholes)
    notes = ["Segments are between the medians of the clocks" +
             (", as shares of each row's own whole time, since the times lie too far apart for one axis."
              if in_shares else "."), not_ok(report.cells)]
    labels = ["until submitted: the callers are free", "until drained: all is with the kernel", "until durable: synced"]
    keys = [Key(label, {"color": colour}, area=True) for label, colour in zip(labels[:shown], theme.segments)]
    sheet = Sheet(theme, "When the work was really done",
                  "A strategy that looks fast until its callers are free may only have put the work off.", keys,
                  caption(report, report.cells, notes), rows.inches + AXIS_INCHES)
    rows.draw_names(sheet, looks)
    width = INNER - rows.name_inches - columns.inches
    axes = rows.axes(sheet, rows.name_inches, width)
    if in_shares:
        label = "share of the whole time (%)"
        axes.set_xlim(0, 100)
        axes.set_xticks(range(0, 101, 20))
    else:
        label, _ = time_axis(axes, "x", [0, *wholes], "time of a trial")
    sheet.axis_label(rows.name_inches + width / 2, rows.inches + AXIS_INCHES - 0.1, label)
    for row in rows:
        if clocks[row.cell.id]:
            _draw_bar(axes, row, segments(clocks[row.cell.id]), in_shares, theme)
        else:
            sheet.note(rows.name_inches + 0.08, row.middle, why_no_time(row.cell), width - 0.1)
    columns.draw(sheet, rows)
    return sheet.figure


def _fields(clocks):
    return ["-" if clock is None else units.time(clock) for clock in clocks or [None] * 3]


def _draw_bar(axes, row, parts, in_shares, theme):
    scale = 100 / max(sum(parts), 1) if in_shares else 1
    left = 0.0
    for part, colour in zip(parts, theme.segments):
        axes.barh(row.middle, part * scale, 0.6 * min(row.height, 0.3), left=left, color=colour, linewidth=0, zorder=3,
                  gid=f"segment:{row.cell.id}")
        left += part * scale
