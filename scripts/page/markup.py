"""The page's text as HTML: findings, table, warnings, environment. Every text from a report goes through `escaped`."""

import html

from analysis import advice, crashes, explanation, groups, quantities, recommendation, words
from analysis.results import columns_of, status_of
from page import findings

NAMES = (("rank", "rank", "Place among those that promise the same; = marks a tie"), ("strategy", "strategy", ""))


def escaped(text):
    return html.escape(text, quote=True)


def findings_of(report):
    told = explanation.sentences(report) if report.explanation else []
    if report.crash_test:
        told = crashes.sentences(report)
    if report.advice:
        told = recommendation.sentences(report)
    if told:
        items = "".join(f"<li>{escaped(words.shown(text, None))}</li>" for text in told)
        return f"<ul>{items}</ul>{_advice_of(report) if report.advice else ''}"
    parts = []
    for heading, sentences in findings.findings(report):
        items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
        parts.append(f"{f'<h4>{escaped(heading)}</h4>' if heading else ''}<ul>{items}</ul>")
    return "".join(parts)


def _advice_of(report):
    """What was compared for an advice, and what was ruled out."""
    heads = "".join(f'<th scope="col">{escaped(title)}</th>' for title in recommendation.titles(report))
    rows = []
    for name, *fields in recommendation.rows(report):
        shown = "".join(f"<td>{escaped(field)}</td>" for field in fields)
        rows.append(f'<tr><th scope="row" class="name">{escaped(words.shown(name))}</th>{shown}</tr>')
    table = (f'<table class="advice"><caption>What was compared in the end</caption><thead><tr>{heads}</tr></thead>'
             f"<tbody>{''.join(rows)}</tbody></table>" if rows else "")
    items = "".join(f"<dt>{escaped(by)}</dt><dd>{escaped(words.shown(text, None))}</dd>"
                    for by, text in recommendation.ruled_out(report))
    out = f'<h4>Ruled out by</h4><dl class="ruled-out">{items}</dl>' if items else ""
    design = recommendation.design(report)
    paste = (f"<h4>For a design document</h4><blockquote>{escaped(words.shown(design, None))}</blockquote>"
             if design else "")
    return f"{table}{out}{paste}"


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
    columns = columns_of(report)
    heads = "".join(_head(*head) for head in (*NAMES, *((column.key, column.title, column.hint) for column in columns)))
    width = len(NAMES) + len(columns)
    bodies, index = [], 0
    for group in groups.groups_of(report):
        rows = [f'<tr class="group"><th colspan="{width}" scope="rowgroup">'
                f'{escaped(words.shown(group.heading[0].upper() + group.heading[1:], None))}</th></tr>']
        for row in group.rows:
            rows.append(_row(report, columns, row, index))
            index += 1
        bodies.append(f"<tbody>{''.join(rows)}</tbody>")
    caption = "Every strategy, by what it promises. A button in a head sorts the rows of each part."
    return (f'<table class="results"><caption class="unseen">{caption}</caption><thead><tr>{heads}</tr></thead>'
            f"{''.join(bodies)}</table>")


def _head(key, name, title):
    hint = f' title="{escaped(title)}"' if title else ""
    return f'<th scope="col" data-column="{key}"><button type="button"{hint}>{escaped(name)}</button></th>'


def _row(report, columns, row, index):
    cell = row.cell
    shown = escaped(words.shown(cell.label))
    name = f'<th scope="row" class="name" data-sort="{shown}">{shown}</th>'
    if not cell.has_time:
        return (f'<tr data-cell="{index}" class="untimed"><td></td>{name}'
                f'<td colspan="{len(columns)}" class="status">{escaped(words.shown(status_of(cell), None))}</td></tr>')
    fields = "".join(_field(column.field(report, cell)) for column in columns)
    place = "" if row.rank is None else row.rank
    return f'<tr data-cell="{index}"><td data-sort="{place}">{row.rank_text}</td>{name}{fields}</tr>'


def _field(field):
    return f'<td data-sort="{"" if field.value is None else field.value}">{escaped(field.text)}</td>'


def facts_of(report):
    """The environment, the program and the plan, as the report has them."""
    environment = {}
    for name, value in report.environment.items():
        parts = {f"{name}_{part}": one for part, one in value.items()} if isinstance(value, dict) else {name: value}
        environment.update(parts)
    libraries = report.tool.get("libraries") or {}
    tool = {name: value for name, value in report.tool.items() if name != "libraries"}
    tool["libraries"] = ", ".join(f"{name} {version}" for name, version in libraries.items())
    parts = (
        ("Run", {"started_at": report.started_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                 "command_line": " ".join(report.command_line), "complete": report.complete}),
        ("Machine", environment),
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
            return quantities.time(value)
        if name.endswith("_bytes"):
            return quantities.size(value)
        return f"{value:.3g}" if isinstance(value, float) else str(value)
    return words.shown(str(value), None) or "none"
