"""What a starter set is: a small plan that a clinic can take over as it is, and change (decision 0024).

The shapes are those of the API's practice sets, but strict: a file of content may have no field that nobody knows.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from server.catalogue.schemas import Key, Review, Slug
from server.catalogue.vocabulary import Length, Phase, Track

PlanAnchor = Literal["calendar", "preparation", "dosing", "integration", "other"]
TimeOfDay = Literal["any", "morning", "midday", "evening", "night"]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?\Z")]
Offset = Annotated[int, Meta(ge=-60, le=60)]


class Daily(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="daily"):
    """Every day."""


class Weekdays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="weekdays"):
    """On these days of the week, 0 = Monday."""

    days: Annotated[tuple[Annotated[int, Meta(ge=0, le=6)], ...], Meta(min_length=1, max_length=7)]


class EveryNDays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="every_n_days"):
    """Every n days, from the first of the window on."""

    n: Annotated[int, Meta(ge=2, le=60)]


class WeeklyQuota(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="weekly_quota"):
    """On any n days of a week."""

    n: Annotated[int, Meta(ge=1, le=7)]


class AsNeeded(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="as_needed"):
    """There when wanted; never due."""


Rhythm = Daily | Weekdays | EveryNDays | WeeklyQuota | AsNeeded


class StarterItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exercise of a set and when it is offered; days count from the session it is anchored to."""

    exercise: Slug
    length: Length
    anchor: PlanAnchor
    from_day: Offset = 0
    to_day: Offset = 0
    times_of_day: Annotated[tuple[TimeOfDay, ...], Meta(min_length=1, max_length=5)] = ("any",)
    recurrence: Rhythm

    @property
    def is_as_needed(self) -> bool:
        """Whether nobody asks for it on any date."""
        return isinstance(self.recurrence, AsNeeded)

    def offsets(self) -> range:
        """Return the days of its window, counted from the session."""
        return range(self.from_day, self.to_day + 1)


class StarterWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set in one language: a title that a client may read, and why this set, for the therapist."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    description: Annotated[str, Meta(min_length=1, max_length=800)]
    review: Review


class StarterSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/sets/<slug>.yaml`. `review` is about the plan, each language has one of its own."""

    slug: Slug
    track: Track
    phase: Phase
    evidence: tuple[Key, ...]
    review: Review
    items: Annotated[tuple[StarterItem, ...], Meta(min_length=1, max_length=12)]
    words: Mapping[Language, StarterWords]
