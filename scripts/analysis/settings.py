"""What a cell was run with and a sweep may vary: the options of its strategy, and what the workload says."""

from dataclasses import dataclass

from analysis import quantities


@dataclass(frozen=True)
class Setting:
    key: str
    label: str
    kind: str  # that of an option, or "rate"
    is_option: bool = False  # the strategy's to choose, rather than work or a busier caller

    def text(self, value):
        if value is None:
            return "none"
        if isinstance(value, tuple):
            return " to ".join(map(self.text, value))
        if not is_number(value):
            return str(value)
        if self.kind == "bytes":
            return quantities.size(value)
        if self.kind == "nanoseconds":
            return quantities.time_tick(value)
        return f"{quantities.count(value)}/s" if self.kind == "rate" else quantities.count(value)

    @property
    def unit(self):
        """What stands in brackets on an axis; the ticks carry the sizes themselves."""
        return {"bytes": "bytes", "nanoseconds": "time", "rate": "lines per second"}.get(self.kind, "count")


LINE_SIZE = "line_bytes"  # the two ends of the lines' size are one setting

# What a sweep may vary beside the options that the report describes.
WORK = {setting.key: setting for setting in (
    Setting("lines", "lines", "count"),
    Setting("durability", "durability", "word"),
    Setting(LINE_SIZE, "line size", "bytes"),
    Setting("think_ns", "think time", "nanoseconds"),
    Setting("due_lines_per_second", "rate", "rate"),
    Setting("burst_lines", "burst", "count"),
    Setting("file_state", "file", "word"),
    Setting("preallocation", "preallocation", "word"),
    Setting("lines_kind", "kind of lines", "word"),
    Setting("line_content", "content of lines", "word"),
    Setting("caches", "caches", "word"),
    Setting("input", "input", "word"),
)}


def setting_of(report, key):
    if option := report.options.get(key):
        # An option of one strategy alone is named after it: io-uring.sqpoll.
        label = option.name if "." in option.name else option.name.replace("-", " ")
        return Setting(key, label, option.kind, is_option=True)
    return WORK.get(key) or Setting(key, key.replace("_", " "), "word")


def settings_of(cell):
    """The values by their keys."""
    values = {"line_content": "counter", "caches": "warm", **cell.parameters, **cell.workload, "lines": cell.asked_lines or cell.lines}
    least, most = values.pop("min_line_bytes"), values.pop("max_line_bytes")
    values[LINE_SIZE] = least if least == most else (least, most)
    return values


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)
