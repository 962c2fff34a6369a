"""What leads from one exercise to the next: swaps, and the stages of tracks; and what all of it is called."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from server.catalogue.schemas import Review, Slug
from server.catalogue.starter import Language
from server.catalogue.vocabulary import (
    Anchor,
    Arousal,
    Attention,
    Method,
    Phase,
    Posture,
    Technique,
    Track,
)

SwapReason = Literal["gentler_than", "instead_of"]
Label = Annotated[str, Meta(min_length=1, max_length=80)]


class Swap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    """`to` is gentler than `from`, or of another kind instead of it."""

    source: Slug
    target: Slug
    reason: SwapReason


class SwapsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/swaps.yaml`; of several swaps of a kind the first is offered first."""

    review: Review
    swaps: tuple[Swap, ...]


class WayWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client reads about a track or a stage in one language."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    description: Annotated[str, Meta(min_length=1, max_length=400)]
    review: Review


class StagePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The exercises of a track for one phase, in the order to meet them."""

    phase: Phase
    exercises: Annotated[tuple[Slug, ...], Meta(min_length=1)]


class TrackPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A path through the exercises of a track."""

    track: Track
    words: Mapping[Language, WayWords]
    stages: Annotated[tuple[StagePlan, ...], Meta(min_length=1)]


class TracksFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/tracks.yaml`; the words of a stage are the same in every track."""

    review: Review
    stages: Mapping[Phase, Mapping[Language, WayWords]]
    tracks: tuple[TrackPlan, ...]


class Labels(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the words of the vocabulary are called in one language: `content/labels/<language>.yaml`."""

    review: Review
    techniques: Mapping[Technique, Label]
    methods: Mapping[Method, Label]
    tracks: Mapping[Track, Label]
    phases: Mapping[Phase, Label]
    postures: Mapping[Posture, Label]
    anchors: Mapping[Anchor, Label]
    arousal: Mapping[Arousal, Label]
    attention: Mapping[Attention, Label]


class Ways(Struct, frozen=True, kw_only=True):
    """All of it, as the server holds it; `labels` by language."""

    swaps: tuple[Swap, ...] = ()
    stages: Mapping[Phase, Mapping[str, WayWords]] = {}
    tracks: tuple[TrackPlan, ...] = ()
    labels: Mapping[str, Labels] = {}
