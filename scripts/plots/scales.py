"""Axes of times, of counts and of numbers: which scale, which ticks, and a label that says the unit."""

import math

from matplotlib import ticker

from analysis import quantities

WIDE = 20  # a spread beyond this factor goes onto a logarithmic axis


def is_wide(values):
    positive = [value for value in values if value > 0]
    return bool(positive) and max(positive) > WIDE * min(positive)


def time_axis(axes, which, values, what, most_ticks=8):
    """Scales that axis ("x" or "y") for the times, in ns. Returns its label, "what (unit)", and the place of 0."""
    if not is_wide(values):
        size, unit = quantities.time_unit(max(values, default=1))
        _linear(axes, which, values, lambda value: f"{value / size:.4g}", size, most_ticks)
        return f"{what} ({unit})", 0
    low, high, zero = _logarithmic(axes, which, values, quantities.time_tick, most_ticks)
    lowest, highest = quantities.time_unit(low)[1], quantities.time_unit(high)[1]
    unit = lowest if lowest == highest else f"{lowest} to {highest}"
    return f"{what} ({unit}, log)", zero


def count_axis(axes, which, values, what, most_ticks=8):
    """The same for counts; `what` says of what."""
    if not is_wide(values):
        _linear(axes, which, values, quantities.count, 1, most_ticks)
        return what, 0
    zero = _logarithmic(axes, which, values, quantities.count, most_ticks)[2]
    return f"{what.removesuffix(')')}, log)" if what.endswith(")") else f"{what} (log)", zero


def _logarithmic(axes, which, values, form, most_ticks):
    """Sets the scale, and returns the ends of what is above 0, and the place of 0."""
    positive = [value for value in values if value > 0]
    room = (max(positive) / min(positive)) ** 0.03 * 1.05
    low, high = min(positive) / room, max(positive) * room
    ticks = _log_ticks(low, high, most_ticks)
    zero = low
    getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(low, high)
    if len(positive) < len(values):
        # 0 has no place on a logarithmic axis: it gets one a step below the least value.
        zero = low / (high / low) ** 0.12
        getattr(axes, f"set_{which}lim")(zero / (high / low) ** 0.04, high)
        ticks = [zero, *ticks]
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(ticker.FixedLocator(ticks))
    axis.set_minor_locator(ticker.NullLocator())
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: "0" if value < low else form(value)))
    return low, high, zero


def _log_ticks(low, high, most):
    """Round values in that range: powers of ten, with 2 and 5 between them if they are few; if they are too many, some
    are left out."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= most:
            return ticks
    return ticks[::math.ceil(len(ticks) / most)]


def _linear(axes, which, values, form, size, most_ticks):
    high = max(values, default=size) or size
    low = min(values, default=0)
    # An axis of dots need not start at 0, but it does if 0 is near.
    span = high - low if low > 0.5 * high else high
    low = low - 0.06 * span if low > 0.5 * high and span > 0 else 0
    getattr(axes, f"set_{which}lim")(low, high + 0.05 * (span or high))
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(_UnitLocator(size, most_ticks))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: form(value)))


class _UnitLocator(ticker.MaxNLocator):
    """Round numbers of that unit rather than of nanoseconds."""

    def __init__(self, size, most_ticks):
        super().__init__(nbins=most_ticks - 1, steps=[1, 2, 2.5, 5, 10])
        self._size = size

    def tick_values(self, vmin, vmax):
        return super().tick_values(vmin / self._size, vmax / self._size) * self._size
