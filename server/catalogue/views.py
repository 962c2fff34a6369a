"""What the API answers about exercises. The evidence grade is for therapists, and not among it (content brief 1.9)."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from server.catalogue.schemas import BreathPattern, Review, Step
from server.catalogue.vocabulary import (
    AltVariant,
    Anchor,
    Arousal,
    Attention,
    DoseWindow,
    Eyes,
    Length,
    Method,
    Phase,
    Posture,
    Property,
    ReviewStatus,
    Technique,
    Track,
)
from server.catalogue.ways import SwapReason


class LengthSeconds(Struct, frozen=True, kw_only=True):
    """The declared seconds of the three lengths."""

    short: int
    medium: int
    long: int


class ExerciseSummary(Struct, frozen=True, kw_only=True):
    """An exercise in a list. `review_status` other than `approved`: no clinician has reviewed it."""

    slug: str
    content_version: int
    language: str
    title: str
    description: str
    technique: Technique
    tracks: tuple[Track, ...]
    phases: tuple[Phase, ...]
    dose_window: DoseWindow | UnsetType = UNSET
    postures: tuple[Posture, ...]
    arousal: Arousal
    interoceptive_load: int
    attention: Attention
    eyes: Eyes
    requires_introduction: bool
    text_alone: bool
    seconds: LengthSeconds
    review_status: ReviewStatus
    url: str


class FacetValue(Struct, frozen=True, kw_only=True):
    """A value of a filter, what it is called in the language asked for, and how many exercises it would leave."""

    value: str
    label: str | UnsetType = UNSET
    count: int


class Facets(Struct, frozen=True, kw_only=True):
    """For each filter, what each value would leave beside all other filters of the request: most first."""

    technique: tuple[FacetValue, ...]
    method: tuple[FacetValue, ...]
    track: tuple[FacetValue, ...]
    phase: tuple[FacetValue, ...]
    posture: tuple[FacetValue, ...]
    anchor: tuple[FacetValue, ...]
    arousal: tuple[FacetValue, ...]
    attention: tuple[FacetValue, ...]
    eyes: tuple[FacetValue, ...]
    text_alone: tuple[FacetValue, ...]


class Exercises(Struct, frozen=True, kw_only=True):
    """A page of the exercises that match: by slug, or with words to look for the best first.

    `version` is that of the whole catalogue, `total` counts all that match; `next` is there when there are more.
    """

    version: str
    total: int
    items: tuple[ExerciseSummary, ...]
    next: str | UnsetType = UNSET
    facets: Facets | UnsetType = UNSET


class ExerciseScript(Struct, frozen=True, kw_only=True):
    """Every word and pause of one length, without or with alt variants: enough to practise by text alone."""

    length: Length
    alt_variants: tuple[AltVariant, ...]
    seconds: int
    steps: tuple[Step, ...]


class AudioFile(Struct, frozen=True, kw_only=True):
    """One encoded file, named by the hash of its bytes. Loudness in LUFS, true peak in dBTP."""

    sha256: str
    url: str
    codec: str
    media_type: str
    bytes: int
    lufs: float
    true_peak_db: float


class ExerciseAudio(Struct, frozen=True, kw_only=True):
    """The sound of one script by one voice; while it is `preparing` there are neither files nor their cues."""

    length: Length
    alt_variants: tuple[AltVariant, ...]
    voice: str
    language: str
    status: Literal["ready", "preparing"]
    duration_ms: int | UnsetType = UNSET
    captions_url: str | UnsetType = UNSET
    cues_url: str | UnsetType = UNSET
    files: tuple[AudioFile, ...]


class ExerciseSwap(Struct, frozen=True, kw_only=True):
    """What can be offered in its place: something gentler, say after an early stop, or something of another kind.

    Whether it suits the person is asked of it like of any other exercise.
    """

    reason: SwapReason
    slug: str
    title: str


class ExerciseText(Struct, frozen=True, kw_only=True):
    """An exercise in full but for its sound, in one version and one language: it never changes under its `url`.

    `review` is that of its plan, `words_review` that of its words in this language.
    """

    slug: str
    content_version: int
    language: str
    languages: tuple[str, ...]
    title: str
    description: str
    notice: str | UnsetType = UNSET
    aftercare: str
    technique: Technique
    methods: tuple[Method, ...]
    tracks: tuple[Track, ...]
    phases: tuple[Phase, ...]
    dose_window: DoseWindow | UnsetType = UNSET
    postures: tuple[Posture, ...]
    anchors: tuple[Anchor, ...]
    arousal: Arousal
    interoceptive_load: int
    attention: Attention
    properties: tuple[Property, ...]
    eyes: Eyes
    requires_introduction: bool
    requires_flag: tuple[str, ...]
    breath_pattern: BreathPattern | UnsetType = UNSET
    evidence: tuple[str, ...]
    review: Review
    words_review: Review
    supersedes: str | UnsetType = UNSET
    seconds: LengthSeconds
    alt_variants: tuple[AltVariant, ...]
    swaps: tuple[ExerciseSwap, ...]
    text_alone: bool
    scripts: tuple[ExerciseScript, ...]


class ExerciseDetail(ExerciseText, frozen=True, kw_only=True):
    """An exercise in full, with its sound as it is now; at `url` is the rest of it, which never changes there."""

    url: str
    audio: tuple[ExerciseAudio, ...]
