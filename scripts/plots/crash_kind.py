"""crash: how many bytes of acknowledged lines each death took, beside what the strategy's options allow."""

from analysis.crashes import explained, panels
from analysis.kinds import NAMED
from plots.caption import machine, reservations, work
from plots.plain_text import elide, plain
from plots.rows import INNER
from plots.scales import count_axis
from plots.sheet import SMALL, TEXT, Key, Sheet
from plots.theme import Looks

ROW_INCHES = 0.3
HEADING_INCHES = 0.3
AXIS_INCHES = 0.5
NAME_INCHES = 2.3
VALUE_INCHES = 2.0


def cannot(report):
    return None if report.crash_test else "it is not a report of 'writebench crash-test'"


def draw(report, theme):
    looks = Looks(theme, [report])
    shown = panels(report)
    inches = sum(HEADING_INCHES + ROW_INCHES * len(rows) + AXIS_INCHES for _, rows in shown) or HEADING_INCHES
    notes = [f"{explained(report)} The line is the median."]
    numbers = sorted(len(row.lost) for _, rows in shown for row in rows)
    if numbers:
        notes.append(f"n = {numbers[0]} to {numbers[-1]} deaths of each cell." if numbers[0] < numbers[-1]
                     else f"n = {numbers[0]} deaths of each cell.")
    notes += [line for line in (work(report), machine(report), reservations(report)) if line]
    keys = [Key("a death", {"color": theme.muted, "linestyle": "none", "marker": "o", "markersize": 4}),
            Key("the median", {"color": theme.text, "linestyle": "none", "marker": "|", "markersize": 10})]
    if any(row.bound is not None for _, rows in shown for row in rows):
        keys.append(Key("the most by the options", {"color": theme.line}, area=True))
    sheet = Sheet(theme, NAMED["crash"].title, "", keys, notes, inches)
    top = 0.0
    for title, rows in shown:
        _draw_panel(sheet, looks, title, rows, top)
        top += HEADING_INCHES + ROW_INCHES * len(rows) + AXIS_INCHES
    return sheet.figure


def _draw_panel(sheet, looks, title, rows, top):
    theme = sheet.theme
    sheet.text(0, top + HEADING_INCHES / 2, title, TEXT, theme.muted, weight="bold")
    height = ROW_INCHES * len(rows)
    width = INNER - NAME_INCHES - VALUE_INCHES
    axes = sheet.axes(NAME_INCHES, top + HEADING_INCHES, width, height)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.grid(axis="x", color=theme.line, linewidth=0.8)
    known = [value for row in rows for value in (*row.lost, row.bound) if value is not None]
    label, zero = count_axis(axes, "x", known or [0], "bytes lost")
    sheet.axis_label(NAME_INCHES + width / 2, top + HEADING_INCHES + height + AXIS_INCHES - 0.12, label)
    start = axes.get_xlim()[0]
    for index, row in enumerate(rows):
        middle = (index + 0.5) * ROW_INCHES
        look = looks[row.strategy]
        if row.bound:
            axes.barh(middle, row.bound - start, 0.7 * ROW_INCHES, left=start, color=theme.line, linewidth=0, zorder=2,
                      gid=f"bound:{row.name}")
        if row.lost:
            # Equal losses would hide each other: the dots of a row stand at a few heights.
            heights = [middle + ROW_INCHES * 0.07 * (place % 5 - 2) for place in range(len(row.lost))]
            axes.plot([max(lost, zero) for lost in row.lost], heights, linestyle="none", marker=look.marker, markersize=3.5,
                      alpha=0.6, color=look.colour, zorder=3, gid=f"deaths:{row.name}", clip_on=False)
            median = max(row.median, zero)
            axes.plot([median, median], [middle - 0.4 * ROW_INCHES, middle + 0.4 * ROW_INCHES], color=theme.text,
                      linewidth=1.6, zorder=4, gid=f"median:{row.name}")
        sheet.text(0.05, top + HEADING_INCHES + middle, elide(plain(row.label), NAME_INCHES - 0.15, SMALL), SMALL)
        sheet.text(INNER, top + HEADING_INCHES + middle, elide(plain(row.text), VALUE_INCHES - 0.1, SMALL), SMALL,
                   theme.alarm if row.faulty or row.failure else None, "right", gid=f"value:{row.name}")
