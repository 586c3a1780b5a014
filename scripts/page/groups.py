"""The cells of a report in the order in which a reader should meet them: those of one work that promise the same side
by side, the controls after them, and last those without a time."""

from dataclasses import dataclass

from . import words

ORDERS = {
    "global": "all lines in order",
    "per-writer": "each writer's lines in order",
    "none": "whole lines in any order",
    None: "writes nothing",
}
CONTROLS = "controls"
UNTIMED = "without a time"


@dataclass(frozen=True)
class Row:
    cell: object  # report_model.Cell
    rank: int | None = None
    tied_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Cells of one work and one promise; promise is CONTROLS or UNTIMED for those that are not ranked."""

    promise: str
    work: str  # what was written, in words
    rows: list[Row]

    def heading(self, several_works):
        return f"{self.promise}: {self.work}" if several_works and self.promise != UNTIMED else self.promise


def works_of(report):
    """The works of the cells in the order of the report."""
    return list(dict.fromkeys(cell.work for cell in report.cells))


def groups_of(report):
    ranked = _ranked(report)
    groups = []
    for work in works_of(report):
        groups += [group for key, group in ranked if key == work]
        controls = [cell for cell in report.cells if cell.work == work and cell.is_control and _has_time(cell)]
        if controls:
            controls.sort(key=lambda cell: cell.summary.time_ns.median)
            groups.append(Group(CONTROLS, work_of(controls[0]), [Row(cell) for cell in controls]))
    placed = {row.cell.id for group in groups for row in group.rows}
    rest = [cell for cell in report.cells if cell.id not in placed]
    if rest:
        groups.append(Group(UNTIMED, work_of(rest[0]), [Row(cell) for cell in rest]))
    return groups


def _ranked(report):
    """The report's ranking, as pairs of a work and a group."""
    groups = []
    placed = set()
    for entry in report.ranking:
        rows = []
        for ranked in entry["cells"]:
            cell = report.cell(ranked["id"])
            if cell is not None and _has_time(cell) and cell.id not in placed:
                placed.add(cell.id)
                rows.append(Row(cell, ranked["rank"], tuple(ranked["tied_with"])))
        if rows:
            groups.append((rows[0].cell.work, Group(promise_of(rows[0].cell), work_of(rows[0].cell), rows)))
    return groups


def _has_time(cell):
    return cell.status == "ok" and cell.summary is not None


def promise_of(cell):
    order = ORDERS.get(cell.contract.order, words.shown(f"order {cell.contract.order}"))
    if cell.contract.layout == "one-file":
        return order
    return f"{order}, {words.shown(cell.contract.layout.replace('-', ' '))}"


def work_of(cell):
    """What the cell wrote, apart from how, in words."""
    work = cell.workload
    text = words.plural(cell.lines, "line")
    if work.get("input"):
        text += f" of {words.shown(str(work['input']))}"
    text += _line_sizes(work)
    text += f", {words.plural(cell.bytes, 'byte')}, durability {words.shown(cell.contract.durability)}"
    if work.get("think_ns"):
        text += f", think {words.time(work['think_ns'])}"
    if work.get("lines_per_second"):
        text += f", {words.number(work['lines_per_second'])} lines/s"
    if (work.get("burst_lines") or 1) > 1:
        text += f" in bursts of {words.whole(work['burst_lines'])}"
    if work.get("file_state") not in (None, "new"):
        text += f", file {words.shown(str(work['file_state']))}"
    if work.get("preallocation") not in (None, "none"):
        text += f", preallocated ({words.shown(str(work['preallocation']))})"
    return text


def _line_sizes(work):
    least, most = work.get("least_line_bytes"), work.get("most_line_bytes")
    if least is None and most is None:
        return ""
    return f" of {words.plural(most, 'byte')}" if least == most else f" of {least or 0} to {most} bytes"
