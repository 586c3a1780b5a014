"""The options of make_page."""

import argparse

import ending


def parse(arguments):
    return make_parser(ending.program()).parse_args(arguments)


def make_parser(program):
    parser = argparse.ArgumentParser(prog=program, description="Makes one page of one or several reports.",
                                     allow_abbrev=False)
    parser.add_argument("reports", metavar="REPORT.json", nargs="+", help="what writebench wrote")
    parser.add_argument("-o", "--out", metavar="FILE.html", default="report.html", help="default: report.html")
    parser.add_argument("--title", metavar="TEXT", help="the page's title")
    parser.add_argument("--force", action="store_true", help="replace a file that this script did not make, too")
    return parser
