"""What stands below every picture: how to read it, how many trials there are, what was written, and where."""

from plots import units


def caption(report, cells, notes):
    """The paragraphs, from what the picture says to what it rests on."""
    return [line for line in (*notes, trials(cells), work(report.cells), machine(report), reservations(report)) if line]


def trials(cells):
    numbers = sorted(cell.summary.trials for cell in cells if cell.summary)
    if not numbers:
        return "n = 0 trials with a time."
    few, most = numbers[0], numbers[-1]
    text = f"n = {few} to {most} trials" if few < most else f"n = {few} trial{'s' if few > 1 else ''}"
    return f"{text} with a time for each of {len(numbers)} cells." if len(numbers) > 1 else f"{text} with a time."


def work(cells):
    """What all cells wrote; the parts that differ are left out: they stand in the cells' names."""
    parts = work_parts(cells[0])
    common = [text for name, text in parts.items() if all(work_parts(cell).get(name) == text for cell in cells)]
    return f"Work: {', '.join(common)}." if common else ""


def work_parts(cell):
    """The work of a cell in words, by what they speak of."""
    workload = cell.workload
    least, most = workload.get("least_line_bytes"), workload.get("most_line_bytes")
    parts = {"lines": f"{units.count(cell.lines)} lines"}
    if least is not None:
        sizes = [units.size(least)] if least == most else [units.size(least), units.size(most)]
        parts["line size"] = f"lines of {' to '.join(sizes)}"
    if workload.get("input"):
        parts["input"] = f"from {workload['input']}"
    parts["bytes"] = units.size(cell.bytes)
    parts["durability"] = f"durability {units.durability(cell.parameters['durability'])}"
    if workload.get("think_ns"):
        parts["think"] = f"{units.time_tick(workload['think_ns'])} of thinking before each"
    if workload.get("lines_per_second"):
        parts["rate"] = f"due at {units.count(workload['lines_per_second'])} a second"
    if (workload.get("burst_lines") or 1) > 1:
        parts["burst"] = f"{workload['burst_lines']} at once"
    if workload.get("file_state", "new") != "new":
        parts["file"] = f"file state {workload['file_state']}"
    if workload.get("preallocation", "none") != "none":
        parts["preallocation"] = f"preallocation {workload['preallocation']}"
    return parts


def processor(report):
    environment = report.environment
    cpus = environment["cpus"]
    model = environment.get("cpu_model") or f"unknown processor ({environment['architecture']})"
    return f"{model}, {cpus} cpu{'s' if cpus != 1 else ''}"


def machine(report):
    environment = report.environment
    parts = [processor(report)]
    if environment.get("virtualisation"):
        parts[0] += f" (virtual: {environment['virtualisation']})"
    parts.append(environment["kernel"])
    parts.append(f"{environment['file_system']} at {environment['directory']}")
    parts.append(f"{report.started_at:%Y-%m-%d %H:%M} UTC")
    parts.append(f"writebench {report.tool['version']}")
    return "Machine: " + "; ".join(parts) + "."


def reservations(report):
    """Why to trust the picture less; empty where nothing is known against it."""
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
    return f"{cell.status or 'not measured yet'}: {cell.status_detail or 'no trial was finished'}"


def not_ok(cells, most=6):
    """Names the cells that are not ok, with their status."""
    wrong = [f"{cell.id} ({cell.status or 'not measured yet'})" for cell in cells if cell.status != "ok"]
    if not wrong:
        return ""
    rest = f" and {len(wrong) - most} more" if len(wrong) > most else ""
    return f"Not ok: {', '.join(wrong[:most])}{rest}."
