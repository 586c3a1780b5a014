"""The kinds of picture as matplotlib draws them: a module for each kind of analysis/kinds.py, found by its name.

It has cannot(drawn), the reason why that cannot be drawn or None, and draw(drawn, theme), the figure; `drawn` is a
report, or all of them for a kind of several.
"""

import importlib


def module_of(kind):
    return importlib.import_module(f"plots.{kind.name}_kind")
