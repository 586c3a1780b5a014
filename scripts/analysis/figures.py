"""The figures of a sample, as reports/report.schema.json lists them: those with an x-kind."""

import functools
from dataclasses import dataclass

from analysis import form, upgrade


@dataclass(frozen=True)
class Figure:
    name: str
    kind: str  # "time", "total" or "peak"

    @property
    def unit(self):
        return unit_of(self.name)


def unit_of(name):
    """ "ns", "bytes" or "count": the unit stands last in a name, and a count has none."""
    return next((unit for unit in ("ns", "bytes") if name.endswith(f"_{unit}")), "count")


@functools.cache
def figures():
    """Every figure by the name that the newest form has for it."""
    listed = form.schema_at(form.REPORT_SCHEMA)["$defs"]["sample"]["properties"]
    named = {upgrade.SAMPLE.get(name, name): field["x-kind"] for name, field in listed.items() if "x-kind" in field}
    return {name: Figure(name, kind) for name, kind in named.items()}
