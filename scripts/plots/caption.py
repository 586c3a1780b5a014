"""What stands below every picture: how to read it, how many trials there are, what was written, and where."""

from analysis import results
from analysis.machine import facts
from analysis.results import status_of
from analysis.work import common_work_of
from analysis.words import listed, plural


def caption(report, cells, notes):
    """The paragraphs, from what the picture says to what it rests on."""
    return [line for line in (*notes, trials(cells), work(report), machine(report), reservations(report)) if line]


def trials(cells):
    numbers = sorted(cell.summary.trials for cell in cells if cell.summary)
    if not numbers:
        return "n = 0 trials with a time."
    few, most = numbers[0], numbers[-1]
    text = f"n = {few} to {plural(most, 'trial')}" if few < most else f"n = {plural(few, 'trial')}"
    return f"{text} with a time for each of {len(numbers)} cells." if len(numbers) > 1 else f"{text} with a time."


def work(report):
    common = common_work_of(report)
    return f"Work: {common}." if common else ""


def machine(report):
    return f"Machine: {'; '.join(facts(report))}."


def reservations(report):
    """Why to trust the picture less; empty if nothing is known against it."""
    doubts = []
    if not report.complete:
        doubts.append("the run was interrupted, or goes on")
    if report.tool.get("sanitizers"):
        doubts.append(f"built with sanitizers ({report.tool['sanitizers']})")
    if report.tool.get("assertions"):
        doubts.append("built with assertions")
    if report.warnings:
        doubts.append("the report warns: " + ", ".join(dict.fromkeys(code for code, _ in report.warnings)))
    return f"Reservations: {'; '.join(doubts)}." if doubts else ""


def why_no_time(cell):
    return status_of(cell) if cell.status_detail else f"{status_of(cell)}: no trial was finished"


def on_a_fraction(cell):
    """What stands in the place of the time of a cell that ran on a fraction of the lines."""
    return f"ran on {cell.fraction} of the lines: {results.per_line(cell).text} per line"


def not_ok(cells, most=6):
    """Names the cells that are not ok, with their status."""
    wrong = [f"{cell.id} ({cell.status or 'not run'})" for cell in cells if cell.status != "ok"]
    return f"Not ok: {listed(wrong, most)}." if wrong else ""
