"""Text of unknown origin, drawn as plain text: measured, wrapped and elided so that it stays in its place."""

import bisect
import functools
import itertools
import unicodedata

from matplotlib import font_manager
from matplotlib.ft2font import LOAD_NO_HINTING, FT2Font

UNDRAWABLE = "\N{WHITE SQUARE}"
BLANK = "(blank)"
LONGEST = 2000  # characters; a longer text loses its middle before it is measured
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
BREAK_AFTER = set(" -/@,=_#;:")


def plain(text):
    """The text on one line, not too long, with a square for every character that the font lacks or that would not be visible."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST // 2]}{ELLIPSIS}{text[-LONGEST // 2:]}"
    words = " ".join(text.split())
    return "".join(_drawable(character) for character in words) or (BLANK if text else "")


@functools.lru_cache(maxsize=4096)
def _drawable(character):
    visible = unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    known = all(ord(character) in _font(weight)[1] for weight in ("normal", "bold"))
    return character if visible and known else UNDRAWABLE


@functools.cache
def _font(weight):
    path = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight=weight))
    font = FT2Font(path, hinting_factor=1)
    font.set_size(100, 72)
    return font, frozenset(font.get_charmap())


@functools.lru_cache(maxsize=4096)
def _advance(character, weight):
    glyph = _font(weight)[0].load_char(ord(character), flags=LOAD_NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / 100


def width_inches(text, points, weight="normal"):
    """How wide the text is drawn at that size, without kerning, which mostly makes it narrower."""
    return sum(_advance(character, weight) for character in text) * points / 72


def elide(text, inches, points, weight="normal"):
    """The text; if it is wider than that, its middle is left out."""
    if width_inches(text, points, weight) <= inches:
        return text
    # How wide the first and the last characters are, so that a long text is measured once and not for each length.
    heads = [0, *itertools.accumulate(_advance(character, weight) for character in text)]
    tails = [0, *itertools.accumulate(_advance(character, weight) for character in reversed(text))]
    room = inches * 72 / points - _advance(ELLIPSIS, weight)
    kept = bisect.bisect_right(range(len(text)), room, key=lambda count: heads[(count + 1) // 2] + tails[count // 2]) - 1
    if kept <= 0:
        return ELLIPSIS
    return text[:(kept + 1) // 2] + ELLIPSIS + text[len(text) - kept // 2:]


def wrap(text, inches, points, most_lines=None, weight="normal"):
    """The text in lines no wider than that; what does not fit into the last line loses its middle."""
    lines = []
    while text:
        if most_lines is not None and len(lines) == most_lines - 1:
            lines.append(elide(text, inches, points, weight))
            break
        end = _line_end(text, inches, points, weight)
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return lines or [""]


def _line_end(text, inches, points, weight):
    width = 0.0
    after_break = 0
    for index, character in enumerate(text):
        width += _advance(character, weight) * points / 72
        if width > inches and character != " ":
            return max(after_break or index, 1)
        if character in BREAK_AFTER:
            after_break = index + 1
    return len(text)
