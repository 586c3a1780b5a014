"""Whether what is drawn is what the report says."""

import math
import statistics
from dataclasses import replace

import pytest
from pictures import figure, report

from analysis import clocks, costs, percentiles, sweeps
from analysis.report_model import Distribution
from plots.theme import DARK, LIGHT

TEN = "ten-strategies-100-trials"


def lines_of(figure, gid):
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]


def test_the_medians_of_the_report_are_drawn():
    of_time, of_rounds = figure("time", TEN), figure("rounds", TEN)
    for cell in report(TEN).cells:
        (line,) = lines_of(of_time, f"median:{cell.id}")
        assert list(line.get_xdata()) == [cell.summary.time_ns.median] * 2
        (dots,) = lines_of(of_rounds, f"rounds:{cell.id}")
        assert list(dots.get_xdata()) == [sample.round for sample in cell.samples]


def test_a_cell_on_a_fraction_of_the_lines_is_on_no_axis_of_times_and_says_why():
    slow = next(cell for cell in report("on-a-fraction").cells if cell.is_cut)
    picture = figure("time", "on-a-fraction")
    assert not lines_of(picture, f"median:{slow.id}")
    times = [sample.time_ns for cell in report("on-a-fraction").cells if cell is not slow for sample in cell.samples]
    dots = [x for scatter in picture.axes[0].collections for x, _ in scatter.get_offsets()]
    assert sorted(x for x in dots if x > 1) == sorted(times)
    texts = " ".join(text.get_text() for text in picture.texts)
    assert f"{slow.id} (1/10 of lines)" in texts and "ran on 1/10 of the lines: " in texts


def test_every_trial_is_a_dot():
    dots = [x for scatter in figure("time", TEN).axes[0].collections for x, _ in scatter.get_offsets()]
    times = [sample.time_ns for cell in report(TEN).cells for sample in cell.samples]
    assert sorted(x for x in dots if x) == sorted(times)


def test_the_segments_are_the_medians_of_the_clocks():
    axes = figure("clocks", "sweep-of-durability").axes[0]
    for cell in report("sweep-of-durability").cells:
        widths = [patch.get_width() for patch in axes.patches if patch.get_gid() == f"segment:{cell.id}"]
        medians = clocks.medians(cell)
        assert medians[0] == statistics.median(sample.submitted_ns for sample in cell.samples)
        whole = cell.summary.time_ns.median
        assert math.isclose(sum(widths), whole, rel_tol=1e-4) and math.isclose(widths[0], medians[0], rel_tol=1e-6)


def test_a_sweep_has_a_curve_for_each_strategy():
    picture = figure("sweep", "sweep-40-cells")
    assert len(picture.axes) == 2
    for axes, line_bytes in zip(picture.axes, (12, 1000)):
        (curve,) = [line for line in axes.lines if line.get_gid() == "series:buffered"]
        medians = [cell.summary.time_ns.median for cell in report("sweep-40-cells").cells
                   if cell.strategy == "buffered" and cell.workload["max_line_bytes"] == line_bytes]
        assert list(curve.get_ydata()) == medians
        assert [2**x for x in curve.get_xdata()] == [4096 << step for step in range(6)]


def test_only_what_a_strategy_can_choose_has_a_knee():
    of_buffer, of_thinking = ({line.get_gid() for line in figure("sweep", name).axes[0].lines}
                              for name in ("sweep-of-one", "sweep-of-thinking"))
    assert {"knee:buffered", "knee:sync-buffered"} <= of_buffer and "knee:sync" not in of_buffer
    assert not any(str(name).startswith("knee:") for name in of_thinking)


def test_a_strategy_that_ignores_what_is_swept_is_a_level_line():
    (line,) = lines_of(figure("sweep", "sweep-of-one"), "series:sync")
    assert set(line.get_ydata()) == {report("sweep-of-one").cell("sync").summary.time_ns.median}


def test_the_swept_settings_are_found():
    none, three, durable = (sweeps.sweep_of(report(name))
                            for name in ("ten-strategies-1-trial", "sweep-of-three", "sweep-of-durability"))
    assert none is None
    assert (three.axis.key, three.axis.label, len(three.facets)) == ("buffer_bytes", "buffer size", 6)
    assert three.facets[1].title == "writers 1, line size 100 B"
    assert (durable.axis.key, durable.values) == ("durability", ["none", "close", "bytes=65536", "line"])


def test_the_knee_is_the_smallest_value_that_is_nearly_the_best():
    sweep = sweeps.sweep_of(report("sweep-of-one"))
    series = next(one for one in sweep.facets[0].series if one.name == "buffered")

    def with_times(times):
        points = [replace(point, cell=replace(point.cell, summary=replace(
            point.cell.summary, time_ns=replace(point.cell.summary.time_ns, median=time))))
            for point, time in zip(series.points, times)]
        return replace(series, points=points)

    knee = sweep.knee(with_times([100, 51, 50, 52.4, 60]))
    assert (knee.value, knee.cell.summary.time_ns.median) == (series.points[1].value, 51)
    assert sweep.knee(with_times([100, 51])) is None
    assert sweep.knee(replace(series, uses_axis=False)) is None


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind, name, curves", [("stall", "five-sizes", 5), ("sweep", "swept-twins", 2)])
def test_curves_of_one_strategy_can_be_told_apart(kind, name, curves, theme):
    own = [line for axes in figure(kind, name, theme).axes for line in axes.lines
           if str(line.get_gid()).startswith(("stall:sync-buffered", "series:sync-buffered"))]
    assert len(own) == curves
    assert len({line.get_color() for line in own}) == curves
    # A dashed line is drawn by its pattern, whose style is "--" for each.
    assert len({str(line._dash_pattern) for line in own}) == curves  # pylint: disable=protected-access


def test_a_stall_curve_ends_at_the_last_nine_that_its_count_supports():
    held = Distribution(p50=19, p90=19, p99=29, p999=199, max=5500, count=1000,
                        histogram=[(10, 19, 900), (20, 29, 90), (100, 199, 9), (5000, 5999, 1)])
    assert percentiles.curve(held) == [(10, held.p50), (100, held.p99), (1000, held.p999)]
    assert percentiles.steps(percentiles.curve(held))[:3] == [(2, 19), (10, 19), (10, 29)]
    assert percentiles.curve(replace(held, count=999))[-1] == (100, held.p99)
    assert percentiles.curve(replace(held, count=9)) == []
    many = replace(held, count=500_000, histogram=[(10, 19, 499_995), (20, 29, 5)])
    assert percentiles.curve(many)[-1] == (100_000, 19)
    assert [percentiles.percentile(10.0**power) for power in (1, 2, 3, 5)] == ["90%", "99%", "99.9%", "99.999%"]


def test_costs_are_means_per_line():
    cell = report(TEN).cell("sync")
    mean = statistics.mean(sample.figures["write_syscalls"] for sample in cell.samples) / 500_000
    assert costs.per_line(cell, "write_syscalls") == mean
    lines = figure("cost", TEN).axes[2].lines
    assert [line.get_xdata()[0] for line in lines if line.get_gid() == "cost:sync"] == [mean]
