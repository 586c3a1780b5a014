"""Colours and symbols: a strategy has the same in every picture and in the page, from report to report.

The colours are Okabe and Ito's, told apart by the colour-blind (Color Universal Design, 2008), darkened on white and
lightened on black to a contrast of 3 to 1. The symbol tells strategies apart as well.
"""

import hashlib
from dataclasses import dataclass

from analysis.report_model import CEILING, REFERENCE

# Each for a light and for a dark background.
COLOURS = (("#0072b2", "#56a8e8"), ("#d55e00", "#ff8a45"), ("#008561", "#2cc79b"), ("#b8578c", "#e79ac4"),
           ("#a87400", "#f0b73c"), ("#2f8fc9", "#8fd6ff"), ("#7a5ad0", "#b49cff"))
OF_REFERENCE = ("#1a1c20", "#eceef1")
OF_CONTROLS = ("#767c86", "#98a0aa")
OF_CLOCKS = (("#0072b2", "#56a8e8"), ("#c08000", "#f0b73c"), ("#b8578c", "#e79ac4"))

# plots/theme.py and page/js/palette.js say how each is drawn.
SYMBOLS = ("circle", "square", "triangle", "diamond", "triangle-down", "cross", "saltire")
OF_CEILING, OF_OTHER_CONTROLS = "lozenge", "star"

# The first strategies of writebench have looks that differ as much as possible. Any other gets one by its name.
CHOSEN = {name: (index % len(COLOURS), index % len(SYMBOLS)) for index, name in enumerate(
    ("sync-buffered", "naive-async", "buffered", "double-buffered", "write-per-line", "pwrite-parallel",
     "thread-pool"))}


@dataclass(frozen=True)
class Look:
    """How a strategy looks: the number of its colour, or "reference" or "control", and the name of its symbol."""

    colour: int | str
    symbol: str

    def shade(self, is_dark):
        pair = {"reference": OF_REFERENCE, "control": OF_CONTROLS}.get(self.colour) or COLOURS[self.colour]
        return pair[is_dark]


def looks_of(reports):
    """The look of every strategy in these reports. If two names give the same look, the later in
    the alphabet gets the next free one.
    """
    strategies = {cell.strategy: cell for report in reports for cell in report.cells}
    looks, taken = {}, set(CHOSEN.values())
    for name in sorted(strategies):
        if name == REFERENCE:
            looks[name] = Look("reference", "circle")
        elif strategies[name].is_control:
            looks[name] = Look("control", OF_CEILING if name == CEILING else OF_OTHER_CONTROLS)
        else:
            place = CHOSEN.get(name) or _free(_place(name), taken)
            taken.add(place)
            looks[name] = Look(place[0], SYMBOLS[place[1]])
    return looks


def _place(name):
    number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8])
    return number % len(COLOURS), number // len(COLOURS) % len(SYMBOLS)


def _free(place, taken):
    colour, symbol = place
    for step in range(len(COLOURS) * len(SYMBOLS)):
        # Another symbol first, then another colour.
        number = (colour * len(SYMBOLS) + symbol + step) % (len(COLOURS) * len(SYMBOLS))
        candidate = divmod(number, len(SYMBOLS))
        if candidate not in taken:
            return candidate
    return place


def style_sheet():
    """The colours as variables of CSS: --c0 and on, --reference, --control, --clock0 and on."""
    named = {f"c{index}": pair for index, pair in enumerate(COLOURS)}
    named |= {"reference": OF_REFERENCE, "control": OF_CONTROLS}
    named |= {f"clock{index}": pair for index, pair in enumerate(OF_CLOCKS)}
    lines = [f"  --{name}: light-dark({light}, {dark});" for name, (light, dark) in named.items()]
    return "\n".join([":root {", *lines, "}", ""])


def of_page(reports):
    """Every strategy's colour, as a value of CSS, and symbol."""
    looks = looks_of(reports)
    names = {strategy: look.colour if isinstance(look.colour, str) else f"c{look.colour}"
             for strategy, look in looks.items()}
    return {strategy: {"colour": f"var(--{names[strategy]})", "shape": look.symbol} for strategy, look in looks.items()}
