"""What was told of moments, for the client, and for others while the client shares check-ins (decision 0017)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.accounts.policy import access_client
from server.accounts.sharing.service import shared_scopes
from server.accounts.work import Work
from server.practice.check_ins import repository
from server.practice.check_ins.schemas import CheckIns, Moment
from server.practice.check_ins.taking_in import mood_word_place
from server.practice.models import CheckInRow, CompletionRow
from server.practice.schemas import SharedMoment

USUAL: Final = timedelta(days=30)
NOTE: Final = "Seen when your therapist next looks. Not an emergency service."


async def read_own(work: Work, since: date | None) -> CheckIns:
    """Return what the caller told since a date (default: 30 days); they see it when they ask (content brief 6.1)."""
    client = await access_client(work, work.access.subject)
    return CheckIns(items=await _moments(work, client.id, _first(work, since), words=True), note=NOTE)


async def read_shared(work: Work, client: UUID, since: date | None) -> CheckIns:
    """Return what a client told since a date (default: 30 days), if they share it; words only with the notes.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    scopes = await shared_scopes(work, client)
    if "check_ins" not in scopes:
        return CheckIns(note=NOTE)
    return CheckIns(items=await _moments(work, client, _first(work, since), words="notes" in scopes), note=NOTE)


async def read_ratings(work: Work, client: UUID) -> list[SharedMoment]:
    """Return the ratings of the last 30 days' check-ins for somebody who supports the client, newest first."""
    rows = await repository.list_check_ins(work.session, work.access, client, _first(work, None))
    rated = [row for row in rows if (row.distress, row.presence, row.ease) != (None, None, None)]
    return [
        SharedMoment(
            practice_date=row.practice_date,
            distress=_or_unset(row.distress),
            presence=_or_unset(row.presence),
            ease=_or_unset(row.ease),
        )
        for row in sorted(rated, key=lambda row: (row.at, row.id), reverse=True)
    ]


def _first(work: Work, since: date | None) -> date:
    return since or (work.now - USUAL).date()


async def _moments(work: Work, client: UUID, since: date, *, words: bool) -> list[Moment]:
    checked = await repository.list_check_ins(work.session, work.access, client, since)
    opened = await _words(work, client, checked) if words else {}
    rated = await repository.list_rated(work.session, work.access, client, since)
    items = [*(_of_check_in(row, opened) for row in checked), *(_of_practice(row) for row in rated)]
    return sorted(items, key=lambda each: (each.at, each.id), reverse=True)


async def _words(work: Work, client: UUID, rows: Iterable[CheckInRow]) -> dict[UUID, str]:
    sealed = {row.id: row.mood_word for row in rows if row.mood_word is not None}
    if not sealed:
        return {}
    organisation = work.access.organisation
    key = await work.vault.key(organisation, client)
    return {each: key.open(mood_word_place(organisation, client, each), word) for each, word in sealed.items()}


def _of_check_in(row: CheckInRow, words: Mapping[UUID, str]) -> Moment:
    return Moment(
        id=row.id,
        at=row.at,
        practice_date=row.practice_date,
        distress=_or_unset(row.distress),
        presence=_or_unset(row.presence),
        ease=_or_unset(row.ease),
        not_ok=True if row.not_ok else UNSET,
        mood_word=words.get(row.id, UNSET),
    )


def _of_practice(row: CompletionRow) -> Moment:
    return Moment(
        id=row.id,
        at=told_at(row),
        practice_date=row.practice_date,
        exercise=row.exercise,
        distress_before=_or_unset(row.distress_before),
        distress_after=_or_unset(row.distress_after),
        presence=_or_unset(row.presence),
        ease=_or_unset(row.ease),
        change=row.change or UNSET,
        unreal=row.unreal or UNSET,
        entered_by="carer" if row.source == "proxy" else UNSET,
    )


def told_at(row: CompletionRow) -> datetime:
    """Return the moment a practice's last ratings are about: its end as well as it is known."""
    return row.ended_at or row.started_at or row.logged_at


def _or_unset(value: int | None) -> int | UnsetType:
    return UNSET if value is None else value
