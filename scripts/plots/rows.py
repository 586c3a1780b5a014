"""A row for every cell, under the heading of its group: the frame that most kinds of picture share.

On the left the name with the strategy's marker, in the middle axes whose y is inches from the top, on the right columns
of text.
"""

from dataclasses import dataclass

from matplotlib.lines import Line2D

from plots.plain_text import elide, plain, width_inches, wrap
from plots.sheet import MARGIN, SMALL, TEXT, WIDTH

HEADING_INCHES = 0.3
MOST_NAME_INCHES = 2.7
COLUMN_GAP = 0.16
INNER = WIDTH - 2 * MARGIN


@dataclass(frozen=True)
class Row:
    cell: object
    names: list[str]  # its name, in one line or two
    middle: float  # inches from the top
    height: float


@dataclass(frozen=True)
class Heading:
    text: str
    top: float
    bottom: float  # of its rows
    rows: list[Row]


class Rows:
    def __init__(self, groups, row_inches=0.25):
        self.headings = []
        y = 0.0
        for group in groups:
            top, y = y, y + HEADING_INCHES
            rows = []
            for cell in group.cells:
                names = wrap(plain(cell.label), MOST_NAME_INCHES, SMALL, 2)
                height = max(row_inches, 0.13 * len(names) + 0.08)
                rows.append(Row(cell, names, y + height / 2, height))
                y += height
            self.headings.append(Heading(plain(group.heading), top, y, rows))
        self.inches = y + 0.05
        names = [name for row in self for name in row.names]
        self.name_inches = max(width_inches(name, SMALL) for name in names) + 0.32

    def __iter__(self):
        return (row for heading in self.headings for row in heading.rows)

    def draw_names(self, sheet, looks):
        for heading in self.headings:
            text = elide(heading.text, INNER, TEXT, "bold")
            sheet.text(0, heading.top + HEADING_INCHES - 0.11, text, TEXT, sheet.theme.muted, weight="bold",
                       gid="heading", bbox={"facecolor": sheet.theme.background, "edgecolor": "none", "pad": 1})
        for row in self:
            look = looks[row.cell.strategy]
            sheet.figure.add_artist(Line2D(
                [MARGIN + 0.08], [sheet.height - sheet.top - row.middle], linestyle="none", marker=look.marker,
                markersize=5, color=look.colour, transform=sheet.figure.dpi_scale_trans))
            for index, name in enumerate(row.names):
                y = row.middle + (index - (len(row.names) - 1) / 2) * 0.13
                sheet.text(0.22, y, name, SMALL, gid=f"name:{row.cell.id}")

    def axes(self, sheet, left, width):
        """Axes beside the names, y being inches from the top of the rows."""
        axes = sheet.axes(left, 0, width, self.inches)
        axes.set_ylim(self.inches, 0)
        axes.set_yticks([])
        axes.grid(axis="x", color=sheet.theme.line, linewidth=0.8)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        return axes


class Columns:
    """Right-aligned text for every row, the titles in the place of the first heading."""

    def __init__(self, titles, fields):
        """`fields` maps the id of a cell to its texts, one for each title."""
        self._titles = titles
        self._fields = fields
        self._widths = [max(width_inches(text, SMALL) for text in (title, *(texts[index] for texts in fields.values())))
                        for index, title in enumerate(titles)]
        self.inches = sum(self._widths) + COLUMN_GAP * len(titles)

    def draw(self, sheet, rows, colours=None):
        right = INNER
        for index in reversed(range(len(self._titles))):
            sheet.text(right, -0.06, self._titles[index], SMALL, sheet.theme.muted, "right")
            for row in rows:
                colour = (colours or {}).get(row.cell.id)
                sheet.text(right, row.middle, self._fields[row.cell.id][index], SMALL, colour, "right",
                           gid=f"{self._titles[index]}:{row.cell.id}")
            right -= self._widths[index] + COLUMN_GAP
