"""What a report swept: the axis, the curves over it with their knees, and one facet for each choice
of what else was swept.
"""

from dataclasses import dataclass, field

from analysis import quantities
from analysis.report_model import Cell
from analysis.settings import Setting, is_number, setting_of, settings_of

KNEE_SHARE = 0.05  # a curve's knee is the smallest value whose median is within this share of the curve's best


@dataclass(frozen=True)
class Point:
    value: object
    cell: Cell


@dataclass
class Series:
    """The cells of one strategy (or of one of its twins) for one choice of the other settings."""

    name: str
    strategy: str
    uses_axis: bool  # else it has one cell, whatever the value
    points: list[Point] = field(default_factory=list)


@dataclass
class Facet:
    title: str  # empty if nothing but the axis was swept
    series: list[Series]


@dataclass
class Sweep:
    axis: Setting
    values: list  # along the axis; None of them is missing, but a cell may be
    facets: list[Facet]
    per_line: bool  # the cells differ in their lines, so that times are to be taken per line

    @property
    def is_numeric(self):
        return all(map(is_number, self.values))

    @property
    def is_logarithmic(self):
        return self.is_numeric and min(self.values) > 0

    def text(self, value):
        return self.axis.text(value)

    def median(self, cell):
        """The time that is shown of a cell, in ns; None if it has none."""
        return cell.summary.time_ns.median / self._divisor(cell) if cell.has_time else None

    def interval(self, cell):
        time = cell.summary.time_ns if cell.has_time else None
        if time is None or time.low is None or time.high is None:
            return None
        return time.low / self._divisor(cell), time.high / self._divisor(cell)

    def time_text(self, ns):
        return quantities.time_of_a_line(ns) if self.per_line else quantities.time(ns)

    def knee(self, series):
        """The point at the knee; None if the axis is not an option (less work, or a less busy caller, is not a better
        choice), has no scale, or has few values, or a pace fixes the times."""
        timed = [point for point in series.points if point.cell.has_time and not point.cell.has_rate]
        if not (series.uses_axis and self.axis.is_option and self.is_numeric and len(timed) >= 3):
            return None
        best = min(self.median(point.cell) for point in timed)
        return min((point for point in timed if self.median(point.cell) <= best * (1 + KNEE_SHARE)),
                   key=lambda point: point.value)

    def _divisor(self, cell):
        return max(cell.lines, 1) if self.per_line else 1


def sweep_of(report):
    """The sweep, with the setting of most values along the axis and the others as facets; None if none varies.
    What varies in an explanation answers several questions and is no sweep; a crash test has one time of each cell."""
    if report.explanation or report.crash_test or report.advice:
        return None
    cells = report.cells
    varied = _varied(cells)
    values = {}
    for cell in cells:
        for key, value in settings_of(cell).items():
            if key in varied[cell.strategy]:
                values.setdefault(key, {})[value] = None
    if not values:
        return None
    by_length = sorted(values, key=lambda key: (not all(map(is_number, values[key])), -len(values[key])))
    axis, others = by_length[0], sorted(by_length[1:], key=lambda key: len(values[key]))
    facets = []
    for chosen in _choices(others, values):
        series = _series(cells, varied, axis, chosen)
        if any(line.uses_axis for line in series):
            facets.append(Facet(_title(report, chosen), series))
    return Sweep(setting_of(report, axis), _ascending(values[axis]), facets,
                 any(cell.is_cut for cell in cells) or len({cell.lines for cell in cells}) > 1)


def _varied(cells):
    """For every strategy the settings in which its cells differ."""
    values = {}
    for cell in cells:
        of_strategy = values.setdefault(cell.strategy, {})
        for key, value in settings_of(cell).items():
            of_strategy.setdefault(key, {})[value] = None
    return {strategy: {key for key, seen in of_strategy.items() if len(seen) > 1}
            for strategy, of_strategy in values.items()}


def _ascending(values):
    return sorted(values) if all(map(is_number, values)) else list(values)


def _choices(keys, values):
    choices = [{}]
    for key in keys:
        choices = [{**choice, key: value} for choice in choices for value in _ascending(values[key])]
    return choices


def _title(report, chosen):
    settings = [(setting_of(report, key), value) for key, value in chosen.items()]
    return ", ".join(f"{setting.label} {setting.text(value)}" for setting, value in settings)


def _series(cells, varied, axis, chosen):
    """Those that did what was chosen. A strategy that ignores one of the settings has one cell for all its values."""
    by_name, twins = {}, {}
    for cell in cells:
        own = settings_of(cell)
        if any(own.get(key) != value for key, value in chosen.items() if key in varied[cell.strategy]):
            continue
        uses = axis in varied[cell.strategy]
        value = own.get(axis) if uses else None
        twins[cell.strategy, value] = twin = twins.get((cell.strategy, value), 0) + 1
        name = cell.strategy if twin == 1 else f"{cell.strategy}#{twin}"
        by_name.setdefault(name, Series(name, cell.strategy, uses)).points.append(Point(value, cell))
    for series in by_name.values():
        if all(is_number(point.value) for point in series.points):
            series.points.sort(key=lambda point: point.value)
    return list(by_name.values())


def of_page(report, index_of):
    """What the page's picture is drawn from; None if nothing was swept."""
    sweep = sweep_of(report)
    if sweep is None:
        return None
    return {
        "label": sweep.axis.label,
        "logarithmic": sweep.is_logarithmic,
        "perLine": sweep.per_line,
        "values": [{"value": value if sweep.is_logarithmic else place, "text": sweep.text(value)}
                   for place, value in enumerate(sweep.values)],
        "facets": [{"title": facet.title, "series": [_of_series(sweep, series, index_of) for series in facet.series]}
                   for facet in sweep.facets],
    }


def _of_series(sweep, series, index_of):
    knee = sweep.knee(series)
    points = [_of_point(sweep, point, index_of) | {"knee": point is knee}
              for point in series.points if point.cell.has_time]
    return {"name": series.name, "strategy": series.strategy, "usesAxis": series.uses_axis,
            "isControl": series.points[0].cell.is_control, "points": points}


def _of_point(sweep, point, index_of):
    median, interval = sweep.median(point.cell), sweep.interval(point.cell)
    low, high = interval or (None, None)
    return {
        "cell": index_of[point.cell.id],
        "place": None if point.value is None else sweep.values.index(point.value),
        "median": median, "low": low, "high": high, "medianText": sweep.time_text(median),
        "intervalText": [sweep.time_text(end) for end in interval] if interval else None,
    }
