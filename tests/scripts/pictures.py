"""Synthetic reports as the scripts read them, and the pictures of them."""

import itertools
import json
import warnings

import synthetic_reports
from matplotlib.backends.backend_agg import FigureCanvasAgg
from plots import KINDS, OF_ONE
from plots.theme import LIGHT
from report_model import load_report

KIND_OF = {kind.NAME: kind for kind in KINDS}


def loaded(tmp_path, documents):
    """Reports by name, as the scripts read them."""
    reports = {}
    for name, document in documents.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document))
        reports[name] = load_report(path)
    return reports


def some(tmp_path, *names):
    documents = synthetic_reports.all_reports()
    return loaded(tmp_path, {name: documents[name] for name in names})


def history(tmp_path, count, strategies=10):
    documents = synthetic_reports.history(count, strategies)
    return list(loaded(tmp_path, {f"history-{number}": one for number, one in enumerate(documents)}).values())


def drawn(kind, reports, theme=LIGHT):
    """The figure, rendered once, so that every text has its place; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = kind.draw(reports, theme)
        FigureCanvasAgg(figure).draw()
    return figure


def every_figure(reports, theme=LIGHT):
    for (name, report), kind in itertools.product(reports.items(), OF_ONE):
        if not kind.cannot(report):
            yield f"{kind.NAME} of {name}", drawn(kind, report, theme)
