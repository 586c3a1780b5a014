"""A strip for every cell along a common x, each with a scale of its own, because it shows change, not size.

The ends of the strip's scale stand at its right, with their units.
"""

import math

from matplotlib import ticker

from analysis import quantities
from plots.rows import INNER, Rows
from plots.scales import is_wide
from plots.sheet import SMALL

SCALE_INCHES = 0.85
AXIS_INCHES = 0.5


class Strips:
    def __init__(self, groups, strip_inches):
        self.rows = Rows(groups, strip_inches)
        self.inches = self.rows.inches + AXIS_INCHES

    def draw(self, sheet, looks, x_label):
        """The axes for all strips; x is the caller's to scale."""
        self.rows.draw_names(sheet, looks)
        left = self.rows.name_inches
        width = INNER - left - SCALE_INCHES
        axes = self.rows.axes(sheet, left, width)
        for row in self.rows:
            axes.axhspan(row.middle - 0.44 * row.height, row.middle + 0.44 * row.height, color=sheet.theme.line,
                         alpha=0.35, linewidth=0, zorder=0)
        sheet.axis_label(left + width / 2, self.inches - 0.12, x_label)
        sheet.axis_label(INNER, -0.06, "time of a trial", "right")
        return axes

    def scale(self, sheet, row, values):
        """A function that places values (ns) in that row: from the least, at the bottom, to the largest; by their
        logarithms if they lie far apart."""
        low, high = min(values), max(values)
        for end, place in ((high, -1), (low, 1)) if high > low else ((low, 0),):
            sheet.text(INNER, row.middle + place * 0.27 * row.height, quantities.time(end), SMALL - 1,
                       sheet.theme.muted, "right")
        if high == low:
            return lambda value: row.middle
        half = 0.34 * row.height
        if not is_wide(values):
            return lambda value: row.middle + half - 2 * half * (value - low) / (high - low)
        sheet.text(INNER - 0.55, row.middle, "log", SMALL - 1, sheet.theme.muted, "right")
        low = max(low, 1)
        return lambda value: row.middle + half - 2 * half * math.log(max(value, 1) / low) / math.log(high / low)


def whole_numbers(axes):
    """Ticks of x at whole numbers alone."""
    axes.xaxis.set_major_locator(ticker.MaxNLocator(nbins=10, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f}"))
