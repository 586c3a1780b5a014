"""Whether pictures of reports of every form can be read, seen through matplotlib's own renderer."""

import itertools
import re

import synthetic_reports
from matplotlib.colors import to_rgb
from pictures import drawn, every_figure, figure, history, laid_out
from schema import errors_of

from analysis import advice
from plots.theme import CAUSES, DARK, LIGHT, OTHER_CAUSE


def texts_of(figure):
    """Every text that is seen, with its box in pixels."""
    found = list(figure.texts)
    for axes in figure.axes:
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():
                if min(low, high) <= tick.get_loc() <= max(low, high) and tick.label1.get_visible():
                    found.append(tick.label1)
    renderer = figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found if text.get_text().strip()]


def overlaps(a, b, slack=1.0):
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    high = min(a.y1, b.y1) - max(a.y0, b.y0)
    return wide > slack and high > slack


def assert_legible(name, figure):
    width, height = figure.canvas.get_width_height()
    boxes = texts_of(figure)
    for text, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{name}: {text!r} leaves the sheet"
    for (text, box), (other, other_box) in itertools.combinations(boxes, 2):
        assert not overlaps(box, other_box), f"{name}: {text!r} lies on {other!r}"


def caption_of(figure):
    return " ".join(text.get_text() for text in figure.texts)


def test_the_synthetic_reports_follow_the_schema():
    for name, make in synthetic_reports.FORMS.items():
        document = make()
        for cell in document["cells"]:  # every sample is made in the same way, but for a last one that failed
            cell["samples"][1:-1] = []
        assert errors_of(document) == [], name
    for document in synthetic_reports.history(3, 4):
        assert errors_of(document) == []


def assert_all_legible(*names):
    for name, picture in every_figure(names):
        assert_legible(name, laid_out(picture))


def assert_all_legible_of(name, *kinds):
    for kind in kinds:
        assert_legible(f"{kind} of {name}", laid_out(figure(kind, name)))


def test_no_text_overlaps_in_plain_reports_of_any_size():
    assert_all_legible("one-strategy-1-trial", "ten-strategies-100-trials")
    assert_all_legible_of("thirty-strategies-1-trial", "time", "rounds")
    assert_all_legible_of("interrupted", "time", "clocks", "rounds")


def test_no_text_overlaps_however_long_or_hostile_it_is():
    assert_all_legible("hostile")
    assert_all_legible_of("long-names", "time", "stall", "cost", "rounds")


def test_no_text_overlaps_in_sweeps():
    for name in ("sweep-40-cells", "sweep-of-one", "sweep-of-three", "sweep-of-thinking", "sweep-failures"):
        assert_all_legible_of(name, "sweep")
    assert_all_legible_of("sweep-40-cells", "time")
    assert_all_legible_of("sweep-of-durability", "sweep", "clocks", "rounds")


def test_no_text_overlaps_where_trials_failed_or_lie_far_apart():
    assert_all_legible("failures", "nothing-timed", "five-orders", "no-lines")


def test_no_text_overlaps_from_report_to_report():
    for count, strategies in ((2, 1), (10, 30), (50, 3)):
        assert_legible(f"{count} reports", laid_out(drawn("reports", history(count, strategies))))


def test_every_axis_says_its_unit():
    unit = re.compile(r"\((ns|µs|ms|s|%|count|bytes|time|number|as named|lines per second)[ ,)]")
    sweeps = [(name, figure("sweep", name)) for name in ("sweep-40-cells", "sweep-of-durability", "sweep-of-thinking")]
    figures = [*every_figure(["ten-strategies-100-trials"]), ("clocks", figure("clocks", "sweep-of-durability")), *sweeps,
               ("reports", drawn("reports", history(2, 1)))]
    for name, picture in figures:
        labels = [text.get_text() for text in picture.texts if text.get_gid() == "axis-label"]
        assert labels and all(unit.search(label) for label in labels if label != "time of a trial"), f"{name}: {labels}"


def test_every_caption_says_how_many_trials_and_on_which_machine():
    for name, picture in every_figure(["one-strategy-1-trial", "sweep-of-two"]):
        for part in ("n = ", "Imaginary Processor 3000, 8 processors", "Linux 6.1.0", "ext4 at /srv/data",
                     "2026-03-01 12:00 UTC", "writebench 0.1.0"):
            assert part in caption_of(picture), f"{name}: {part}"


def test_what_casts_doubt_on_a_report_stands_below_its_pictures():
    caption = caption_of(figure("time", "interrupted"))
    assert "interrupted" in caption and "noisy" in caption


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(a, b):
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_light_and_dark_have_contrast():
    for theme in (LIGHT, DARK):
        for colour in (theme.text, theme.muted, theme.alarm):
            assert contrast(colour, theme.background) >= 4.5, colour
        for colour in (*theme.strategies, *theme.segments, theme.reference, theme.ceiling):
            assert contrast(colour, theme.background) >= 3, colour


def test_every_cause_of_a_disturbance_has_a_marker_of_its_own():
    assert set(CAUSES) == set(advice.CAUSES)
    assert len({*CAUSES.values(), OTHER_CAUSE}) == len(CAUSES) + 1


def test_dark_pictures_are_dark_all_over():
    for name, picture in [*every_figure(["failures", "sweep-of-two"], DARK),
                          ("reports", drawn("reports", history(2, 1), DARK))]:
        for background in (picture, *picture.axes):
            assert to_rgb(background.get_facecolor()) == to_rgb(DARK.background), name
        for text in picture.texts:
            assert contrast(text.get_color(), DARK.background) >= 4.5, f"{name}: {text.get_text()}"
