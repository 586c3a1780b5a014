"""The cells of a report in the order of the terminal's table: those of one work that promise the same in the order of
the report's ranking, the controls after them, and last those without a time."""

import math
from dataclasses import dataclass

from analysis.report_model import Cell
from analysis.work import promise_of, work_of, works_of

CONTROLS = "controls"
FRACTION = "on a fraction of the lines: not ranked"
UNTIMED = "without a time"
ORDERS = ("global", "per-writer", "none", "repeated", None)  # the strongest first


@dataclass(frozen=True)
class Row:
    cell: Cell
    rank: int | None = None
    tied_with: tuple[str, ...] = ()

    @property
    def rank_text(self):
        """"1", with a "=" if it is tied; empty for what is not ranked."""
        return "" if self.rank is None else f"{self.rank}{'=' if self.tied_with else ''}"


@dataclass(frozen=True)
class Group:
    """Cells of one work and one promise; promise is CONTROLS, FRACTION or UNTIMED for those that are not ranked."""

    promise: str
    heading: str  # the promise, and the work if the report has several
    rows: list[Row]

    @property
    def cells(self):
        return [row.cell for row in self.rows]


def groups_of(report):
    works = works_of(report)
    several = len({cell.asked_work for cell in report.cells}) > 1
    ranked = [*_ranked(report), *_paced(report)]
    groups = []

    def add(promise, rows, with_work=True):
        if rows:
            heading = f"{promise}: {work_of(rows[0].cell)}" if with_work and several else promise
            groups.append(Group(promise, heading, rows))

    for work in works:
        for rows in ranked:
            if rows[0].cell.work == work:
                add(promise_of(rows[0].cell), rows)
        controls = [cell for cell in report.cells if cell.work == work and cell.is_control and cell.has_time]
        add(CONTROLS, [Row(cell) for cell in sorted(controls, key=_stall if controls and controls[0].has_rate else _time)])
        cut = [cell for cell in report.cells
               if cell.work == work and cell.is_cut and cell.has_time and not cell.is_control]
        add(FRACTION, [Row(cell) for cell in sorted(cut, key=_time)])
    placed = {row.cell.id for group in groups for row in group.rows}
    add(UNTIMED, [Row(cell) for cell in report.cells if cell.id not in placed], with_work=False)
    return groups


def _ranked(report):
    """The rows of each group of the report's ranking."""
    groups, placed = [], set()
    for entry in report.ranking:
        rows = []
        for ranked in entry["cells"]:
            cell = report.cell(ranked["id"])
            if cell is not None and cell.has_time and not cell.has_rate and cell.id not in placed:
                placed.add(cell.id)
                rows.append(Row(cell, ranked["rank"], tuple(ranked["tied_with"])))
        if rows:
            groups.append(rows)
    return groups


def _paced(report):
    """Of each work and promise at a rate the rows by their stalls: the pace fixes their times, so they are not ranked."""
    groups = {}
    for cell in report.cells:
        if cell.has_rate and cell.has_time and not cell.is_control and not cell.is_cut:
            groups.setdefault((cell.work, cell.contract.order, cell.contract.layout), []).append(cell)
    order = ORDERS.index
    ordered = sorted(groups.items(), key=lambda group: order(group[0][1]))
    return [[Row(cell) for cell in sorted(cells, key=_stall)] for _, cells in ordered]


def _time(cell):
    return cell.summary.time_ns.median


def _stall(cell):
    ns = cell.caller_stall_ns.p99 if cell.caller_stall_ns else None
    return math.inf if ns is None else ns
