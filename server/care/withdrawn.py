"""What a plan pinned and the catalogue has withdrawn since: it stays in the plan, and says what replaces it."""

from collections.abc import Iterable

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from server.care.items import PinnedExercise, PracticeItem
from server.care.schemas import Occurrence
from server.catalogue.withdrawal import Graveyard, Tombstone


def marked(planned: Iterable[Occurrence], graveyard: Graveyard) -> list[Occurrence]:
    """Return occurrences with the tombstones of what they offer."""
    return [replace(each, withdrawn=withdrawn_of(_choices(each), graveyard)) for each in planned]


def withdrawn_in(items: Iterable[PracticeItem], graveyard: Graveyard) -> tuple[Tombstone, ...] | UnsetType:
    """Return the tombstones of everything that a set pinned, each once."""
    return withdrawn_of((choice for item in items for choice in item.choices), graveyard)


def withdrawn_of(pinned: Iterable[PinnedExercise], graveyard: Graveyard) -> tuple[Tombstone, ...] | UnsetType:
    """Return the tombstones of pinned exercises; absent when all are offered."""
    found = (graveyard.of(each.exercise, each.exercise_version) for each in pinned)
    return tuple(dict.fromkeys(each for each in found if each is not None)) or UNSET


def _choices(occurrence: Occurrence) -> tuple[PinnedExercise, ...]:
    if isinstance(occurrence.any_of, UnsetType):
        return (PinnedExercise(exercise=occurrence.exercise, exercise_version=occurrence.exercise_version),)
    return occurrence.any_of
