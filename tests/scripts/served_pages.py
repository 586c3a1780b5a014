"""Fixtures for tests of the page in a browser: pages of real and of made reports, and the browser that opens them."""

import json
import os
import subprocess

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from analysis.report_model import load_report
from page import assembly
from report_document import cell, document, sample

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
         "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]
PWN = "window.pwned=1"
HOSTILE = [f"<script>{PWN}</script>", f"</script><script>{PWN}</script>", f"<img src=x onerror={PWN}>", "<!--",
           f"\"' onfocus={PWN} x=", "\u202eevil", "مرحبا", "__proto__", "x" * 300]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with reports and their pages."""
    folder = tmp_path_factory.mktemp("site")
    runs = {
        "all": ["WRITEBENCH", "--strategy", "all", "--lines", "2000", "--trials", "8"],
        "sweep": ["WRITEBENCH", "--strategy", "sync,sync-buffered,buffered,double-buffered", "--lines", "500", "--trials", "6", "--stall-trials",
                  "0", "--buffer-size", "512..8KiB*2", "--line-size", "20,50"],
        "faults": ["WRITEBENCH_WITH_FAULTS", "--strategy", "sync,lost,throws,unsupported", "--lines", "2000",
                   "--trials", "3", "--stall-trials", "0"],
    }
    for name, (program, *arguments) in runs.items():
        subprocess.run([os.environ[program], *arguments, "--dir", folder, "--out", folder / f"{name}.json"],
                       capture_output=True, check=name != "faults")
    cells = [cell(text, [sample(index, 1000 * (place + 1) + index, [text] * (index % 2)) for index in range(8)])
             for place, text in enumerate(HOSTILE)]
    cells.append(cell("gone", status="failed", detail=HOSTILE[0]))
    ranking = [[(text, place + 1, HOSTILE[:1] if place == 1 else []) for place, text in enumerate(HOSTILE)]]
    warnings = [{"code": text, "message": text} for text in HOSTILE]
    save(folder / "hostile.json", document(cells, ranking, warnings=warnings, command_line=HOSTILE))
    many = [cell(f"strategy-{place:02}", [sample(index, 10 ** (3 + place // 4) + 17 * index, write_syscalls=index)
                                          for index in range(1000)]) for place in range(30)]
    save(folder / "many.json", document(many, [[(entry["id"], 1, []) for entry in many]]))
    for name in ("all", "sweep", "faults", "hostile", "many"):
        make(folder / f"{name}.html", folder / f"{name}.json")
    make(folder / "both.html", folder / "all.json", folder / "faults.json")
    return folder


def save(path, content):
    path.write_text(json.dumps(content))


def make(page, *paths):
    page.write_text(assembly.page([load_report(path) for path in paths], [path.read_bytes() for path in paths], "page"))


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    downloads = tmp_path_factory.mktemp("downloads")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    browser.downloads = downloads
    yield browser
    browser.quit()


@pytest.fixture
def show(site, chrome):
    """Opens a page of the site; after the test nothing was complained of and nothing asked of a network."""
    def open_page(name, width=1280):
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                               {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        chrome.get((site / f"{name}.html").as_uri())
        return json.loads((site / f"{name}.json").read_text()) if (site / f"{name}.json").exists() else None

    chrome.get_log("browser"), chrome.get_log("performance")
    yield open_page
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    assert chrome.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked and all(url.startswith(("file://", "data:", "blob:")) for url in asked), asked
