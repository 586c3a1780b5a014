"""Synthetic reports as the scripts read them, and the pictures of them. Each is made once for all tests of a file."""

import functools
import itertools
import json
import tempfile
import warnings
from pathlib import Path

import synthetic_reports
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.kinds import NAMED, OF_ONE
from analysis.report_model import load_report
from plots import module_of
from plots.theme import LIGHT

_FOLDER = tempfile.TemporaryDirectory()


@functools.cache
def report(name):
    return _loaded(name, synthetic_reports.FORMS[name]())


@functools.cache
def history(count, strategies=10):
    documents = synthetic_reports.history(count, strategies)
    return [_loaded(f"history-{count}-{strategies}-{number}", one) for number, one in enumerate(documents)]


def _loaded(name, document):
    path = Path(_FOLDER.name) / f"{name}.json"
    path.write_text(json.dumps(document))
    return load_report(path)


def module(kind_name):
    return module_of(NAMED[kind_name])


@functools.cache
def figure(kind_name, report_name, theme=LIGHT):
    """The picture of that synthetic report."""
    return drawn(kind_name, report(report_name), theme)


def drawn(kind_name, reports, theme=LIGHT):
    """The picture, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return module(kind_name).draw(reports, theme)


def laid_out(figure):
    """The same figure with every text in its place, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FigureCanvasAgg(figure)
        figure.draw_without_rendering()
    return figure


def every_figure(names, theme=LIGHT):
    """Every kind of picture of those reports that can be drawn, with what it is."""
    for name, kind in itertools.product(names, OF_ONE):
        if not module_of(kind).cannot(report(name)):
            yield f"{kind.name} of {name}", figure(kind.name, name, theme)
