"""What the catalogue is asked: which exercises match, all about one of them, and the stages of its tracks."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import UNSET
from msgspec.structs import replace

from server.catalogue.cursor import read_cursor, write_cursor
from server.catalogue.schemas import Exercise
from server.catalogue.search import Matches, Query, Searcher
from server.catalogue.snapshot import Snapshot, language_of
from server.catalogue.telling import version_of
from server.catalogue.texts import label_of
from server.catalogue.views import (
    ExerciseAudio,
    ExerciseDetail,
    Exercises,
    ExerciseText,
    Facets,
    FacetValue,
)
from server.catalogue.ways import Labels
from server.kit.errors import NotFound

AudioSource: TypeAlias = Callable[[Exercise, str], tuple[ExerciseAudio, ...]]
"""What there is to hear of an exercise in a language, now. Equal audio must compare equal: answers are kept by it."""


def no_audio(_exercise: Exercise, _language: str) -> tuple[ExerciseAudio, ...]:
    """Stand in where nothing is rendered: every exercise can be practised by its text."""
    return ()


def list_exercises(snapshot: Snapshot, searcher: Searcher, query: Query) -> Exercises:
    """Return a page of the exercises that match.

    Raises:
        Invalid: the cursor is none of this query.
        Conflict: it was given out by another version of the catalogue.
        NotFound: the request pins a version that is not this one.
    """
    if query.version not in (None, snapshot.version):
        raise NotFound("The catalogue has another version now.", code="version_not_found")
    told = read_cursor(snapshot.version, query)
    found = searcher.shelf(query.locale).find(query)
    end = told + query.limit
    return Exercises(
        version=snapshot.version,
        total=len(found.items),
        items=tuple(found.items[told:end]),
        next=write_cursor(snapshot.version, query, end) if end < len(found.items) else UNSET,
        facets=_facets(found, snapshot.ways.labels, query.locale) if query.facets else UNSET,
    )


def _facets(found: Matches, labels: Mapping[str, Labels], locale: str) -> Facets:
    language = language_of(labels, locale)
    named = labels[language] if language else None
    return Facets(**{name: tuple(_facet(named, name, counts)) for name, counts in found.counts.items()})


def _facet(labels: Labels | None, name: str, counts: Mapping[str | bool, int]) -> Iterator[FacetValue]:
    for value, count in sorted(counts.items(), key=lambda each: (-each[1], str(each[0]))):
        written = value if isinstance(value, str) else str(value).lower()
        yield FacetValue(value=written, label=label_of(labels, name, value), count=count)


def choose(snapshot: Snapshot, slug: str, locale: str) -> tuple[Exercise, str]:
    """Return an exercise and the language in which a locale reads it.

    Raises:
        NotFound: there is no such exercise, or none in that language: another is never given silently.
    """
    exercise = snapshot.exercises.get(slug)
    if exercise is None:
        raise NotFound("The catalogue has no such exercise.")
    language = snapshot.language_for(exercise, locale)
    if language is None:
        raise NotFound("This exercise has no words in that language.", code="language_not_found")
    return exercise, language


def read_exercise(
    snapshot: Snapshot, exercise: Exercise, language: str, audio: tuple[ExerciseAudio, ...]
) -> ExerciseDetail:
    """Return all about an exercise, with its audio as it is now."""
    return replace(snapshot.details[exercise.slug, language], audio=audio)


def texts_by_version(snapshot: Snapshot) -> dict[tuple[str, str], ExerciseText]:
    """Return every text by its exercise's slug and the name of its version."""
    return {(text.slug, version_of(text)): text for text in snapshot.texts.values()}
