"""How text is taken apart into words that can be found: folded, and led back to their stems."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
# Snowball names its stemmers in English (snowballstem.org); words of other languages are found as they are written.
_ALGORITHMS: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, accents kept."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def folded(word: str) -> str:
    """Return a word without its accents: who is in a hurry leaves them out."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFKD", word)
    return "".join(part for part in parts if not unicodedata.combining(part))


@cache
def stemmer_of(language: str) -> Callable[[str], frozenset[str]]:
    """Return what leads a word of a language back to its stems: as it is written, and as without accents."""
    algorithm = _ALGORITHMS.get(language.split("-", maxsplit=1)[0])
    if algorithm is None:
        return lambda word: frozenset({folded(word)})
    # It imports all its languages, which would be a tenth of a server's start.
    import snowballstemmer  # noqa: PLC0415

    stem: Callable[[str], str] = snowballstemmer.stemmer(algorithm).stemWord
    return lambda word: frozenset({folded(stem(word)), stem(folded(word))})
