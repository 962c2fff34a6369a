"""What a therapist may want to know before a set is given; findings advise, they forbid nothing."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.care.items import Length, NewItem, PinnedExercise, Slot
from server.care.schemas import SPAN, SetVersion

Severity = Literal["info", "warn"]
Code = Literal[
    "set_retired",
    "not_offered",
    "not_reviewed",
    "newer_version",
    "overlap",
    "many_practices",
    "long_day",
    "inward_day",
    "session_day",
    "day_after",
    "rule",
]


class PreviewAssignment(Struct, frozen=True, kw_only=True, rename=SPAN):
    """What would be given: a set of the clinic as for an assignment, or `items` that are no set yet."""

    practice_set_id: UUID | UnsetType = UNSET
    version: SetVersion | UnsetType = UNSET
    items: Annotated[list[NewItem], Meta(min_length=1, max_length=40)] | UnsetType = UNSET
    from_date: date | UnsetType = UNSET
    to_date: date | UnsetType = UNSET


class PreviewedPractice(Struct, frozen=True, kw_only=True):
    """A practice that would be offered; `item` is the place of its item in the set, from 0 on."""

    item: int
    date: date
    slot: Slot
    due: bool
    exercise: str
    exercise_version: int
    length: Length
    target: int
    any_of: tuple[PinnedExercise, ...] | UnsetType = UNSET
    session_id: UUID | UnsetType = UNSET


class Finding(Struct, frozen=True, kw_only=True):
    """Something to know. Without `dates` it is true of all, without `item` of all together.

    `rule_id`: the rule of the catalogue that decided, which no clinician has reviewed yet.
    """

    code: Code
    severity: Severity
    detail: str
    dates: tuple[date, ...] = ()
    item: int | UnsetType = UNSET
    exercise: str | UnsetType = UNSET
    rule_id: str | UnsetType = UNSET


class AssignmentPreview(Struct, frozen=True, kw_only=True, rename=SPAN):
    """Four weeks from the first day on, around the client's sessions as they are planned now. Nothing was saved."""

    from_date: date
    to_date: date
    occurrences: list[PreviewedPractice]
    findings: list[Finding]
