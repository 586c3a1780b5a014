"""Quantities and names as a reader wants them: 1.65 ms, 500,000 lines, 64 KiB, "a, b and c"."""

import unicodedata

LONGEST = 100  # characters of a name; a longer one loses its middle

TIMES = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns"))
FACTORS = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""))
SIZES = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def digits(value):
    """Three significant digits without an exponent, for values from 0.01 to 9999."""
    if value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def time(ns):
    """Three digits and the unit; whole nanoseconds below a microsecond."""
    if 0 < ns < 9.995:
        return f"{digits(ns)} ns"
    if ns < 999.5:
        return f"{ns:.0f} ns"
    # What would be rounded up to 1000 belongs to the next unit.
    size, unit = next(entry for entry in TIMES if ns >= entry[0] * 0.9995 or entry[0] == 1)
    return f"{digits(ns / size)} {unit}"


def number(value):
    """As the terminal's table has it: 255M, 3.30."""
    if value == 0:
        return "0"
    size, unit = next(entry for entry in FACTORS if value >= entry[0] * 0.9995 or entry[0] == 1)
    return digits(value / size) + unit


def whole(value):
    """With separators: 500,000."""
    return f"{value:,}"


def size(count):
    """Bytes: powers of two where they come out even, 64 KiB, else of ten, 271 GB."""
    for unit, name in SIZES:
        if count % unit == 0 and unit <= count < 1024 * unit:
            return f"{count // unit} {name}"
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= 10 * unit:
            return f"{digits(count / unit)} {name}"
    return f"{whole(count)} B"


def percent(share):
    """0.43 as 43%, and never 0% or 100% for what only comes near."""
    if share >= 9.995:
        return ">10x"
    rounded = f"{100 * share:.0f}%"
    if rounded == "0%" and share > 0:
        return "<1%"
    return rounded


def times(factor):
    """A factor from 1 on, for "… times as long"."""
    return digits(factor) if factor < 9999.5 else f"{factor / 1e3:.0f},000"


def ratio(value):
    """A time over the reference's, as in the terminal's table."""
    if 0.995 < value < 1.005:
        return "equal"
    if value == 0:
        return "-"
    return f"{times(value)}x slower" if value > 1 else f"{times(1 / value)}x faster"


def listed(names, most=6):
    """a, b and c; beyond `most` names only how many more there are."""
    names = list(names)
    if len(names) > most:
        names = [*names[:most - 1], f"{len(names) - most + 1} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def plural(count, word):
    return f"{whole(count)} {word}{'' if count == 1 else 's'}"


def shown(text, longest=LONGEST):
    """Text of unknown origin on one line: what is invisible, or turns the direction of what follows, by its code."""
    if longest is not None and len(text) > longest:
        text = f"{text[:longest // 2]}…{text[-longest // 2:]}"
    text = "".join(_shown_character(character) for character in text)
    # Right-to-left text keeps to itself: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE.
    right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
    return f"\u2068{text}\u2069" if right_to_left else text


def _shown_character(character):
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"⟨{ord(character):04X}⟩"
    return character
