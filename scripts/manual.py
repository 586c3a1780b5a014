"""Prints the page of the manual for a script, from the options that it declares:

    scripts/manual.py writebench-plot 0.1.0
"""

import sys

import page.options
import plots.options

# By the name of the installed command: its options, and what it does.
COMMANDS = {"writebench-plot": (plots.options.make_parser, "draws reports of writebench as pictures"),
            "writebench-page": (page.options.make_parser, "makes a page of reports of writebench")}


def shown(text):
    """Text that groff shows as it is, with hyphens that can be copied into a shell."""
    text = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return "\\&" + text if text.startswith((".", "'")) else text


def entry(term, meaning):
    return f".TP\n.B \"{shown(term)}\"\n{shown(meaning)}\n"


def names_of(action):
    value = f" {action.metavar}" if action.metavar else ""
    return ", ".join(action.option_strings) + value


def page_of(name, version):
    make_parser, summary = COMMANDS[name]
    parser = make_parser(name)
    arguments = [action for action in parser._actions if not action.option_strings]
    options = [action for action in parser._actions if action.option_strings]
    several = "".join(f" {action.metavar}..." if action.nargs == "+" else f" [{action.metavar}...]" for action in arguments)
    parts = [f".TH \"{name.upper()}\" 1 \"\" \"writebench {version}\" \"User Commands\"\n",
             f".SH NAME\n{shown(name)} \\- {summary}\n",
             f".SH SYNOPSIS\n.B {shown(name)}\n[\\fIoptions\\fR] {shown(several) if several else ''}\n",
             f".SH DESCRIPTION\n{shown(parser.description)}\n",
             ".SH ARGUMENTS\n", *(entry(action.metavar, action.help) for action in arguments),
             ".SH OPTIONS\n", *(entry(names_of(action), action.help) for action in options),
             ".SH \"EXIT STATUS\"\n", entry("0", "Fine."), entry("1", "The script failed."),
             entry("2", "An option or a report is wrong, or something cannot be drawn or written."),
             entry("128+n", "Ended by signal n."), ".SH \"SEE ALSO\"\n",
             ",\n".join(f".BR {shown(other)} (1)" for other in ("writebench", *COMMANDS) if other != name), "\n"]
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page_of(*sys.argv[1:]))
