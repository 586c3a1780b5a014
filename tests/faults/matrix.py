#!/usr/bin/env python3
"""The fault matrix: every strategy against every fault, below the strategy, in real runs of the program.

    tests/faults/matrix.py                          the quick version: a table, and exit status 1 if a cell is wrong
    tests/faults/matrix.py --full                   more moments and limits for each fault
    tests/faults/matrix.py --fault sync-fails-once --strategy sync --verbose
                                                    one cell, with all that the program prints
    tests/faults/matrix.py --write                  writes docs/fault-matrix.md

It needs the programs writebench_under_faults and writebench_faulty_fs of a build (--build DIR). It runs in namespaces of
its own, so that whatever it mounts and starts ends with it: as root, or where an ordinary user may do that too.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import faults  # noqa: E402
from analysis.report_model import BadReport, load_report  # noqa: E402

PAGE = ROOT / "docs/fault-matrix.md"
WITNESS = "witness"
IN_NAMESPACES = "WRITEBENCH_MATRIX_IN_NAMESPACES"
SECONDS = 240  # for one run of the program; beyond, it hangs
FIRST_ORDINARY_USER = 61_000  # each worker has a user of its own, so that its limits count its own processes


class CannotRun(Exception):
    """What this machine lacks for a fault."""


@dataclass(frozen=True)
class Cell:
    fault: str
    strategy: str
    word: str  # what came of it
    wrong: str | None = None


@dataclass(frozen=True)
class Run:
    """What one run of the program did."""

    rows: dict[str, tuple[str, str]]  # outcome and detail, by strategy
    order: list[str]  # the strategies whose trials began, in that order
    trials: list[dict]  # what the file system counted, in the same order
    wrong: str | None  # with the run as a whole
    refused: bool
    text: str


def programs(build):
    found = {name: pathlib.Path(os.environ.get(variable) or build / "tests/faults" / name)
             for name, variable in (("writebench_under_faults", "WRITEBENCH_UNDER_FAULTS"),
                                    ("writebench_faulty_fs", "WRITEBENCH_FAULTY_FS"))}
    for path in found.values():
        if not path.exists():
            sys.exit(f"matrix: {path} does not exist; build it, or name another build with --build")
    return found


def subjects_of(program):
    listed = json.loads(subprocess.run([program, "list", "--json"], capture_output=True, check=True).stdout)
    writes = {entry["name"]: entry["contract"]["order"] is not None for entry in listed["strategies"]}
    described = subprocess.run([program, "--subjects"], capture_output=True, text=True, check=True).stdout
    subjects = {}
    for line in described.splitlines():
        name, where, *access = line.split()
        subjects[name] = faults.Subject(name, where == "table", tuple(access), writes[name])
    assert {*subjects, WITNESS} == {*writes}
    return subjects


class Place:
    """Directories of one worker, each on a file system of its own."""

    def __init__(self, number, paths):
        self.number = number
        self.paths = paths
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="writebench-faults-"))
        self.root.chmod(0o755)
        self.server = None
        self.mounted = []
        self.made = {}
        self.reports = self.root / "reports"
        self.reports.mkdir()
        self.reports.chmod(0o777)

    def directory(self, kind):
        if kind not in self.made:
            path = self.root / kind
            path.mkdir()
            getattr(self, f"_make_{kind}")(path)
            self.made[kind] = path
        return self.made[kind]

    def control(self, words):
        (self.directory("faulty_fs") / ".control").write_text(f"{words} \n")

    def counted(self):
        return json.loads((self.directory("faulty_fs") / ".control").read_text())["trials"]

    def close(self):
        for path in reversed(self.mounted):
            subprocess.run(["umount", "--lazy", path], check=False)
        if self.server:
            self.server.terminate()
            self.server.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def _make_faulty_fs(self, path):
        self.server = subprocess.Popen([self.paths["writebench_faulty_fs"], path], stdout=subprocess.PIPE, text=True)
        if self.server.stdout.readline() != "mounted\n":
            raise CannotRun("no FUSE here")
        self.mounted.append(path)

    def _make_tmpfs(self, path):
        self._mount(path, "-t", "tmpfs", "-o", "size=4m,mode=1777", "tmpfs")

    def _make_ext4(self, path):
        image = self.root / "ext4-image"
        with open(image, "wb") as file:
            file.truncate(4 << 20)
        try:
            subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "1024", "-m", "0", image], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise CannotRun("no mkfs.ext4 here") from error
        self._mount(path, "-t", "ext4", "-o", "loop", image)
        shutil.rmtree(path / "lost+found")

    def _mount(self, path, *arguments):
        made = subprocess.run(["mount", *arguments, path], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise CannotRun(f"cannot be mounted here: {made.stderr.strip()}")
        self.mounted.append(path)


class Matrix:
    def __init__(self, paths, subjects, sanitized, verbose):
        self.paths = paths
        self.subjects = subjects
        self.names = [*subjects, WITNESS]
        self.sanitized = sanitized
        self.verbose = verbose
        self.healthy = {}
        self.lock = threading.Lock()

    # -- one run --------------------------------------------------------------------------------------------------

    def run(self, place, fault, names, control):
        directory = place.directory(fault.place)
        if fault.place == "faulty_fs":
            place.control(control)
        report = place.reports / "report.json"
        report.unlink(missing_ok=True)
        command = [self.paths["writebench_under_faults"], "--strategy", ",".join(names), "-n", str(fault.lines),
                   "--durability", fault.durability, "--buffer-size", "1000", "--writers", str(faults.WRITERS), "--threads", "3",
                   "--trials", "1", "--warm-up", "0", "--stall-trials", "0", "--timeout", "5s", "--seed", "1",
                   "--dir", directory, "--out", report]
        for option, value in zip(fault.arguments[::2], fault.arguments[1::2]):
            if option in command:
                command[command.index(option) + 1] = value
            else:
                command += [option, value]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
        environment.pop("WRITEBENCH_FAULT", None)
        if fault.inside:
            environment["WRITEBENCH_FAULT"] = fault.inside.format(place=directory)
        started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                                   cwd=place.reports, start_new_session=True, stdin=subprocess.DEVNULL,
                                   **self._identity(place, fault), preexec_fn=lambda: _limit(fault.limits))
        wrong = []
        try:
            out, err = started.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            wrong.append(f"hangs for {SECONDS} s")
            for process in _session(started.pid):
                os.kill(process, signal.SIGKILL)
            out, err = started.communicate()
        text = f"$ {' '.join(map(str, command))}\n{out}{err}"
        if self.verbose:
            print(f"-- {fault.name}: {control} {fault.inside}\n{text}", flush=True)
        trials = place.counted() if fault.place == "faulty_fs" else []
        if not wrong:
            wrong += self._wrong_with_process(started, err, directory, fault)
        rows, order = {}, []
        refused = fault.may_refuse and _refuses(report, err)
        if not refused:
            rows, order, problem = self._read(fault, report, names, started.returncode)
            wrong += problem
        elif started.returncode not in (1, 2):
            wrong.append(f"refuses with exit status {started.returncode}")
        self._clean(directory, fault)
        return Run(rows, order, trials, "; ".join(wrong) or None, refused, text)

    def _identity(self, place, fault):
        if not fault.ordinary_user:
            return {}
        if os.getuid() != 0 or "CAN_BE_ANYBODY" not in os.environ:
            raise CannotRun("only root can be another user")
        user = FIRST_ORDINARY_USER + place.number
        return {"user": user, "group": user, "extra_groups": []}

    def _wrong_with_process(self, started, err, directory, fault):
        if started.returncode < 0 or started.returncode >= 128:
            yield f"ends with {started.returncode}: {err[-300:]}"
        if "Sanitizer" in err or "runtime error" in err:
            yield f"the sanitizer reports: {err[:2000]}"
        if leaks := re.findall("^leak: .*", err, re.MULTILINE):
            yield "; ".join(leaks)
        if left := _session(started.pid):
            yield f"leaves processes: {left}"
            for process in left:
                os.kill(process, signal.SIGKILL)
        names = [name for name in os.listdir(directory) if name not in ("filler", ".control")]
        if names and not fault.stays:
            yield f"leaves files: {names}"
        if names and fault.stays and fault.stays not in err:
            yield f"leaves {names} and does not say so: {err[-300:]}"
        if fault.ends_run and fault.ends_run not in err:
            yield f"does not say why the run ends: {err[-300:]}"
        if extra := [name for name in os.listdir(directory.parent / "reports") if name != "report.json"]:
            yield f"leaves files beside the report: {extra}"

    def _read(self, fault, report, names, status):
        try:
            model = load_report(report)
        except BadReport as bad:
            return {}, [], [f"no valid report: {bad} (exit status {status})"]
        wrong = []
        shown = subprocess.run([self.paths["writebench_under_faults"], "show", report], capture_output=True, text=True,
                               check=False)
        if shown.returncode != 0:
            wrong.append(f"the report cannot be shown: {shown.stderr}")
        document = json.loads(report.read_text())
        rows, began = {}, []
        for cell in document["cells"]:
            rows[cell["strategy"]] = (cell["status"] or "not run", cell["status_detail"] or "")
            began += [(sample["position"], cell["strategy"]) for sample in cell["samples"]]
        if [cell.status for cell in model.cells] != [cell["status"] for cell in document["cells"]]:
            wrong.append("the scripts read other outcomes")
        if missing := [name for name in names if name not in rows]:
            wrong.append(f"the report lacks {missing}")
        if document["complete"] == bool(fault.ends_run):
            wrong.append(f"the report is marked as {'complete' if document['complete'] else 'incomplete'}")
        bad = any(outcome not in ("ok", "unavailable") for outcome, _ in rows.values())
        if status != (1 if bad else 0):
            wrong.append(f"exit status {status}")
        return rows, [name for _, name in sorted(began)], wrong

    @staticmethod
    def _clean(directory, fault):
        if fault.place == "faulty_fs":
            (directory / ".control").write_text(" \n")
            return
        for name in os.listdir(directory):
            path = directory / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    # -- cells ----------------------------------------------------------------------------------------------------

    def healthy_run(self, place, fault, names):
        """The same run without the fault: what each row says then, their order, and how many requests each makes."""
        key = (fault.place, fault.durability, fault.lines, fault.arguments, tuple(names))
        with self.lock:
            if key not in self.healthy:
                plain = replace(fault, name=f"{fault.name}, without the fault", inside="", limits={}, may_refuse=False,
                                ordinary_user=False, stays="", ends_run="")
                self.healthy[key] = self.run(place, plain, names, "")
            return self.healthy[key]

    def cells(self, place, fault, strategies):
        """What comes of a fault, for each of these strategies. On a machine that is too busy, trials get more time."""
        if fault.without_sanitizer and self.sanitized:
            raise CannotRun("a sanitizer needs the addresses")
        cells, late = self._cells(place, fault, strategies)
        return self._cells(place, _with_more_time(fault), strategies)[0] if late else cells

    def _cells(self, place, fault, strategies):
        """The same, and whether a trial was killed that should have come to its end."""
        names = [*strategies, WITNESS]
        healthy = self.healthy_run(place, fault, names)
        if healthy.wrong:
            return [Cell(fault.name, name, "WRONG", f"without the fault: {healthy.wrong}") for name in strategies], False
        control = fault.control
        if control:
            control = re.sub(r"@(\w+)", lambda match: self._moments(match.group(1), control, healthy), control)
            if fault.spares_witness:
                control += f" spare={healthy.order.index(WITNESS) + 1}"
        run = self.run(place, fault, names, control)
        if run.refused:
            word = "WRONG" if run.wrong else "refused"
            return [Cell(fault.name, name, word, run.wrong) for name in strategies], False
        hits = dict(zip(run.order, run.trials)) if run.trials and len(run.trials) == len(run.order) else None
        cells = [self._cell(fault, self.subjects[name], run, healthy, hits if fault.control else None)
                 for name in strategies]
        if fault.spares_witness and run.rows.get(WITNESS, ("ok",))[0] != "ok":
            harmed = f"the other row is harmed too: {run.rows[WITNESS]}"
            cells = [replace(cell, word="WRONG", wrong=cell.wrong or harmed) for cell in cells]
        late = any(outcome == "timeout" for outcome, _ in healthy.rows.values()) or any(
            outcome == "timeout" for name, (outcome, _) in run.rows.items()
            if name == WITNESS or any(cell.strategy == name and cell.word == "WRONG" for cell in cells))
        return cells, late

    @staticmethod
    def _moments(moment, control, healthy):
        request = re.search(r"op=(\w+)", control).group(1)
        counts = [trial[request] for trial in healthy.trials]
        at = {"first": lambda count: 1, "early": lambda count: count // 5 + 1, "middle": lambda count: count // 2 + 1,
              "last": lambda count: max(count, 1)}[moment]
        return ",".join(str(at(count)) for count in counts)

    @staticmethod
    def _cell(fault, subject, run, healthy, hits):
        def wrong(reason):
            return Cell(fault.name, subject.name, "WRONG", reason)

        if run.wrong:
            return wrong(run.wrong)
        outcome, detail = run.rows[subject.name]
        usual, _ = healthy.rows[subject.name]
        if usual == "unavailable" and outcome == usual:
            return Cell(fault.name, subject.name, "unavailable")
        # A strategy may find out only when it writes that the file system lacks something: the fault may come first.
        if usual not in ("ok", "unavailable"):
            return wrong(f"without the fault, it is {usual}: {healthy.rows[subject.name][1]}")
        counted = hits.get(subject.name) if hits is not None else None
        of_another = not fault.spares_witness and fault.control  # the fault of one row is met by all later ones
        if counted is not None and counted["hits"] == 0 and not of_another:
            return Cell(fault.name, subject.name, "not reached") if outcome == "ok" else wrong(f"is {outcome} although "
                                                                                            f"nothing hit it: {detail}")
        if fault.ends_run and outcome == "not run":
            return Cell(fault.name, subject.name, outcome)
        row = faults.Row(subject, outcome, detail, counted and counted["hits"],
                         tuple(counted["offsets"]) if counted else ())
        problem = fault.expect(row)
        return wrong(problem) if problem else Cell(fault.name, subject.name, outcome)


def _refuses(report, err):
    """Whether a run said that it cannot be, and ran no trial: then its report, if any, is marked as incomplete."""
    if not re.search(r"^writebench: (?!note: )[^\n]+\n\Z", err, re.MULTILINE):
        return False
    if not report.exists():
        return True
    document = json.loads(report.read_text())
    return not document["complete"] and all(cell["status"] is None for cell in document["cells"])


def _with_more_time(fault):
    arguments = dict(zip(fault.arguments[::2], fault.arguments[1::2]))
    arguments["--timeout"] = "10s"
    return replace(fault, arguments=tuple(word for pair in arguments.items() for word in pair))


def _limit(limits):
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _session(leader):
    """The processes of a session that are left."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] not in "ZX":
                found.append(int(path.parent.name))
    return found


def run_all(matrix, chosen, strategies, jobs, paths, report):
    """The cells of all those faults, in their order; `report(cells)` is told of each fault's as they come."""
    free = [Place(number, paths) for number in range(jobs)]
    lock = threading.Lock()

    def one(fault):
        with lock:
            place = free.pop()
        try:
            cells = matrix.cells(place, fault, strategies)
        except CannotRun as reason:
            cells = [Cell(fault.name, name, "skipped", str(reason)) for name in strategies]
        finally:
            with lock:
                free.append(place)
        report(fault, cells)
        return cells

    try:
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            return [cell for cells in pool.map(one, chosen) for cell in cells]
    finally:
        for place in free:
            place.close()


def in_namespaces():
    """Starts this script again in namespaces that end with it."""
    if IN_NAMESPACES in os.environ:
        return
    environment = {**os.environ, IN_NAMESPACES: "1"}
    namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]
    if os.getuid() == 0:
        environment["CAN_BE_ANYBODY"] = "1"
    else:
        namespaces.append("--map-root-user")
    if subprocess.run(["unshare", *namespaces, "true"], capture_output=True, check=False).returncode != 0:
        sys.exit("matrix: needs namespaces of its own (unshare), which this user may not have here")
    os.execvpe("unshare", ["unshare", *namespaces, sys.executable, *sys.argv], environment)


# -- the page ---------------------------------------------------------------------------------------------------------

INTRODUCTION = """# The fault matrix

What becomes of a row when something goes wrong below its strategy. `tests/faults/matrix.py --write` made this page; each
cell is a row of a real run, whose report was valid, whose exit status was right, and which left no file and no process
behind. In each run, a row to which nothing happened stood between the others and was ok, except where the fault is one of
the whole run: {whole}.

| word | meaning |
|---|---|
| ok | the fault is one to be survived, or the strategy did not need what was missing: its bytes are right |
| failed | the row failed, and said which call, with the error's name and, for a write or a read, the offset |
| incorrect | the trial went well, and the verification found that the file was not there |
| timeout | the trial was killed by `--timeout` |
| not run | the run ended before it, because it could not go on, and said so |
| – | the strategy makes no such call |
| refused | the program said at once that it cannot run so |
| n/a | the strategy cannot run like this (`unavailable`) |
| **WRONG** | something else came of it, and the test fails |
"""

SHOWN = {"not reached": "–", "unavailable": "n/a", "WRONG": "**WRONG**"}


def page_of(cells, chosen, subjects):
    by_fault = collections.defaultdict(dict)
    for cell in cells:
        by_fault[cell.fault][cell.strategy] = cell
    whole = ", ".join(fault.name for fault in chosen if not fault.spares_witness)
    lines = [INTRODUCTION.format(whole=whole)]
    count = collections.Counter(cell.word for cell in cells)
    counts = ", ".join(f"{count[word]} {word}" for word in ("ok", "failed", "incorrect", "timeout", "refused", "not run", "WRONG") if count[word])
    lines.append(f"{len(chosen)} faults × {len(subjects)} strategies are {len(cells)} cells: {counts}; "
                 f"{count['not reached']} are not reached and {count['unavailable']} cannot run.\n")
    for title, in_table in (("The strategies of the program", True), ("Strategies of the tests", False)):
        names = [name for name, subject in subjects.items() if subject.in_table == in_table]
        lines.append(f"## {title}\n")
        if not in_table:
            lines.append("They use files in the ways in which the program's do not: mappings, O_DSYNC, O_APPEND, "
                         "names, several files.\n")
        lines += [f"| fault | {' | '.join(names)} |", "|---|" + "---|" * len(names)]
        for fault in chosen:
            words = [by_fault[fault.name][name].word for name in names]
            lines.append(f"| {fault.name} | {' | '.join(SHOWN.get(word, word) for word in words)} |")
        lines.append("")
    lines += ["## The faults\n", "| fault | what happens |", "|---|---|"]
    lines += [f"| {fault.name} | {fault.says} |" for fault in chosen]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Every strategy against every fault; exit status 1 if a cell is wrong.")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="where the programs are")
    parser.add_argument("--fault", action="append", metavar="NAME", help="only this one (again for more)")
    parser.add_argument("--strategy", action="append", metavar="NAME", help="only this one (again for more)")
    parser.add_argument("--full", action="store_true", help="more moments and limits of each fault")
    parser.add_argument("--jobs", type=int, default=4, help="how many runs at a time [4]")
    parser.add_argument("--verbose", action="store_true", help="show what the program prints")
    parser.add_argument("--list", action="store_true", help="list the faults")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the cells there")
    parser.add_argument("--write", action="store_true", help="write docs/fault-matrix.md")
    arguments = parser.parse_args()

    table = faults.all_faults()
    if arguments.list:
        for fault in table:
            print(f"{fault.name}{' (full)' if fault.in_full_only else ''}: {fault.says}")
        return 0
    if unknown := {*(arguments.fault or ())} - {fault.name for fault in table}:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; --list lists them")
    in_namespaces()
    paths = programs(arguments.build)
    subjects = subjects_of(paths["writebench_under_faults"])
    if unknown := {*(arguments.strategy or ())} - {*subjects}:
        parser.error(f"no such strategy: {', '.join(sorted(unknown))}")
    strategies = arguments.strategy or [*subjects]
    chosen = [fault for fault in table
              if (fault.name in arguments.fault if arguments.fault else arguments.full or not fault.in_full_only)]
    sanitized = "asan" in subprocess.run(["ldd", paths["writebench_under_faults"]], capture_output=True, text=True,
                                         check=False).stdout
    matrix = Matrix(paths, subjects, sanitized, arguments.verbose)

    def report(fault, cells):
        count = collections.Counter(cell.word for cell in cells)
        print(f"{fault.name:28} {', '.join(f'{number} {word}' for word, number in sorted(count.items()))}", flush=True)

    began = time.monotonic()
    cells = run_all(matrix, chosen, strategies, 1 if arguments.verbose else arguments.jobs, paths, report)
    wrong = [cell for cell in cells if cell.word == "WRONG"]
    grouped = collections.defaultdict(list)
    for cell in wrong:
        grouped[cell.fault, cell.wrong].append(cell.strategy)
    for (fault, reason), names in grouped.items():
        print(f"WRONG {fault} × {', '.join(names)}: {reason}")
    skipped = {(cell.fault, cell.wrong) for cell in cells if cell.word == "skipped"}
    for fault, reason in sorted(skipped):
        print(f"skipped {fault}: {reason}")
    count = collections.Counter(cell.word for cell in cells)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(chosen)} faults, {len(strategies)} strategies, {len(cells)} cells: "
          f"{', '.join(f'{number} {word}' for word, number in sorted(count.items()))}; "
          f"{time.monotonic() - began:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    if arguments.json:
        arguments.json.write_text(json.dumps([cell.__dict__ for cell in cells]))
    if arguments.write and (skipped or arguments.fault or arguments.strategy or arguments.full):
        print("not written: the page has all cells of the quick version")
    elif arguments.write:
        PAGE.write_text(page_of(cells, chosen, subjects))
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
