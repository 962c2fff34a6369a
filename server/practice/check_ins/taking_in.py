"""How a check-in is kept. Its practice date is decided here and never again (`streaks.md` R1)."""

from collections.abc import Iterable
from datetime import time
from uuid import UUID

from msgspec import UnsetType

from server.accounts.work import Work
from server.kit.days import practice_date_of
from server.practice.check_ins import repository
from server.practice.items import Put, Void
from server.practice.models import CheckInRow
from server.practice.schemas import LogCheckIn
from server.vault.sealing import DataKey, Place


async def find_known(work: Work, items: Iterable[Put | Void]) -> dict[UUID, CheckInRow]:
    """Return the caller's check-ins with the ids of a push; nothing is asked when it can hold none."""
    told = list(items)
    if not any(isinstance(each, Void) or isinstance(each.body, LogCheckIn) for each in told):
        return {}
    return await repository.find_check_ins(work.session, work.access, {each.id for each in told})


def check_in_row(work: Work, item: Put, body: LogCheckIn, *, day_start: time, key: DataKey | None) -> CheckInRow:
    """Make the row of a check-in; its version is still to come."""
    access = work.access
    place = mood_word_place(access.organisation, access.subject, item.id)
    return CheckInRow(
        organisation_id=access.organisation,
        client_id=access.subject,
        id=item.id,
        at=body.at,
        zone=body.zone,
        practice_date=practice_date_of(body.at, body.zone, day_start),
        distress=_or_none(body.distress),
        presence=_or_none(body.presence),
        ease=_or_none(body.ease),
        not_ok=body.not_ok,
        received_at=work.now,
        fingerprint=item.fingerprint,
        mood_word=key.seal(place, body.mood_word) if key and body.mood_word else None,
    )


def mood_word_place(organisation: UUID, client: UUID, check_in: UUID) -> Place:
    """Return where the sealed word of a check-in stands."""
    return Place(table="check_ins", column="mood_word", organisation=organisation, owner=client, row=check_in)


def _or_none(value: int | UnsetType) -> int | None:
    return None if isinstance(value, UnsetType) else value
