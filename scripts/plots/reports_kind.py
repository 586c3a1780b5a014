"""reports: every cell over several reports, in the order in which they were started, machine by machine."""

from dataclasses import dataclass

from matplotlib import ticker

from analysis.groups import Group, Row, groups_of
from analysis.kinds import NAMED
from analysis.machine import identity, processor
from plots.caption import machine, reservations, trials, work
from plots.sheet import SMALL, Key, Sheet
from plots.strips import Strips
from plots.theme import Looks

MACHINE_MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h"]
MOST_CELLS = 200
MOST_NAMED = 16  # reports that the caption lists one by one
MOST_WORDS = 12  # reports beside whose points a verdict still has room as a word
# A verdict as a sign and a word: neither colour nor sign alone has to tell it.
MARKS = {"slower": ("▲", "slower"), "faster": ("▼", "faster"), "same": ("=", "same"),
         "inconclusive": ("?", "unclear")}


@dataclass(frozen=True)
class Entry:
    """A report in its place along the axis."""

    number: int
    report: object
    machine: int


def cannot(reports):
    if len(reports) < 2:
        return "there is one report alone, and it takes two or more"
    if not any(cell.summary for report in reports for cell in report.cells):
        return "no trial has a time"
    if len({cell.id for report in reports for cell in report.cells}) > MOST_CELLS:
        return f"they have more than {MOST_CELLS} different cells"
    return None


def machine_of(report):
    return tuple(identity(report).values())


def draw(reports, theme):
    entries = _entries(reports)
    looks = Looks(theme, reports)
    strips = Strips(_groups(reports), 0.5)
    machines = list(dict.fromkeys(machine_of(entry.report) for entry in entries))
    sheet = Sheet(theme, NAMED["reports"].title,
                  "The median of each cell in each report, with its 95% interval; lines join reports of one machine.",
                  _keys(entries, theme) if len(machines) > 1 else [], _caption(entries, reports), strips.inches)
    axes = strips.draw(sheet, looks, "report (number in the list below, in the order of their start)")
    axes.set_xlim(0.5, len(entries) + 0.5)
    step = -(-len(entries) // 20)
    axes.xaxis.set_major_locator(ticker.FixedLocator(range(1, len(entries) + 1, step)))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f}"))
    for row in strips.rows:
        _draw_cell(sheet, axes, strips, row, looks[row.cell.strategy], entries)
    return sheet.figure


def _entries(reports):
    ordered = sorted(reports, key=lambda report: report.started_at)
    machines = list(dict.fromkeys(map(machine_of, ordered)))
    return [Entry(index + 1, report, machines.index(machine_of(report))) for index, report in enumerate(ordered)]


def _groups(reports):
    """The groups of the latest report, and below them the cells that only others have."""
    latest, *others = sorted(reports, key=lambda report: report.started_at, reverse=True)
    rest = {}
    for report in others:
        for cell in report.cells:
            if not latest.cell(cell.id):
                rest.setdefault(cell.id, cell)
    title = "not in the latest report"
    return groups_of(latest) + ([Group(title, title, [Row(cell) for cell in rest.values()])] if rest else [])


def _keys(entries, theme):
    first = {entry.machine: entry.report for entry in reversed(entries)}
    return [Key(f"{_letter(index)}: {processor(first[index])}, {first[index].environment['kernel']}",
                {"color": theme.text, "marker": _marker(index), "markersize": 5, "linestyle": "none"})
            for index in sorted(first)]


def _letter(machine_index):
    return chr(ord("A") + machine_index) if machine_index < 26 else f"M{machine_index}"


def _marker(machine_index):
    return MACHINE_MARKERS[machine_index % len(MACHINE_MARKERS)]


def _caption(entries, reports):
    several = len({entry.machine for entry in entries}) > 1
    names = [f"{entry.number}: {entry.report.started_at:%Y-%m-%d %H:%M} {entry.report.path.rsplit('/', 1)[-1]}"
             + (f" ({_letter(entry.machine)})" if several else "") for entry in entries]
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED // 2], f"… {len(names) - MOST_NAMED} more …", *names[-MOST_NAMED // 2:]]
    cells = [cell for report in reports for cell in report.cells]
    latest = entries[-1].report
    notes = ["Every strip has its own scale, from the least to the largest of what it shows.",
             "Reports: " + "; ".join(names) + ".", trials(cells), work(latest)]
    notes.append(machine(latest) if not several else f"The latest: {machine(latest)}")
    if any(report.verdicts for report in reports):
        notes.append("Verdicts of the gate, each on the report beside whose point it stands, against its base: "
                     + ", ".join(f"{sign} {word}" for sign, word in MARKS.values()) + ".")
    wrong = [entry.number for entry in entries if reservations(entry.report)]
    if wrong:
        notes.append(f"Reservations: {', '.join(map(str, wrong))} have warnings or were not run to their end.")
    return [note for note in notes if note]


def _draw_cell(sheet, axes, strips, row, look, entries):
    found = [(entry, entry.report.cell(row.cell.id)) for entry in entries]
    found = [(entry, cell) for entry, cell in found if cell and cell.fraction == row.cell.fraction]
    timed = [(entry, cell.summary.time_ns) for entry, cell in found if cell.summary and cell.status == "ok"]
    missing = [entry.number for entry, cell in found if cell.status != "ok"]
    axes.plot(missing, [row.middle] * len(missing), linestyle="none", marker="x", markersize=7, color=sheet.theme.alarm,
              zorder=5)
    if not timed:
        return
    ends = [end for _, time in timed for end in (time.median, time.low, time.high) if end is not None]
    place = strips.scale(sheet, row, ends)
    for machine_index in sorted({entry.machine for entry, _ in timed}):
        own = [(entry, time) for entry, time in timed if entry.machine == machine_index]
        axes.plot([entry.number for entry, _ in own], [place(time.median) for _, time in own], color=look.colour,
                  linewidth=1.2, marker=_marker(machine_index), markersize=5, zorder=3, gid=f"reports:{row.cell.id}")
        for entry, time in own:
            if time.low is not None:
                axes.plot([entry.number] * 2, [place(time.low), place(time.high)], color=look.colour, linewidth=3,
                          alpha=0.35, solid_capstyle="butt", zorder=2)
    for entry, time in timed:
        if verdict := entry.report.verdicts.get(row.cell.id):
            _draw_verdict(sheet, axes, entry.number, place(time.median), verdict, len(entries))


def _draw_verdict(sheet, axes, x, y, verdict, entries):
    sign, word = MARKS[verdict]
    colour = sheet.theme.alarm if verdict == "slower" else sheet.theme.muted
    axes.annotate(f"{sign} {word}" if entries <= MOST_WORDS else sign, (x, y), (7, 0), textcoords="offset points",
                  va="center", fontsize=SMALL - 1, color=colour, gid=f"verdict:{verdict}", zorder=6,
                  bbox={"facecolor": sheet.theme.background, "edgecolor": "none", "pad": 1})
