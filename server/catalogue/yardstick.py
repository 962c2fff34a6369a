"""What the lint measures by: profiles of scripts, forbidden words, and how a language says things."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Review
from server.catalogue.vocabulary import ProfileName, Severity

KEPT = 131_072
Range: TypeAlias = tuple[float, float]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]
PatternName = Literal[
    "stop",
    "eyes",
    "help",
    "move",
    "skip",
    "same",
    "choice",
    "outside",
    "look_or_listen",
    "move_or_touch",
    "next_step",
    "posture_choice",
    "eyes_closed",
    "closed_only",
    "length_said",
    "region_belly",
    "region_chest",
    "region_throat",
    "region_back",
    "region_pelvis",
    "baby",
    "mortality",
    "imagery",
    "jargon",
    "claim_verb",
    "diagnosis",
]


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How dense and quiet a script may be (content brief 4.2, L01 to L06, L12 to L14); ranges are lowest, highest."""

    words_per_minute: Range
    line_words_per_minute: float
    quiet: Range
    longest_silence_s: float
    pause_s: float
    seconds: Range
    choice_every_s: float
    imperatives: float
    eyes_open: bool


class Profiles(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/lint/profiles.yaml`."""

    review: Review
    profiles: Mapping[ProfileName, Profile]


class ForbiddenPattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words no client reads or hears, with lines that prove the pattern: every `bad` one is found, no `good` one is."""

    id: Annotated[str, Meta(pattern=r"^F\d{2}\Z")]
    pattern: Text
    severity: Severity
    why: Text
    instead: Text | UnsetType = UNSET
    bad: Annotated[tuple[str, ...], Meta(min_length=1)]
    good: Annotated[tuple[str, ...], Meta(min_length=1)]


class ForbiddenPatterns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/lint/forbidden.<language>.yaml`."""

    review: Review
    patterns: tuple[ForbiddenPattern, ...]


class LintWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/lint/words.<language>.yaml`."""

    review: Review
    patterns: Mapping[PatternName, Text]
    imperatives: tuple[str, ...]
    lead_ins: tuple[str, ...]
    numbers: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lexicon:
    """One language's patterns, ready to search with; what was found in a text is kept, for it is asked often."""

    patterns: Mapping[PatternName, re.Pattern[str]]
    forbidden: tuple[tuple[ForbiddenPattern, re.Pattern[str]], ...]
    imperatives: frozenset[str]
    lead_ins: frozenset[str]
    numbers: Mapping[str, int]

    def has(self, name: PatternName, text: str) -> bool:
        """Tell whether the text does what the pattern's name says."""
        return _does(self, name, text)

    def forbidden_in(self, text: str) -> tuple[tuple[ForbiddenPattern, str], ...]:
        """Return each pattern that finds words no client hears, with the words."""
        return _forbidden_in(self, text)


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
        patterns={name: compile_pattern(pattern) for name, pattern in words.patterns.items()},
        forbidden=tuple((entry, compile_pattern(entry.pattern)) for entry in forbidden.patterns),
        imperatives=frozenset(words.imperatives),
        lead_ins=frozenset(words.lead_ins),
        numbers=words.numbers,
    )


def word_list_problems(words: LintWords) -> Iterator[str]:
    """Yield what is wrong with a language's lint words."""
    for name in sorted(set(get_args(PatternName)) - words.patterns.keys()):
        yield f"the pattern `{name}` is missing"
    for name, pattern in words.patterns.items():
        if not _compiles(pattern):
            yield f"the pattern `{name}` is no regular expression"


def forbidden_problems(forbidden: ForbiddenPatterns) -> Iterator[str]:
    """Yield each pattern that does not prove itself by its own lines."""
    usable = {entry.id: compile_pattern(entry.pattern) for entry in forbidden.patterns if _compiles(entry.pattern)}
    for entry in forbidden.patterns:
        if entry.id not in usable:
            yield f"{entry.id} is no regular expression"
            continue
        if not all(usable[entry.id].search(line) for line in entry.bad):
            yield f"{entry.id} does not find all its bad lines"
        for other, pattern in usable.items():
            if any(pattern.search(line) for line in entry.good):
                yield f"{other} finds a good line of {entry.id}"


def _compiles(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
