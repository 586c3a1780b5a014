"""The kinds of picture. Each has plots/NAME_kind.py, which draws it as a file, and page/js/NAME_chart.js, which draws
it in the page; both files are found by the kind's name."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis import clocks, costs, crashes, explanation, percentiles, sweeps


@dataclass(frozen=True)
class Kind:
    name: str
    title: str
    summary: str
    gallery: tuple[str, ...]  # the runs of the gallery that it is drawn of
    of_page: Callable | None = None  # (report, index_of): what the page needs to draw it beside the cells' times
    of_several: bool = False  # drawn of all reports together, else of each


# In the order in which they are drawn and shown.
KINDS = (
    Kind("explain", "Why it costs what it costs",
         "what each step from the simplest strategy up adds to a line, and the parts of one dispatched write",
         ("explanation",), explanation.of_page),
    Kind("crash", "What is lost at a crash",
         "how many bytes of acknowledged lines each death of a crash test took, beside the most by the options",
         ("crash",), crashes.of_page),
    Kind("sweep", "The time over what was swept",
         "the median over the settings that were swept, with its interval and its knee", ("buffer-size", "thinking"),
         sweeps.of_page),
    Kind("time", "How long each strategy took", "every trial's time, the median and its 95% interval, by contract",
         ("origin",)),
    Kind("clocks", "When the work was really done",
         "how the time divides: until the callers were free, until all was with the kernel, until it was synced",
         ("durability",), clocks.of_page),
    Kind("stall", "How long the caller was held",
         "how long an append held its caller, and how late the event loop was, as percentile curves", ("origin",),
         percentiles.of_page),
    Kind("cost", "What a line costs", "processor time, context switches and write calls per line", ("origin",),
         costs.of_page),
    Kind("rounds", "Round by round",
         "the trials round by round; a trial that was disturbed from outside is marked with the cause", ("origin",)),
    Kind("reports", "From report to report",
         "the medians of two or more reports, over time or over machines, with their intervals", ("history",),
         of_several=True),
)
OF_ONE = [kind for kind in KINDS if not kind.of_several]
OF_SEVERAL = [kind for kind in KINDS if kind.of_several]
NAMED = {kind.name: kind for kind in KINDS}
