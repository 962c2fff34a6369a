"""From words to phonemes, for the studio: the language's own G2P, corrected by the project's lexicon."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import msgspec
from msgspec import Struct

from audio.g2p import Spoken, american, british, spanish
from audio.voices.kokoro import StudioError

_READERS = {"en-US": american, "en-GB": british, "es": spanish}


class Lexicon(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reviewed pronunciations by word."""

    version: int
    words: dict[str, str]


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


def pronounce(sentence: str, language: str, lexicon: Lexicon) -> tuple[Spoken, ...]:
    """Return the words of a sentence as they are said, one for each word between spaces.

    Raises:
        StudioError: nobody reads this language, what reads it is not installed or sees other words than the eye.
    """
    reviewed = {word.lower(): phonemes for word, phonemes in lexicon.words.items()}
    words: tuple[Spoken, ...] = _reader(language).spoken(sentence, reviewed)
    return words


def g2p_name(language: str) -> str:
    """Return what reads a language, with its version.

    Raises:
        StudioError: nobody reads this language.
    """
    return str(_reader(language).NAME)


def unknown_words(sentences: Iterable[str], language: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return, sorted, the words that no dictionary, rule or lexicon decides: to be reviewed and put there."""
    words = (word for sentence in sentences for word in pronounce(sentence, language, lexicon))
    return tuple(sorted({word.text.strip(".,;:!?…\"'()¿¡«»").lower() for word in words if not word.known}))


def _reader(language: str) -> ModuleType:
    try:
        return _READERS[language]
    except KeyError:
        raise StudioError(f"Nobody reads {language}; there are {', '.join(_READERS)}.") from None
