"""Counting words and sentences, in any language that puts spaces between its words."""

import re

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?\u061f])\s+")


def words_in(text: str) -> list[str]:
    """Return the words of a text; `in-and-out` and `today's` are one word each."""
    return _WORD.findall(text)


def sentences_in(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if words_in(sentence)]
