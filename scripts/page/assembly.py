"""Puts the page together: one file that needs no other, in which no text of a report can become markup or script."""

import base64
import gzip
import hashlib
import json
import pathlib

from analysis import kinds, looks, quantities, words, work
from page import chart_data, comparison, markup

HERE = pathlib.Path(__file__).parent
GENERATOR = '<meta name="generator" content="writebench make_page">'
LIBRARIES = ("d3/dist/d3.min.js", "@observablehq/plot/dist/plot.umd.min.js")
LICENCES = (("d3", "d3/LICENSE"), ("Observable Plot", "@observablehq/plot/LICENSE"))

# In the order in which they are run; each may use what stands before it.
SCRIPTS = ("ticks", "scale", "palette", "state", "points", "figure", "rows", "samples",
           *(f"{kind.name}_chart" for kind in kinds.KINDS), "table", "controls")
START = "start"


class MissingLibrary(Exception):
    """What draws the pictures is not installed; str() says what to run."""


def page(reports, raw, title):
    """The page as text. `raw` has the bytes of the files that the reports were read from, in their order."""
    script = f"(() => {{\n\"use strict\";\n{_joined('js', SCRIPTS)}{_charts()}{_joined('js', [START])}}})();\n"
    scripts = [*_libraries(), script]
    return _filled("page.html", {
        "policy": _policy(scripts),
        "generator": GENERATOR,
        "title": markup.escaped(title),
        "style": looks.style_sheet() + (HERE / "page.css").read_text(),
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


def _charts():
    """The functions that draw, by the names of the kinds, in the order in which they are shown."""
    def table(name, of):
        return f"const {name} = [{', '.join(f'[{kind.name!r}, {kind.name}Chart]' for kind in of)}];\n"

    return table("REPORT_CHARTS", kinds.OF_ONE) + table("HISTORY_CHARTS", kinds.OF_SEVERAL)


def _figures(of):
    return "\n".join(f'<figure data-chart="{kind.name}"><h4>{markup.escaped(kind.title)}</h4></figure>' for kind in of)


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
    return _filled("history.html", {"count": str(len(reports)), "findings": items,
                                    "figures": _figures(kinds.OF_SEVERAL)})


def _report(index, report, size):
    return _filled("report.html", {
        "index": str(index),
        "label": markup.escaped(label_of(report)),
        "work": markup.escaped(words.shown(work.title_of(report), None)),
        "machine": markup.escaped(chart_data.caption(report)),
        "figures": _figures(kinds.OF_ONE),
        "incomplete": "" if report.complete else
        '<p class="notice">This run was interrupted, or goes on: the report holds what was measured by then.</p>',
        "findings": markup.findings_of(report),
        "table": markup.table_of(report),
        "warnings": markup.warnings_of(report),
        "facts": markup.facts_of(report),
        "name": markup.escaped(words.shown(pathlib.Path(report.path).name)),
        "size": markup.escaped(f"{quantities.whole(round(size / 1e3))} kB"),
    })


def _data(reports):
    return json_in_html(chart_data.of_page(reports, comparison.in_time(reports)))


def _raw(index, content):
    packed = base64.b64encode(gzip.compress(content, mtime=0)).decode()
    return f'<script type="text/plain" id="raw-{index}">{packed}</script>\n'
