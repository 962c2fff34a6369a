"""How an exercise is told: the views made of it, once, when the catalogue is compiled."""

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from server.catalogue.resolve import resolve
from server.catalogue.schemas import LENGTHS, Exercise, LengthPlans, Review
from server.catalogue.views import (
    ExerciseDetail,
    ExerciseScript,
    ExerciseSummary,
    ExerciseSwap,
    ExerciseText,
    LengthSeconds,
)
from server.catalogue.vocabulary import AltVariant, ReviewStatus
from server.catalogue.ways import SwapReason


def summary_of(exercise: Exercise, language: str, url: str) -> ExerciseSummary:
    """Return what a list says of an exercise; `url` is where its text stands for good.

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
        text_alone=exercise.text_alone,
        seconds=_seconds(exercise.variants),
        url=url,
        review_status=_weaker(exercise.review, exercise.words[language].front.review),
    )


def text_of(exercise: Exercise, language: str, swaps: Iterable[tuple[SwapReason, Exercise]]) -> ExerciseText:
    """Return everything clients read of an exercise.

    Raises:
        KeyError: it has no words in that language.
    """
    front = exercise.words[language].front
    return ExerciseText(
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
        swaps=tuple(
            ExerciseSwap(reason=reason, slug=other.slug, title=other.words[language].front.title)
            for reason, other in swaps
        ),
        text_alone=exercise.text_alone,
        scripts=_scripts(exercise, language),
    )


def detail_of(text: ExerciseText) -> ExerciseDetail:
    """Return everything clients see of an exercise, its audio left empty."""
    fields = {name: getattr(text, name) for name in text.__struct_fields__}
    return ExerciseDetail(**fields, url=url_of(text), audio=())


def version_of(text: ExerciseText) -> str:
    """Return the name of a text: the author's version, and the hash of what is sent, which changes with any of it."""
    digest = blake2b(msgspec.json.encode(text), digest_size=6).hexdigest()
    return f"{text.content_version}-{text.language}-{digest}"


def url_of(text: ExerciseText) -> str:
    """Return the address under which a text never changes."""
    return f"/v1/exercises/{text.slug}/versions/{version_of(text)}"


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
