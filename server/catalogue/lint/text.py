"""Counting in English: words, sentences, syllables and the reading grade.

A line is heard in most lengths and variants of its exercise, and a word in most lines: what was counted is kept.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"[^aeiouyl]e\Z|[^aeiouy]es\Z|[^aeiouytd]ed\Z|[aeiouy]le\Z")
_SPOKEN_END = re.compile(r"(?:ch|sh|[scxzg])es\Z")
KEPT = 32_768


@lru_cache(KEPT)
def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text; `in-and-out` and `today's` are one word each."""
    return tuple(_WORD.findall(text))


@lru_cache(KEPT)
def sentences_in(text: str) -> tuple[str, ...]:
    """Return the sentences of a text."""
    return tuple(sentence for sentence in _SENTENCE_END.split(text.strip()) if words_in(sentence))


@lru_cache(KEPT)
def syllables_in(word: str) -> int:
    """Estimate the syllables of an English word by its vowel groups; a silent e at the end does not count."""
    letters = word.lower().replace("\u2019", "'").removesuffix("'s")
    if "-" in letters:
        return sum(syllables_in(part) for part in letters.split("-") if part)
    groups = len(_VOWELS.findall(letters)) + letters.endswith("ying")
    silent = _SILENT_END.search(letters) is not None and _SPOKEN_END.search(letters) is None
    return max(1, groups - silent)


def reading_grade(sentences: Sequence[str]) -> float:
    """Return the Flesch-Kincaid grade of some sentences; 0 for none."""
    words = [word for sentence in sentences for word in words_in(sentence)]
    if not words:
        return 0.0
    syllables = sum(syllables_in(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
