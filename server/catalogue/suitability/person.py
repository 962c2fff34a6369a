"""What is known of a person, as a phone and the server decide by it: flags, dates, and what was agreed for them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Slug
from server.catalogue.vocabulary import DateKind, Posture, Property
from server.kit.days import zone_named

Instant = Annotated[datetime, Meta(tz=True)]
By = Literal["client", "therapist", "prescriber"]
Occasion = Mapping[DateKind, date]


class Dosing(Struct, frozen=True, kw_only=True):
    """A dosing session. `discharged_at` null: known not to have left the clinic; absent: nobody wrote it down."""

    at: Instant
    discharged_at: Instant | UnsetType | None = UNSET


class Dates(Struct, frozen=True, kw_only=True):
    """What flags follow from. A caesarean is a birth, too."""

    due: date | UnsetType = UNSET
    birth: date | UnsetType = UNSET
    loss: date | UnsetType = UNSET
    caesarean: date | UnsetType = UNSET
    surgery: date | UnsetType = UNSET
    trauma_work: tuple[Instant, ...] = ()
    dosing: tuple[Dosing, ...] = ()


class Approval(Struct, frozen=True, kw_only=True):
    """An exercise that somebody switched on for this person."""

    exercise: Slug
    by: By


class Lifted(Struct, frozen=True, kw_only=True):
    """A rule that somebody set aside for this person, for one exercise or for all."""

    rule: str
    by: By
    exercise: Slug | UnsetType = UNSET


class Wishes(Struct, frozen=True, kw_only=True):
    """What a person wants left out, without saying why."""

    properties: frozenset[Property] = frozenset()
    postures: frozenset[Posture] = frozenset()


class Person(Struct, frozen=True, kw_only=True):
    """Everything a decision asks of a person. Without `flags` there is no screening on file.

    `zone`: where their dates are read. `as_of`: the moment their data are of, which a clock cannot be before.
    """

    flags: frozenset[str] | UnsetType = UNSET
    dates: Dates = Dates()
    zone: str = "UTC"
    as_of: Instant | UnsetType = UNSET
    approvals: tuple[Approval, ...] = ()
    overrides: tuple[Lifted, ...] = ()
    left_out: Wishes = Wishes()

    @property
    def clock_zone(self) -> tzinfo:
        """The zone their dates are read in.

        Raises:
            UnknownZoneError: it is not an IANA zone.
        """
        return UTC if self.zone == "UTC" else zone_named(self.zone)
