"""Several reports side by side: what may be held against each other, and what became of each strategy."""

from analysis import quantities, words
from analysis.machine import identity

MOST_CHANGES = 8


def in_time(reports):
    return sorted(reports, key=lambda report: report.started_at)


def findings(reports):
    """Sentences about the first and the last of the reports, by the time they started."""
    ordered = in_time(reports)
    first, last = ordered[0], ordered[-1]
    sentences = [_machines(ordered)]
    changes, same = [], 0
    for cell in last.cells:
        before = first.cell(cell.id)
        if cell.is_control or before is None or before.work != cell.work or not (cell.summary and before.summary):
            continue
        change = _change(before, cell)
        if change:
            changes.append(change)
        else:
            same += 1
    sentences += [f"{text}." for _, text in sorted(changes, reverse=True)[:MOST_CHANGES]]
    if len(changes) > MOST_CHANGES:
        sentences.append(f"{len(changes) - MOST_CHANGES} more changed by less.")
    if same:
        sentences.append(f"Of {words.plural(same, 'cell')} that both have, the 95% intervals overlap, or there are too "
                         "few trials for one: nothing is shown.")
    return sentences


def _machines(reports):
    machines = [identity(report) for report in reports]
    differing = [name for name in machines[0] if len({machine[name] for machine in machines}) > 1]
    if len({str(report.tool.get("version")) for report in reports}) > 1:
        differing.append("version of writebench")
    if differing:
        return (f"The reports differ in {words.listed(differing)}: times may differ for that alone, rather compare the "
                "ratios to sync.")
    return ("The reports are from like machines, as far as they tell. They were not taken in turn: what else went on "
            "then is in their times too.")


def _change(before, after):
    """How far the intervals are apart, and a sentence; None where they overlap."""
    old, new = before.summary.time_ns, after.summary.time_ns
    if None in (old.low, old.high, new.low, new.high) or not old.median or not new.median:
        return None
    if new.low <= old.high and old.low <= new.high:
        return None
    factor = new.median / old.median
    slower = factor > 1
    factor = factor if slower else 1 / factor
    return factor, (f"{words.shown(after.id)} took {quantities.time(new.median)} in the last report and "
                    f"{quantities.time(old.median)} in the first, {quantities.times(factor)} times as "
                    f"{'long' if slower else 'fast'}; the 95% intervals are apart")
