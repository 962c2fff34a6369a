"""Counting words and sentences, in any language that puts spaces between its words.

A line is heard in most lengths and variants of its exercise, and a word in most lines: what was counted is kept.
"""

import re
from functools import lru_cache
from typing import Final

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?\u061f])\s+")
KEPT: Final = 32_768


@lru_cache(KEPT)
def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text; `in-and-out` and `today's` are one word each."""
    return tuple(_WORD.findall(text))


@lru_cache(KEPT)
def sentences_in(text: str) -> tuple[str, ...]:
    """Return the sentences of a text."""
    return tuple(sentence for sentence in _SENTENCE_END.split(text.strip()) if words_in(sentence))
