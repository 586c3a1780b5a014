"""Whether what is drawn is what the report says."""

import math
import statistics
from dataclasses import replace

from pictures import KIND_OF, drawn, some
from plots import clocks_kind, cost_kind, stall_kind, swept
from report_model import Distribution


def lines_of(figure, gid):
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]


def test_the_medians_of_the_report_are_drawn(tmp_path):
    report = some(tmp_path, "ten-strategies-100-trials")["ten-strategies-100-trials"]
    of_time, of_rounds = drawn(KIND_OF["time"], report), drawn(KIND_OF["rounds"], report)
    for cell in report.cells:
        (line,) = lines_of(of_time, f"median:{cell.id}")
        assert list(line.get_xdata()) == [cell.summary.time_ns.median] * 2
        (dots,) = lines_of(of_rounds, f"rounds:{cell.id}")
        assert list(dots.get_xdata()) == [sample.round for sample in cell.samples]


def test_every_trial_is_a_dot(tmp_path):
    report = some(tmp_path, "ten-strategies-100-trials")["ten-strategies-100-trials"]
    dots = [x for scatter in drawn(KIND_OF["time"], report).axes[0].collections for x, _ in scatter.get_offsets()]
    times = [sample.time_ns for cell in report.cells for sample in cell.samples]
    assert sorted(x for x in dots if x) == sorted(times)


def test_the_segments_are_the_medians_of_the_clocks(tmp_path):
    report = some(tmp_path, "sweep-of-durability")["sweep-of-durability"]
    axes = drawn(KIND_OF["clocks"], report).axes[0]
    for cell in report.cells:
        widths = [patch.get_width() for patch in axes.patches if patch.get_gid() == f"segment:{cell.id}"]
        clocks = clocks_kind.medians(cell)
        assert clocks[0] == statistics.median(sample.submitted_ns for sample in cell.samples)
        whole = cell.summary.time_ns.median
        assert math.isclose(sum(widths), whole, rel_tol=1e-4) and math.isclose(widths[0], clocks[0], rel_tol=1e-6)


def test_a_sweep_has_a_curve_for_each_strategy(tmp_path):
    report = some(tmp_path, "sweep-40-cells")["sweep-40-cells"]
    figure = drawn(KIND_OF["sweep"], report)
    assert len(figure.axes) == 2
    for axes, line_bytes in zip(figure.axes, (12, 1000)):
        (curve,) = [line for line in axes.lines if line.get_gid() == "series:buffered"]
        medians = [cell.summary.time_ns.median for cell in report.cells if cell.strategy == "buffered"
                   and cell.workload["most_line_bytes"] == line_bytes]
        assert list(curve.get_ydata()) == medians
        assert [2**x for x in curve.get_xdata()] == [4096 << step for step in range(6)]


def test_only_what_a_strategy_can_choose_has_a_knee(tmp_path):
    reports = some(tmp_path, "sweep-of-one", "sweep-of-thinking")
    figures = [drawn(KIND_OF["sweep"], report) for report in reports.values()]
    of_buffer, of_thinking = ({line.get_gid() for line in figure.axes[0].lines} for figure in figures)
    assert {"knee:buffered", "knee:sync-buffered"} <= of_buffer and "knee:sync" not in of_buffer
    assert not any(str(name).startswith("knee:") for name in of_thinking)


def test_a_strategy_that_ignores_what_is_swept_is_a_level_line(tmp_path):
    report = some(tmp_path, "sweep-of-one")["sweep-of-one"]
    (line,) = lines_of(drawn(KIND_OF["sweep"], report), "series:sync")
    assert set(line.get_ydata()) == {report.cell("sync").summary.time_ns.median}


def test_the_swept_parameters_are_found(tmp_path):
    reports = some(tmp_path, "ten-strategies-1-trial", "sweep-of-three", "sweep-of-durability")
    none, three, durable = (swept.find_sweep(report.cells) for report in reports.values())
    assert none is None
    assert (three.parameter, three.others) == ("buffer_bytes", ["writers", "line_bytes"]) and len(three.facets) == 6
    assert (durable.parameter, durable.values) == ("durability", ["none", "close", "bytes=65536", "line"])


def test_the_knee_is_the_smallest_value_that_is_nearly_the_best():
    times = {1: 100, 2: 51, 4: 50, 8: 52.4, 16: 60}
    points = [swept.Point(value, value) for value in reversed(times)]
    assert swept.knee(points, times.get).value == 2
    assert swept.knee(points[:2], times.get) is None
    assert swept.knee([swept.Point(name, 1) for name in "abc"], times.get) is None


def test_a_stall_curve_ends_at_the_last_nine_that_its_count_supports():
    held = Distribution(p50=19, p90=19, p99=29, p999=199, max=5500, count=1000,
                        histogram=[(10, 19, 900), (20, 29, 90), (100, 199, 9), (5000, 5999, 1)])
    points = stall_kind.curve(held)
    assert points[0] == (2, held.p50) and points[-1] == (1000, held.p999)
    assert stall_kind.curve(replace(held, count=999))[-1] == (100, held.p99)
    many = replace(held, count=500_000, histogram=[(10, 19, 499_995), (20, 29, 5)])
    assert stall_kind.curve(many)[-1] == (100_000, 19)
    assert [stall_kind.percent(10.0**power) for power in (1, 2, 3, 5)] == ["90", "99", "99.9", "99.999"]


def test_costs_are_means_per_line(tmp_path):
    report = some(tmp_path, "ten-strategies-100-trials")["ten-strategies-100-trials"]
    cell = report.cell("sync")
    mean = statistics.mean(sample.counts["write_syscalls"] for sample in cell.samples) / 500_000
    figure = drawn(KIND_OF["cost"], report)
    assert cost_kind.per_line(cell, "write_syscalls") == mean
    assert [line.get_xdata()[0] for line in figure.axes[2].lines if line.get_gid() == "cost:sync"] == [mean]
