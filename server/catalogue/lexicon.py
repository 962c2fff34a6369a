"""One language's patterns and words of the lint, ready to search with."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from server.catalogue.yardstick import (
    BreathWords,
    ForbiddenPattern,
    ForbiddenPatterns,
    LintWords,
    PatternName,
    Reading,
)

KEPT: Final = 32_768


@dataclass(frozen=True, kw_only=True, eq=False)
class Lexicon:
    """One language's patterns, ready to search with; what was found in a text is kept, for it is asked often."""

    reading: Reading
    breath: BreathWords
    patterns: Mapping[PatternName, re.Pattern[str]]
    forbidden: tuple[tuple[ForbiddenPattern, re.Pattern[str]], ...]
    imperatives: frozenset[str]
    enclitics: tuple[str, ...]
    lead_ins: frozenset[str]
    numbers: Mapping[str, int]

    def has(self, name: PatternName, text: str) -> bool:
        """Tell whether the text does what the pattern's name says."""
        return _does(self, name, text)

    def forbidden_in(self, text: str) -> tuple[tuple[ForbiddenPattern, str], ...]:
        """Return each pattern that finds words no client hears, with the words."""
        return _forbidden_in(self, text)

    def commands(self, word: str) -> bool:
        """Tell whether a word is an imperative, as it stands or with a pronoun: `mira`, `mírala`."""
        bare = next((word.removesuffix(end) for end in self.enclitics if word.endswith(end)), word)
        return word in self.imperatives or _without_accents(bare) in self.imperatives


@lru_cache(KEPT)
def _does(lexicon: Lexicon, name: PatternName, text: str) -> bool:
    return lexicon.patterns[name].search(text) is not None


@lru_cache(KEPT)
def _forbidden_in(lexicon: Lexicon, text: str) -> tuple[tuple[ForbiddenPattern, str], ...]:
    found = ((entry, pattern.search(text)) for entry, pattern in lexicon.forbidden)
    return tuple((entry, match.group()) for entry, match in found if match)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the content; case is ignored.

    Raises:
        re.error: it is no regular expression.
    """
    return re.compile(pattern, re.IGNORECASE)


def lexicon_of(words: LintWords, forbidden: ForbiddenPatterns) -> Lexicon:
    """Compile one language's lists.

    Raises:
        re.error: a pattern is no regular expression; `pattern_problems` says which.
    """
    return Lexicon(
        reading=words.reading,
        breath=words.breath,
        patterns={name: compile_pattern(pattern) for name, pattern in words.patterns.items()},
        forbidden=tuple((entry, compile_pattern(entry.pattern)) for entry in forbidden.patterns),
        imperatives=frozenset(words.imperatives),
        enclitics=words.enclitics,
        lead_ins=frozenset(words.lead_ins),
        numbers=words.numbers,
    )


def _without_accents(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
