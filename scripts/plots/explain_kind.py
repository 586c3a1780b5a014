"""explain: what each step of the ladder adds to a line, and the parts of one dispatched write."""

from analysis.explanation import parts, steps
from analysis.kinds import NAMED
from plots.caption import caption
from plots.plain_text import plain
from plots.rows import INNER
from plots.scales import time_axis
from plots.sheet import SMALL, TEXT, Sheet
from plots.theme import Looks

ROW_INCHES = 0.28
HEADING_INCHES = 0.3
AXIS_INCHES = 0.5
NAME_INCHES = 2.6
VALUE_INCHES = 1.2


def cannot(report):
    return None if report.explanation else "it is not a report of 'writebench explain'"


def draw(report, theme):
    looks = Looks(theme, [report])
    panels = [(title, bars) for title, bars in (("What each variant adds to the time of a line", steps(report)),
                                                ("One dispatched write, handed to a pool thread", parts(report))) if bars]
    inches = sum(HEADING_INCHES + ROW_INCHES * len(bars) + AXIS_INCHES for _, bars in panels)
    notes = ["Each variant does one thing more than the one above it. Thin lines are 95% intervals; a negative bar means"
             " that the variant is cheaper than the one above."]
    sheet = Sheet(theme, NAMED["explain"].title, f"{report.explanation['subject']} in {report.environment['file_system']}",
                  [], caption(report, report.cells, notes), inches)
    top = 0.0
    for title, bars in panels:
        _draw_panel(sheet, looks, title, bars, top)
        top += HEADING_INCHES + ROW_INCHES * len(bars) + AXIS_INCHES
    return sheet.figure


def _draw_panel(sheet, looks, title, bars, top):
    theme = sheet.theme
    sheet.text(0, top + HEADING_INCHES / 2, title, TEXT, theme.muted, weight="bold")
    height = ROW_INCHES * len(bars)
    width = INNER - NAME_INCHES - VALUE_INCHES
    axes = sheet.axes(NAME_INCHES, top + HEADING_INCHES, width, height)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.grid(axis="x", color=theme.line, linewidth=0.8)
    known = [value for bar in bars for value in (bar.ns, bar.low, bar.high) if value is not None]
    most, least = max(known), min(known)
    label, _ = time_axis(axes, "x", [0, most], "time")
    if least < 0:
        axes.set_xlim(least * 1.05, most * 1.05)
    sheet.axis_label(NAME_INCHES + width / 2, top + HEADING_INCHES + height + AXIS_INCHES - 0.12, label)
    for index, bar in enumerate(bars):
        middle = (index + 0.5) * ROW_INCHES
        colour = looks[bar.strategy].colour
        axes.barh(middle, bar.ns, 0.6 * ROW_INCHES, color=colour, linewidth=0, zorder=3, gid=f"bar:{bar.label}")
        if bar.low is not None:
            axes.plot([bar.low, bar.high], [middle, middle], color=theme.text, linewidth=1.2, zorder=4)
        sheet.text(0.05, top + HEADING_INCHES + middle, plain(bar.label), SMALL)
        text = bar.text if bar.told_from_zero else f"{bar.text}, may be 0"
        sheet.text(INNER, top + HEADING_INCHES + middle, text, SMALL, align="right", gid=f"value:{bar.label}")
