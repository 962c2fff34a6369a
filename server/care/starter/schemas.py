from typing import Annotated

from msgspec import Meta, Struct

from server.care.items import Anchor, Length, Recurrence, Slot
from server.catalogue.vocabulary import Phase, ReviewStatus, Track

Locale = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$")]


class StarterItem(Struct, frozen=True, kw_only=True):
    """What a starter set offers and when, as an item of the set that is made of it will."""

    exercise: str
    length: Length
    anchor: Anchor
    from_day: int
    to_day: int
    times_of_day: tuple[Slot, ...]
    recurrence: Recurrence


class StarterSet(Struct, frozen=True, kw_only=True):
    """A plan to take over. `review_status` other than `approved`: no clinician has reviewed it.

    `description` says why, for the therapist; `title` is one that a client may see.
    """

    slug: str
    language: str
    title: str
    description: str
    track: Track
    phase: Phase
    evidence: tuple[str, ...]
    review_status: ReviewStatus
    items: tuple[StarterItem, ...]


class StarterSets(Struct, frozen=True, kw_only=True):
    """The starter sets there are in a language, by slug; `version` is that of the whole catalogue."""

    version: str
    items: tuple[StarterSet, ...]


class AdoptStarterSet(Struct, frozen=True, kw_only=True):
    """Take over a starter set; `locale`, English by default, is the language of its title."""

    starter: Annotated[str, Meta(min_length=1, max_length=60)]
    locale: Locale = "en"
