"""The catalogue's reference data: glossary, suitability rules and sources."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Key, Review, Slug
from server.catalogue.vocabulary import (
    Action,
    AltVariant,
    Attention,
    DateKind,
    DoseWindow,
    Flag,
    Grade,
    Override,
    Property,
    Question,
    SourceStatus,
)

Text = Annotated[str, Meta(min_length=1, max_length=1000)]


class Term(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a word of the vocabulary means; a shipped exercise has no `reserved` property."""

    label: Text
    meaning: Text | UnsetType = UNSET
    reserved: bool = False


class Glossary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every word of the vocabulary, by its list."""

    review: Review
    techniques: Mapping[str, Term]
    methods: Mapping[str, Term]
    tracks: Mapping[str, Term]
    phases: Mapping[str, Term]
    postures: Mapping[str, Term]
    anchors: Mapping[str, Term]
    arousal: Mapping[str, Term]
    attention: Mapping[str, Term]
    interoceptive_load: Mapping[str, Term]
    actions: Mapping[str, Term]
    properties: Mapping[str, Term]
    flags: Mapping[str, Term]
    alt_variants: Mapping[str, Term]
    player_settings: Mapping[str, Term]


class When(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an exercise must have for a rule to apply: a property, or a field large enough (content brief 2.1)."""

    property: Property | UnsetType = UNSET
    field: Literal["any", "load", "duration_s", "max_silence_s"] | UnsetType = UNSET
    at_least: int | UnsetType = UNSET
    above: int | UnsetType = UNSET


class Subset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exercises that have all of this; what is not said is not asked. `self_guided`: no therapist introduces it."""

    slugs: tuple[Slug, ...] = ()
    max_load: int | UnsetType = UNSET
    attention: tuple[Attention, ...] = ()
    without: tuple[Property, ...] = ()
    dose_window: DoseWindow | UnsetType = UNSET
    self_guided: bool = False


class SuitabilityRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`when` x `flag` -> `action`; without `client_text` nothing is shown. `leaves`: what `restrict` still offers."""

    id: Annotated[str, Meta(pattern=r"^R\d{3}\Z")]
    when: When
    flag: Flag
    action: Action
    variant: Key | UnsetType = UNSET
    client_text: Text | UnsetType = UNSET
    evidence: tuple[Key, ...]
    grade: Grade
    override: Override
    leaves: tuple[Subset, ...] | UnsetType = UNSET


class Span(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from"}):
    """A stretch of time after a date of a person: from `begin` on, before `until`, and before any date in `before`.

    Days for dates, hours for instants; negative before it. A date in `before` counts if it lies at most `reach` days
    before. `unsure: false`: a clock that looks wrong never puts it on by itself.
    """

    since: DateKind
    begin: int | UnsetType = UNSET
    until: int | UnsetType = UNSET
    before: tuple[DateKind, ...] = ()
    reach: int | UnsetType = UNSET
    unsure: bool = True


class Window(Span, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from"}):
    """The time in which a date gives a person a flag."""

    flag: Flag


class Asking(Span, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from"}):
    """The time in which the clinic is asked for what the dates leave open."""

    ask: Question


class Clock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a clock looks wrong, and when somebody is out of the clinic.

    `ahead`: how many days ahead a date may lie. `behind_s`, `ahead_days`: how far the clock may be from the moment its
    data are of. `release_h` after a dose at the earliest somebody is out of the clinic; `undischarged_h` after it, if
    nobody has let them go.
    """

    ahead: Mapping[DateKind, int]
    behind_s: int
    ahead_days: int
    release_h: int
    undischarged_h: int


class SuitabilityRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/rules/suitability.yaml`.

    `covers`: what a variant does besides: where two variants change the same words the later counts, and then it must
    serve for both.
    """

    review: Review
    clock: Clock
    windows: tuple[Window, ...]
    asks: tuple[Asking, ...]
    implies: Mapping[Flag, tuple[Flag, ...]]
    covers: Mapping[AltVariant, tuple[AltVariant, ...]]
    rules: tuple[SuitabilityRule, ...]


class RuleTexts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/rules/<language>.yaml`: what rules say to a client, by the English words of `suitability.yaml`."""

    review: Review
    texts: Mapping[Text, Text]


NO_RULES: Final = SuitabilityRules(
    review=Review(status="draft"),
    clock=Clock(ahead={}, behind_s=0, ahead_days=0, release_h=0, undischarged_h=0),
    windows=(),
    asks=(),
    implies={},
    covers={},
    rules=(),
)


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source, and how far it was read."""

    reference: Text
    status: SourceStatus
    note: Text | UnsetType = UNSET


class Sources(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/evidence/sources.yaml`."""

    review: Review
    sources: Mapping[Key, Source]
