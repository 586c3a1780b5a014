"""JSON that somebody else wrote, read whole within limits.

What is wrong with it is a Wrong, whose text is for the user.
"""

import json
import os

MOST_BYTES = 256 << 20


class Wrong(Exception):
    """What is wrong with a document, in words for its user."""


def read_json(path):
    """The value in that file. Raises Wrong."""
    try:
        if os.path.isdir(path):
            raise Wrong("is a directory; name a report in it")
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a file name"
        raise Wrong(f"cannot be read ({reason}); name a report that exists and may be read") from error
    if len(content) > MOST_BYTES:
        raise Wrong("is larger than 256 MiB; name a report")
    if not content.strip():
        raise Wrong("is empty; run writebench again")
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Wrong("is not UTF-8 text; name a report of writebench") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise Wrong("is nested too deeply; name a report of writebench") from error
    except ValueError as error:
        at_end = not text.endswith("}") or getattr(error, "pos", 0) >= len(text)
        if text.startswith("{") and at_end:
            raise Wrong("ends too early; copy the report once more, or run writebench again") from error
        raise Wrong(f"is not JSON ({error}); name a report of writebench") from error


def _refuse_constant(name):
    raise ValueError(f"{name} is not a JSON number")
