"""rounds: every trial in the round it ran in, so that a drift or a disturbance shows."""

import math

from analysis.groups import groups_of
from analysis.kinds import NAMED
from plots.caption import caption, not_ok, why_no_time
from plots.rows import INNER
from plots.sheet import Key, Sheet
from plots.strips import SCALE_INCHES, Strips, whole_numbers
from plots.theme import CAUSES, OTHER_CAUSE, Looks

MOST_CELLS = 200


def cannot(report):
    if not any(cell.samples for cell in report.cells):
        return "no trial was finished"
    if len(report.cells) > MOST_CELLS:
        return f"it has {len(report.cells)} cells, and {MOST_CELLS} strips are the most"
    return None


def draw(report, theme):
    looks = Looks(theme, [report])
    strips = Strips(groups_of(report), 0.42 if len(report.cells) <= 40 else 0.34)
    samples = [sample for cell in report.cells for sample in cell.samples]
    causes = list(dict.fromkeys(cause for sample in samples for cause in sample.disturbances))
    keys = [Key("a trial", _style(theme.text, "o", filled=True))]
    keys += [Key(f"disturbed: {cause}", _style(theme.alarm, CAUSES.get(cause, OTHER_CAUSE))) for cause in causes]
    keys += [Key("no time: not ok", _style(theme.alarm, "x"))] if any(_lost(cell) for cell in report.cells) else []
    keys += [Key("median", {"color": theme.text, "linewidth": 1})]
    notes = ["Every strip has its own scale, from the least to the largest time of its cell: the strips show what"
             " changed from round to round, not which strategy is faster. The order within a round was shuffled.",
             not_ok(report.cells)]
    sheet = Sheet(theme, NAMED["rounds"].title, "", keys, caption(report, report.cells, notes), strips.inches)
    axes = strips.draw(sheet, looks, "round (count)")
    rounds = [sample.round for sample in samples]
    axes.set_xlim(min(rounds) - 0.5, max(rounds) + 0.5)
    whole_numbers(axes)
    for row in strips.rows:
        _draw_cell(sheet, axes, strips, row, looks[row.cell.strategy])
    return sheet.figure


def _lost(cell):
    return [sample for sample in cell.samples if sample.time_ns is None]


def _join_neighbours(axes, rounds, heights, look):
    """A line through the trials, but for the rounds that the cell sat out."""
    xs, ys = [], []
    for index, (number, height) in enumerate(zip(rounds, heights)):
        if index and number != rounds[index - 1] + 1:
            xs.append(number)
            ys.append(math.nan)
        xs.append(number)
        ys.append(height)
    axes.plot(xs, ys, color=look.colour, linewidth=0.7, alpha=0.6, zorder=2)


def _style(colour, marker, filled=False):
    return {"color": colour, "marker": marker, "markersize": 4 if filled else 7, "linestyle": "none",
            "markerfacecolor": colour if filled else "none"}


def _draw_cell(sheet, axes, strips, row, look):
    cell = row.cell
    lost = [sample.round for sample in _lost(cell)]
    axes.plot(lost, [row.middle] * len(lost), zorder=5, **_style(sheet.theme.alarm, "x"))
    if not cell.timed:
        if not lost:
            room = INNER - strips.rows.name_inches - SCALE_INCHES - 0.1
            sheet.note(strips.rows.name_inches + 0.08, row.middle, why_no_time(cell), room)
        return
    place = strips.scale(sheet, row, [sample.time_ns for sample in cell.timed])
    rounds = [sample.round for sample in cell.timed]
    heights = [place(sample.time_ns) for sample in cell.timed]
    _join_neighbours(axes, rounds, heights, look)
    axes.plot(rounds, heights, zorder=3, gid=f"rounds:{cell.id}",
              **{**_style(look.colour, "o", filled=True), "markersize": 3})
    if cell.summary:
        axes.plot([min(rounds), max(rounds)], [place(cell.summary.time_ns.median)] * 2, color=sheet.theme.text,
                  linewidth=1, zorder=1, gid=f"median:{cell.id}")
    for cause in dict.fromkeys(cause for sample in cell.timed for cause in sample.disturbances):
        struck = [index for index, sample in enumerate(cell.timed) if cause in sample.disturbances]
        axes.plot([rounds[index] for index in struck], [heights[index] for index in struck], zorder=4,
                  **_style(sheet.theme.alarm, CAUSES.get(cause, OTHER_CAUSE)))
