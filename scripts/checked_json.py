"""JSON that somebody else wrote: read whole within limits, and taken apart with every type looked at.

What is wrong is a Wrong, whose text says where it stands and what was expected.
"""

import json
import math
import os

MOST_BYTES = 256 << 20
MOST_NUMBER = 2**64


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
        reason = getattr(error, "strerror", None) or "is no file name"
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
    raise ValueError(f"{name} is no JSON number")


class Fields:
    """A JSON object, and where it stands in the document."""

    def __init__(self, value, at):
        if not isinstance(value, dict):
            raise Wrong(f"{at or 'the report'} is not an object")
        self.value = value
        self.at = at

    def place(self, name):
        return f"{self.at}.{name}" if self.at else name

    def _get(self, name, is_right, expected, optional):
        value = self.value.get(name)
        if value is None and optional:
            return None
        if not is_right(value):
            raise Wrong(f"{self.place(name)} is not {expected}")
        return value

    def check_form(self, name, newest, foreign):
        """Raises Wrong unless that number says that the document is of its kind (else `foreign`), and none too new."""
        form = self.value.get(name)
        if not is_count(form) or form < 1:
            raise Wrong(foreign)
        if form > newest:
            raise Wrong(f"has the form {form} of a newer writebench; use the scripts that came with it")

    def text(self, name, optional=False):
        return self._get(name, lambda value: isinstance(value, str), "text", optional)

    def flag(self, name):
        return self._get(name, lambda value: isinstance(value, bool), "true or false", False)

    def count(self, name, optional=False):
        return self._get(name, is_count, "a whole number from 0 on", optional)

    def number(self, name, optional=False):
        return self._get(name, is_number, "a number from 0 on", optional)

    def fields(self, name, optional=False):
        value = self.value.get(name)
        return None if value is None and optional else Fields(value, self.place(name))

    def list(self, name):
        return self._get(name, lambda value: isinstance(value, list), "a list", False)

    def texts(self, name):
        return self._get(name, is_texts, "a list of texts", False)

    def objects(self, name):
        return [Fields(value, f"{self.place(name)}[{index}]") for index, value in enumerate(self.list(name))]

    def scalars(self):
        """The object as a plain dict, if none of its values is a list or an object."""
        for name, value in self.value.items():
            if not (value is None or isinstance(value, (str, bool)) or is_number(value)):
                raise Wrong(f"{self.place(name)} is not text, a number from 0 on, true, false or null")
        return dict(self.value)


def is_count(value):
    return type(value) is int and 0 <= value < MOST_NUMBER


def is_number(value):
    return is_count(value) or (type(value) is float and math.isfinite(value) and 0 <= value < MOST_NUMBER)


def is_texts(value):
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
