"""Words as a reader wants them: "a, b and c", "2 cells"; and names of unknown origin in a form that is safe to show."""

import unicodedata

from analysis.quantities import whole

LONGEST = 100  # characters of a name; a longer one loses its middle


def listed(names, most=6):
    """a, b and c. If there are more than `most` names, the last one says how many more."""
    names = list(names)
    if len(names) > most:
        names = [*names[:most - 1], f"{len(names) - most + 1} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def plural(count, word):
    return f"{whole(count)} {word}{'' if count == 1 else 's'}"


def shown(text, longest=LONGEST):
    """Text of unknown origin on one line. Characters that are invisible, or change the direction of writing, are shown
    by their code."""
    if longest is not None and len(text) > longest:
        text = f"{text[:longest // 2]}…{text[-longest // 2:]}"
    if text.isascii() and text.isprintable():
        return text
    text = "".join(_shown_character(character) for character in text)
    # Right-to-left text keeps to itself: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE.
    right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
    return f"\u2068{text}\u2069" if right_to_left else text


def _shown_character(character):
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"⟨{ord(character):04X}⟩"
    return character
