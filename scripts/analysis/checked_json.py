"""JSON that somebody else wrote, read whole within limits.

What is wrong with it is a Wrong, whose text is for the user.
"""

import json
import os
import stat

MOST_BYTES = 256 << 20


class Wrong(Exception):
    """What is wrong with a document, in words for its user."""


def read_bytes(path):
    """The bytes of a regular file or of a pipe, once. Does not wait for a named pipe that nobody writes to: it is empty.
    Raises Wrong."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            kind = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(kind):
                raise Wrong("is a directory; name a report in it")
            if not stat.S_ISREG(kind) and not stat.S_ISFIFO(kind):
                raise Wrong("is neither a file nor a pipe; name a report")
            os.set_blocking(descriptor, True)
            with open(descriptor, "rb", closefd=False) as file:
                content = file.read(MOST_BYTES + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a file name"
        raise Wrong(f"cannot be read ({reason}); name a report that exists and may be read") from error
    if len(content) > MOST_BYTES:
        raise Wrong("is larger than 256 MiB; name a report")
    return content


def parse_json(content):
    """The value that the bytes are. Raises Wrong."""
    if not content.strip():
        raise Wrong("is empty; run writebench again")
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Wrong("is not UTF-8 text; name a report of writebench") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise Wrong("is nested too deeply; name a report of writebench") from error
    except ValueError as error:
        at_end = not text.endswith("}") or getattr(error, "pos", 0) >= len(text)
        if text.startswith("{") and at_end:
            raise Wrong("ends too early; copy the report once more, or run writebench again") from error
        raise Wrong(f"is not JSON ({error}); name a report of writebench") from error


def _object(members):
    fields = dict(members)
    if len(fields) < len(members):
        raise ValueError("an object has two members of one name")
    return fields


def _refuse_constant(name):
    raise ValueError(f"{name} is not a JSON number")
