"""How a script ends: with a status and at most one line on stderr, whatever happens."""

import os
import signal
import sys
import traceback

LONGEST = 2000  # characters of a line


def program():
    """The name by which the script was called: plot_report, or writebench-plot once it is installed."""
    return os.path.basename(sys.argv[0])


def quiet_until_run():
    """Call it before anything that takes long to import: a signal then ends the script without a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


class _Ended(BaseException):
    """A signal that ends the script; no handler of errors takes it for one."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def run(name, main):
    """Ends the script with the status that main() returns. If a signal ends it, what it began to write is removed first,
    and the status is 128 + its number. Anything that main() does not expect becomes one line and status 1."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    sys.stdout.reconfigure(errors="surrogateescape")  # a file's name need not be UTF-8
    try:
        status = _status_of(name, main)
        sys.stdout.flush()
    except _Ended as end:
        status = 128 + end.number
    except BrokenPipeError:
        status = 128 + signal.SIGPIPE
    os._exit(status)  # without what the interpreter does at its end, because stdout may be broken


def _status_of(name, main):
    try:
        return main()
    except SystemExit as end:  # of argparse
        return end.code
    except BrokenPipeError:
        raise
    except Exception as error:
        return _unexpected(name, error)


def say(name, text):
    """Says it on stderr, as one line: of a text of unknown origin, nothing reaches the terminal that it could obey."""
    text = " ".join(f"{name}: {text}".split())
    if len(text) > LONGEST:
        text = f"{text[:LONGEST // 2]}...{text[-LONGEST // 2:]}"
    shown = (character if character.isprintable() else ascii(character)[1:-1] for character in text)
    print("".join(shown), file=sys.stderr)


def _end(number, _frame):
    raise _Ended(number)


def _unexpected(name, error):
    place = traceback.extract_tb(error.__traceback__)[-1]
    say(name, f"cannot go on: {type(error).__name__} {str(error)[:300]} ({os.path.basename(place.filename)}:{place.lineno})"
        "; this is a fault of the script, or a report that it does not expect: please send the report to its authors")
    return 1
