"""The page in a real browser: it draws what the report holds, answers to pointer and keyboard, and runs nothing else.

One browser serves all of these tests.
"""

import base64
import re

from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from analysis import looks, quantities
from analysis.report_model import load_report
from served_pages import HOSTILE

pytest_plugins = ["served_pages"]  # its fixtures


def in_page(chrome, expression, *arguments):
    return chrome.execute_script(f"return {expression}", *arguments)


def count(chrome, selector):
    return in_page(chrome, "document.querySelectorAll(arguments[0]).length", selector)


def texts(chrome, selector):
    return in_page(chrome, "[...document.querySelectorAll(arguments[0])].filter((node) => node.checkVisibility())"
                           ".map((node) => node.textContent)", selector)


def timed(report):
    return [entry for entry in report["cells"] if entry["status"] == "ok"]


def chart(name):
    return f'figure[data-chart="{name}"]'


def choose(chrome, key, value):
    Select(chrome.find_element(By.CSS_SELECTOR, f'select[data-choice="{key}"]')).select_by_value(value)


def wait_until(chrome, holds):
    WebDriverWait(chrome, 20, poll_frequency=0.02).until(lambda _: holds())


def open_numbers(chrome, figure):
    """Opens a picture's table, which is made a moment after the click and then moves what is below it."""
    figure.find_element(By.TAG_NAME, "summary").click()
    wait_until(chrome, lambda: figure.find_elements(By.TAG_NAME, "table"))


def test_every_sample_of_the_report_is_drawn(show, chrome):
    report = show("all")
    samples = sum(len(entry["samples"]) for entry in timed(report))
    assert samples > 50
    assert count(chrome, f"{chart('time')} .points > *") == samples == count(chrome, f"{chart('rounds')} .points > *")
    assert not in_page(chrome, f"document.querySelector('{chart('stall')}').hidden")
    assert in_page(chrome, f"document.querySelector('{chart('sweep')}').hidden")
    assert count(chrome, "figure:not([hidden]) svg[role=group][aria-label]") >= 8


def test_the_pages_numbers_are_the_reports(show, chrome):
    report = show("all")
    rows = in_page(chrome, "[...document.querySelectorAll('tr[data-cell]')].map((row) => [...row.cells].map((cell) => "
                           "[cell.textContent, cell.dataset.sort]))")
    assert len(rows) == len(report["cells"]) > 5
    by_id = {entry["id"]: entry for entry in report["cells"]}
    for row in rows:
        summary = by_id[row[1][0]]["summary"]
        assert row[2] == [quantities.time(summary["time_ns"]["median"]), str(summary["time_ns"]["median"])]
        assert float(row[5][1]) == summary["lines_per_second"] and row[10][0] == str(summary["trials"])
    ranks = {entry["id"]: entry for group in report["ranking"] for entry in group["cells"]}
    shown = {row[1][0]: row[0][0] for row in rows if row[0][0]}
    assert shown == {name: f"{entry['rank']}{'=' if entry['tied_with'] else ''}" for name, entry in ranks.items()}


def test_each_picture_has_its_words_and_its_numbers(show, chrome):
    report = show("all")
    for figure in chrome.find_elements(By.CSS_SELECTOR, "figure:not([hidden])"):
        assert figure.find_element(By.CSS_SELECTOR, ".summary").text.endswith(".")
        assert "writebench" in figure.find_element(By.TAG_NAME, "figcaption").text
        open_numbers(chrome, figure)
    rows = in_page(chrome, f"[...document.querySelectorAll('{chart('time')} tbody tr')].map((row) => "
                           "[...row.cells].map((cell) => cell.textContent))")
    medians = {row[0]: row[1] for row in rows}
    assert medians == {entry["id"]: quantities.time(entry["summary"]["time_ns"]["median"]) for entry in timed(report)}
    samples = sum(len(entry["samples"]) for entry in timed(report))
    assert count(chrome, f"{chart('rounds')} tbody tr") == samples
    choose(chrome, "scale", "linear")
    assert count(chrome, f"{chart('rounds')} details[open]") == 1


def test_the_pointer_meets_a_sample_and_is_told_its_figures(show, chrome):
    report = show("all")
    figure = chrome.find_element(By.CSS_SELECTOR, chart("time"))
    dot = figure.find_elements(By.CSS_SELECTOR, ".points > *")[3]
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", dot)
    ActionChains(chrome).move_to_element(dot).perform()
    told = texts(chrome, "#tip p")
    times = {entry["id"]: {(quantities.time(one["time_ns"]), one["round"]) for one in entry["samples"]}
             for entry in report["cells"]}
    figures = re.fullmatch(r"(.+) in round (\d+), place \d+", told[1])
    assert (figures[1], int(figures[2])) in times[told[0]]
    ActionChains(chrome).move_to_element(figure.find_element(By.TAG_NAME, "h4")).perform()
    assert texts(chrome, "#tip") == []


def test_the_keyboard_alone_goes_everywhere(show, chrome):
    show("all")
    reached = []
    for _ in range(120):
        ActionChains(chrome).send_keys(Keys.TAB).perform()
        reached.append(in_page(chrome, "document.activeElement.closest('.points')?.closest('figure').dataset.chart ?? "
                                       "document.activeElement.tagName"))
    charts = ["time", "clocks", "stall", "cost", "rounds"]
    assert {"A", "BUTTON", "SELECT", "INPUT", *charts} <= set(reached)
    first = chrome.find_element(By.CSS_SELECTOR, f"{chart('time')} .points > [tabindex]")
    chrome.execute_script("arguments[0].focus()", first)
    labels = []
    for key in (None, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.END, Keys.HOME):
        if key:
            ActionChains(chrome).send_keys(key).perform()
        labels.append(in_page(chrome, "document.activeElement.getAttribute('aria-label')"))
        assert labels[-1] == ", ".join(texts(chrome, "#tip p"))
    names = [label.split(", ")[0] for label in labels]
    assert labels[0] != labels[1] and names[0] == names[1] != names[2] and names[3] == names[0]
    assert labels[5] == labels[0] and labels[4] not in (labels[0], labels[1])
    assert in_page(chrome, "getComputedStyle(document.activeElement).outlineStyle") == "solid"
    ActionChains(chrome).send_keys(Keys.ESCAPE).perform()
    assert texts(chrome, "#tip") == []


def test_strategies_can_be_hidden(show, chrome):
    report = show("all")
    box = next(label for label in chrome.find_elements(By.CSS_SELECTOR, ".strategies label") if label.text == "sync")
    box.click()
    others = [entry for entry in timed(report) if entry["id"] != "sync"]
    assert count(chrome, f"{chart('time')} .points > *") == sum(len(entry["samples"]) for entry in others)
    assert "sync" not in texts(chrome, "tr[data-cell] .name")
    for name, shown in (("Hide all", 0), ("Show all", len(report["cells"]))):
        next(button for button in chrome.find_elements(By.TAG_NAME, "button") if button.text == name).click()
        assert len(texts(chrome, "tr[data-cell]")) == shown
        assert in_page(chrome, f"document.querySelector('{chart('time')}').hidden") == (shown == 0)


def test_pictures_are_sorted_filtered_and_scaled(show, chrome):
    report = show("all")

    def order():
        summary = {entry["id"]: entry["summary"]["time_ns"]["median"] for entry in timed(report)}
        places = in_page(chrome, f"[...document.querySelectorAll('{chart('time')} svg text')].map((node) => "
                                 "[node.getBoundingClientRect().y, node.childNodes[0].textContent])")
        return [name for _, name in sorted(places) if name in summary], summary

    choose(chrome, "sort", "time")
    names, medians = order()
    assert [medians[name] for name in names] == sorted(medians.values()) and len(names) == len(medians)
    choose(chrome, "sort", "name")
    assert order()[0] == sorted(medians)
    choose(chrome, "sort", "promise")
    choose(chrome, "promise", "each writer's lines in order, durability none")
    per_writer = {entry["id"] for entry in timed(report)
                  if entry["contract"]["order"] == "per-writer" and entry["contract"]["layout"] == "one-file"}
    assert set(order()[0]) == set(texts(chrome, "tr[data-cell] .name")) == per_writer >= {"naive-async"}
    choose(chrome, "promise", "")

    ticks = f"{chart('time')} svg [aria-label^='x-axis tick label'] text"
    logarithmic = texts(chrome, ticks)
    choose(chrome, "scale", "linear")
    assert texts(chrome, ticks) != logarithmic and texts(chrome, ticks)[0] == "0 ns"


def test_the_table_sorts_within_its_parts(show, chrome):
    report = show("all")
    contracts = {(entry["contract"]["order"], entry["contract"]["layout"]) for entry in timed(report)
                 if entry["role"] == "strategy"}
    button = chrome.find_element(By.CSS_SELECTOR, "th[data-column=time] button")
    for direction in ("ascending", "descending"):
        button.send_keys(Keys.ENTER)
        assert in_page(chrome, "document.querySelector('th[data-column=time]').ariaSort") == direction
        parts = in_page(chrome, "[...document.querySelectorAll('.results tbody')].map((part) => "
                                "[...part.querySelectorAll('[data-cell]')].map((row) => +row.cells[2].dataset.sort))")
        assert len(parts) == len(contracts) + 1 and all(part == sorted(part, reverse=direction == "descending") for part in parts)


def test_a_sweep_is_drawn_as_curves_with_their_knees(show, chrome):
    show("sweep")
    assert texts(chrome, f"{chart('sweep')} h5") == ["line size 20 B", "line size 50 B"]
    # Four that use the buffer; sync and null do not, and have one level line each.
    assert count(chrome, f"{chart('sweep')} .points > *") == 2 * (4 * 5 + 2)
    assert count(chrome, f"{chart('sweep')} svg circle[r='9']") == 2 * 4
    assert len(in_page(chrome, "[...document.querySelector('select[data-choice=work]').options]")) == 3


def test_a_strategy_has_its_look_in_every_picture(show, chrome, site):
    report = show("all")
    expected = {name: tuple(int(look.shade(False)[place:place + 2], 16) for place in (1, 3, 5))
                for name, look in looks.looks_of([load_report(site / "all.json")]).items()}
    assert len(expected) == len(report["cells"])
    for selector in (".strategies label", f"{chart('stall')} .legend li", f"{chart('rounds')} .legend li"):
        drawn = in_page(chrome, "[...document.querySelectorAll(arguments[0])].map((entry) => [entry.textContent, "
                                "getComputedStyle(entry.querySelector('path')).fill])", selector)
        assert len(drawn) >= 8
        for name, colour in drawn:
            assert tuple(map(int, re.findall(r"\d+", colour))) == expected[name], name


def test_curves_of_one_strategy_have_their_dashes_in_the_legend(show, chrome):
    show("sweep")
    look = "['stroke', 'strokeDasharray'].map((key) => getComputedStyle(%s)[key])"
    named = in_page(chrome, "[...document.querySelectorAll(arguments[0])].map((entry) => [entry.textContent, ..."
                            + look % "entry.querySelector('line')" + "])", f"{chart('rounds')} .legend li")
    drawn = in_page(chrome, "[...document.querySelectorAll(arguments[0])].map((curve) => " + look % "curve" + ")",
                    f"{chart('rounds')} [aria-label=line] path")
    of_strategy = {}
    for cell, *curve in named:
        of_strategy.setdefault(cell.split("@")[0], []).append(tuple(curve))
    assert max(map(len, of_strategy.values())) >= 5
    for strategy, curves in of_strategy.items():
        assert len(set(curves)) == len(curves) and len({dashes for _, dashes in curves}) == min(6, len(curves)), strategy
    assert sorted(map(tuple, drawn)) == sorted(curve for curves in of_strategy.values() for curve in curves)


def test_failures_stand_in_their_place(show, chrome):
    show("faults")
    assert {"lost", "throws", "unsupported"} <= set(texts(chrome, "tr.untimed .name"))
    drawn = " ".join(texts(chrome, f"{chart('time')} svg text"))
    for said in ("incorrect: 1 line lost", "failed: out of ink", "unavailable: needs a kernel"):
        assert said in drawn


def test_several_reports_are_chosen_from_and_drawn_over_time(show, chrome):
    cells = len(timed(show("all")))
    show("both")
    assert count(chrome, f"{chart('reports')} .points > *") == cells + 3
    assert len(texts(chrome, "section.report")) == 1
    Select(chrome.find_element(By.ID, "report")).select_by_value("1")
    assert [text.startswith("faults.json") for text in texts(chrome, "section.report h2")] == [True]
    assert count(chrome, f"[data-report='1'] {chart('time')} .points > *") == 3 * 3


def test_hostile_text_is_shown_and_does_nothing(show, chrome):
    show("hostile")
    for figure in chrome.find_elements(By.CSS_SELECTOR, "figure:not([hidden])"):
        open_numbers(chrome, figure)
    dots = f"{chart('time')} .points > *"
    assert count(chrome, dots) == 8 * len(HOSTILE)
    chrome.execute_script("for (const dot of document.querySelectorAll(arguments[0])) dot.focus()", dots)
    assert in_page(chrome, "window.pwned === undefined && document.querySelectorAll('img').length === 0")
    assert HOSTILE[0] in texts(chrome, "tr[data-cell] .name") and f"failed: {HOSTILE[0]}" in texts(chrome, "td.status")


def test_many_samples_are_thinned_and_it_is_said(show, chrome):
    report = show("many")
    drawn = count(chrome, f"{chart('time')} .points > *")
    assert 3000 <= drawn <= 4000 < sum(len(entry["samples"]) for entry in report["cells"])
    assert f"n = 30,000, of which {drawn:,} are drawn" in texts(chrome, f"{chart('time')} figcaption")[0]


def test_the_download_is_the_report(show, chrome, site):
    show("all")
    chrome.find_element(By.CSS_SELECTOR, ".download").click()
    saved = chrome.downloads / "all.json"
    # The browser makes an empty file of that name first, and then moves the whole one there.
    wait_until(chrome, lambda: saved.exists() and saved.stat().st_size > 0)
    assert saved.read_bytes() == (site / "all.json").read_bytes()


def test_a_phone_need_not_scroll_sideways(show, chrome):
    for name in ("all", "sweep", "faults", "hostile", "both"):
        show(name, width=360)
        assert in_page(chrome, "document.documentElement.scrollWidth") == 360, name


def test_dark_and_light_have_contrast(show, chrome):
    show("all")
    pressed = "document.getElementById('theme').getAttribute('aria-pressed')"
    for scheme in ("light", "dark"):
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": preferring(scheme)})
        show("all")
        assert (contrast(chrome, "--ink") > 7, in_page(chrome, pressed)) == (True, str(scheme == "dark").lower())
        paper = luminance(chrome, "--paper")
        for name in re.findall(r"(--\w+):", looks.style_sheet()):
            assert contrast(chrome, name) >= 3, (scheme, name)
        for name in ("--faint", "--notice", "--accent"):
            assert contrast(chrome, name) >= 4.5, (scheme, name)
        chrome.find_element(By.ID, "theme").click()
        assert (luminance(chrome, "--paper") < 0.5) == (paper > 0.5)


def preferring(scheme):
    return [{"name": "prefers-color-scheme", "value": scheme}]


def luminance(chrome, name):
    rgb = chrome.execute_script("""
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(${arguments[0]})`;
        const colour = getComputedStyle(probe).color;
        probe.remove();
        return colour;""", name)
    parts = [int(part) / 255 for part in re.findall(r"\d+", rgb)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(chrome, name):
    low, high = sorted((luminance(chrome, name), luminance(chrome, "--paper")))
    return (high + 0.05) / (low + 0.05)


def test_paper_gets_pages_in_light_colours(show, chrome):
    show("all")
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": preferring("dark")})
    assert luminance(chrome, "--paper") == 1
    assert texts(chrome, ".controls") == texts(chrome, ".download") == []
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    printed = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
    assert printed.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", printed)) >= 3
