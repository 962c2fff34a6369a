"""The catalogue's reference data: glossary, suitability rules and sources."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Key, Review
from server.catalogue.vocabulary import (
    Action,
    Flag,
    Grade,
    Override,
    Property,
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


class SuitabilityRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`when` x `flag` -> `action`; without `client_text` nothing is shown."""

    id: Annotated[str, Meta(pattern=r"^R\d{3}\Z")]
    when: When
    flag: Flag
    action: Action
    variant: Key | UnsetType = UNSET
    client_text: Text | UnsetType = UNSET
    evidence: tuple[Key, ...]
    grade: Grade
    override: Override


class SuitabilityRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/rules/suitability.yaml`."""

    review: Review
    rules: tuple[SuitabilityRule, ...]


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source, and how far it was read."""

    reference: Text
    status: SourceStatus
    note: Text | UnsetType = UNSET


class Sources(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/evidence/sources.yaml`."""

    review: Review
    sources: Mapping[Key, Source]
