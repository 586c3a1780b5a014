"""A comparison of writebench as Python objects (its form: gate/comparison.schema.json)."""

import os
from dataclasses import dataclass

from analysis import form
from analysis.checked_json import Wrong
from analysis.report_model import load

VERDICTS = ("slower", "faster", "same", "inconclusive")


@dataclass(frozen=True)
class Comparison:
    path: str
    head_name: str  # as the user called it: the file of a report, or a program
    head_started_at: str
    verdicts: dict[str, str]  # of VERDICTS, by the cells' ids

    def is_of(self, report):
        """Whether that report is the head: of the same moment, and of the same file if that is known."""
        same_moment = report.started_at.strftime("%Y-%m-%dT%H:%M:%SZ") == self.head_started_at
        name = os.path.basename(self.head_name)
        return same_moment and (not name.endswith(".json") or name == os.path.basename(report.path))


def load_comparison(path):
    """The comparison in that file. Raises BadReport."""
    return load(path, _comparison, "name what 'compare --json' printed")


def _comparison(path, document):
    schema = form.schema_at(form.COMPARISON_SCHEMA)
    form.check_version(document, "writebench_comparison", form.version_of(schema, "writebench_comparison"),
                       "is not a comparison of writebench; name one ('writebench compare --json' prints it)")
    form.check(document, schema)
    verdicts = {cell["id"]: cell["verdict"] for cell in document["cells"]}
    for verdict in verdicts.values():
        if verdict not in VERDICTS:
            raise Wrong(f"has an unknown verdict '{verdict}'")
    return Comparison(path, document["head"]["name"], document["head"]["started_at"], verdicts)
