"""What a cell wrote and what it promises, in the words of the terminal's table."""

from analysis import quantities, words

ORDERS = {
    "global": "all lines in order",
    "per-writer": "each writer's lines in order",
    "none": "whole lines in any order",
    "repeated": "the first block again and again",
    None: "writes nothing",
}


def promise_of(cell):
    order = ORDERS.get(cell.contract.order, f"order {cell.contract.order}")
    return order if cell.contract.layout == "one-file" else f"{order}, {cell.contract.layout.replace('-', ' ')}"


def work_of(cell):
    """What the cell was to write, apart from how: what cells must have in common to be compared."""
    return "".join(_parts(cell).values())


def common_work_of(report):
    """What all cells of a report wrote; the names of the cells say in what they differ."""
    of_cells = [_parts(cell) for cell in _whole(report.cells)]
    common = [text for key, text in of_cells[0].items() if all(parts.get(key) == text for parts in of_cells)]
    return "".join(common).removeprefix(", ")


def _parts(cell):
    """The parts of work_of, by what they are about."""
    work = cell.workload
    parts = {"lines": words.plural(cell.asked_lines or cell.lines, "line")}
    if work["input"]:
        parts["input"] = f" of {work['input']}"
    if work["max_line_bytes"] is not None:
        parts["size"] = f" of {_line_size(work['min_line_bytes'], work['max_line_bytes'])}"
    if work.get("line_content"):
        parts["content"] = ", random"
    if not cell.is_cut:
        parts["bytes"] = f", {words.plural(cell.bytes, 'byte')}"
    parts["durability"] = f", durability {cell.contract.durability}"
    if work["think_ns"]:
        parts["think"] = f", think {quantities.time(work['think_ns'])}"
    if work["due_lines_per_second"]:
        parts["rate"] = f", {quantities.number(work['due_lines_per_second'])} lines/s"
    if work["burst_lines"] > 1:
        parts["burst"] = f" in bursts of {quantities.whole(work['burst_lines'])}"
    if work["file_state"] != "new":
        parts["file"] = f", file {work['file_state']}"
    if work["preallocation"] != "none":
        parts["preallocation"] = f", preallocated ({work['preallocation']})"
    if work.get("caches"):
        parts["caches"] = ", caches cold"
    return parts


def _line_size(least, most):
    return words.plural(most, "byte") if least == most else f"{least} to {most} bytes"


def works_of(report):
    """The works of the cells in the order of the report."""
    return list(dict.fromkeys(cell.work for cell in report.cells))


def title_of(report):
    """The work of a report: that of all cells, if it is one."""
    if not report.cells:
        return "nothing was run"
    one_work = len({cell.asked_work for cell in report.cells}) == 1
    return work_of(_whole(report.cells)[0]) if one_work else "several workloads"


def _whole(cells):
    """Those that ran on all lines; all cells if there are none."""
    return [cell for cell in cells if not cell.is_cut] or cells
