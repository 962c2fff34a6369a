"""From what a therapist writes to the items of a set: every exercise is pinned to its present version."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.care.dates import out_of_order
from server.care.items import ChangedItem, NewItem, PinnedExercise, PracticeItem
from server.catalogue.snapshot import Snapshot
from server.kit.errors import FieldError, Invalid
from server.kit.ids import new_id


def pin(items: Sequence[NewItem], catalogue: Snapshot, former: Sequence[PracticeItem] = ()) -> tuple[PracticeItem, ...]:
    """Return the items of a version of a set; those that name an item of the `former` version keep its id.

    Raises:
        Invalid: an unknown exercise, neither or both of `exercise` and `any_of`, a window that ends before it begins,
            or an id that the former version does not have, or twice.
    """
    left = {each.id for each in former}
    return tuple(
        _pinned(item, f"/items/{n}", _id_of(item, f"/items/{n}", left), catalogue) for n, item in enumerate(items)
    )


def _id_of(item: NewItem, pointer: str, left: set[UUID]) -> UUID:
    if not isinstance(item, ChangedItem) or isinstance(item.id, UnsetType):
        return new_id()
    if item.id not in left:
        raise _refused(f"{pointer}/id", "unknown_item", "The version before has no such item, or it is here twice.")
    left.remove(item.id)
    return item.id


def _pinned(item: NewItem, pointer: str, key: UUID, catalogue: Snapshot) -> PracticeItem:
    if item.to_day < item.from_day:
        raise out_of_order(f"{pointer}/to_day")
    pinned = tuple(_versions(item, pointer, catalogue))
    return PracticeItem(
        id=key,
        exercise=pinned[0].exercise,
        exercise_version=pinned[0].exercise_version,
        length=item.length,
        anchor=item.anchor,
        from_day=item.from_day,
        to_day=item.to_day,
        times_of_day=tuple(dict.fromkeys(item.times_of_day)),
        recurrence=item.recurrence,
        any_of=UNSET if isinstance(item.any_of, UnsetType) else pinned,
        target=item.target,
        counts=item.counts,
    )


def _versions(item: NewItem, pointer: str, catalogue: Snapshot) -> Iterator[PinnedExercise]:
    """Yield the exercises of an item, each once, with the version they have now."""
    if isinstance(item.exercise, UnsetType) == isinstance(item.any_of, UnsetType):
        detail = "An item names either one exercise, or several of which the client chooses."
        raise _refused(f"{pointer}/exercise", "one_of_two", detail)
    alone = {} if isinstance(item.exercise, UnsetType) else {item.exercise: f"{pointer}/exercise"}
    several = () if isinstance(item.any_of, UnsetType) else item.any_of
    places = alone | {slug: f"{pointer}/any_of/{n}" for n, slug in enumerate(several)}
    for slug, place in places.items():
        exercise = catalogue.exercises.get(slug)
        if exercise is None:
            raise _refused(place, "unknown_exercise", "The catalogue has no such exercise.")
        yield PinnedExercise(exercise=slug, exercise_version=exercise.content_version)


def _refused(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(
        "An item of the set is not as it can be.", errors=[FieldError(pointer=pointer, code=code, detail=detail)]
    )
