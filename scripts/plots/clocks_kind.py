"""clocks: when the callers were free, when everything was with the kernel, when it was synced."""

from analysis.clocks import CLOCKS, medians, segments, text_of
from analysis.groups import groups_of
from analysis.kinds import NAMED
from plots.caption import caption, not_ok, why_no_time
from plots.rows import INNER, Columns, Rows
from plots.scales import is_wide, time_axis
from plots.sheet import Key, Sheet
from plots.theme import Looks

MOST_CELLS = 300
AXIS_INCHES = 0.45


def cannot(report):
    if not any(medians(cell) for cell in report.cells):
        return "no trial has all its clocks"
    if len(report.cells) > MOST_CELLS:
        return f"it has {len(report.cells)} cells, and {MOST_CELLS} rows are the most"
    return None


def draw(report, theme):
    looks = Looks(theme, [report])
    rows = Rows(groups_of(report))
    clocks = {cell.id: medians(cell) for cell in report.cells}
    shown = 3 if any(clock and clock[-1] is not None for clock in clocks.values()) else 2
    columns = Columns([clock.name for clock in CLOCKS[:shown]],
                      {cell.id: _fields(clocks[cell.id])[:shown] for cell in report.cells})
    wholes = [sum(segments(clock)) for clock in clocks.values() if clock]
    in_shares = is_wide(wholes) or any(cell.is_cut for cell in report.cells)
    notes = ["Segments are between the medians of the clocks" +
             (", as shares of each row's own whole time, since the times lie too far apart for one axis."
              if in_shares else "."), not_ok(report.cells)]
    keys = [Key(clock.label, {"color": colour}, area=True) for clock, colour in zip(CLOCKS[:shown], theme.segments)]
    sheet = Sheet(theme, NAMED["clocks"].title,
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
    return [text_of(clock) for clock in clocks or [None] * len(CLOCKS)]


def _draw_bar(axes, row, parts, in_shares, theme):
    scale = 100 / max(sum(parts), 1) if in_shares else 1
    left = 0.0
    for part, colour in zip(parts, theme.segments):
        axes.barh(row.middle, part * scale, 0.6 * min(row.height, 0.3), left=left, color=colour, linewidth=0, zorder=3,
                  gid=f"segment:{row.cell.id}")
        left += part * scale
