"""Colours, and the look of every strategy: the same in every picture of a report.

The colours are Okabe and Ito's, told apart by the colour-blind (Color Universal Design, 2008), darkened on white and
lightened on black as far as contrast asks; the marker and the line style say the same a second time.
"""

from dataclasses import dataclass

from report_model import CEILING, REFERENCE

MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h"]
LINE_STYLES = ["-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5))]

# Those that ship with writebench keep their look from report to report; others follow as they come.
KNOWN = ["sync-buffered", "naive-async", "buffered", "double-buffered", "write-per-line", "pwrite-parallel",
         "thread-pool"]

CAUSES = {"stolen-cpu": "v", "other-load": "s", "writeback": "D", "disk-load": "^", "memory-pressure": "P"}
OTHER_CAUSE = "h"


@dataclass(frozen=True)
class Theme:
    background: str
    text: str
    muted: str  # second to the text, and still 4.5 : 1
    line: str  # grid and frames
    faint: str  # what is there for comparison only
    alarm: str
    reference: str
    ceiling: str
    strategies: list[str]
    segments: list[str]  # submitted, drained, durable


LIGHT = Theme(background="#ffffff", text="#1a1c20", muted="#565c66", line="#dfe2e6", faint="#c4c8ce", alarm="#b3261e",
              reference="#1a1c20", ceiling="#767c86",
              strategies=["#0072b2", "#d55e00", "#008561", "#b8578c", "#a87400", "#2f8fc9", "#7a5ad0"],
              segments=["#0072b2", "#d99000", "#b8578c"])
DARK = Theme(background="#14171c", text="#eceef1", muted="#a9b0ba", line="#2f353d", faint="#4d545e", alarm="#ff8a80",
             reference="#eceef1", ceiling="#98a0aa",
             strategies=["#56a8e8", "#ff8a45", "#2cc79b", "#e79ac4", "#f0b73c", "#8fd6ff", "#b49cff"],
             segments=["#56a8e8", "#f0b73c", "#e79ac4"])


@dataclass(frozen=True)
class Look:
    colour: str
    marker: str
    line_style: object


class Looks:
    """The look of every strategy in some reports."""

    def __init__(self, theme, reports):
        names = dict.fromkeys(cell.strategy for report in reports for cell in report.cells)
        controls = {cell.strategy for report in reports for cell in report.cells if cell.is_control}
        self._looks = {REFERENCE: Look(theme.reference, "o", "-")}
        others = [name for name in names if name not in controls and name not in KNOWN and name != REFERENCE]
        for index, name in enumerate([*KNOWN, *others]):
            self._looks[name] = Look(theme.strategies[index % len(theme.strategies)], MARKERS[index % len(MARKERS)],
                                     LINE_STYLES[index // len(theme.strategies) % len(LINE_STYLES)])
        for index, name in enumerate(sorted(controls)):
            self._looks[name] = Look(theme.ceiling, "d" if name == CEILING else "*" if index == 0 else ".", ":")

    def __getitem__(self, strategy):
        return self._looks[strategy]
