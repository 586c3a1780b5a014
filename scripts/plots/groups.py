"""The cells of a report in the groups that may be compared: of one work and one contract, the fastest first."""

from dataclasses import dataclass

from plots.caption import work_parts

ORDERS = {"global": "all lines in order", "per-writer": "each writer's lines in order",
          "none": "whole lines in any order"}
STRENGTH = ["global", "per-writer", "none"]


@dataclass(frozen=True)
class Group:
    heading: str
    cells: list


def groups(report):
    by_key = {}
    works = list(dict.fromkeys(cell.work for cell in report.cells))
    for cell in report.cells:
        order = len(STRENGTH) + 1 if cell.is_control else _strength(cell.contract.order)
        key = (works.index(cell.work), order, cell.contract.layout, cell.contract.durability)
        by_key.setdefault(key, []).append(cell)
    return [Group(_heading(report, cells[0]), sorted(cells, key=_by_time)) for _, cells in sorted(by_key.items())]


def _strength(order):
    return STRENGTH.index(order) if order in STRENGTH else len(STRENGTH)


def _by_time(cell):
    return (cell.summary is None or cell.status != "ok", cell.summary.time_ns.median if cell.summary else 0)


def _heading(report, cell):
    heading = "controls" if cell.is_control else ORDERS.get(cell.contract.order, "no order promised")
    if cell.contract.layout != "one-file" and not cell.is_control:
        heading += f", {cell.contract.layout}"
    parts = work_parts(cell)
    own = [text for name, text in parts.items()
           if any(work_parts(other).get(name) != text for other in report.cells)]
    return f"{heading}: {', '.join(own)}" if own else heading
