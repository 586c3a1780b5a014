"""sweep: a curve for every strategy over the parameter that was swept, its knee marked."""

import math

from matplotlib import ticker

from plots.caption import caption, not_ok
from plots.panels import Panels
from plots.plain_text import plain, width_inches
from plots.scales import time_axis
from plots.sheet import SMALL, Key, Sheet
from plots.swept import find_sweep, is_scale, knee, label_of, unit_of, value_label
from plots.theme import Looks

NAME = "sweep"
SUMMARY = "the median over the parameters that were swept, with its interval and its knee"
MOST_FACETS = 48


def cannot(report):
    sweep = find_sweep(report.cells)
    if not sweep:
        return "nothing was swept (run writebench with, say, --buffer-size '4KiB..1MiB*4')"
    if len(sweep.facets) > MOST_FACETS:
        return f"the parameters beside the one along the axis have {len(sweep.facets)} combinations, {MOST_FACETS} fit"
    if not any(cell.summary for cell in report.cells):
        return "no trial has a time"
    return None


def draw(report, theme):
    looks = Looks(theme, [report])
    sweep = find_sweep(report.cells)
    per_line = len({cell.lines for cell in report.cells}) > 1
    shown = _Time(per_line)
    columns = min(len(sweep.facets), 3)
    titles = [plain(", ".join(f"{label_of(name)} {value_label(name, value)}" for name, value in facet.chosen.items()))
              for facet in sweep.facets]
    panels = Panels(titles, columns, 3.6 if len(sweep.facets) == 1 else 2.6)
    places = _Places(sweep)
    sheet = Sheet(theme, f"The time over the {plain(label_of(sweep.parameter))}", "", _keys(sweep, looks, theme),
                  caption(report, report.cells, [*_notes(sweep, places, per_line), not_ok(report.cells)]),
                  panels.inches)
    values = [end for cell in report.cells if cell.summary for end in shown.ends(cell)]

    def scale(axes):
        y_label, _ = time_axis(axes, "y", values, "time per line" if per_line else "time of a trial", 7)
        places.scale(axes, panels.width)
        return f"{label_of(sweep.parameter)} ({places.unit})", y_label

    for axes, facet in zip(panels.draw(sheet, scale), sweep.facets):
        for series in facet.series:
            _draw_series(axes, series, looks[series.strategy], places, shown, theme)
            if _has_knee(sweep.parameter, series):
                _draw_knee(axes, series, places, shown, theme)
    return sheet.figure


class _Time:
    """A cell's time: of a trial, or of a line where the cells differ in how many they wrote."""

    def __init__(self, per_line):
        self._per_line = per_line

    def median(self, cell):
        return cell.summary.time_ns.median / self._lines(cell) if cell.summary else None

    def interval(self, cell):
        time = cell.summary and cell.summary.time_ns
        return None if not time or time.low is None else (time.low / self._lines(cell), time.high / self._lines(cell))

    def ends(self, cell):
        return [self.median(cell), *(self.interval(cell) or ())]

    def _lines(self, cell):
        return max(cell.lines, 1) if self._per_line else 1


class _Places:
    """Where a value of the swept parameter stands: on a logarithmic axis, or evenly spaced."""

    def __init__(self, sweep):
        self._parameter = sweep.parameter
        self._values = sweep.values
        self.logarithmic = is_scale(self._values) and min(self._values) > 0
        self.unit = f"{unit_of(sweep.parameter)}, log" if self.logarithmic else unit_of(sweep.parameter)
        if not is_scale(self._values):
            self.unit = "as named"

    def of(self, value):
        return math.log2(value) if self.logarithmic else self._values.index(value)

    @property
    def ends(self):
        places = [self.of(value) for value in self._values]
        room = 0.05 * (max(places) - min(places))
        return min(places) - room, max(places) + room

    def scale(self, axes, width):
        low, high = self.ends
        axes.set_xlim(low, high)
        labels = [value_label(self._parameter, value) for value in self._values]
        # As many labels as stand beside one another, the first always.
        ticks, right = [], -math.inf
        for value, label in zip(self._values, labels):
            label = plain(label)
            half = width_inches(label, SMALL) / 2
            middle = (self.of(value) - low) / (high - low) * width
            if middle - half > right + 0.1 and middle + half < width + 0.3:
                ticks.append((self.of(value), label))
                right = middle + half
        axes.xaxis.set_major_locator(ticker.FixedLocator([place for place, _ in ticks]))
        axes.xaxis.set_major_formatter(ticker.FixedFormatter([label for _, label in ticks]))


def _keys(sweep, looks, theme):
    names = {}
    for facet in sweep.facets:
        for series in facet.series:
            names.setdefault(series.name, series)
    keys = []
    for name, series in names.items():
        look = looks[series.strategy]
        label = name if series.uses_parameter else f"{name} (does not use it)"
        keys.append(Key(label, {"color": look.colour, "marker": look.marker, "markersize": 5,
                                "linestyle": look.line_style if series.uses_parameter else ":", "linewidth": 1.6}))
    if any(_has_knee(sweep.parameter, series) for series in names.values()):
        keys.append(Key("knee", _ring(theme.text)))
    return keys


def _ring(colour):
    return {"color": colour, "marker": "o", "markersize": 11, "markerfacecolor": "none", "linestyle": "none"}


def _has_knee(parameter, series):
    """Whether it is the strategy's to choose: less work, or a busier caller, is no better choice."""
    return series.uses_parameter and all(parameter in point.cell.parameters_used for point in series.points)


def _notes(sweep, places, per_line):
    notes = ["Bars are 95 % intervals of the medians (absent where the trials are too few for one)."]
    if any(_has_knee(sweep.parameter, series) for facet in sweep.facets for series in facet.series):
        notes.append("The knee is the smallest value whose median is within 5 % of the curve's best.")
    if not places.logarithmic:
        notes.append("The values along the axis are spaced evenly, whatever lies between them.")
    if per_line:
        notes.append("The time is per line, since the cells differ in how many they wrote.")
    return [" ".join(notes)]


def _draw_series(axes, series, look, places, shown, theme):
    if not series.uses_parameter:
        cell = series.points[0].cell
        if cell.summary:
            low, high = places.ends
            axes.plot([low, (low + high) / 2, high], [shown.median(cell)] * 3, color=look.colour, linestyle=":",
                      linewidth=1.6, marker=look.marker, markevery=[1], markersize=5, gid=f"series:{series.name}")
        return
    points = sorted(series.points, key=lambda point: places.of(point.value))
    xs = [places.of(point.value) for point in points]
    medians = [shown.median(point.cell) if point.cell.status == "ok" else math.nan for point in points]
    axes.plot(xs, [math.nan if median is None else median for median in medians], color=look.colour, marker=look.marker,
              markersize=5, linestyle=look.line_style, linewidth=1.6, zorder=3, gid=f"series:{series.name}")
    for x, point in zip(xs, points):
        if point.cell.status != "ok":
            axes.plot(x, 0.03, marker="x", color=theme.alarm, markersize=6, transform=axes.get_xaxis_transform(),
                      zorder=5)
        elif interval := shown.interval(point.cell):
            axes.plot([x, x], interval, color=look.colour, linewidth=2.5, alpha=0.4, solid_capstyle="butt", zorder=2)


def _draw_knee(axes, series, places, shown, theme):
    ok = [point for point in series.points if point.cell.status == "ok"]
    if found := knee(ok, shown.median):
        axes.plot(places.of(found.value), shown.median(found.cell), zorder=4, gid=f"knee:{series.name}",
                  **_ring(theme.text))
