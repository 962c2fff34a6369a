from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Slug
from server.catalogue.suitability.decide import Outcome
from server.catalogue.vocabulary import Flag, Question

Reason = Annotated[str, Meta(min_length=1, max_length=300)]
RuleId = Annotated[str, Meta(pattern=r"^R\d{3}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
AgreedBy = Literal["therapist", "prescriber"]
MOST_AGREED = 20


class FlagDates(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dates that flags follow from, and instants of work with trauma; dosing is known from the sessions."""

    due: date | UnsetType = UNSET
    birth: date | UnsetType = UNSET
    loss: date | UnsetType = UNSET
    caesarean: date | UnsetType = UNSET
    surgery: date | UnsetType = UNSET
    trauma_work: Annotated[tuple[Instant, ...], Meta(max_length=10)] = ()


class NewApproval(Struct, frozen=True, kw_only=True):
    """Switch an exercise on. `by`: who agreed to it; a doctor or a midwife is a prescriber."""

    exercise: Slug
    by: AgreedBy
    reason: Reason


class NewOverride(Struct, frozen=True, kw_only=True):
    """Set a rule aside, for one exercise or for all. `by`: who agreed to it."""

    rule: RuleId
    by: AgreedBy
    reason: Reason
    exercise: Slug | UnsetType = UNSET


class SetFlags(Struct, frozen=True, kw_only=True):
    """Everything the clinic knows anew; what was agreed before and stands here again keeps who and when."""

    flags: Annotated[tuple[Flag, ...], Meta(max_length=63)]
    dates: FlagDates = FlagDates()
    approvals: Annotated[tuple[NewApproval, ...], Meta(max_length=MOST_AGREED)] = ()
    overrides: Annotated[tuple[NewOverride, ...], Meta(max_length=MOST_AGREED)] = ()


class KeptApproval(NewApproval, frozen=True, kw_only=True):
    """An exercise switched on; `member_id` wrote it down."""

    member_id: UUID
    at: datetime


class KeptOverride(NewOverride, frozen=True, kw_only=True):
    """A rule set aside; `member_id` wrote it down."""

    member_id: UUID
    at: datetime


class Screening(Struct, frozen=True, kw_only=True):
    """What stands in the sealed text."""

    flags: Annotated[tuple[Flag, ...], Meta(max_length=63)]
    dates: FlagDates = FlagDates()
    approvals: Annotated[tuple[KeptApproval, ...], Meta(max_length=MOST_AGREED)] = ()
    overrides: Annotated[tuple[KeptOverride, ...], Meta(max_length=MOST_AGREED)] = ()


class KnownDates(Struct, frozen=True, kw_only=True):
    """Dates that flags follow from."""

    trauma_work: tuple[datetime, ...]
    due: date | UnsetType = UNSET
    birth: date | UnsetType = UNSET
    loss: date | UnsetType = UNSET
    caesarean: date | UnsetType = UNSET
    surgery: date | UnsetType = UNSET


class Agreed(Struct, frozen=True, kw_only=True):
    """What was agreed: an exercise switched on, or, with a rule, that rule set aside. `name`: who wrote it down."""

    by: AgreedBy
    reason: str
    at: datetime
    exercise: str | UnsetType = UNSET
    rule: str | UnsetType = UNSET
    name: str | UnsetType = UNSET


class ClientFlags(Struct, frozen=True, kw_only=True):
    """What the clinic knows of a client. `in_force`: every flag of this moment, also those that follow from dates.

    `asks`: what the dates leave open. The clinic screens; the software only filters.
    """

    screened: bool
    flags: tuple[Flag, ...]
    dates: KnownDates
    approvals: tuple[Agreed, ...]
    overrides: tuple[Agreed, ...]
    in_force: tuple[Flag, ...]
    asks: tuple[Question, ...]
    revision: int


class OwnFlags(Struct, frozen=True, kw_only=True):
    """What the clinic has noted of the caller, and what follows from it at this moment."""

    screened: bool
    flags: tuple[Flag, ...]
    dates: KnownDates
    in_force: tuple[Flag, ...]


class Suited(Struct, frozen=True, kw_only=True):
    """What becomes of an exercise; several variants are played at once."""

    exercise: str
    decision: Outcome
    variants: tuple[str, ...]
    client_text: tuple[str, ...]


class SuitedByRules(Suited, frozen=True, kw_only=True):
    """What becomes of an exercise, and the rules that decided."""

    rules: tuple[str, ...]


class OwnSuitability(Struct, frozen=True, kw_only=True):
    """What suits the caller now; `notices` are for the whole app. What is not in it is not for them."""

    at: datetime
    notices: tuple[str, ...]
    items: tuple[Suited, ...]


class ClientSuitability(Struct, frozen=True, kw_only=True):
    """What suits a client now, with the rules. No clinician has reviewed them."""

    at: datetime
    notices: tuple[str, ...]
    items: tuple[SuitedByRules, ...]
