"""What a set is made of: items, what they are anchored to, and how they recur."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Anchor = Literal["calendar", "preparation", "dosing", "integration", "other"]
Slot = Literal["any", "morning", "midday", "evening", "night"]
Slots = Annotated[tuple[Slot, ...], Meta(min_length=1, max_length=5)]
Length = Literal["short", "medium", "long"]
Offset = Annotated[int, Meta(ge=-60, le=60, description="Days from the session's date; negative is before")]
Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday")]
Counts = Literal["this", "any"]
Target = Annotated[int, Meta(ge=1, le=5, description="Practices that a day of it asks for")]
ExerciseSlug = Annotated[str, Meta(min_length=1, max_length=60)]
ExerciseVersion = Annotated[int, Meta(ge=1, le=9999)]


class Daily(Struct, frozen=True, kw_only=True, tag_field="type", tag="daily"):
    """Every day."""


class Weekdays(Struct, frozen=True, kw_only=True, tag_field="type", tag="weekdays"):
    """On these days of the week."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]


class EveryNDays(Struct, frozen=True, kw_only=True, tag_field="type", tag="every_n_days"):
    """Every n days, counted from the assignment's first day or the window's first day."""

    n: Annotated[int, Meta(ge=2, le=60)]


class WeeklyQuota(Struct, frozen=True, kw_only=True, tag_field="type", tag="weekly_quota"):
    """On any n days of a week that starts on Monday."""

    n: Annotated[int, Meta(ge=1, le=7)]


class AsNeeded(Struct, frozen=True, kw_only=True, tag_field="type", tag="as_needed"):
    """There when wanted; never due."""


Recurrence = Daily | Weekdays | EveryNDays | WeeklyQuota | AsNeeded


class NewItem(Struct, frozen=True, kw_only=True):
    """What to practise and when: by calendar, or around each session of a kind, `from_day` to `to_day`.

    Either `exercise` or `any_of`, of which the client chooses. `target`: how many practices a day of it asks for.
    `counts`: whether only its own exercises count towards the assignment's adherence, or any (`streaks.md` R11).
    """

    exercise: ExerciseSlug | UnsetType = UNSET
    any_of: Annotated[tuple[ExerciseSlug, ...], Meta(min_length=2, max_length=12)] | UnsetType = UNSET
    length: Length = "medium"
    anchor: Anchor = "calendar"
    from_day: Offset = 0
    to_day: Offset = 0
    times_of_day: Slots = ("any",)
    recurrence: Recurrence = Daily()
    target: Target = 1
    counts: Counts = "any"


class ChangedItem(NewItem, frozen=True, kw_only=True):
    """An item of the next version of a set; with the `id` it had, its occurrences keep theirs."""

    id: UUID | UnsetType = UNSET


class PinnedExercise(Struct, frozen=True, kw_only=True):
    """An exercise by slug and version."""

    exercise: ExerciseSlug
    exercise_version: ExerciseVersion


class PracticeItem(Struct, frozen=True, kw_only=True):
    """An item of a set, with the exercise versions it pins; of `any_of` the first is `exercise`, too.

    Kept as it is, so that what older versions of the server kept needs the defaults.
    """

    id: UUID
    exercise: ExerciseSlug
    exercise_version: ExerciseVersion
    length: Length
    anchor: Anchor
    from_day: Offset
    to_day: Offset
    times_of_day: Slots
    recurrence: Recurrence
    any_of: Annotated[tuple[PinnedExercise, ...], Meta(min_length=1, max_length=12)] | UnsetType = UNSET
    target: Target = 1
    counts: Counts = "any"

    @property
    def choices(self) -> tuple[PinnedExercise, ...]:
        """Return the exercises of which the client chooses one; most items have one only."""
        if isinstance(self.any_of, UnsetType):
            return (PinnedExercise(exercise=self.exercise, exercise_version=self.exercise_version),)
        return self.any_of
