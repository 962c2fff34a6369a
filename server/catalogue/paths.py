"""The tracks as the API tells them: stages, and their exercises in the order to meet them."""

from collections.abc import Iterator

from msgspec import Struct

from server.catalogue.snapshot import Snapshot, language_of
from server.catalogue.vocabulary import Phase, ReviewStatus, Track
from server.catalogue.ways import TrackPlan


class TrackStage(Struct, frozen=True, kw_only=True):
    """The exercises of one phase, by slug, in the order to meet them."""

    phase: Phase
    title: str
    description: str
    exercises: tuple[str, ...]


class TrackPath(Struct, frozen=True, kw_only=True):
    """A track, stage by stage. `review_status` other than `approved`: no clinician has reviewed it."""

    track: Track
    language: str
    title: str
    description: str
    stages: tuple[TrackStage, ...]
    review_status: ReviewStatus


class Tracks(Struct, frozen=True, kw_only=True):
    """All tracks that there are words and exercises for in a language; `version` is that of the whole catalogue."""

    version: str
    items: tuple[TrackPath, ...]


def list_tracks(snapshot: Snapshot, locale: str) -> Tracks:
    """Return the tracks as a locale reads them."""
    paths = (_path(snapshot, plan, locale) for plan in snapshot.ways.tracks)
    return Tracks(version=snapshot.version, items=tuple(path for path in paths if path))


def _path(snapshot: Snapshot, plan: TrackPlan, locale: str) -> TrackPath | None:
    language = language_of(plan.words, locale)
    stages = tuple(_stages(snapshot, plan, locale))
    if language is None or not stages:
        return None
    words = plan.words[language]
    return TrackPath(
        track=plan.track,
        language=language,
        title=words.title,
        description=words.description,
        stages=stages,
        review_status=words.review.status,
    )


def _stages(snapshot: Snapshot, plan: TrackPlan, locale: str) -> Iterator[TrackStage]:
    for stage in plan.stages:
        words = snapshot.ways.stages[stage.phase]
        language = language_of(words, locale)
        there = tuple(s for s in stage.exercises if snapshot.language_for(snapshot.exercises[s], locale))
        if language and there:
            told = words[language]
            yield TrackStage(phase=stage.phase, title=told.title, description=told.description, exercises=there)
