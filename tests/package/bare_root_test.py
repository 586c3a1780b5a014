"""The packages in a Debian system that has nothing else: installed by apt, and every command of them used, its manual and
completion too.

The system is made by debootstrap in WRITEBENCH_BUILD/bare-root and kept there; a test writes to a layer above it
(overlayfs), in a mount namespace of its own, so that nothing stays mounted. It needs root and Debian's mirror; without
them the tests are skipped and say why."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

BUILD = pathlib.Path(os.environ["WRITEBENCH_BUILD"])
PLACE = BUILD / "bare-root"
MIRROR = "http://deb.debian.org/debian"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
               "TERM": "dumb", "DEBIAN_FRONTEND": "noninteractive"}

# Outside: mounts. $1 base, $2 layer, $3 packages, $4 cache of apt, $5 results.
OUTSIDE = r"""
set -eu
mkdir -p "$2/upper" "$2/work" "$2/root" "$4/partial"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
root=$2/root
mkdir -p "$root/packages" "$root/results" "$root/var/cache/apt/archives"
mount --bind "$3" "$root/packages"
mount --bind "$4" "$root/var/cache/apt/archives"
mount --bind "$5" "$root/results"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/pts"
mount -t devpts devpts "$root/dev/pts"  # zsh is asked in a terminal
cp /etc/resolv.conf "$root/etc/resolv.conf"
exec chroot "$root" bash /results/inside
"""

# Inside, as a new user would go about it: first the program alone, and an answer.
INSIDE = r"""
set -eu
cd /tmp
rm -f /etc/apt/apt.conf.d/docker-clean
echo 'APT::Keep-Downloaded-Packages "true";' >/etc/apt/apt.conf.d/keep
apt-get -qq update
apt-get -qq install --yes --no-install-recommends /packages/writebench_*.deb
writebench advise --lines-per-second 20k --budget 10s --out /results/advice.json >/results/advice.txt
writebench --version >/results/version
writebench --strategy sync,sync-buffered,buffered --lines 20k --trials 3 --quiet --out /results/report.json >/results/table.txt

apt-get -qq install --yes --no-install-recommends /packages/*.deb man-db zsh fish
writebench-plot /results/report.json --kind time -o /results/time.png
writebench-page /results/report.json -o /results/report.html
for page in writebench writebench-ab writebench-plot writebench-page; do
  MANWIDTH=100 man --warnings -P cat -l /usr/share/man/man1/$page.1.gz >/results/$page.man 2>/results/$page.man-errors
done
man -w writebench-explain >/results/man-where
echo '{}' >/tmp/a.json
cat >/tmp/bash-completion-test <<'END'
source /usr/share/bash-completion/completions/writebench
COMP_WORDS=(writebench --strategy sync-b) COMP_CWORD=2
_writebench
printf '%s\n' "${COMPREPLY[@]}"
END
bash /tmp/bash-completion-test >/results/bash 2>/dev/null
fish -c 'complete -C "writebench --strategy sync-b"; complete -C "writebench export a.json --format hyp"; complete -C "writebench show "' >/results/fish
cat >/tmp/zsh-completion-test <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u; cd /tmp; PROMPT="rea""dy> "'
zpty -r shell shown '*ready> *'  # only now does the shell take a tab for a completion
zpty -n -w shell $'writebench --strategy sync-b\t; echo "got: \${(q)@}"' 
zpty -n -w shell $'\x15echo writebench-done\n'
zpty -r shell shown '*writebench-done*'
print -r -- $shown
END
zsh -f /tmp/zsh-completion-test >/results/zsh 2>&1 || true
pkg-config --version >/dev/null 2>&1 || true
dpkg --verify writebench writebench-plot libwritebench-dev >/results/verify
apt-get -qq purge --yes writebench writebench-plot libwritebench-dev
find / -xdev -path /results -prune -o -path /proc -prune -o -path /packages -prune -o -path '/var/cache/apt/*' -prune -o \
  -name '*writebench*' -print 2>/dev/null | grep -v '^/tmp' >/results/left || true
"""


def why_not():
    if os.environ["WRITEBENCH_SANITIZE"]:
        return "nobody packs a build with sanitizers"
    if os.geteuid() != 0:
        return "needs root"
    for program, package in (("debootstrap", "debootstrap"), ("unshare", "util-linux"), ("cpack", "cmake")):
        if shutil.which(program) is None:
            return f"needs {program}: install the Debian package {package}"
    return None


@pytest.fixture(name="base", scope="module")
def fixture_base():
    if reason := why_not():
        pytest.skip(reason)
    base = PLACE / "base"
    if not base.exists():
        PLACE.mkdir(exist_ok=True)
        new = PLACE / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        with tempfile.TemporaryDirectory() as mounted:  # debootstrap takes no path with a space
            made = subprocess.run(["unshare", "--mount", "sh", "-euc", 'mount --bind "$1" "$2"; '
                                   'exec debootstrap --variant=minbase bookworm "$2" "$3"', "sh", new, mounted, MIRROR],
                                  capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            pytest.skip(f"debootstrap cannot make a system here: {(made.stdout + made.stderr).strip().splitlines()[-1]}")
        new.rename(base)
    return base


@pytest.fixture(name="results", scope="module")
def fixture_results(base, tmp_path_factory):
    packages, results = tmp_path_factory.mktemp("packages"), tmp_path_factory.mktemp("results")
    subprocess.run(["cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", packages], capture_output=True, check=True)
    (results / "inside").write_text(INSIDE)
    layer = PLACE / f"layer-{os.getpid()}"
    try:
        ended = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", OUTSIDE, "outside",
                                base, layer, packages, PLACE / "archives", results],
                               capture_output=True, text=True, check=False, timeout=1500, env=ENVIRONMENT)
    finally:
        shutil.rmtree(layer, ignore_errors=True)
    said = ended.stdout[-3000:] + ended.stderr[-3000:]
    if re.search("Could not resolve|Failed to fetch|mount:", said):
        pytest.skip(f"the mirror cannot be reached, or nothing can be mounted here: {said.strip().splitlines()[-1]}")
    assert ended.returncode == 0, said
    return results


def read(results, name):
    return (results / name).read_text()


def test_the_first_answer_comes_without_another_step(results):
    assert "use " in read(results, "advice.txt").lower()
    assert json.loads(read(results, "advice.json"))["complete"]


def test_the_program_measures(results):
    assert re.match(r"writebench \d+\.\d+\.\d+ \(", read(results, "version"))
    report = json.loads(read(results, "report.json"))
    assert {cell["status"] for cell in report["cells"]} == {"ok"}
    assert "sync-buffered" in read(results, "table.txt")


def test_the_scripts_draw_and_make_pages(results):
    assert (results / "time.png").read_bytes().startswith(b"\x89PNG")
    assert "</html>" in read(results, "report.html") and "d3" in read(results, "report.html")


def test_the_manual_can_be_read(results):
    for page in ("writebench", "writebench-ab", "writebench-plot", "writebench-page"):
        assert read(results, f"{page}.man-errors") == ""
        assert "SYNOPSIS" in read(results, f"{page}.man"), page
    assert read(results, "man-where") == "/usr/share/man/man1/writebench-explain.1.gz\n"


def test_each_shell_completes(results):
    assert read(results, "bash") == "sync-buffered\n"
    offered = [line.split("\t")[0] for line in read(results, "fish").splitlines()]
    assert offered[:2] == ["sync-buffered", "hyperfine"] and "a.json" in offered
    assert "--strategy sync-buffered" in read(results, "zsh")


def test_what_is_removed_leaves_nothing(results):
    assert read(results, "verify") == ""
    assert read(results, "left") == ""
