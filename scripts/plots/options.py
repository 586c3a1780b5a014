"""The options of plot_report. Nothing here needs matplotlib: the page of the manual is made from them."""

import argparse

import ending
from analysis.kinds import NAMED, OF_ONE


class Usage(Exception):
    """What is wrong with what was asked for; one line that says what to do."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Usage(f"{message}; {self.prog} --help lists the options")


def parse(arguments):
    program = ending.program()
    options = make_parser(program).parse_args(arguments)
    if not options.reports and not options.list_kinds:
        raise Usage(f"no report is named; {program} REPORT.json draws one")
    return options


def make_parser(program):
    parser = Parser(prog=program, allow_abbrev=False,
                    description="Draws reports of writebench. Without --kind, every possible kind is drawn: of one"
                    f" report {', '.join(kind.name for kind in OF_ONE)}; of several, reports.")
    parser.add_argument("reports", nargs="*", metavar="REPORT", help="a report that writebench wrote")
    parser.add_argument("-o", "--out", metavar="PLACE",
                        help="a directory, or a file that ends in .png, .svg or .pdf; a PDF takes several pictures"
                        " (default: PNGs beside the first report, named REPORT-KIND.png)")
    parser.add_argument("--kind", metavar="NAME[,NAME…]", type=_kinds, help="what to draw; see --list-kinds")
    parser.add_argument("--verdicts", metavar="FILE", action="append", default=[],
                        help="what 'writebench compare --json' printed; its verdicts are marked in the picture"
                        " 'reports'; may be given several times")
    parser.add_argument("--dark", action="store_true", help="light on dark")
    parser.add_argument("--force", action="store_true", help=f"replace a file that {program} did not make, too")
    parser.add_argument("--list-kinds", action="store_true", help="say what each kind shows, and end")
    return parser


def _kinds(text):
    names = text.split(",")
    for name in names:
        if name not in NAMED:
            raise argparse.ArgumentTypeError(f"there is no kind '{name}': the kinds are {', '.join(NAMED)}")
    return [NAMED[name] for name in dict.fromkeys(names)]
