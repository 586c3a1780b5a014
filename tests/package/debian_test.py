"""The Debian packages of the build: the same twice, complete, and without a complaint of lintian that is not explained.

scripts/package makes them in the same way, after it has built what is missing; here nothing is built, because other tests
run what is built."""

import os
import pathlib
import shutil
import subprocess

import pytest

BUILD = os.environ["WRITEBENCH_BUILD"]
PACKAGES = ("libwritebench-dev", "writebench", "writebench-plot")


def run(*command, **how):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **how)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(name="packages", scope="module")
def fixture_packages(tmp_path_factory):
    if os.environ["WRITEBENCH_SANITIZE"]:
        pytest.skip("nobody packs a build with sanitizers")
    made = []
    for number in (1, 2):
        directory = tmp_path_factory.mktemp(f"packages-{number}")
        run("cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", directory,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
        made.append({path.name.split("_")[0]: path for path in directory.glob("*.deb")})
    return made


def files_of(package):
    return [line.split()[5].removeprefix("./") for line in run("dpkg-deb", "--contents", package).splitlines()]


def field(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


def test_there_is_one_for_each_component_and_they_are_the_same_twice(packages):
    first, second = packages
    assert sorted(first) == sorted(second) == list(PACKAGES)
    for name in PACKAGES:
        assert first[name].read_bytes() == second[name].read_bytes(), name


def test_each_has_its_files(packages):
    (first, _) = packages
    program = files_of(first["writebench"])
    for file in ("usr/bin/writebench", "usr/share/man/man1/writebench.1.gz", "usr/share/man/man1/writebench-ab.1.gz",
                 "usr/share/bash-completion/completions/writebench", "usr/share/zsh/vendor-completions/_writebench",
                 "usr/share/fish/vendor_completions.d/writebench.fish", "usr/share/writebench/suites/origin.toml",
                 "usr/share/writebench/report.schema.json", "usr/share/writebench/peers/origin.py"):
        assert file in program, file
    plot = files_of(first["writebench-plot"])
    for file in ("usr/bin/writebench-plot", "usr/bin/writebench-page", "usr/share/man/man1/writebench-plot.1.gz",
                 "usr/share/writebench/scripts/page/js/start.js"):
        assert file in plot, file
    library = files_of(first["libwritebench-dev"])
    for file in ("usr/include/writebench/strategy.hpp", "usr/include/writebench/cli/program.hpp"):
        assert file in library, file
    assert any(file.endswith("/pkgconfig/writebench.pc") for file in library)
    assert any(file.endswith("/libwritebench_program.a") for file in library)
    seen = {}
    for name in PACKAGES:
        for file in files_of(first[name]):
            if not file.endswith("/"):
                assert seen.setdefault(file, name) == name, f"{file} is in {seen[file]} and {name}"


def test_everything_belongs_to_root_and_can_be_read(packages):
    (first, _) = packages
    for name in PACKAGES:
        for line in run("dpkg-deb", "--contents", first[name]).splitlines():
            mode, owner = line.split()[:2]
            assert owner == "root/root", line
            assert mode in ("drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx"), line


def test_the_dependencies_are_declared(packages):
    (first, _) = packages
    assert "libfmt" in field(first["writebench"], "Depends") and "libc6" in field(first["writebench"], "Depends")
    assert "python3-matplotlib" in field(first["writebench-plot"], "Depends")
    assert field(first["writebench-plot"], "Architecture") == "all"
    assert {"libfmt-dev", "libbenchmark-dev"} <= set(field(first["libwritebench-dev"], "Depends").split(", "))
    for name in PACKAGES:
        summary, _, more = field(first[name], "Description").partition("\n")
        assert 10 < len(summary) < 80 and more.startswith(" "), name


def test_lintian_has_no_complaint_that_is_not_explained(packages):
    if shutil.which("lintian") is None:
        pytest.skip("lintian is missing: install the Debian package lintian")
    (first, _) = packages
    said = subprocess.run(["lintian", "--fail-on", "error,warning", "--tag-display-limit", "0", *map(str, first.values())],
                          capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert said.returncode == 0, said.stdout + said.stderr


def test_what_is_overruled_is_explained():
    for path in pathlib.Path(os.environ["WRITEBENCH_SOURCE"], "packaging").glob("*.lintian-overrides"):
        explained = False
        for line in path.read_text().splitlines():
            assert line.startswith("#") or explained, f"{path.name}: {line}"
            explained = line.startswith("#") or explained
