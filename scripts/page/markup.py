"""The page's text as HTML: findings, table, warnings, environment. Every text from a report goes through `escaped`."""

import html

from . import advice, findings, groups, words

COLUMNS = (
    ("rank", "rank", "Place among those that promise the same; = marks a tie"),
    ("strategy", "strategy", ""),
    ("time", "time", "Median trial"),
    ("interval", "95% interval", "Of the median"),
    ("per-line", "ns/line", "Median time per line"),
    ("lines", "lines/s", ""),
    ("bytes", "MB/s", "MB is 10⁶ bytes"),
    ("ratio", "vs sync", "Time over that of sync in the same round"),
    ("ceiling", "ceiling", "Share of what bulk reaches"),
    ("trials", "n", "Trials"),
    ("deviation", "MAD", "Median distance of a trial from the median"),
)


def escaped(text):
    return html.escape(text, quote=True)


def findings_of(report):
    parts = []
    for heading, sentences in findings.findings(report):
        items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
        parts.append(f"{f'<h4>{escaped(heading)}</h4>' if heading else ''}<ul>{items}</ul>")
    return "".join(parts)


def warnings_of(report):
    if not report.warnings:
        return "<p>None.</p>"
    items = []
    for code, message in report.warnings:
        items.append(f"<dt><code>{escaped(words.shown(code))}</code></dt><dd>{escaped(words.shown(message, None))}"
                     f"{_advice(code)}</dd>")
    return f"<dl class=\"warnings\">{''.join(items)}</dl>{_causes(report)}"


def _advice(code):
    text = advice.WARNINGS.get(code)
    return f"<p class=\"advice\">{escaped(text)}</p>" if text else ""


def _causes(report):
    """What the causes mean that the samples name."""
    named = {cause for cell in report.cells for sample in cell.samples for cause in sample.disturbances}
    items = "".join(f"<dt><code>{escaped(words.shown(cause))}</code></dt>"
                    f"<dd>{escaped(advice.CAUSES.get(cause, 'a cause that this page does not know'))}</dd>"
                    for cause in sorted(named))
    return f"<h4>Causes that the trials name</h4><dl class=\"causes\">{items}</dl>" if items else ""


def table_of(report):
    """The terminal's table; its rows carry the index of their cell, and the values to sort by."""
    several = len(groups.works_of(report)) > 1
    heads = "".join(_head(*column) for column in COLUMNS)
    bodies, index = [], 0
    for group in groups.groups_of(report):
        rows = [f'<tr class="group"><th colspan="{len(COLUMNS)}" scope="rowgroup">'
                f'{escaped(group.heading(several).capitalize())}</th></tr>']
        for row in group.rows:
            rows.append(_row(report, row, index))
            index += 1
        bodies.append(f"<tbody>{''.join(rows)}</tbody>")
    caption = "Every strategy, by what it promises. A button in a head sorts the rows of each part."
    return (f'<table class="results"><caption class="unseen">{caption}</caption><thead><tr>{heads}</tr></thead>'
            f"{''.join(bodies)}</table>")


def _head(key, name, title):
    hint = f' title="{escaped(title)}"' if title else ""
    return f'<th scope="col" data-column="{key}"><button type="button"{hint}>{escaped(name)}</button></th>'


def _row(report, row, index):
    cell = row.cell
    shown = escaped(words.shown(cell.id))
    name = f'<th scope="row" class="name" data-sort="{shown}">{shown}</th>'
    if cell.status != "ok" or cell.summary is None:
        detail = words.shown(cell.status_detail, None) if cell.status_detail else ""
        text = words.shown(cell.status or "not run") + (f": {detail}" if detail else "")
        return (f'<tr data-cell="{index}" class="untimed"><td></td>{name}'
                f'<td colspan="{len(COLUMNS) - 2}" class="status">{escaped(text)}</td></tr>')
    rank = "" if row.rank is None else f"{row.rank}{'=' if row.tied_with else ''}"
    fields = "".join(f'<td data-sort="{"" if value is None else value}">{escaped(text)}</td>'
                     for value, text in _fields(report, cell))
    place = "" if row.rank is None else row.rank
    return f'<tr data-cell="{index}"><td data-sort="{place}">{rank}</td>{name}{fields}</tr>'


def _fields(report, cell):
    """What stands right of the name, each as what it is sorted by and what is shown."""
    summary = cell.summary
    time = summary.time_ns
    writes = cell.contract.order is not None
    interval = "-" if time.low is None or time.high is None else f"{words.time(time.low)} – {words.time(time.high)}"
    ratio = summary.ratio_to_reference
    ratio_text = "reference" if report.reference_of(cell) is cell else words.ratio(ratio.median) if ratio else "-"
    ceiling = summary.fraction_of_ceiling if writes else None
    deviation = summary.mad_ns / max(1, time.median)
    return (
        (time.median, words.time(time.median)),
        (time.low, interval),
        (summary.ns_per_line, "-" if summary.ns_per_line is None else words.number(summary.ns_per_line)),
        (summary.lines_per_second, words.number(summary.lines_per_second)),
        (summary.bytes_per_second, words.number(summary.bytes_per_second / 1e6) if writes else "-"),
        (ratio.median if ratio else None, ratio_text),
        (ceiling, "-" if ceiling is None else words.percent(ceiling)),
        (summary.trials, words.whole(summary.trials)),
        (deviation, "-" if summary.trials < 2 else f"±{100 * deviation:.0f}%"),
    )


def facts_of(report):
    """The environment, the program and the plan, as the report has them."""
    device = report.environment.get("device") or {}
    environment = {name: value for name, value in report.environment.items() if name != "device"}
    libraries = report.tool.get("libraries") or {}
    tool = {name: value for name, value in report.tool.items() if name != "libraries"}
    tool["libraries"] = ", ".join(f"{name} {version}" for name, version in libraries.items())
    parts = (
        ("Run", {"started_at": report.started_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                 "command_line": " ".join(report.command_line), "complete": report.complete}),
        ("Machine", environment | {f"device_{name}": value for name, value in device.items()}),
        ("Program", tool),
        ("Plan", report.plan),
        ("The harness itself", report.harness),
    )
    return "".join(f"<div><h4>{title}</h4><dl>{''.join(map(_fact, facts.items()))}</dl></div>"
                   for title, facts in parts)


def _fact(entry):
    name, value = entry
    return f"<dt>{escaped(_fact_name(name))}</dt><dd>{escaped(_fact_value(name, value))}</dd>"


def _fact_name(name):
    if name == "file_system_bytes":
        return "file system size"
    for unit in ("_ns", "_bytes"):
        name = name.removesuffix(unit)
    return words.shown(name.replace("_", " "))


def _fact_value(name, value):
    if value is None:
        return "none" if name == "budget_ns" else "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        if name.endswith("_ns"):
            return words.time(value)
        if name.endswith("_bytes"):
            return words.size(value)
        return f"{value:.3g}" if isinstance(value, float) else str(value)
    return words.shown(str(value), None) or "none"
