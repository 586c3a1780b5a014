"""The two themes of the pictures, and matplotlib's form of the strategies' looks."""

from dataclasses import dataclass

from matplotlib.colors import to_hex, to_rgb

from analysis.looks import COLOURS, OF_CLOCKS, OF_CONTROLS, OF_REFERENCE, SYMBOLS, looks_of


MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "triangle-down": "v", "cross": "P",
           "saltire": "X", "lozenge": "d", "star": "*"}
LINE_STYLES = ["-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5))]

CAUSES = {"stolen-cpu": "v", "cpu-quota": "X", "other-load": "s", "writeback": "D", "disk-load": "^",
          "memory-pressure": "P", "stopped": "p"}
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


# Of several curves of one strategy the n-th has the n-th of these, and a step of its colour towards that of the text.
OF_EACH = ["-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)), (0, (10, 2)), (0, (4, 1, 1, 1, 1, 1))]
MOST_INK = 0.6  # of the text's colour in the last of them


@dataclass(frozen=True)
class Style:
    colour: str
    marker: str
    line_style: object

    def nth(self, index, count, theme):
        """That of the n-th curve of one strategy, if there are several."""
        if count < 2:
            return self
        return Style(_mixed(self.colour, theme.text, MOST_INK * index / (count - 1)), self.marker,
                     OF_EACH[index % len(OF_EACH)])


class Looks:
    """How every strategy in some reports is drawn."""

    def __init__(self, theme, reports):
        self._styles = {strategy: Style(look.shade(theme.is_dark), MARKERS[look.symbol], _line_style(look))
                        for strategy, look in looks_of(reports).items()}

    def __getitem__(self, strategy):
        return self._styles[strategy]


def _mixed(colour, other, share):
    parts = zip(to_rgb(colour), to_rgb(other))
    return to_hex([own * (1 - share) + others * share for own, others in parts])


def _line_style(look):
    """Two of one colour differ in their lines, too."""
    if isinstance(look.colour, str):
        return ":" if look.colour == "control" else "-"
    return LINE_STYLES[(SYMBOLS.index(look.symbol) - look.colour) % len(SYMBOLS) % len(LINE_STYLES)]
