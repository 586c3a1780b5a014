"""time: every trial a dot, the median with its interval, beside the reference and the ceiling."""

from analysis.groups import groups_of
from analysis.kinds import NAMED
from analysis.report_model import CEILING, REFERENCE
from analysis.results import MARKS, PACED, TIME, TRIALS, VERSUS_REFERENCE
from plots.caption import caption, not_ok, on_a_fraction, why_no_time
from plots.rows import INNER, Columns, Rows
from plots.scales import time_axis
from plots.sheet import Key, Sheet
from plots.theme import Looks

MOST_CELLS = 300
AXIS_INCHES = 0.45
COLUMNS = (TIME, VERSUS_REFERENCE, TRIALS)
COLUMNS_AT_A_RATE = (*PACED, TIME)


def cannot(report):
    if not any(cell.timed for cell in report.cells):
        return "no trial has a time"
    if not any(cell.timed for cell in report.cells if not cell.is_cut):
        return "all ran on a fraction of the lines, and have no time of all"
    if len(report.cells) > MOST_CELLS:
        return f"it has {len(report.cells)} cells, and {MOST_CELLS} rows are the most"
    return None


def draw(report, theme):
    looks = Looks(theme, [report])
    rows = Rows(groups_of(report))
    shown = columns_of(report)
    fields = {cell.id: _fields(report, shown, cell) for cell in report.cells}
    columns = Columns([column.title for column in shown], fields)
    notes = ["A dot is a trial, hollow if something outside disturbed it; the bar is the median, the band its 95%"
             " interval (absent if the trials are too few for one).", _marks(fields), _pace(report), not_ok(report.cells)]
    keys = [Key("a trial", _dot(theme.text)), Key("a disturbed trial", _dot(theme.text, theme.background)),
            Key("median", {"color": theme.text, "marker": "|", "markersize": 10, "markeredgewidth": 2,
                           "linestyle": "none"}),
            Key("its 95% interval", {"color": theme.text, "alpha": 0.3}, area=True)]
    keys += [Key(label, style) for name, (label, style) in zip((REFERENCE, CEILING), _references(theme))
             if any(cell.strategy == name and cell.summary and not cell.is_cut and not cell.has_rate
                    for cell in report.cells)]
    sheet = Sheet(theme, NAMED["time"].title,
                  "The time of a trial: from the first line until everything is with the kernel and the file closed, or"
                  " synced if the durability asks for it.", keys,
                  caption(report, report.cells, notes), rows.inches + AXIS_INCHES)
    rows.draw_names(sheet, looks)
    left = rows.name_inches
    width = INNER - left - columns.inches
    axes = rows.axes(sheet, left, width)
    times = [sample.time_ns for cell in report.cells if not cell.is_cut for sample in cell.timed]
    label, _ = time_axis(axes, "x", times, "time of a trial")
    sheet.axis_label(left + width / 2, rows.inches + AXIS_INCHES - 0.1, label)
    _draw_references(axes, rows, report, theme)
    for row in rows:
        if row.cell.is_cut and row.cell.has_time:
            sheet.note(left + 0.08, row.middle, on_a_fraction(row.cell), width - 0.1)
            continue
        _draw_cell(axes, row, looks[row.cell.strategy], theme)
        if not row.cell.timed and row.cell.status != "ok":
            sheet.note(left + 0.08, row.middle, why_no_time(row.cell), width - 0.1)
    columns.draw(sheet, rows, {cell.id: theme.alarm for cell in report.cells if cell.status != "ok"})
    return sheet.figure


def _dot(colour, face=None):
    return {"color": colour, "marker": "o", "markersize": 4, "markerfacecolor": face or colour, "linestyle": "none"}


def columns_of(report):
    """Those beside the dots; at a rate what matters then, and no ratio."""
    return COLUMNS_AT_A_RATE if any(cell.has_rate for cell in report.cells) else COLUMNS


def _marks(fields):
    """What the marks mean that stand at the ratios."""
    shown = [text for texts in fields.values() for text in texts]
    meanings = [f"{mark} {meaning}." for mark, meaning in MARKS.items()
                if any(text.startswith(mark) or text.endswith(mark) for text in shown)]
    return " ".join(meanings)


def _pace(report):
    if not any(cell.has_rate for cell in report.cells):
        return ""
    return "At a rate the pace fixes the time, which is therefore compared with none."


def _fields(report, columns, cell):
    if not cell.has_time:
        known = {TIME: str(cell.status) if cell.summary else "-",
                 TRIALS: TRIALS.field(report, cell).text if cell.summary else "0"}
        return [known.get(column, "-") for column in columns]
    return [column.field(report, cell).text for column in columns]


def _references(theme):
    return [(f"{REFERENCE}, the reference", {"color": theme.reference, "linestyle": "--", "linewidth": 1}),
            (f"{CEILING}, the ceiling", {"color": theme.ceiling, "linestyle": ":", "linewidth": 1.5})]


def _draw_references(axes, rows, report, theme):
    for heading in rows.headings:
        first = heading.rows[0].cell
        for cell, (_, style) in zip((report.reference_of(first), report.ceiling_of(first)), _references(theme)):
            if cell and cell.summary and not cell.is_cut and not cell.has_rate:
                x = cell.summary.time_ns.median
                axes.plot([x, x], [heading.rows[0].middle - 0.1, heading.bottom], zorder=1, **style)


def _draw_cell(axes, row, look, theme):
    samples = row.cell.timed
    half = 0.3 * min(row.height, 0.3)
    # The golden ratio's multiples spread evenly, and the same for every drawing.
    places = [row.middle + half * (2 * (index * 0.618034 % 1) - 1) for index in range(len(samples))]
    if len(samples) == 1:
        places = [row.middle]
    for disturbed, face, alpha in ((False, look.colour, 0.45), (True, "none", 0.9)):
        chosen = [index for index, sample in enumerate(samples) if bool(sample.disturbances) == disturbed]
        axes.scatter([samples[index].time_ns for index in chosen], [places[index] for index in chosen], s=9, marker="o",
                     facecolors=face, edgecolors=look.colour, linewidths=0 if not disturbed else 0.8, alpha=alpha,
                     zorder=3)
    if not row.cell.summary:
        return
    time = row.cell.summary.time_ns
    top, bottom = row.middle - 0.42 * row.height, row.middle + 0.42 * row.height
    if time.low is not None:
        axes.fill_betweenx([top, bottom], time.low, time.high, color=look.colour, alpha=0.28, linewidth=0, zorder=2)
    axes.plot([time.median] * 2, [top, bottom], color=theme.text, linewidth=2, solid_capstyle="butt", zorder=4,
              gid=f"median:{row.cell.id}")
