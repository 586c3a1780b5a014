"""The command line of plot_report: which pictures are drawn of which reports, and where they go."""

import functools
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import ending
from analysis.comparison_model import load_comparison
from analysis.kinds import KINDS, OF_ONE, OF_SEVERAL, Kind
from analysis.report_model import BadReport, load_report
from plots import module_of
from plots.options import Usage, parse
from plots.output import FORMATS, CannotWrite, check_replaceable, format_of, write
from plots.theme import DARK, LIGHT

LEAST_FOR_PROCESSES = 10  # pictures; fewer are drawn before a second process would have started
# What goes into the one file of -o if no kind is named: the first that can be drawn.
FIRST = [*OF_SEVERAL, *OF_ONE]


@dataclass(frozen=True)
class Picture:
    kind: Kind
    reports: list  # all of them for a kind of several, else one

    def cannot(self):
        return module_of(self.kind).cannot(self._drawn)

    def draw(self, theme):
        return module_of(self.kind).draw(self._drawn, theme)

    @property
    def _drawn(self):
        return self.reports if self.kind.of_several else self.reports[0]


def main(arguments):
    """Returns the exit status."""
    try:
        return _run(arguments)
    except (Usage, BadReport, CannotWrite) as error:
        ending.say(ending.program(), str(error))
        return 2


def _run(arguments):
    options = parse(arguments)
    if options.list_kinds:
        for kind in KINDS:
            print(f"{kind.name:8} {kind.summary}")
        return 0
    reports = [load_report(path) for path in options.reports]
    mark(reports, [load_comparison(path) for path in options.verdicts])
    pictures, refusals = _choose(options, reports)
    for refusal in refusals:
        ending.say(ending.program(), refusal)
    files = _places(options, pictures)
    for path in files:
        if any(os.path.exists(path) and os.path.samefile(path, report) for report in options.reports):
            raise CannotWrite(f"{path}: is a report that is to be drawn; choose another name with -o")
        check_replaceable(path, options.force)
    theme = DARK if options.dark else LIGHT
    for path in _draw(files, theme):
        print(path, flush=True)
    return 2 if refusals else 0


def mark(reports, comparisons):
    """Notes the verdicts on the reports that they judge."""
    for comparison in comparisons:
        heads = [report for report in reports if comparison.is_of(report)]
        if not heads:
            raise Usage(f"--verdicts {comparison.path}: judges '{comparison.head_name}', which is not among the"
                        " reports; name that report too")
        for report in heads:
            report.verdicts.update(comparison.verdicts)


def _draw(files, theme):
    """Draws and writes them all, giving each one's path when it is there."""
    if len(files) < LEAST_FOR_PROCESSES:
        for path, pictures in files.items():
            yield _draw_file(theme, path, pictures)
        return
    with ProcessPoolExecutor(min(len(files), os.cpu_count() or 1), multiprocessing.get_context("fork"),
                             initializer=_leave_signals_to_the_parent) as processes:
        try:
            yield from processes.map(functools.partial(_draw_file, theme), files, files.values())
        except BaseException:
            processes.shutdown(cancel_futures=True)
            raise


def _leave_signals_to_the_parent():
    """A process finishes its picture, and the parent then starts no other."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _draw_file(theme, path, pictures):
    write([picture.draw(theme) for picture in pictures], path)
    return path


def _choose(options, reports):
    """The pictures, and for each that was asked for by name and cannot be drawn, the reason."""
    if not options.kind and _is_file(options.out) and format_of(options.out) != "pdf":
        wanted = FIRST
    else:
        wanted = options.kind or (OF_SEVERAL if len(reports) > 1 else OF_ONE)
    possible, refusals = [], []
    for kind in wanted:
        sets = [reports] if kind.of_several else [[report] for report in reports]
        for picture in (Picture(kind, of_picture) for of_picture in sets):
            if why := picture.cannot():
                paths = ", ".join(report.path for report in picture.reports)
                refusals.append(f"{paths}: cannot draw {kind.name}: {why}")
            else:
                possible.append(picture)
    if not possible:
        raise Usage(refusals[0])
    if options.kind:
        return possible, refusals
    return (possible[:1] if wanted is FIRST else possible), []


def _is_file(out):
    return out is not None and format_of(out) in FORMATS and not os.path.isdir(out)


def _places(options, pictures):
    """The files, and the pictures that go into each."""
    if _is_file(options.out):
        if len(pictures) > 1 and format_of(options.out) != "pdf":
            raise Usage(f"-o {options.out}: holds one picture, and there are {len(pictures)}: name a directory, a .pdf,"
                        " or one --kind and one report")
        return {options.out: pictures}
    directory = options.out
    if directory is None:
        first = options.reports[0]
        if not os.path.isfile(first):
            raise Usage(f"{first}: has no directory to put pictures in; name one with -o")
        directory = os.path.dirname(first)
    elif os.path.splitext(directory)[1] and not os.path.isdir(directory):
        raise Usage(f"-o {directory}: is neither a directory nor a file that ends in .png, .svg or .pdf")
    elif not os.path.lexists(directory):
        _make_directory(directory)
    files = {}
    for picture in pictures:
        name = Path(picture.reports[0].path).name.removesuffix(".json")
        path = os.path.join(directory, f"{name}-{picture.kind.name}.png")
        number = 2
        while path in files:  # reports of one name, from different directories
            path = os.path.join(directory, f"{name}-{number}-{picture.kind.name}.png")
            number += 1
        files[path] = [picture]
    return files


def _make_directory(directory):
    try:
        os.mkdir(directory)
    except OSError as error:
        raise CannotWrite(f"-o {directory}: cannot be made ({error.strerror}); name a directory that exists") from error
