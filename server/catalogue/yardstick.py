"""What the lint measures by: profiles of scripts, forbidden words, and how a language says things."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Review
from server.catalogue.vocabulary import ProfileName, Severity

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

MeasureName = Literal["flesch_kincaid", "fernandez_huerta"]
Share = Annotated[float, Meta(ge=0, le=1)]


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


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How plain a language's texts are to be (L09, L10).

    `script` and `beside` are the furthest score of a script, and of a text beside it, by the measure named. Words of
    `long_syllables` or more are long, and `long_share` of a script may be; none has more than `most_syllables`.
    """

    measure: MeasureName
    script: float
    beside: float
    long_syllables: Annotated[int, Meta(ge=1)]
    most_syllables: Annotated[int, Meta(ge=1)]
    long_share: Share


class BreathWords(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"inhale": "in", "exhale": "out"}
):
    """The first word of each phase of a counted breath, in small letters (L26)."""

    inhale: str
    hold: str
    exhale: str


class LintWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/lint/words.<language>.yaml`; `enclitics` are pronouns that a language writes onto its imperatives."""

    review: Review
    reading: Reading
    breath: BreathWords
    patterns: Mapping[PatternName, Text]
    imperatives: tuple[str, ...]
    enclitics: tuple[str, ...]
    lead_ins: tuple[str, ...]
    numbers: Mapping[str, int]
