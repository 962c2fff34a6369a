"""What reading American and British has in common: dictionaries, the lexicon, homographs (decision 0038)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from audio.g2p import Spoken
from audio.voices.kokoro import StudioError

_DICTIONARY_RATING = 3
_STRESSES = re.compile("[ˈˌ]")
_MARKS = re.compile(r"^\W+|\W+$")
# By word and by part of speech as the dictionaries call it: the words around which decide for it.
_HOMOGRAPHS = msgspec.toml.decode(
    Path(__file__).with_name("homographs.toml").read_bytes(), type=dict[str, dict[str, tuple[str, ...]]]
)


def read(reader: Any, sentence: str, reviewed: Mapping[str, str]) -> tuple[Spoken, ...]:  # noqa: ANN401  # no types
    """Return the words of a sentence as they are said; `reviewed` wins over the reader's dictionaries.

    Raises:
        StudioError: the G2P sees other words than the eye.
    """
    groups: list[list[Any]] = [[]]
    for token in reader(sentence)[1]:
        groups[-1].append(token)
        if token.whitespace:
            groups.append([])
    words = sentence.split()
    groups = [group for group in groups if group]
    if len(groups) != len(words):
        raise StudioError("The G2P divides a sentence into other words than its spaces do; write it more plainly.")
    certain = [{**_decided(reader, words, place), **reviewed} for place in range(len(words))]
    return tuple(_spoken(*each) for each in zip(words, groups, certain, strict=True))


def no_studio() -> StudioError:
    """Return what an author is told who has not installed what reads English."""
    return StudioError('Narrating needs the extra "studio": pip install "groundwork[studio]".')


def _spoken(word: str, tokens: list[Any], certain: Mapping[str, str]) -> Spoken:
    phonemes, known = "", True
    for token in tokens:
        said = certain.get(token.text.lower())
        phonemes += token.phonemes or "" if said is None else said
        known &= bool(said) or not any(map(str.isalpha, token.text)) or _in_dictionary(token, said)
    return Spoken(text=word, phonemes=phonemes, known=known)


def _in_dictionary(token: Any, said: str | None) -> bool:  # noqa: ANN401  # no types
    return said is None and (token.rating or 0) >= _DICTIONARY_RATING


def _decided(reader: Any, words: list[str], place: int) -> dict[str, str]:  # noqa: ANN401  # no types
    """Return how a word is said that is said in several ways: as its neighbours decide, or, undecided, as nothing."""
    bare = [_MARKS.sub("", word).lower() for word in words]
    word = bare[place]
    ways = reader.lexicon.golds.get(word)
    if not isinstance(ways, dict) or len({_STRESSES.sub("", way) for way in ways.values() if way}) == 1:
        return {}
    tag = _part_of_speech(bare, place)
    return {word: str(ways.get(tag, ways["DEFAULT"])) if tag else ""}


def _part_of_speech(bare: list[str], place: int) -> str | None:
    found = [
        (len(around), tag)
        for tag, phrases in _HOMOGRAPHS.get(bare[place], {}).items()
        for around in map(str.split, phrases)
        if (start := place - around.index(bare[place])) >= 0 and bare[start : start + len(around)] == around
    ]
    return max(found)[1] if found else None
