"""A figure laid out in inches: title and legend above, the body, a caption below. Every text is measured before it gets
its place."""

from dataclasses import dataclass, field

import matplotlib
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from plots.plain_text import elide, plain, width_inches, wrap

WIDTH = 10.0
MARGIN = 0.3
TITLE, TEXT, SMALL = 13, 9, 8  # points
LINE_HEIGHT = 1.3
DOTS_PER_INCH = 110

matplotlib.rcdefaults()  # what somebody's matplotlibrc says must not change what is drawn
matplotlib.rcParams.update({
    "font.family": "DejaVu Sans",
    "text.parse_math": False,
    "svg.hashsalt": "writebench",
    "pdf.fonttype": 42,
})


@dataclass(frozen=True)
class Key:
    """An entry of the legend: a line or a marker by the style that it is drawn with, or an area."""

    label: str
    style: dict = field(default_factory=dict)
    area: bool = False

    @property
    def inches(self):
        """How wide the sign before the label is; a line needs room for its dashes."""
        return 0.28 if self.area or self.style.get("linestyle") == "none" else 0.5


def line_inches(points):
    return points * LINE_HEIGHT / 72


class Sheet:
    """Places in the body are inches from its left edge and its top."""

    def __init__(self, theme, title, subtitle, keys, caption, body_inches):
        self.theme = theme
        inner = WIDTH - 2 * MARGIN
        titles = wrap(plain(title), inner, TITLE, 2, "bold")
        subtitles = wrap(plain(subtitle), inner, TEXT, 3) if subtitle else []
        legend = _flow(keys, inner)
        captions = [line for paragraph in caption for line in wrap(plain(paragraph), inner, SMALL, 12)]
        heads = len(titles) * line_inches(TITLE) + len(subtitles) * line_inches(TEXT)
        legend_inches = (len(legend) * 0.22 + 0.1) if legend else 0
        self.top = MARGIN + heads + 0.12 + legend_inches
        height = self.top + body_inches + 0.15 + len(captions) * line_inches(SMALL) + MARGIN * 0.8
        self.height = height
        self.figure = Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH, facecolor=theme.background)

        y = MARGIN - self.top
        y = self._lines(titles, y, TITLE, theme.text, "bold")
        y = self._lines(subtitles, y, TEXT, theme.muted) + 0.1
        for row in legend:
            self._legend_row(row, y + 0.11)
            y += 0.22
        self._lines(captions, body_inches + 0.15, SMALL, theme.muted)

    def text(self, x, y, text, points=TEXT, colour=None, align="left", weight="normal", **more):
        """One line of text, its middle at y."""
        vertical = "center" if "rotation" in more else "center_baseline"
        return self.figure.text(MARGIN + x, self.height - self.top - y, text, fontsize=points, ha=align, va=vertical,
                                color=colour or self.theme.text, fontweight=weight,
                                transform=self.figure.dpi_scale_trans, **more)

    def note(self, x, y, text, inches):
        """An alarming word in the axes, in front of what is drawn there, no wider than that."""
        self.text(x, y, elide(plain(text), inches, SMALL), SMALL, self.theme.alarm,
                  bbox={"facecolor": self.theme.background, "edgecolor": "none", "pad": 1.5})

    def axes(self, left, top, width, height):
        """Axes without a frame or ticks on the left; the grid is along x."""
        axes = self.figure.add_axes([(MARGIN + left) / WIDTH, 1 - (self.top + top + height) / self.height,
                                     width / WIDTH, height / self.height], facecolor=self.theme.background)
        for spine in axes.spines.values():
            spine.set_color(self.theme.line)
        axes.tick_params(colors=self.theme.muted, labelsize=SMALL, length=3, which="both")
        axes.set_axisbelow(True)
        return axes

    def axis_label(self, x, y, text, align="center", **more):
        """A label for an axis; `gid` marks it, so that it can be found among the texts of the figure."""
        return self.text(x, y, text, SMALL, self.theme.muted, align, gid="axis-label", **more)

    def _lines(self, lines, y, points, colour, weight="normal"):
        for line in lines:
            self.text(0, y + line_inches(points) / 2, line, points, colour, weight=weight)
            y += line_inches(points)
        return y

    def _legend_row(self, row, y):
        bottom = self.height - self.top - y
        for x, key, label in row:
            left = MARGIN + x
            where = {"transform": self.figure.dpi_scale_trans}
            if key.area:
                self.figure.add_artist(Rectangle((left, bottom - 0.055), key.inches, 0.11, linewidth=0, **key.style, **where))
            else:
                self.figure.add_artist(Line2D([left, left + key.inches / 2, left + key.inches], [bottom] * 3,
                                              markevery=[1], **key.style, **where))
            self.text(x + key.inches + 0.08, y, label, SMALL, self.theme.muted)


def _flow(keys, inches):
    """The keys in rows, each with its place: (x, key, label)."""
    rows, x = [], inches
    for key in keys:
        label = elide(plain(key.label), min(3.4, inches - key.inches - 0.12), SMALL)
        wide = key.inches + 0.08 + width_inches(label, SMALL) + 0.22
        if x + wide - 0.22 > inches:
            rows.append([])
            x = 0
        rows[-1].append((x, key, label))
        x += wide
    return rows
