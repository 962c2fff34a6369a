"""The clinic's own line, and which cards it has confirmed (content brief 6.5)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.crisis.schemas import Country, CrisisCard, CrisisNumber

Number = Annotated[
    str,
    Meta(
        pattern=r"^\+?[0-9][0-9 -]{1,20}\Z",
        description="As it is dialled, with spaces or hyphens if wanted",
        examples=["600 000 000"],
    ),
]
LineName = Annotated[str, Meta(min_length=1, max_length=120)]
Hours = Annotated[str, Meta(min_length=1, max_length=120, description="When somebody answers, in the clinic's words")]
CardVersion = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{16}\Z",
        description="`version` of the card that was looked at",
        examples=["0123456789abcdef"],
    ),
]


class SetCrisisLine(Struct, frozen=True, kw_only=True):
    """Where the clinic is, and how it is reached in need: a number to call, one to write to, or both."""

    country: Country
    name: LineName
    call: Number | UnsetType = UNSET
    text: Number | UnsetType = UNSET
    hours: Hours | UnsetType = UNSET


class ClinicLine(Struct, frozen=True, kw_only=True):
    """How the clinic is reached in need; it stands above every line of a country."""

    name: str
    call: CrisisNumber | UnsetType = UNSET
    text: CrisisNumber | UnsetType = UNSET
    hours: str | UnsetType = UNSET


class OwnCrisis(Struct, frozen=True, kw_only=True):
    """Whom the caller can call: their clinic first, then the card of a country.

    `clinic` absent: the clinic has set no line. `unconfirmed`: the sentence to show while nobody at the clinic has
    confirmed this card as it is.
    """

    clinic_label: str
    clinic: ClinicLine | UnsetType = UNSET
    card: CrisisCard
    unconfirmed: str | UnsetType = UNSET


class ConfirmCard(Struct, frozen=True, kw_only=True):
    """Somebody has called or looked up every number of a card, as it was in this version."""

    version: CardVersion


class Confirmation(Struct, frozen=True, kw_only=True):
    """Who confirmed a card, and when."""

    by: UUID
    at: datetime


class CardState(Struct, frozen=True, kw_only=True):
    """A card, how old its numbers are, and whether the clinic has confirmed them as they are."""

    country: str
    version: str
    age: Literal["fresh", "old", "too_old"]
    confirmed: Confirmation | UnsetType = UNSET


class ClinicCrisis(Struct, frozen=True, kw_only=True):
    """What clients of this clinic are shown, and what somebody should see to: `warnings`, none when all is well."""

    country: str | UnsetType = UNSET
    line: ClinicLine | UnsetType = UNSET
    set: Confirmation | UnsetType = UNSET
    cards: list[CardState]
    warnings: list[str]
