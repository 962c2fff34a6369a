"""What the catalogue is asked: which exercises match, and all about one of them."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from server.catalogue.schemas import Exercise
from server.catalogue.search import Query, find
from server.catalogue.snapshot import Snapshot
from server.catalogue.views import ExerciseAudio, ExerciseDetail, Exercises
from server.kit.errors import NotFound

AudioSource: TypeAlias = Callable[[Exercise, str], tuple[ExerciseAudio, ...]]
"""What there is to hear of an exercise in a language, now. Equal audio must compare equal: answers are kept by it."""


def no_audio(_exercise: Exercise, _language: str) -> tuple[ExerciseAudio, ...]:
    """Stand in where nothing is rendered: every exercise can be practised by its text."""
    return ()


def list_exercises(snapshot: Snapshot, query: Query) -> Exercises:
    """Return the exercises that match."""
    return Exercises(version=snapshot.version, items=tuple(find(snapshot, query)))


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
