"""Which exercises of the snapshot match: pure, without a store."""

from collections.abc import Iterator

from msgspec import Struct

from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import Snapshot
from server.catalogue.views import ExerciseSummary
from server.catalogue.vocabulary import Phase, Posture, Technique, Track

DEFAULT_LOCALE = "en"


class Query(Struct, frozen=True, kw_only=True):
    """What a caller looks for; each filter that is set narrows the rest.

    `max_minutes` asks for a length of that many minutes, rounded; `q` for words in title and description, each of
    them whole or in part, in any case; `locale` leaves out what has no words in that language.
    """

    technique: Technique | None = None
    track: Track | None = None
    phase: Phase | None = None
    posture: Posture | None = None
    max_minutes: int | None = None
    max_load: int | None = None
    q: str | None = None
    locale: str = DEFAULT_LOCALE


def find(snapshot: Snapshot, query: Query) -> Iterator[ExerciseSummary]:
    """Yield what matches, by slug."""
    for exercise in snapshot.exercises.values():
        language = snapshot.language_for(exercise, query.locale)
        if language is None or not _fits(exercise, query):
            continue
        summary = snapshot.summaries[exercise.slug, language]
        if _says(summary, query.q):
            yield summary


def _fits(exercise: Exercise, query: Query) -> bool:
    minutes = (exercise.variants.short.seconds + 30) // 60
    return (
        query.technique in (None, exercise.technique)
        and (query.track is None or query.track in exercise.tracks)
        and (query.phase is None or query.phase in exercise.phases)
        and (query.posture is None or not {query.posture, "any"}.isdisjoint(exercise.postures))
        and (query.max_minutes is None or minutes <= query.max_minutes)
        and (query.max_load is None or exercise.interoceptive_load <= query.max_load)
    )


def _says(summary: ExerciseSummary, words: str | None) -> bool:
    text = f"{summary.title}\n{summary.description}".casefold()
    return all(word in text for word in (words or "").casefold().split())
