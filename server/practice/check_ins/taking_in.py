"""How a check-in is kept. Its practice date is decided here and never again (`streaks.md` R1)."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct, UnsetType

from server.accounts.errand import Errand
from server.kit.days import practice_date_of
from server.kit.sealed import Sealed
from server.practice.items import Put
from server.practice.schemas import LogCheckIn
from server.vault.sealing import DataKey, Place


class CheckIn(Struct, kw_only=True):
    """One check-in in the ledger: the columns of `check_ins` but its owner. `version`: in the scope."""

    id: UUID
    version: int
    at: datetime
    zone: str
    practice_date: date
    distress: int | None
    presence: int | None
    ease: int | None
    not_ok: bool
    received_at: datetime
    fingerprint: bytes | None
    mood_word: Sealed | None


def check_in_of(errand: Errand, item: Put, body: LogCheckIn, key: DataKey | None) -> CheckIn:
    """Make a check-in, without its version yet; `key` seals its word."""
    access = errand.access
    place = mood_word_place(access.organisation, access.subject, item.id)
    return CheckIn(
        id=item.id,
        version=0,
        at=body.at,
        zone=body.zone,
        practice_date=practice_date_of(body.at, body.zone, errand.day_start),
        distress=_or_none(body.distress),
        presence=_or_none(body.presence),
        ease=_or_none(body.ease),
        not_ok=body.not_ok,
        received_at=errand.now,
        fingerprint=item.fingerprint,
        mood_word=key.seal(place, body.mood_word) if key and body.mood_word else None,
    )


def mood_word_place(organisation: UUID, client: UUID, check_in: UUID) -> Place:
    """Return where the sealed word of a check-in stands."""
    return Place(table="check_ins", column="mood_word", organisation=organisation, owner=client, row=check_in)


def _or_none(value: int | UnsetType) -> int | None:
    return None if isinstance(value, UnsetType) else value
