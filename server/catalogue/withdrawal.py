"""What is no longer offered, and what replaces it: said in the exercise's own file, which stays (decision 0027)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from server.catalogue.agreement import PlanProblem
from server.catalogue.schemas import ExerciseFile

RULE = "C17"


class Tombstone(Struct, frozen=True, kw_only=True):
    """An exercise that is no longer offered, or with `version` one version of it. `recalled`: at once, everywhere.

    `replaced_by`: the exercise to offer instead; absent: none.
    """

    exercise: str
    version: int | UnsetType = UNSET
    reason: Literal["retired", "recalled"]
    withdrawn_on: date | UnsetType = UNSET
    replaced_by: str | UnsetType = UNSET


def withdrawal_problems(plan: ExerciseFile, known: Mapping[str, ExerciseFile]) -> Iterator[PlanProblem]:
    """Yield what does not fit of a withdrawal (C17); `known` are all exercises that are whole."""
    review = plan.review
    if review.status == "recalled" and review.withdrawn_on is UNSET:
        yield ("review",), RULE, "the day of the recall is missing"
    if not review.is_withdrawn and (review.withdrawn_on is not UNSET or review.replaced_by is not UNSET):
        yield ("review",), RULE, "it is offered, and has a day or a replacement all the same"
    if review.replaced_by is not UNSET:
        other = known.get(review.replaced_by)
        if other is None or other.review.is_withdrawn:
            yield ("review", "replaced_by"), RULE, f"`{review.replaced_by}` is not offered"
    for index, version in enumerate(plan.recalled_versions):
        if version >= plan.content_version:
            yield ("recalled_versions", index), RULE, f"version {version} is not before the present one"


def tombstones_of(plans: Iterable[ExerciseFile]) -> Iterator[Tombstone]:
    """Yield the tombstones of exercises, in their order."""
    for plan in plans:
        review = plan.review
        for version in plan.recalled_versions:
            replacement = UNSET if review.is_withdrawn else plan.slug
            yield Tombstone(exercise=plan.slug, version=version, reason="recalled", replaced_by=replacement)
        match review.status:
            case "retired" | "recalled" as reason:
                yield Tombstone(
                    exercise=plan.slug,
                    reason=reason,
                    withdrawn_on=review.withdrawn_on,
                    replaced_by=review.replaced_by,
                )
            case _:
                pass


class Graveyard:
    """The tombstones of a catalogue, to be asked about what somebody was given."""

    def __init__(self, tombstones: Iterable[Tombstone] = ()) -> None:
        self.tombstones = tuple(tombstones)
        self._by_version = {(each.exercise, each.version): each for each in self.tombstones}

    def of(self, exercise: str, version: int) -> Tombstone | None:
        """Return why a version of an exercise is no longer offered; None while nobody withdrew it."""
        return self._by_version.get((exercise, UNSET)) or self._by_version.get((exercise, version))
