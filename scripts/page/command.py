"""The command line of make_page: which reports are put into a page, and where it goes."""

import os
import pathlib
import tempfile

import ending
from analysis.report_model import BadReport, load_report_of, read_report_bytes
from page import assembly
from page.options import parse


class Refused(Exception):
    """The command cannot be carried out; str() says why and what to do."""


def main(arguments):
    """Returns the exit status."""
    options = parse(arguments)
    try:
        reports, raw = read(options.reports)
        output = pathlib.Path(options.out)
        check(output, options)
        write(output, assembly.page(reports, raw, options.title or title_of(reports)))
    except (Refused, BadReport, assembly.MissingLibrary) as error:
        ending.say(ending.program(), str(error))
        return 2
    print(output)
    return 0


def read(paths):
    """The reports, and the bytes of their files."""
    reports, raw = [], []
    for path in paths:
        content = read_report_bytes(path)
        reports.append(load_report_of(path, content))
        raw.append(content)
    return reports, raw


def title_of(reports):
    return "writebench report" if len(reports) == 1 else f"{len(reports)} writebench reports"


def check(output, options):
    """Raises Refused unless the output is new, a page of this script's, or to be replaced by --force."""
    if output.is_dir():
        raise Refused(f"-o {output}: is a directory; name a file in it")
    if any(os.path.exists(output) and os.path.samefile(output, path) for path in options.reports):
        raise Refused(f"-o {output}: is one of the reports; name another file")
    if output.exists() and not output.is_file():
        raise Refused(f"-o {output}: is not a regular file; name another")
    if output.exists() and not options.force and not is_own(output):
        raise Refused(f"-o {output}: exists and was not made by make_page; name another file, or give --force")


def is_own(output):
    try:
        with open(output, "rb") as file:
            return assembly.GENERATOR.encode() in file.read(4096)
    except OSError as error:
        raise Refused(f"-o {output}: cannot be read ({error.strerror}); name another file") from error


def write(output, text):
    """Writes the page to a temporary file and renames it, so that nobody sees half a page (atomic replace)."""
    target = output.resolve()
    beside = None
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=target.parent,
                                         prefix=f".{target.name[:80]}.", delete=False) as file:
            beside = file.name
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)
        os.replace(beside, target)
        beside = None
    except OSError as error:
        raise Refused(f"-o {output}: cannot be written ({error.strerror}); name another file") from error
    finally:
        if beside:
            pathlib.Path(beside).unlink(missing_ok=True)
