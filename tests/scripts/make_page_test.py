"""scripts/make_page as a command: what it writes, what it refuses, and that no text of a report becomes markup."""

import base64
import gzip
import hashlib
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from report_document import cell, document, sample
from schema import VERSION

SCRIPTS = pathlib.Path(os.environ["WRITEBENCH_SOURCE"]) / "scripts"
HOSTILE = ["<script>alert(1)</script>", "</script>", "<!--", "-->", "\"'&<>`${}", "{{data}}", "\u2028\u2029", "\u202e",
           "مرحبا", "</textarea></title></style><img src=x onerror=alert(1)>", "__proto__"]


def make_page(*arguments, scripts=SCRIPTS, **options):
    return subprocess.run([sys.executable, scripts / "make_page", *map(str, arguments)], capture_output=True, text=True,
                          **options)


@pytest.fixture
def report(tmp_path):
    cells = [cell("sync", [sample(index, 1000 + index) for index in range(3)])]
    path = tmp_path / "writebench-report.json"
    path.write_text(json.dumps(document(cells, [[("sync", 1, [])]])))
    return path


def refused(done):
    """The one line that says why."""
    assert done.returncode == 2 and done.stdout == "", done
    assert done.stderr.startswith("make_page: ") and done.stderr.count("\n") == 1 and ";" in done.stderr, done.stderr
    return done.stderr


class Elements(html.parser.HTMLParser):
    """What a page's markup comes to: elements, and the text of scripts by their id or place."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.scripts, self._in_script = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_script = [dict(attrs), ""] if tag == "script" else None

    def handle_data(self, data):
        if self._in_script:
            self._in_script[1] += data

    def handle_endtag(self, tag):
        if tag == "script":
            self.scripts.append(tuple(self._in_script))
            self._in_script = None


def test_a_page_is_written_and_replaced_by_the_next(tmp_path, report):
    output = tmp_path / "page.html"
    for title in ("first", "second"):
        done = make_page(report, "-o", output, "--title", title)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{output}\n", "")
        assert f"<title>{title}</title>" in output.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "writebench-report.json"]
    assert make_page(report.name, cwd=tmp_path).stdout == "report.html\n"


def test_a_file_of_others_is_replaced_only_by_force(tmp_path, report):
    output = tmp_path / "mine.html"
    output.write_text("<html>")
    assert "was not made by make_page" in refused(make_page(report, "-o", output))
    assert output.read_text() == "<html>"
    assert make_page(report, "-o", output, "--force").returncode == 0
    before = report.read_bytes()
    assert "is one of the reports" in refused(make_page(report, "-o", report, "--force"))
    assert report.read_bytes() == before


@pytest.mark.parametrize("output, said", [
    (".", "is a directory"), ("missing/page.html", "cannot be written (No such file or directory)"),
    ("/dev/null", "is not a regular file")])
def test_an_output_that_cannot_be_is_refused(tmp_path, report, output, said):
    assert said in refused(make_page(report, "-o", output, cwd=tmp_path))


def test_a_bad_report_is_refused_in_one_line(tmp_path, report):
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps({"writebench_schema": VERSION + 1}))
    bad = ((tmp_path / "none.json", "cannot be read"), (tmp_path, "is a directory"), (newer, "newer writebench"))
    for path, said in bad:
        assert said in refused(make_page(report, path, "-o", tmp_path / "page.html"))
    assert not (tmp_path / "page.html").exists()


def test_a_missing_library_is_named_with_the_way_to_install_it(tmp_path, report):
    copy = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "reports").symlink_to(SCRIPTS.parent / "reports")
    said = refused(make_page(report, "-o", tmp_path / "page.html", scripts=copy))
    assert "needs d3/dist/d3.min.js, which draws the pictures; run scripts/install-page-packages" in said


def test_the_policy_allows_the_pages_own_scripts_alone(tmp_path, report):
    make_page(report, "-o", tmp_path / "page.html")
    page = Elements((tmp_path / "page.html").read_text())
    policy = next(attributes["content"] for tag, attributes in page.elements
                  if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe-eval" not in policy
    run = [text for attributes, text in page.scripts if "type" not in attributes]
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run}
    assert len(run) == 3 and digests == set(re.findall("'sha256-([^']+)'", policy))
    sources = [attributes[name] for _, attributes in page.elements for name in ("src", "href") if name in attributes]
    assert all(source.startswith(("#", "data:")) for source in sources)


def test_no_text_of_a_report_becomes_markup(tmp_path, report):
    content = json.loads(report.read_text())
    harmless = tmp_path / "harmless.html"
    hostile = tmp_path / "hostile.html"
    for name, texts in ((harmless, [f"text{index}" for index in range(len(HOSTILE))]), (hostile, HOSTILE)):
        cells = [cell(text, [sample(0, 1000, [text])], family=text) for text in texts]
        cells += [cell("lost", cell_id=f"lost {text}", status="failed", detail=text) for text in texts]
        content["cells"], content["ranking"] = cells, []
        content["warnings"] = [{"code": text, "message": text} for text in texts]
        content["command_line"] = texts
        content["environment"] |= {"directory": " ".join(texts), "cpu_model": texts[0], "file_system": texts[1]}
        path = tmp_path / f"{'x' * 20}.json"
        path.write_text(json.dumps(content))
        assert make_page(path, "-o", name, "--title", texts[0]).returncode == 0
    pages = [Elements(name.read_text()) for name in (harmless, hostile)]
    markup = [[(tag, sorted(attributes)) for tag, attributes in page.elements] for page in pages]
    assert markup[0] == markup[1]
    data = next(text for attributes, text in pages[1].scripts if attributes.get("id") == "data")
    assert data.isascii() and not set(data) & set("<>&")
    names = [entry["name"] for entry in json.loads(data)["reports"][0]["cells"]]
    assert HOSTILE[0] in names and "⟨202E⟩" in names


def test_the_report_is_in_the_page_byte_by_byte(tmp_path, report):
    report.write_bytes(report.read_bytes().replace(b'": ', b'":\r\n\t') + b"\n\n")
    other = tmp_path / "other.json"
    other.write_text(report.read_text())
    make_page(report, other, "-o", tmp_path / "page.html")
    page = Elements((tmp_path / "page.html").read_text())
    scripts = {attributes.get("id"): text for attributes, text in page.scripts}
    for index, path in enumerate((report, other)):
        assert gzip.decompress(base64.b64decode(scripts[f"raw-{index}"])) == path.read_bytes()
