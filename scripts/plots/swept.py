"""Which parameters a report sweeps over, and the curves that its cells make."""

from dataclasses import dataclass, field

from plots import units

LINE_SIZE = "line_bytes"
LABELS = {LINE_SIZE: "line size", "buffer_bytes": "buffer size", "in_flight_bytes": "bytes in flight",
          "queue_depth": "queue depth", "think_ns": "thinking before each line", "lines_per_second": "rate",
          "burst_lines": "lines in a burst", "file_state": "file state", "lines_kind": "kind of lines"}


@dataclass(frozen=True)
class Point:
    value: object
    cell: object


@dataclass
class Series:
    """The cells of one strategy (or of one of its twins) for one choice of the other parameters."""

    name: str
    strategy: str
    uses_parameter: bool = True
    points: list[Point] = field(default_factory=list)


@dataclass
class Facet:
    chosen: dict[str, object]  # the other parameters' values
    series: list[Series]


@dataclass
class Sweep:
    parameter: str
    values: list
    others: list[str]
    facets: list[Facet]


def settings(cell):
    """Everything that a sweep may vary, by name; the two ends of the lines' size are one."""
    of_cell = {**cell.parameters, **cell.workload}
    least, most = of_cell.pop("least_line_bytes", None), of_cell.pop("most_line_bytes", None)
    of_cell[LINE_SIZE] = least if least == most else (least, most)
    return of_cell


def varied_of(cells):
    """For every strategy the parameters in which its cells differ."""
    values = {}
    for cell in cells:
        of_strategy = values.setdefault(cell.strategy, {})
        for name, value in settings(cell).items():
            of_strategy.setdefault(name, {})[value] = None
    return {strategy: {name for name, seen in of_strategy.items() if len(seen) > 1}
            for strategy, of_strategy in values.items()}


def find_sweep(cells):
    """The sweep, with the parameter of most values along the axis and the others as facets; None where none varies."""
    varied = varied_of(cells)
    values = {}
    for cell in cells:
        for name, value in settings(cell).items():
            if name in varied[cell.strategy]:
                values.setdefault(name, {})[value] = None
    if not values:
        return None
    by_length = sorted(values, key=lambda name: (not is_scale(values[name]), -len(values[name])))
    parameter, others = by_length[0], sorted(by_length[1:], key=lambda name: len(values[name]))
    facets = []
    for chosen in _choices(others, values):
        series = _series(cells, varied, parameter, chosen)
        if any(line.uses_parameter for line in series):
            facets.append(Facet(chosen, series))
    return Sweep(parameter, _ascending(values[parameter]), others, facets)


def is_scale(values):
    """Whether the values have places on an axis, rather than being names."""
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _ascending(values):
    return sorted(values) if is_scale(values) else list(values)


def _choices(names, values):
    choices = [{}]
    for name in names:
        choices = [{**choice, name: value} for choice in choices for value in _ascending(values[name])]
    return choices


def _series(cells, varied, parameter, chosen):
    """Those that did what was chosen. A strategy that ignores one of the parameters has one cell for all its values."""
    by_name = {}
    twins = {}
    for cell in cells:
        own = settings(cell)
        if any(own.get(name) != value for name, value in chosen.items() if name in varied[cell.strategy]):
            continue
        uses = parameter in varied[cell.strategy]
        value = own.get(parameter) if uses else None
        twins[cell.strategy, value] = twin = twins.get((cell.strategy, value), 0) + 1
        name = cell.strategy if twin == 1 else f"{cell.strategy}#{twin}"
        by_name.setdefault(name, Series(name, cell.strategy, uses)).points.append(Point(value, cell))
    return list(by_name.values())


def knee(points, time_of, tolerance=0.05):
    """The point of the smallest value whose time is within that share of the curve's best; None for names."""
    timed = [point for point in points if time_of(point.cell) is not None]
    if len(timed) < 3 or not is_scale([point.value for point in timed]):
        return None
    best = min(time_of(point.cell) for point in timed)
    return min((point for point in timed if time_of(point.cell) <= best * (1 + tolerance)),
               key=lambda point: point.value)


def label_of(parameter):
    return LABELS.get(parameter, parameter.replace("_", " "))


def value_label(parameter, value):
    if value is None:
        return "any" if parameter in (LINE_SIZE, "lines_per_second") else "none"
    if isinstance(value, tuple):
        return " to ".join(units.size(end) for end in value)
    if parameter == "durability":
        return units.durability(value)
    if isinstance(value, (str, bool)):
        return str(value)
    if parameter.endswith("_bytes") and isinstance(value, int):
        return units.size(value)
    if parameter.endswith("_ns"):
        return units.time_tick(value)
    return f"{units.count(value)}/s" if parameter == "lines_per_second" else units.count(value)


def unit_of(parameter):
    """What stands in brackets on the axis; the ticks carry the sizes themselves."""
    if parameter.endswith("_bytes"):
        return "bytes"
    return {"think_ns": "time", "lines_per_second": "lines per second"}.get(parameter, "count")
