"""What the API answers about exercises. The evidence grade is for therapists, and not among it (content brief 1.9)."""

from collections.abc import Iterable
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from server.catalogue.resolve import resolve
from server.catalogue.schemas import LENGTHS, BreathPattern, Exercise, LengthPlans, Review, Step
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
    seconds: LengthSeconds
    review_status: ReviewStatus


class Exercises(Struct, frozen=True, kw_only=True):
    """The exercises that match, by slug; `version` is that of the whole catalogue."""

    version: str
    items: tuple[ExerciseSummary, ...]


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


class ExerciseDetail(Struct, frozen=True, kw_only=True):
    """An exercise in full. `review` is that of its plan, `words_review` that of its words in this language."""

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
    scripts: tuple[ExerciseScript, ...]
    audio: tuple[ExerciseAudio, ...]


def summary_of(exercise: Exercise, language: str) -> ExerciseSummary:
    """Return what a list says of an exercise.

    Raises:
        KeyError: it has no words in that language.
    """
    front = exercise.words[language].front
    return ExerciseSummary(
        slug=exercise.slug,
        content_version=exercise.content_version,
        language=language,
        title=front.title,
        description=front.description,
        technique=exercise.technique,
        tracks=exercise.tracks,
        phases=exercise.phases,
        dose_window=exercise.dose_window,
        postures=exercise.postures,
        arousal=exercise.arousal,
        interoceptive_load=exercise.interoceptive_load,
        attention=exercise.attention,
        eyes=exercise.eyes,
        requires_introduction=exercise.requires_introduction,
        seconds=_seconds(exercise.variants),
        review_status=_weaker(exercise.review, exercise.words[language].front.review),
    )


def detail_of(exercise: Exercise, language: str) -> ExerciseDetail:
    """Return everything clients see of an exercise, its audio left empty.

    Raises:
        KeyError: it has no words in that language.
    """
    front = exercise.words[language].front
    return ExerciseDetail(
        slug=exercise.slug,
        content_version=exercise.content_version,
        language=language,
        languages=tuple(exercise.words),
        title=front.title,
        description=front.description,
        notice=front.notice,
        aftercare=front.aftercare,
        technique=exercise.technique,
        methods=exercise.methods,
        tracks=exercise.tracks,
        phases=exercise.phases,
        dose_window=exercise.dose_window,
        postures=exercise.postures,
        anchors=exercise.anchors,
        arousal=exercise.arousal,
        interoceptive_load=exercise.interoceptive_load,
        attention=exercise.attention,
        properties=exercise.properties,
        eyes=exercise.eyes,
        requires_introduction=exercise.requires_introduction,
        requires_flag=exercise.requires_flag,
        breath_pattern=exercise.breath_pattern,
        evidence=exercise.evidence,
        review=exercise.review,
        words_review=front.review,
        supersedes=exercise.supersedes,
        seconds=_seconds(exercise.variants),
        alt_variants=tuple(exercise.alt_variants),
        scripts=_scripts(exercise, language),
        audio=(),
    )


def _seconds(plans: LengthPlans) -> LengthSeconds:
    return LengthSeconds(short=plans.short.seconds, medium=plans.medium.seconds, long=plans.long.seconds)


def _weaker(plan: Review, words: Review) -> ReviewStatus:
    return plan.status if plan.status != "approved" else words.status


def _scripts(exercise: Exercise, language: str) -> tuple[ExerciseScript, ...]:
    choices: list[tuple[AltVariant, ...]] = [(), *((name,) for name in exercise.alt_variants)]
    return scripts_of(exercise, language, choices)


def scripts_of(
    exercise: Exercise, language: str, choices: Iterable[tuple[AltVariant, ...]]
) -> tuple[ExerciseScript, ...]:
    """Return the scripts of each length with each choice of alt variants.

    Raises:
        KeyError: the exercise has no words in that language.
    """
    scripts = []
    for names in choices:
        for length in LENGTHS:
            script = resolve(exercise, language, length, frozenset(names))
            scripts.append(
                ExerciseScript(length=length, alt_variants=names, seconds=script.seconds, steps=script.steps)
            )
    return tuple(scripts)
