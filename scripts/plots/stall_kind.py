"""stall: how long the caller was held in an append, and how late the event loop was, by percentile."""

import math

from matplotlib import colormaps, ticker
from matplotlib.collections import LineCollection

from analysis.kinds import NAMED
from analysis.percentiles import MEASURED, curve, percentile, steps, thinned
from plots.caption import caption, not_ok
from plots.panels import Panels
from plots.plain_text import plain
from plots.scales import time_axis
from plots.sheet import Key, Sheet
from plots.theme import Looks

MOST_IN_ONE_PANEL = 12  # curves; more get a panel for each strategy
MOST_STRATEGIES = 60


def cannot(report):
    measured = [cell for cell in report.cells if cell.caller_stall_ns or cell.loop_lag_ns]
    if not measured:
        return "no append was timed (run writebench with --stall-trials 1)"
    if len({cell.strategy for cell in measured}) > MOST_STRATEGIES:
        return f"more than {MOST_STRATEGIES} strategies do not fit"
    return None


def _curves(report, name):
    held = {cell.id: getattr(cell, name) for cell in report.cells if getattr(cell, name)}
    curves = {cell_id: thinned(steps(curve(distribution))) for cell_id, distribution in held.items()}
    return {cell_id: points for cell_id, points in curves.items() if points}


def draw(report, theme):
    looks = Looks(theme, [report])
    parts = [(title, _curves(report, name)) for name, title, _ in MEASURED]
    parts = [(title, curves) for title, curves in parts if curves]
    cells = [cell for cell in report.cells if any(cell.id in curves for _, curves in parts)]
    styles = _styles(cells, looks, theme)
    together = max(len(curves) for _, curves in parts) <= MOST_IN_ONE_PANEL if parts else True
    views = _together(parts, cells) if together else _by_strategy(parts, cells)
    if together:
        panels = Panels([title for title, _, _ in views], len(views), 3.6)
        keys = [Key(cell.id, _line(styles[cell.id])) for cell in _slowest_first(cells, parts)]
        note = ""
    else:
        panels = Panels([plain(title) for title, _, _ in views], 4, 1.3)
        keys = []
        note = ("Each panel has one strategy's cells in colour and all others in grey; several cells go from dark to"
                " light in the order of the report.")
    notes = ["A curve ends at the last nine that its count supports; right of 99 % the caller is held that long once in"
             " a hundred appends. A stall is how long an append, or one await of it, kept the caller; its trials are"
             " apart from those that give the times.", note, not_ok(report.cells)]
    sheet = Sheet(theme, NAMED["stall"].title, "", keys, caption(report, report.cells, notes), panels.inches)
    all_points = [point for _, curves in parts for points in curves.values() for point in points]

    def scale(axes):
        y_label, _ = time_axis(axes, "y", [ns for _, ns in all_points], "held for", 6)
        _scale_nines(axes, max(x for x, _ in all_points), panels.width)
        return "percentile (%, log)", y_label

    for axes, (_, own, others) in zip(panels.draw(sheet, scale), views):
        axes.add_collection(LineCollection(others, colors=theme.faint, linewidths=0.8, zorder=1), autolim=False)
        for index, (cell, points) in enumerate(own):
            shade = None if len(own) == 1 or together else _shade(index, len(own), theme)
            _draw_curve(axes, cell, points, styles[cell.id], shade)
    return sheet.figure


def _together(parts, cells):
    return [(name, [(cell, curves[cell.id]) for cell in cells if cell.id in curves], []) for name, curves in parts]


def _by_strategy(parts, cells):
    views = []
    for name, curves in parts:
        for strategy in dict.fromkeys(cell.strategy for cell in cells if cell.id in curves):
            own = [(cell, curves[cell.id]) for cell in cells if cell.strategy == strategy and cell.id in curves]
            others = [curves[cell.id] for cell in cells if cell.strategy != strategy and cell.id in curves]
            views.append((f"{name}: {strategy}", own, others))
    return views


def _slowest_first(cells, parts):
    """As the curves stand above one another at the right."""
    ends = {}
    for _, curves in reversed(parts):
        ends.update({cell_id: points[-1][1] for cell_id, points in curves.items()})
    return sorted(cells, key=lambda cell: -ends[cell.id])


def _styles(cells, looks, theme):
    """Every cell's, so that those of one strategy can be told apart."""
    of_strategy = {}
    for cell in cells:
        of_strategy.setdefault(cell.strategy, []).append(cell.id)
    return {cell_id: looks[strategy].nth(index, len(ids), theme)
            for strategy, ids in of_strategy.items() for index, cell_id in enumerate(ids)}


def _line(look):
    return {"color": look.colour, "linestyle": look.line_style, "linewidth": 1.6, "marker": look.marker,
            "markersize": 5}


def _shade(index, count, theme):
    """Along a map that the colour-blind read too, without its end that is near the background."""
    low, high = (0.0, 0.8) if theme.background == "#ffffff" else (0.3, 1.0)
    return colormaps["viridis"](low + (high - low) * index / max(count - 1, 1))


def _draw_curve(axes, cell, points, look, shade):
    style = _line(look)
    if shade:
        style.update(color=shade, linestyle="-", linewidth=1.3, marker=None)
    xs, ys = zip(*points)
    # The markers stand at the nines alone.
    marked = []
    for power in range(1, 20):
        marked += [next((index for index, x in enumerate(xs) if x >= 10.0**power * 0.999), None)]
    axes.plot(xs, ys, markevery=sorted({index for index in marked if index is not None}), zorder=3,
              gid=f"stall:{cell.id}", **style)


def _scale_nines(axes, last, width):
    axes.set_xscale("log")
    axes.set_xlim(2 / 1.08, max(last, 10) * 1.25)
    nines = [10.0**power for power in range(1, round(math.log10(max(last, 10))) + 1)]
    step = math.ceil((len(nines) + 1) * 0.62 / width)  # so many inches a label takes
    axes.xaxis.set_major_locator(ticker.FixedLocator(([2] if step == 1 else []) + nines[step - 1::step]))
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: percentile(value).removesuffix("%")))
