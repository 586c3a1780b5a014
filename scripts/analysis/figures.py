"""The figures of a sample: what reports/report.schema.json marks with an x-kind."""

import functools

from analysis import form, upgrade


@functools.cache
def figures():
    """Their names, as the newest form has them."""
    listed = form.schema_at(form.REPORT_SCHEMA)["$defs"]["sample"]["properties"]
    return tuple(upgrade.SAMPLE.get(name, name) for name, field in listed.items() if "x-kind" in field)


def unit_of(name):
    """ "ns", "bytes" or "count": the unit stands last in a name, and a count has none."""
    return next((unit for unit in ("ns", "bytes") if name.endswith(f"_{unit}")), "count")
