"""What a report swept: which parameters differ among the cells of a strategy, the curves over them, and their knees."""

from dataclasses import dataclass

from . import words

KNEE_SHARE = 0.05  # a curve's knee is the smallest value whose median is within this share of the curve's best

# What can be swept, and how a value of it is shown; the first of those that a report swept with the most values is the
# curves' axis.
SIZES = ("buffer_bytes", "in_flight_bytes", "line_bytes")
LABELS = {
    "buffer_bytes": "buffer size",
    "in_flight_bytes": "bytes in flight",
    "line_bytes": "line size",
    "queue_depth": "queue depth",
    "think_ns": "think time",
    "lines_per_second": "lines per second",
    "burst_lines": "burst",
    "file_state": "file",
}


@dataclass(frozen=True)
class Curve:
    """One strategy over the axis; cells are in the order of the values."""

    strategy: str
    values: list
    cells: list

    def knee(self):
        """The index of the knee, or None for a curve of fewer than three cells with a time, or not over numbers."""
        if not all(map(_is_number, self.values)):
            return None
        timed = [(index, cell.summary.time_ns.median / max(1, cell.lines))
                 for index, cell in enumerate(self.cells) if cell.summary is not None]
        if len(timed) < 3:
            return None
        best = min(time for _, time in timed)
        return next(index for index, time in timed if time <= (1 + KNEE_SHARE) * best)


@dataclass(frozen=True)
class Panel:
    """The curves that have everything but the axis in common."""

    title: str  # empty where nothing else was swept
    curves: list[Curve]


@dataclass(frozen=True)
class Sweep:
    axis: str
    label: str
    numeric: bool
    per_line: bool  # the lines differ too, so that times are to be taken per line
    panels: list[Panel]


def settings_of(cell):
    """Everything that a cell was run with and that can be swept, by name."""
    settings = {name: value for name, value in cell.parameters.items()
                if name in cell.parameters_used or name in ("lines", "durability")}
    for name, value in cell.workload.items():
        if name not in ("lines_kind", "least_line_bytes", "most_line_bytes"):
            settings[name] = value
    least, most = cell.workload.get("least_line_bytes"), cell.workload.get("most_line_bytes")
    settings["line_bytes"] = most if least == most else f"{least}..{most}"
    return settings


def show_value(name, value):
    if value is None:
        return "none"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if name in SIZES:
            return words.size(value)
        return words.time(value) if name.endswith("_ns") else words.whole(value)
    return words.shown(str(value))


def label_of(name):
    return LABELS.get(name, name.replace("_", " "))


def sweep_of(report):
    """The sweep of a report, or None where no strategy was run with several values of anything."""
    cells = [cell for cell in report.cells if not cell.is_control]
    swept = _swept(cells)
    if not swept:
        return None
    numeric = {name: values for name, values in swept.items() if all(_is_number(value) for value in values)}
    candidates = numeric or swept
    axis = max(candidates, key=lambda name: len(candidates[name]))
    others = [name for name in swept if name != axis]
    panels = {}
    for cell in cells:
        settings = settings_of(cell)
        if axis in settings:
            panel = panels.setdefault(tuple(settings.get(name) for name in others), {})
            panel.setdefault(cell.strategy, {}).setdefault(settings[axis], cell)
    return Sweep(axis, label_of(axis), axis in numeric, "lines" in swept,
                 [Panel(_title(others, key), [_curve(*entry, axis in numeric) for entry in panel.items()])
                  for key, panel in panels.items()])


def _swept(cells):
    """The settings that differ among the cells of one strategy, with all their values."""
    swept = {}
    strategies = {}
    for cell in cells:
        strategies.setdefault(cell.strategy, []).append(settings_of(cell))
    for settings in strategies.values():
        for name in settings[0]:
            values = dict.fromkeys(setting.get(name) for setting in settings)
            if len(values) > 1:
                swept.setdefault(name, {}).update(values)
    return swept


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _title(names, values):
    return ", ".join(f"{label_of(name)} {show_value(name, value)}" for name, value in zip(names, values))


def _curve(strategy, cells, numeric):
    values = sorted(cells) if numeric else list(cells)
    return Curve(strategy, values, [cells[value] for value in values])
