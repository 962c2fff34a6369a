from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from server.practice.schemas import Change, Unreal

Carer = Literal["carer"]


class Moment(Struct, frozen=True, kw_only=True):
    """What was told of one moment: a check-in, or, with `exercise`, what was rated around a practice.

    `mood_word` is there for the client, and for others only while notes are shared. `entered_by`: a carer wrote it.
    """

    id: UUID
    at: datetime
    practice_date: date
    exercise: str | UnsetType = UNSET
    distress: int | UnsetType = UNSET
    distress_before: int | UnsetType = UNSET
    distress_after: int | UnsetType = UNSET
    presence: int | UnsetType = UNSET
    ease: int | UnsetType = UNSET
    change: Change | UnsetType = UNSET
    unreal: Unreal | UnsetType = UNSET
    not_ok: Literal[True] | UnsetType = UNSET
    mood_word: str | UnsetType = UNSET
    entered_by: Carer | UnsetType = UNSET


class CheckIns(Struct, frozen=True, kw_only=True):
    """What was told of moments, newest first. For staff `items` is absent unless the client shares check-ins."""

    note: str
    items: list[Moment] | UnsetType = UNSET
