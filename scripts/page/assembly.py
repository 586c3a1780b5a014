"""Puts the page together: one file that needs no other, in which no text of a report can become markup or script."""

import base64
import gzip
import hashlib
import json
import pathlib

from . import chart_data, comparison, groups, markup, words

HERE = pathlib.Path(__file__).parent
GENERATOR = '<meta name="generator" content="writebench make_page">'
LIBRARIES = ("d3/dist/d3.min.js", "@observablehq/plot/dist/plot.umd.min.js")
LICENCES = (("d3", "d3/LICENSE"), ("Observable Plot", "@observablehq/plot/LICENSE"))

# In the order in which they are run; each may use what stands before it.
SCRIPTS = ("quantity", "scale", "palette", "state", "points", "figure", "rows", "time_chart", "share_chart", "curve_chart",
           "cost_chart", "sweep_chart", "round_chart", "history_chart", "table", "controls", "start")


class MissingLibrary(Exception):
    """What draws the pictures is not installed; str() says what to run."""


def page(reports, raw, title):
    """The page as text. `raw` has the bytes of the files that the reports were read from, in their order."""
    script = f"(() => {{\n\"use strict\";\n{_joined('js', SCRIPTS)}}})();\n"
    scripts = [*_libraries(), script]
    return _filled("page.html", {
        "policy": _policy(scripts),
        "generator": GENERATOR,
        "title": markup.escaped(title),
        "style": (HERE / "page.css").read_text(),
        "picker": _picker(reports),
        "history": _history(reports),
        "reports": "".join(_report(index, report, len(raw[index])) for index, report in enumerate(reports)),
        "licences": _licences(),
        "data": _data(reports),
        "raw": "".join(_raw(index, content) for index, content in enumerate(raw)),
        "scripts": "".join(f"<script>{text}</script>\n" for text in scripts),
    })


def label_of(report):
    return f"{words.shown(pathlib.Path(report.path).name)}, {report.started_at.strftime('%Y-%m-%d %H:%M UTC')}"


def json_in_html(value):
    """JSON that cannot end the element it stands in; it is ASCII, so no line separator of Unicode is in it either."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _filled(name, values):
    """A template with every {{name}} replaced; what is put in is not looked at again."""
    parts = (HERE / name).read_text().split("{{")
    text = [parts[0]]
    for part in parts[1:]:
        key, rest = part.split("}}", 1)
        text += [values[key], rest]
    return "".join(text)


def _joined(suffix, names):
    return "".join((HERE / suffix / f"{name}.{suffix}").read_text() for name in names)


def _libraries():
    try:
        texts = [(HERE / "node_modules" / name).read_text() for name in LIBRARIES]
    except FileNotFoundError as error:
        missing = pathlib.Path(error.filename).relative_to(HERE / "node_modules")
        raise MissingLibrary(f"needs {missing}, which draws the pictures; run scripts/install-page-packages") from error
    return texts


def _licences():
    texts = [f"{name}\n{(HERE / 'node_modules' / path).read_text()}" for name, path in LICENCES]
    return markup.escaped("\n\n".join(texts))


def _policy(scripts):
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            "form-action 'none'")


def _picker(reports):
    if len(reports) == 1:
        return ""
    options = "".join(f'<option value="{index}">{markup.escaped(label_of(report))}</option>'
                      for index, report in enumerate(reports))
    return f'<label>Report <select id="report">{options}</select></label>'


def _history(reports):
    if len(reports) == 1:
        return ""
    items = "".join(f"<li>{markup.escaped(text)}</li>" for text in comparison.findings(reports))
    return _filled("history.html", {"count": str(len(reports)), "findings": items})


def _report(index, report, size):
    several = len(groups.works_of(report)) > 1
    work = "several workloads" if several or not report.cells else groups.work_of(report.cells[0])
    return _filled("report.html", {
        "index": str(index),
        "label": markup.escaped(label_of(report)),
        "work": markup.escaped(work),
        "machine": markup.escaped(chart_data.caption(report)),
        "incomplete": "" if report.complete else
        '<p class="notice">This run was interrupted, or goes on: the report holds what was measured by then.</p>',
        "findings": markup.findings_of(report),
        "table": markup.table_of(report),
        "warnings": markup.warnings_of(report),
        "facts": markup.facts_of(report),
        "name": markup.escaped(words.shown(pathlib.Path(report.path).name)),
        "size": markup.escaped(f"{words.whole(round(size / 1e3))} kB"),
    })


def _data(reports):
    ordered = comparison.in_time(reports)
    history = chart_data.of_history(ordered) if len(reports) > 1 else None
    return json_in_html({"reports": [chart_data.of_report(report) for report in reports], "history": history})


def _raw(index, content):
    packed = base64.b64encode(gzip.compress(content, mtime=0)).decode()
    return f'<script type="text/plain" id="raw-{index}">{packed}</script>\n'
