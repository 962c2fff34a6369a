"""What a line's words are to the ear: sentences that become clips, and counts that fall on the seconds of a breath."""

import hashlib
import re
import unicodedata
from functools import lru_cache

_ABBREVIATIONS = frozenset({"Dr.", "Mr.", "Mrs.", "Ms.", "St.", "e.g.", "i.e.", "vs."})
_STOP = re.compile(r"""[.!?…؟]+["')\]]*(?=\s+\S)""")
_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


def normalised(text: str) -> str:
    """Return the text that names a clip: NFC, straight quotes, single spaces: no new clip for a habit of typing."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN).split())


def text_hash(text: str) -> str:
    """Return 16 hex digits of the normalised text, for messages and logs that must not show the words."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:16]


@lru_cache(maxsize=8192)
def sentences(text: str) -> tuple[str, ...]:
    """Split a line into its normalised sentences, each one clip.

    A sentence ends at a full stop, `!`, `?`, `؟` or `…` before a space, except after a known abbreviation or before a
    small letter.
    What was split is kept: a script says most of its lines in every length and variant.
    """
    line = normalised(text)
    found: list[str] = []
    start = 0
    for stop in _STOP.finditer(line):
        following = line[stop.end() :].lstrip()
        last_word = line[start : stop.end()].rsplit(" ", 1)[-1]
        if following[0].islower() or last_word in _ABBREVIATIONS:
            continue
        found.append(line[start : stop.end()])
        start = stop.end() + 1
    if rest := line[start:].strip():
        found.append(rest)
    return tuple(found)


def counts(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a counted breath, one tuple per phase, or nothing when the text is an ordinary phrase.

    "In, two, three. Out, two." gives (("In,", "two,", "three."), ("Out,", "two.")): between two commas one word, at
    least two phases. The comma or stop stays with its word, because it decides how the word is said.
    """
    phases = tuple(tuple(part.split()) for part in sentences(text))
    single = all(word[-1] in ",." and word[:-1].isalpha() for phase in phases for word in phase)
    closed = all(word.endswith(",") for phase in phases for word in phase[:-1])
    return phases if len(phases) > 1 and single and closed else ()


def spoken(text: str) -> tuple[str, ...]:
    """Return every clip the words of a breath need: single words for a count, sentences otherwise."""
    grid = counts(text)
    return tuple(word for phase in grid for word in phase) if grid else sentences(text)
