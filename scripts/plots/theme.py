"""The two themes of the pictures, and matplotlib's form of the strategies' looks."""

from dataclasses import dataclass

from analysis.looks import COLOURS, OF_CLOCKS, OF_CONTROLS, OF_REFERENCE, SYMBOLS, looks_of


MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "triangle-down": "v", "cross": "P",
           "saltire": "X", "lozenge": "d", "star": "*"}
LINE_STYLES = ["-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5))]

CAUSES = {"stolen-cpu": "v", "other-load": "s", "writeback": "D", "disk-load": "^", "memory-pressure": "P"}
OTHER_CAUSE = "h"


@dataclass(frozen=True)
class Theme:
    is_dark: bool
    background: str
    text: str
    muted: str  # second to the text, and still 4.5 : 1
    line: str  # grid and frames
    faint: str  # what is there for comparison only
    alarm: str

    @property
    def reference(self):
        return OF_REFERENCE[self.is_dark]

    @property
    def ceiling(self):
        return OF_CONTROLS[self.is_dark]

    @property
    def strategies(self):
        return [pair[self.is_dark] for pair in COLOURS]

    @property
    def segments(self):
        """Those of submitted, drained, durable."""
        return [pair[self.is_dark] for pair in OF_CLOCKS]


LIGHT = Theme(is_dark=False, background="#ffffff", text="#1a1c20", muted="#565c66", line="#dfe2e6", faint="#c4c8ce",
              alarm="#b3261e")
DARK = Theme(is_dark=True, background="#14171c", text="#eceef1", muted="#a9b0ba", line="#2f353d", faint="#4d545e",
             alarm="#ff8a80")


@dataclass(frozen=True)
class Style:
    colour: str
    marker: str
    line_style: object


class Looks:
    """How every strategy in some reports is drawn."""

    def __init__(self, theme, reports):
        self._styles = {strategy: Style(look.shade(theme.is_dark), MARKERS[look.symbol], _line_style(look))
                        for strategy, look in looks_of(reports).items()}

    def __getitem__(self, strategy):
        return self._styles[strategy]


def _line_style(look):
    """Two of one colour differ in their lines, too."""
    if isinstance(look.colour, str):
        return ":" if look.colour == "control" else "-"
    return LINE_STYLES[(SYMBOLS.index(look.symbol) - look.colour) % len(SYMBOLS) % len(LINE_STYLES)]
