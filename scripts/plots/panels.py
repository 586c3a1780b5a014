"""Equal panels in a grid that share both scales: the ticks stand at the left and at the bottom alone."""

import math

from plots.plain_text import wrap
from plots.rows import INNER
from plots.sheet import SMALL

LEFT_INCHES = 0.75
GAP_INCHES = 0.32
BOTTOM_INCHES = 0.38


class Panels:
    """`titles` are those of the panels, in reading order; `sheet` comes later, once it knows how high they are."""

    def __init__(self, titles, columns, height):
        self._columns = columns
        self._width = (INNER - LEFT_INCHES - GAP_INCHES * (columns - 1)) / columns
        self._titles = [wrap(title, self._width - 0.05, SMALL, 2) for title in titles]
        lines = max(len(title) for title in self._titles)
        self._title_inches = 0.14 * lines + 0.06 if any(titles) else 0
        self._height = height
        self._step = height + self._title_inches + 0.16
        self.rows = math.ceil(len(titles) / columns)
        self.inches = self.rows * self._step + BOTTOM_INCHES

    def draw(self, sheet, scale, colours=None):
        """The axes, each scaled by scale(axes), which returns the labels of x and y."""
        all_axes = []
        for index, title in enumerate(self._titles):
            row, column = divmod(index, self._columns)
            left = LEFT_INCHES + column * (self._width + GAP_INCHES)
            top = row * self._step + self._title_inches
            for line, text in enumerate(title):
                y = top - 0.08 - 0.14 * (len(title) - 1 - line)
                sheet.text(left, y, text, SMALL, colours[index] if colours else None)
            axes = sheet.axes(left, top, self._width, self._height)
            axes.grid(color=sheet.theme.line, linewidth=0.8)
            x_label, y_label = scale(axes)
            is_lowest = index + self._columns >= len(self._titles)
            axes.tick_params(labelleft=column == 0, left=column == 0, labelbottom=is_lowest, bottom=is_lowest)
            if column == 0:
                sheet.axis_label(0.08, top + self._height / 2, y_label, rotation=90)
            if is_lowest:
                sheet.axis_label(left + self._width / 2, top + self._height + 0.38, x_label)
            all_axes.append(axes)
        return all_axes

    @property
    def width(self):
        return self._width
