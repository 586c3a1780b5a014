"""sweep: a curve for every strategy over the parameter that was swept, its knee marked."""

import math

from matplotlib import ticker

from analysis.sweeps import KNEE_SHARE, sweep_of
from plots.caption import caption, not_ok
from plots.panels import Panels
from plots.plain_text import plain, width_inches
from plots.scales import time_axis
from plots.sheet import SMALL, Key, Sheet
from plots.theme import Looks

MOST_FACETS = 48


def cannot(report):
    sweep = sweep_of(report)
    if not sweep:
        return "nothing was swept (run writebench with, say, --buffer-size '4KiB..1MiB*4')"
    if len(sweep.facets) > MOST_FACETS:
        return f"the settings beside the one along the axis have {len(sweep.facets)} combinations, {MOST_FACETS} fit"
    if not any(cell.has_time for cell in report.cells):
        return "no trial has a time"
    return None


def draw(report, theme):
    looks = Looks(theme, [report])
    sweep = sweep_of(report)
    panels = Panels([plain(facet.title) for facet in sweep.facets], min(len(sweep.facets), 3),
                    3.6 if len(sweep.facets) == 1 else 2.6)
    places = _Places(sweep)
    label = plain(sweep.axis.label)
    styles = _styles(sweep, looks, theme)
    sheet = Sheet(theme, f"The time over the {label}", "", _keys(sweep, styles, theme),
                  caption(report, report.cells, [_note(sweep), not_ok(report.cells)]), panels.inches)
    values = [end for cell in report.cells if cell.has_time
              for end in (sweep.median(cell), *(sweep.interval(cell) or ()))]

    def scale(axes):
        y_label, _ = time_axis(axes, "y", values, "time per line" if sweep.per_line else "time of a trial", 7)
        places.scale(axes, panels.width)
        return f"{label} ({places.unit})", y_label

    for axes, facet in zip(panels.draw(sheet, scale), sweep.facets):
        for series in facet.series:
            _draw_series(axes, sweep, series, styles[series.name], places, theme)
            if knee := sweep.knee(series):
                axes.plot(places.of(knee.value), sweep.median(knee.cell), zorder=4, gid=f"knee:{series.name}",
                          **_ring(theme.text))
    return sheet.figure


class _Places:
    """Where a value along the axis stands: on a logarithmic axis, or evenly spaced."""

    def __init__(self, sweep):
        self._sweep = sweep
        self.unit = sweep.axis.unit if sweep.is_numeric else "as named"
        if sweep.is_logarithmic:
            self.unit += ", log"

    def of(self, value):
        return math.log2(value) if self._sweep.is_logarithmic else self._sweep.values.index(value)

    @property
    def ends(self):
        places = [self.of(value) for value in self._sweep.values]
        room = 0.05 * (max(places) - min(places))
        return min(places) - room, max(places) + room

    def scale(self, axes, width):
        low, high = self.ends
        axes.set_xlim(low, high)
        # As many labels as stand beside one another, the first always.
        ticks, right = [], -math.inf
        for value in self._sweep.values:
            label = plain(self._sweep.text(value))
            half = width_inches(label, SMALL) / 2
            middle = (self.of(value) - low) / (high - low) * width
            if middle - half > right + 0.1 and middle + half < width + 0.3:
                ticks.append((self.of(value), label))
                right = middle + half
        axes.xaxis.set_major_locator(ticker.FixedLocator([place for place, _ in ticks]))
        axes.xaxis.set_major_formatter(ticker.FixedFormatter([label for _, label in ticks]))


def _styles(sweep, looks, theme):
    """Every curve's, so that twins can be told apart."""
    of_strategy = {}
    for facet in sweep.facets:
        for series in facet.series:
            names = of_strategy.setdefault(series.strategy, [])
            if series.name not in names:
                names.append(series.name)
    return {name: looks[strategy].nth(index, len(names), theme)
            for strategy, names in of_strategy.items() for index, name in enumerate(names)}


def _keys(sweep, styles, theme):
    names = {}
    for facet in sweep.facets:
        for series in facet.series:
            names.setdefault(series.name, series)
    keys = []
    for name, series in names.items():
        look = styles[name]
        label = name if series.uses_axis else f"{name} (does not use it)"
        keys.append(Key(label, {"color": look.colour, "marker": look.marker, "markersize": 5,
                                "linestyle": look.line_style if series.uses_axis else ":", "linewidth": 1.6}))
    if _has_knees(sweep):
        keys.append(Key("knee", _ring(theme.text)))
    return keys


def _ring(colour):
    return {"color": colour, "marker": "o", "markersize": 11, "markerfacecolor": "none", "linestyle": "none"}


def _has_knees(sweep):
    return any(sweep.knee(series) for facet in sweep.facets for series in facet.series)


def _note(sweep):
    notes = ["Bars are 95% intervals of the medians (absent if the trials are too few for one)."]
    if _has_knees(sweep):
        notes.append(f"The knee is the smallest value whose median is within {100 * KNEE_SHARE:.0f} % of the curve's"
                     " best.")
    if not sweep.is_logarithmic:
        notes.append("The values along the axis are spaced evenly, whatever lies between them.")
    if sweep.per_line:
        notes.append("The time is per line, since the cells differ in how many they wrote.")
    return " ".join(notes)


def _draw_series(axes, sweep, series, look, places, theme):
    if not series.uses_axis:
        median = sweep.median(series.points[0].cell)
        if median is not None:
            low, high = places.ends
            axes.plot([low, (low + high) / 2, high], [median] * 3, color=look.colour, linestyle=":",
                      linewidth=1.6, marker=look.marker, markevery=[1], markersize=5, gid=f"series:{series.name}")
        return
    points = sorted(series.points, key=lambda point: places.of(point.value))
    xs = [places.of(point.value) for point in points]
    medians = [sweep.median(point.cell) for point in points]
    axes.plot(xs, [math.nan if median is None else median for median in medians], color=look.colour, marker=look.marker,
              markersize=5, linestyle=look.line_style, linewidth=1.6, zorder=3, gid=f"series:{series.name}")
    for x, point in zip(xs, points):
        if point.cell.status != "ok":
            axes.plot(x, 0.03, marker="x", color=theme.alarm, markersize=6, transform=axes.get_xaxis_transform(),
                      zorder=5)
        elif interval := sweep.interval(point.cell):
            axes.plot([x, x], interval, color=look.colour, linewidth=2.5, alpha=0.4, solid_capstyle="butt", zorder=2)
