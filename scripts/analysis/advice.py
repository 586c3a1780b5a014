"""What the warnings and the causes of disturbance mean, and what to do. Both texts stand in reports/report.schema.json
beside the codes; docs/what-is-timed.md has the rules."""

from analysis import form

_SCHEMA = form.schema_at(form.REPORT_SCHEMA)
WARNINGS = _SCHEMA["properties"]["warnings"]["items"]["properties"]["code"]["x-meaning"]
CAUSES = _SCHEMA["$defs"]["sample"]["properties"]["disturbances"]["items"]["x-meaning"]
