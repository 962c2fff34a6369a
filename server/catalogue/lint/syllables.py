"""Syllables of English and of Spanish words, estimated by their vowels."""

import re
from functools import lru_cache

from server.catalogue.lint.text import KEPT

_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
_SPANISH_VOWELS = re.compile(r"[aeiouáéíóúü]+")
_SILENT_U = re.compile(r"(?<=q)u(?=[eéií])|(?<=g)u(?=[eéií])")
_SILENT_H = re.compile(r"(?<=[aeiouáéíóúü])h(?=[aeiouáéíóúü])")
_FINAL_Y = re.compile(r"y\b")
_STRONG = re.compile(r"[aeoáéóíú]")


@lru_cache(KEPT)
def english_syllables(word: str) -> int:
    """Estimate the syllables of an English word by its vowel groups; a silent e at the end does not count."""
    letters = word.lower().replace("\u2019", "'").removesuffix("'s")
    if "-" in letters:
        return sum(english_syllables(part) for part in letters.split("-") if part)
    groups = len(_ENGLISH_VOWELS.findall(letters)) + letters.endswith("ying")
    silent = 1 if re.search(r"[^aeiouyl]e\Z|[^aeiouy]es\Z|[^aeiouytd]ed\Z|[aeiouy]le\Z", letters) else 0
    if re.search(r"(?:ch|sh|[scxzg])es\Z", letters):
        silent = 0
    return max(1, groups - silent)


@lru_cache(KEPT)
def spanish_syllables(word: str) -> int:
    """Count the syllables of a Spanish word: each strong vowel, and each run of weak ones, is a nucleus.

    Strong are a, e, o and an i or u with an accent; the spelling rules of the Academies part two of them, with or
    without an h between, and join a weak one to its neighbour (Ortografía de la lengua española, 2010, II.3.2).
    """
    letters = _FINAL_Y.sub("i", _SILENT_U.sub("", word.lower()))
    runs = _SPANISH_VOWELS.findall(_SILENT_H.sub("", letters))
    return max(1, sum(max(1, len(_STRONG.findall(run))) for run in runs))
