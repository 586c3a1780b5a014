"""What a run of 'writebench explain' found: the steps of its ladder, the parts of a dispatched write, the sentences."""

from dataclasses import dataclass

from analysis import quantities

# What each part of a dispatched write is, in the terminal's words.
STAGES = {
    "queued": "waits in the queue for the thread",
    "wake-up": "the thread is woken and starts",
    "take-up": "the thread prepares the write",
    "call": "the write itself",
    "caller-busy": "the caller is still busy",
    "answer": "the caller is woken and goes on",
}


@dataclass(frozen=True)
class Bar:
    """A part of the time of a line or of a write; low and high are None if they are unknown."""

    label: str
    strategy: str
    ns: float
    low: float | None
    high: float | None
    text: str

    @property
    def told_from_zero(self):
        return self.low is None or self.low > 0 or self.high < 0


def steps(report):
    """The ladder: what each variant adds to the time of a line. The first is the time of its own line."""
    bars = []
    for index, step in enumerate(report.explanation["ladder"]):
        cell = report.cell(step["cell"])
        added = step["added_ns"]
        ns = added["median"] if index else step["ns_per_line"]
        sign = "" if not index else "-" if ns < 0 else "+"
        bars.append(Bar(_what(step["adds"], cell), cell.strategy, ns, added["ci95_low"] if index else None,
                        added["ci95_high"] if index else None, f"{sign}{quantities.time_of_a_line(abs(ns))}"))
    return bars


def _what(adds, cell):
    return adds or ("walks the lines" if cell.strategy == "null" else cell.strategy)


def parts(report):
    """The parts of one dispatched write of the first cell that has them; empty if nothing was dispatched."""
    if not report.explanation["stages"]:
        return []
    stages = report.explanation["stages"][0]
    strategy = report.cell(stages["cell"]).strategy
    whole = max(stages["whole_ns"], 1e-9)
    return [Bar(STAGES[part["name"]], strategy, part["mean_ns"], None, None,
                f"{quantities.time(part['mean_ns'])}, {100 * part['mean_ns'] / whole:.0f}%") for part in stages["parts"]]


def sentences(report):
    return [finding["text"] for finding in report.explanation["findings"]]


def of_page(report, _):
    """What the page's picture is drawn from: both lists of bars."""
    if report.explanation is None:
        return {"drawings": []}
    drawings = [("What each variant adds to the time of a line", steps(report)),
                ("One dispatched write: the mean of each part", parts(report))]
    return {"drawings": [{"title": title, "bars": [{"label": bar.label, "strategy": bar.strategy, "ns": bar.ns,
                                                    "low": bar.low, "high": bar.high, "text": bar.text}
                                                   for bar in bars]} for title, bars in drawings if bars]}
