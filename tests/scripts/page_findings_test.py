"""What the page says in words, of reports whose every number is known."""

import copy
import dataclasses

import pytest
from report_document import cell, document, load, sample
from schema import enumeration, errors_of

from analysis import advice, groups, quantities, recommendation, results, sweeps, words
from analysis.report_model import Option
from page import comparison, findings, markup


def sentences(tmp_path, *content, **changes):
    report = load(tmp_path, document(*content, **changes))
    return [sentence for _, part in findings.findings(report) for sentence in part]


def one_with(text, said):
    found = [sentence for sentence in said if text in sentence]
    assert len(found) == 1, f"{text!r} in {said}"
    return found[0]


def nine(time_ns, **counts):
    return [sample(index, time_ns, **counts) for index in range(9)]


SYNC = cell("sync", nine(1_000_000, voluntary_switches=0, write_syscalls=3), ratio=(1, 1, 1))


def test_the_small_reports_of_these_tests_are_reports():
    unavailable = cell("later", status="unavailable", detail="needs a newer kernel")
    assert errors_of(document([SYNC, unavailable], [[("sync", 1, [])]])) == []


def test_the_fastest_is_named_with_its_factor_and_interval(tmp_path):
    said = sentences(tmp_path, [SYNC, cell("quick", nine(220_000), ratio=(0.225, 0.22, 0.25))],
                     [[("quick", 1, []), ("sync", 2, [])]])
    assert said[0] == ("quick wrote the 1,000 lines in 220 µs, 4.44 times as fast as sync (95%: 4.00 to 4.55). "
                       "It is the fastest of the 2 that promise all lines in order.")


@pytest.mark.parametrize("share, said", [(0.5, "sync reaches 50% of it."), (3.13, "longer than sync: here they are no ceiling.")])
def test_a_ceiling_is_one_only_if_nothing_is_above_it(tmp_path, share, said):
    fastest = copy.deepcopy(SYNC)
    fastest["summary"]["fraction_of_ceiling"] = share
    bulk = cell("bulk", nine(round(1_000_000 * share)))
    assert one_with("bulk", sentences(tmp_path, [fastest, bulk], [[("sync", 1, [])]])).endswith(said)


def test_a_time_that_a_pace_fixes_is_compared_with_none(tmp_path):
    def paced(name, time_ns, cpu_ns):
        one = cell(name, nine(time_ns, user_cpu_ns=cpu_ns, system_cpu_ns=0), ratio=(0.5, 0.4, 0.6), buffer_bytes=1 << 16)
        return one | {"workload": one["workload"] | {"lines_per_second": 1000}}

    report = load(tmp_path, document([paced("sync", 1_000_000_000, 4_300_000), paced("quick", 1_000_500_000, 100_000_000),
                                      paced("late", 2_000_000_000, 500_000_000)],
                                     [[("quick", 1, []), ("sync", 2, []), ("late", 3, [])]]))
    said = [sentence for _, part in findings.findings(report) for sentence in part]
    assert said == [
        "The pace of 1.00k lines per second fixes the times, so they are compared with none.",
        "late did not keep up: it wrote 500 lines per second.",
        "sync kept a processor busy for 0.43% of the time, the least of all; late for 25.0%, the most.",
    ]
    rows = [row for group in groups.groups_of(report) for row in group.rows]
    assert [(row.cell.id, row.rank_text) for row in rows] == [("sync", ""), ("quick", ""), ("late", "")]
    assert not any("as fast" in sentence or "as long" in sentence
                   for sentence in comparison.findings([report, report])[1:])
    shown = [column.key for column in results.columns_of(report)]
    assert shown[:2] == ["processor", "time"] and not {"ratio", "ratio-interval", "ceiling"} & set(shown)


def test_a_tie_is_called_one_and_no_factor_is_claimed(tmp_path):
    said = sentences(tmp_path, [SYNC, cell("even", nine(990_000), ratio=(0.99, 0.98, 0.999))],
                     [[("even", 1, ["sync"]), ("sync", 1, ["even"])]])
    assert said[0] == ("even wrote the 1,000 lines in 990 µs. Whether it is the fastest of those that promise all "
                       "lines in order is open: it is a tie with sync.")
    assert not any("fast as" in sentence for sentence in said)


def test_a_tie_with_sync_across_promises_is_called_one(tmp_path):
    said = sentences(tmp_path, [SYNC, cell("other", nine(1_240_000), order="none", ratio=(1.24, 1.2, 1.3))],
                     [[("sync", 1, [])], [("other", 1, [])]])
    assert "in 1.24 ms, a tie with sync." in one_with("other wrote", said)


def test_too_few_pairs_are_said(tmp_path):
    said = sentences(tmp_path, [SYNC, cell("few", nine(500_000), ratio=(0.5, None, None))],
                     [[("few", 1, []), ("sync", 2, [])]])
    assert "2.00 times as fast as sync (too few pairs for an interval)" in said[0]


@pytest.mark.parametrize("counts, cause", [
    ({"voluntary_switches": 2100, "write_syscalls": 3}, "because each line cost 2.10 voluntary switches"),
    ({"voluntary_switches": 0, "write_syscalls": 1000}, "because each line was a write call of its own"),
    ({"voluntary_switches": 0, "write_syscalls": 2500}, "because each line cost 2.50 write calls"),
    ({"voluntary_switches": 3, "write_syscalls": 3}, "306 times as long as sync (95%: 300 to 310)."),
    ({}, "306 times as long as sync (95%: 300 to 310)."),
])
def test_what_a_slow_line_paid_for_is_said_where_its_counts_explain_it(tmp_path, counts, cause):
    slow = cell("slow", nine(8_000_000, **counts), order="per-writer", ratio=(306, 300, 310))
    assert cause in one_with("slow wrote", sentences(tmp_path, [SYNC, slow], [[("sync", 1, [])], [("slow", 1, [])]]))


def test_what_was_not_counted_of_the_reference_explains_nothing(tmp_path):
    uncounted = cell("sync", nine(1_000_000, voluntary_switches=0), ratio=(1, 1, 1))
    slow = cell("slow", nine(8_000_000, voluntary_switches=0, write_syscalls=1000), order="per-writer", ratio=(306, 300, 310))
    said = sentences(tmp_path, [uncounted, slow], [[("sync", 1, [])], [("slow", 1, [])]])
    assert "because" not in one_with("slow wrote", said)


def test_switches_too_few_to_explain_the_time_are_not_its_cause(tmp_path):
    # 0.1 switches a line would have to cost 70 ms each.
    slow = cell("slow", nine(7_000_000_000, voluntary_switches=100), order="none", ratio=(7000, 6000, 8000))
    said = sentences(tmp_path, [SYNC, slow], [[("sync", 1, [])], [("slow", 1, [])]])
    assert "because" not in one_with("slow wrote", said)


def test_callers_that_were_free_early_are_named(tmp_path):
    early = cell("early", [sample(index, 1_000_000, submitted_ns=200_000) for index in range(9)])
    said = sentences(tmp_path, [SYNC, early], [[("sync", 1, ["early"]), ("early", 1, ["sync"])]])
    assert "early after 20% of its time" in one_with("free before", said)


def test_the_longest_stall_and_the_latest_loop_are_named(tmp_path):
    def distribution(p99, p999, most):
        return {"p50": 1, "p90": 2, "p99": p99, "p999": p999, "max": most, "count": 1000,
                "histogram": [[1, most, 1000]]}

    cells = [cell("a", nine(10), stall=distribution(5, 70_000, 90_000), lag=distribution(3_000, 4_000, 5_000)),
             cell("b", nine(11), stall=distribution(5, 60_000, 99_000), lag=distribution(2_000, 9_000, 9_000))]
    said = sentences(tmp_path, cells, [[("a", 1, []), ("b", 2, [])]])
    assert one_with("The caller", said) == ("The caller was held longest by a: one append in a thousand took 70.0 µs "
                                            "or more, the longest 90.0 µs.")
    assert "under a: a timer of one millisecond fired 3.00 µs late" in one_with("The event loop", said)


def test_a_cell_on_a_fraction_of_the_lines_is_told_per_line(tmp_path):
    cut = {**cell("slow", nine(3_000_000), lines=100), "asked_lines": 1000}
    said = sentences(tmp_path, [SYNC, cut], [[("sync", 1, [])]])
    assert one_with("slow", said) == ("slow was too slow for its share of the budget and ran on 1/10 of the lines: "
                                      "30.0 µs per line; sync took 1.00 µs.")


def test_disturbed_trials_and_failures_are_said(tmp_path):
    noisy = cell("noisy", [sample(index, 2_000_000, ["other-load"]) for index in range(9)])
    said = sentences(tmp_path, [SYNC, noisy, cell("torn", status="incorrect", detail="1 line torn"),
                                cell("late", status="timeout", detail="killed")],
                     [[("sync", 1, []), ("noisy", 2, [])]], complete=False)
    assert one_with("disturbed", said) == ("9 of 18 timed trials were disturbed from outside; they count all the "
                                           "same. It was more than half of the trials of noisy.")
    assert "torn wrote a wrong file: 1 line torn." in said and "late did not end in time: killed." in said
    assert one_with("interrupted", said)


def test_a_knee_is_the_smallest_value_near_the_best(tmp_path):
    times = {512: 900, 1024: 500, 2048: 310, 4096: 300, 8192: 305}
    cells = [cell("swept", nine(time), cell_id=f"swept@{size}", buffer_bytes=size) for size, time in times.items()]
    report = load(tmp_path, document(cells, [[(entry["id"], 1, []) for entry in cells]]))
    sweep = sweeps.sweep_of(report)
    (series,) = sweep.facets[0].series
    assert (sweep.axis.key, sweep.values) == ("buffer_bytes", sorted(times))
    assert sweep.knee(series).value == 2048
    said = [sentence for _, part in findings.findings(report) for sentence in part]
    assert "swept: 2 KiB is the smallest buffer size within 5% of its best time." in said


def test_a_sweep_over_words_has_no_knee(tmp_path):
    cells = [cell("s", nine(time), cell_id=f"s@{kind}", durability=kind)
             for kind, time in (("none", 10), ("close", 20), ("line", 900))]
    sweep = sweeps.sweep_of(load(tmp_path, document(cells)))
    assert (sweep.axis.key, sweep.is_numeric, sweep.knee(sweep.facets[0].series[0])) == ("durability", False, None)


def test_a_strategys_own_option_is_swept_by_the_name_that_the_report_gives_it(tmp_path):
    report = load(tmp_path, document([cell("s", nine(time), cell_id=f"s@{time}") for time in (10, 20, 30)]))
    options = {"sqpoll": Option("io-uring.sqpoll", "sqpoll", "word", "a thread of the kernel polls"),
               "idle_ns": Option("io-uring.idle", "idle_ns", "nanoseconds", "how long it polls")}
    for key, values, label, texts in (("sqpoll", ("off", "on", "on"), "io-uring.sqpoll", ["off", "on"]),
                                      ("idle_ns", (1000, 2000, 4_000_000), "io-uring.idle", ["1 µs", "2 µs", "4 ms"])):
        cells = [dataclasses.replace(one, parameters={**one.parameters, key: value})
                 for one, value in zip(report.cells, values)]
        sweep = sweeps.sweep_of(dataclasses.replace(report, cells=cells, options=options))
        assert (sweep.axis.label, [sweep.text(value) for value in sweep.values]) == (label, texts)
        assert (sweep.knee(sweep.facets[0].series[0]) is not None) == (key == "idle_ns")


def test_works_are_told_apart(tmp_path):
    cells = [cell("s", nine(10), cell_id="s@1000"), cell("s", nine(20), cell_id="s@5", lines=5)]
    parts = findings.findings(load(tmp_path, document(cells, [[("s@1000", 1, [])], [("s@5", 1, [])]])))
    assert [heading for heading, _ in parts] == ["1,000 lines, 10,000 bytes, durability none",
                                                 "5 lines, 50 bytes, durability none"]


def test_every_cell_stands_in_one_group(tmp_path):
    cells = [SYNC, cell("bulk", nine(9), family="control"), cell("lost", status="incorrect", detail="lost"),
             cell("unranked", nine(7))]
    report = load(tmp_path, document(cells, [[("sync", 1, [])]]))
    placed = [(group.promise, row.cell.id) for group in groups.groups_of(report) for row in group.rows]
    assert placed == [("all lines in order", "sync"), ("controls", "bulk"), ("without a time", "lost"),
                      ("without a time", "unranked")]


def test_reports_are_compared_by_their_intervals_and_machines(tmp_path):
    def report(date, time_ns, **environment):
        slower = cell("a", nine(time_ns), interval=(time_ns - 10, time_ns + 10))
        content = document([slower, cell("b", nine(5000), interval=(4000, 6000))],
                           started_at=f"2026-01-{date}T00:00:00Z")
        content["environment"] |= environment
        return load(tmp_path, content, f"{date}.json")

    said = comparison.findings([report("02", 2000), report("01", 1000)])  # in time, whatever their order
    assert said[0].startswith("As far as the reports tell, they are from machines of the same kind.")
    assert said[1:] == ["a took 2.00 µs in the last report and 1.00 µs in the first, 2.00 times as long; the 95% "
                        "intervals are apart.",
                        "No change is shown in 1 cell that both have: the 95% intervals overlap, or there are too few "
                        "trials for one."]
    other = report("02", 1000, kernel="Linux 6.2")
    assert "differ in kernel, and" in comparison.findings([report("01", 1000), other])[0]
    broken_off = dataclasses.replace(report("02", 2000), complete=False)
    assert "1 of them is incomplete: the run was interrupted, or goes on." in comparison.findings(
        [report("01", 1000), broken_off])


def test_quantities_are_those_of_the_table():
    assert [quantities.time(ns) for ns in (0, 0.75, 999, 999.6, 1_650_000, 999_600_000, 3.09e9)] == [
        "0 ns", "1 ns", "999 ns", "1.00 µs", "1.65 ms", "1.00 s", "3.09 s"]
    assert [quantities.time_of_a_line(ns) for ns in (0, 0.756, 9.3, 13.24, 6134)] == [
        "0 ns", "0.76 ns", "9.30 ns", "13.2 ns", "6.13 µs"]
    assert [quantities.number(value) for value in (0, 0.5, 12.34, 999.6, 303e6)] == [
        "0", "0.50", "12.3", "1.00k", "303M"]
    assert [quantities.ratio(value) for value in (1.0, 0.2, 301, 12345)] == [
        "1.00x faster", "5.00x faster", "301x slower", "12kx slower"]
    assert [quantities.size(count) for count in (12, 65536, 1 << 20, 270_553_174_016)] == [
        "12 B", "64 KiB", "1 MiB", "271 GB"]
    assert [quantities.decimal_size(value) for value in (12, 999.6, 47.02e6, 2.17e9, 3e12)] == [
        "12 B", "1.00 kB", "47.0 MB", "2.17 GB", "3.00 TB"]
    assert [quantities.count(value) for value in (0, 0.963, 12, 500_000, 0.0005, 1e-6)] == [
        "0", "0.963", "12", "500k", "5×10⁻⁴", "10⁻⁶"]
    assert words.listed("abcdefgh", 3) == "a, b and 6 more" and words.listed("a") == "a" and words.listed([]) == ""


def test_what_is_invisible_is_shown_by_its_code():
    assert words.shown("a\u202eb\x00\u2028\ud800\n") == "a⟨202E⟩b⟨0000⟩⟨2028⟩⟨D800⟩⟨000A⟩"
    assert words.shown("مرحبا") == "\u2068مرحبا\u2069"
    assert len(words.shown("x" * 10_000)) <= words.LONGEST + 1


def test_the_schema_says_what_each_warning_and_cause_means():
    assert set(advice.WARNINGS) == set(enumeration("properties", "warnings", "items", "properties", "code"))
    assert set(advice.CAUSES) == set(enumeration("$defs", "sample", "properties", "disturbances", "items"))


def figures(**changes):
    return {"trials": 9, "disturbed_trials": 0, "value_ns": 70.5, "ns_per_line": 100, "cpu_ns_per_line": 70.5,
            "stall_p999_ns": 1200, "stall_max_ns": 34_000, "memory_bytes": 131_072, "keeps_rate": True,
            "may_lose_bytes": 4096, **changes}


def finalist(name, ratio=(0, None, None), tied=True, fulfils=True, **changes):
    return {"cell": name, "effort": "own-buffer", "figures": figures(**changes), "rounds": 9, "tied": tied, "fulfils": fulfils,
            "ratio": {"median": ratio[0], "ci95_low": ratio[1], "ci95_high": ratio[2]}}


def advice_of(*finalists, goal="cpu"):
    return {"asked": {"goal": goal, "lines_per_second": 1000, "writers": 1, "order": "global", "file_per_writer": False,
                      "durability": "none", "max_stall_ns": None, "max_loss_bytes": None, "max_loss_ns": None,
                      "max_memory_bytes": None, "language": None},
            "recommended": True, "harness_cell": None, "harness_ns": None, "tie_margin": 0.03, "finalists": list(finalists),
            "ruled_out": [{"strategy": "naive-async", "by": "cost", "reason": "29 times as much"},
                          {"strategy": "thread-pool", "by": "order", "reason": "promises no order"},
                          {"strategy": "buffered", "by": "cost", "reason": "29 times as much"}],
            "nearest": [], "candidates": [],
            "findings": [{"code": "recommendation", "text": "Use <sync> & be done."}, {"code": "design", "text": "We use sync."}]}


def test_an_advice_is_shown_with_its_finalists_and_what_was_ruled_out(tmp_path):
    content = document([SYNC, cell("quick", nine(220_000))], advice=advice_of(
        finalist("sync"), finalist("quick", (1.5, 1.25, 1.75), tied=False, value_ns=105, may_lose_bytes=0, stall_p999_ns=None)))
    assert errors_of(content) == []
    report = load(tmp_path, content)
    assert recommendation.sentences(report) == ["Use <sync> & be done."]
    assert list(recommendation.rows(report)) == [
        ("sync", "70.5 ns", "-", "1.20 µs", "34.0 µs", "4.10 kB", "131 kB", "="),
        ("quick", "105 ns", "1.50x (1.25 to 1.75)", "-", "34.0 µs", "0", "131 kB", "")]
    assert recommendation.ruled_out(report) == [
        ("more processor time a line", "naive-async, buffered (29 times as much)"), ("--order", "thread-pool (promises no order)")]
    shown = markup.findings_of(report)
    assert "Use &lt;sync&gt; &amp; be done." in shown and "<blockquote>We use sync.</blockquote>" in shown
    assert shown.count("<tr>") == 3 and "naive-async, buffered (29 times as much)" in shown


def test_finalists_are_told_apart_by_their_sizes_or_by_all_their_settings(tmp_path):
    sized = [cell("sync-buffered", nine(220_000), cell_id=f"sync-buffered@{rest}", buffer_bytes=size)
             for rest, size in (("small", 4096), ("large", 1 << 20), ("twin", 1 << 20))]
    report = load(tmp_path, document([SYNC, *sized], advice=advice_of(
        finalist("sync"), *(finalist(one["id"]) for one in sized), finalist("gone"), goal="speed")))
    assert [row[0] for row in recommendation.rows(report)] == [
        "sync", "sync-buffered 4 KiB", "sync-buffered@large", "sync-buffered@twin", "gone"]
    assert recommendation.titles(report)[1] == "time/line"


def test_an_advice_that_failed_or_has_few_rounds_says_so(tmp_path):
    report = load(tmp_path, document([SYNC], advice=advice_of(
        finalist("sync", fulfils=False), finalist("sync", (2, None, None), fulfils=False), goal="stall")))
    assert [row[-1] for row in recommendation.rows(report)] == ["fails", "fails"]
    assert [row[2] for row in recommendation.rows(report)] == ["-", "2.00x"]
    assert recommendation.ruled_out(report)[0][0] == "more stall"
