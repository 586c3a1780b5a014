"""Quantities in the units that engineers read: 1.65 ms, 64 KiB, 500k."""

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
TIME_UNITS = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")]


def time_unit(ns):
    """The unit in which a time is at least 1, as (its ns, its name)."""
    return next((unit for unit in TIME_UNITS if ns >= unit[0]), TIME_UNITS[-1])


def time(ns):
    """To three digits: 379 µs."""
    # What would be rounded up to 1000 belongs to the next unit.
    size, name = time_unit(rounded(ns))
    return f"{_digits(ns / size)} {name}"


def time_tick(ns):
    """As short as it can be: 1 ms, 200 µs."""
    size, name = time_unit(rounded(ns))
    return f"{ns / size:.3g} {name}"


def rounded(value):
    return float(f"{value:.3g}")


def _digits(value):
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded(value)))))
    return f"{value:.{min(decimals, 3)}f}"


def size(count):
    """Bytes: powers of two in KiB where they come out even, else in kB."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit and count % unit == 0:
            return f"{count // unit} {name}"
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} B"


def durability(text):
    """none, close, line, bytes=64 KiB."""
    name, _, number = text.partition("=")
    return f"{name}={size(int(number))}" if number.isascii() and number.isdigit() else text


def count(value):
    """500k, 12, 0.003, 2×10⁻⁶."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if rounded(value) >= unit:
            return f"{rounded(value) / unit:.3g}{name}"
    if value == 0 or value >= 0.001:
        return f"{value:.3g}"
    exponent = math.floor(math.log10(value))
    mantissa = f"{value / 10**exponent:.2g}"
    power = "10" + str(exponent).translate(SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}×{power}"


def ratio(value):
    """A time over the reference's: 5.36x faster, 301x slower."""
    if 0.995 < value < 1.005:
        return "1.00x"
    if value <= 0:
        return "0x"
    return f"{_digits(value)}x slower" if value > 1 else f"{_digits(1 / value)}x faster"
