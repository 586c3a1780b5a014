"""cost: processor time, context switches and write calls of a line."""

from analysis.costs import COSTS, per_line
from analysis.groups import groups_of
from analysis.kinds import NAMED
from plots.caption import caption, not_ok, why_no_time
from plots.rows import INNER, Rows
from plots.scales import count_axis, time_axis
from plots.sheet import Key, Sheet
from plots.theme import Looks

MOST_CELLS = 300
AXIS_INCHES = 0.45
GAP_INCHES = 0.35


def cannot(report):
    if not any(per_line(cell, "user_cpu_ns") is not None for cell in report.cells):
        return "no trial counted what a line costs"
    if len(report.cells) > MOST_CELLS:
        return f"it has {len(report.cells)} cells, and {MOST_CELLS} rows are the most"
    return None


def draw(report, theme):
    looks = Looks(theme, [report])
    rows = Rows(groups_of(report))
    notes = ["Means over the trials, all threads together. The kernel counts processor time in ticks: a few short"
             " trials may show 0.", not_ok(report.cells)]
    filled = {"color": theme.text, "linestyle": "none", "marker": "o", "markersize": 6}
    hollow = {**filled, "markerfacecolor": theme.background, "marker": "s", "markersize": 5.5}
    keys = [Key(", ".join(cost.parts[index].label for cost in COSTS if index < len(cost.parts)), style)
            for index, style in enumerate((filled, hollow))]
    sheet = Sheet(theme, NAMED["cost"].title, "", keys, caption(report, report.cells, notes), rows.inches + AXIS_INCHES)
    rows.draw_names(sheet, looks)
    width = (INNER - rows.name_inches - 0.1 - GAP_INCHES * (len(COSTS) - 1)) / len(COSTS)
    for index, cost in enumerate(COSTS):
        left = rows.name_inches + index * (width + GAP_INCHES)
        _draw_panel(sheet, rows, cost, left, width, looks)
    return sheet.figure


def _draw_panel(sheet, rows, cost, left, width, looks):
    axes = rows.axes(sheet, left, width)
    values = {row.cell.id: [per_line(row.cell, part.name) for part in cost.parts] for row in rows}
    known = [value for places in values.values() for value in places if value is not None]
    what = cost.title[0].lower() + cost.title[1:]
    if not cost.in_ns:
        what = f"{what.removesuffix(' per line')} (count per line)"
    label, zero = (time_axis if cost.in_ns else count_axis)(axes, "x", known, what, int(width / 0.6))
    sheet.axis_label(left + width / 2, rows.inches + AXIS_INCHES - 0.1, label)
    for row in rows:
        look = looks[row.cell.strategy]
        places = values[row.cell.id]
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
