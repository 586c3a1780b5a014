"""Several reports side by side: whether they can be compared, and how each strategy changed."""

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
    if incomplete := [report for report in ordered if not report.complete]:
        sentences.append(f"{len(incomplete)} of them {'is' if len(incomplete) == 1 else 'are'} incomplete: the run was "
                         "interrupted, or goes on.")
    changes, same = [], 0
    for cell in last.cells:
        before = first.cell(cell.id)
        if cell.is_control or cell.has_rate or before is None or before.work != cell.work or not (cell.summary and before.summary):
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
        sentences.append(f"No change is shown in {words.plural(same, 'cell')} that both have: the 95% intervals "
                         "overlap, or there are too few trials for one.")
    return sentences


def _machines(reports):
    machines = [identity(report) for report in reports]
    differing = [name for name in machines[0] if len({machine[name] for machine in machines}) > 1]
    if len({str(report.tool.get("version")) for report in reports}) > 1:
        differing.append("version of writebench")
    if differing:
        return (f"The reports differ in {words.listed(differing)}, and times may differ for that alone. Compare the "
                "ratios to sync instead.")
    return ("As far as the reports tell, they are from machines of the same kind. They were not taken in turn, so the "
            "state of the machine at the time is in the difference too.")


def _change(before, after):
    """The factor between the medians, and a sentence; None if the intervals overlap."""
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
