"""The cells of a report in the order of the terminal's table: those of one work that promise the same in the order of
the report's ranking, the controls after them, and last those without a time."""

from dataclasses import dataclass

from analysis.report_model import Cell
from analysis.work import promise_of, work_of, works_of

CONTROLS = "controls"
FRACTION = "on a fraction of the lines: not ranked"
UNTIMED = "without a time"


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
    ranked = _ranked(report)
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
        add(CONTROLS, [Row(cell) for cell in sorted(controls, key=lambda cell: cell.summary.time_ns.median)])
        cut = [cell for cell in report.cells
               if cell.work == work and cell.is_cut and cell.has_time and not cell.is_control]
        add(FRACTION, [Row(cell) for cell in sorted(cut, key=lambda cell: cell.summary.time_ns.median)])
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
            if cell is not None and cell.has_time and cell.id not in placed:
                placed.add(cell.id)
                rows.append(Row(cell, ranked["rank"], tuple(ranked["tied_with"])))
        if rows:
            groups.append(rows)
    return groups
