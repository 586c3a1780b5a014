"""Quantities as a reader wants them: 1.65 ms, 64 KiB, 5.36x faster. The rules are those of the terminal's table
(cli/text/format_quantity.cpp), except that the terminal writes us for µs, and no separators in 500,000.
"""

import math

TIMES = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns"))
FACTORS = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""))
SIZES = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
DECIMAL_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def digits(value):
    """Three significant digits without an exponent, for values from 0.01 to 9999."""
    if value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def _scaled(value, units):
    """The value in the largest of the units in which it is at least 1, and that unit's name."""
    # What would be rounded up to 1000 belongs to the next unit.
    size, name = next((entry for entry in units if value >= entry[0] * 0.9995), units[-1])
    return value / size, name


def time(ns):
    """A measured time: three digits and the unit, whole nanoseconds below a microsecond."""
    ns = math.floor(ns + 0.5)
    if ns < 999.5:
        return f"{ns:.0f} ns"
    value, unit = _scaled(ns, TIMES)
    return f"{digits(value)} {unit}"


def time_of_a_line(ns):
    """A time divided by a number of lines, which may be a part of a nanosecond."""
    return f"{digits(ns)} ns" if 0 < ns < 99.95 else time(ns)


def time_tick(ns):
    """As short as it can be, for an axis or a setting: 1 ms, 200 µs."""
    value, unit = _scaled(ns, TIMES)
    return f"{value:.3g} {unit}"


def time_unit(ns):
    """The unit in which a time is at least 1, as (its ns, its name)."""
    return next((unit for unit in TIMES if ns >= unit[0]), TIMES[-1])


def number(value):
    """A rate: 255M, 3.30."""
    if value == 0:
        return "0"
    scaled, unit = _scaled(value, FACTORS)
    return digits(scaled) + unit


def count(value):
    """A count, as short as it can be, however small: 500k, 12, 0.003, 2×10⁻⁶."""
    if value == 0 or value >= 0.001:
        scaled, unit = _scaled(value, FACTORS) if value >= 999.5 else (value, "")
        return f"{scaled:.3g}{unit}"
    exponent = math.floor(math.log10(value))
    mantissa = f"{value / 10**exponent:.2g}"
    power = "10" + str(exponent).translate(SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}×{power}"


def whole(value):
    """With separators: 500,000."""
    return f"{value:,}"


def size(value):
    """Bytes: powers of two if they come out even, 64 KiB, else of ten, 271 GB."""
    for unit, name in SIZES:
        if value % unit == 0 and unit <= value < 1024 * unit:
            return f"{value // unit} {name}"
    for unit, name in DECIMAL_SIZES:
        if value >= 10 * unit:
            return f"{digits(value / unit)} {name}"
    return f"{whole(value)} B"


def decimal_size(value):
    """Bytes in powers of ten to three digits, as in a rate: 2.17 GB."""
    if value < 999.5:
        return f"{value:.0f} B"
    scaled, unit = _scaled(value, DECIMAL_SIZES)
    return f"{digits(scaled)} {unit}"


def percent(share):
    """0.43 as 43%."""
    return f"{100 * share:.0f}%" if share < 9.995 else ">10x"


def exact_percent(share):
    """0.0043 as 0.43%, 1.13 as 113%: three digits."""
    return f"{digits(100 * share)}%"


def deviation(share):
    """How far trials lie apart: ±4%."""
    return f"±{percent(share)}"


def times(factor):
    """A factor from 1 on: 5.36, 301, 18k."""
    return digits(factor) if factor < 9999.5 else f"{factor / 1e3:.0f}k"


def ratio(value):
    """A time over the reference's: 5.36x faster, 301x slower."""
    if value <= 0:
        return "-"
    return f"{times(value)}x slower" if value > 1 else f"{times(1 / value)}x faster"
