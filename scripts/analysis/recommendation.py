"""What a run of 'writebench advise' recommends: its sentences, what was compared in the end, what was ruled out."""

from analysis import quantities

DESIGN = "design"  # the code of the paragraph for a design document

_VALUES = {"cpu": "cpu/line", "stall": "stall", "speed": "time/line"}
_WORSE = {"cpu": "more processor time a line", "stall": "more stall", "speed": "more time a line"}
_HURDLES = {"places": "needs to know every line's place", "unavailable": "not available here", "failed": "failed"}


def sentences(report):
    return [finding["text"] for finding in report.advice["findings"] if finding["code"] != DESIGN]


def design(report):
    """The paragraph to paste; None if nothing is recommended."""
    return next((finding["text"] for finding in report.advice["findings"] if finding["code"] == DESIGN), None)


def titles(report):
    return ("strategy", _VALUES.get(report.advice["asked"]["goal"], "value"), "times (95 %)", "stall p99.9", "longest",
            "may lose", "memory", "")


def rows(report):
    """The name and the fields of each finalist, by titles()."""
    several = len(report.advice["finalists"]) > 1
    for finalist, name in zip(report.advice["finalists"], _names(report)):
        figures = finalist["figures"]
        mark = "fails" if not finalist["fulfils"] else "=" if finalist["tied"] and several else ""
        yield (name, quantities.time_of_a_line(figures["value_ns"]), _ratio(finalist["ratio"]),
               _known(figures["stall_p999_ns"], quantities.time), _known(figures["stall_max_ns"], quantities.time),
               _known(figures["may_lose_bytes"], _bytes), _known(figures["memory_bytes"], _bytes), mark)


def _names(report):
    """Each finalist's strategy and its sizes, which tell most of them apart; its id if there are two of a name."""
    ids = [finalist["cell"] for finalist in report.advice["finalists"]]
    names = [_strategy_and_sizes(report, report.cell(one)) if report.cell(one) else one for one in ids]
    return [name if names.count(name) == 1 else one for name, one in zip(names, ids)]


def _strategy_and_sizes(report, cell):
    sizes = [quantities.size(value) for key, value in cell.parameters.items()
             if key in report.options and report.options[key].kind == "bytes" and key != "in_flight_bytes"]
    return " ".join([cell.strategy, *sizes])


def ruled_out(report):
    """Each hurdle in words, with the strategies that it rules out and why."""
    groups = {}
    for out in report.advice["ruled_out"]:
        groups.setdefault(out["by"], {}).setdefault(out["reason"], []).append(out["strategy"])
    return [(_hurdle(by, report.advice["asked"]["goal"]),
             "; ".join(f"{', '.join(names)} ({reason})" for reason, names in reasons.items()))
            for by, reasons in groups.items()]


def _hurdle(by, goal):
    return _WORSE.get(goal, "worse") if by == "cost" else _HURDLES.get(by, f"--{by}")


def _ratio(ratio):
    if ratio["median"] <= 0:
        return "-"
    if ratio["ci95_low"] is None or ratio["ci95_high"] is None:
        return f"{quantities.times(ratio['median'])}x"
    return (f"{quantities.times(ratio['median'])}x ({quantities.times(ratio['ci95_low'])} to "
            f"{quantities.times(ratio['ci95_high'])})")


def _known(value, text):
    return "-" if value is None else text(value)


def _bytes(value):
    return "0" if value == 0 else quantities.decimal_size(value)
