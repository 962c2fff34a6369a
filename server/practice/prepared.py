"""What only some outboxes need, read before the transaction that takes them in: the key of notes, and the plan."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from server.accounts.errand import Phone
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.care.occurrences import Span
from server.care.plan import read_plan
from server.vault.sealing import DataKey

# An occurrence is practised near its own date; one that is further away belongs to an older plan.
NEARBY: Final = timedelta(days=14)
# A phone is rarely offline for longer, and each date of the span costs time.
LONGEST_SPAN: Final = timedelta(days=400)


class Prepared(Struct, frozen=True, kw_only=True):
    """The client's key, if there is a note to seal, and those of the occurrences meant that the plan holds."""

    key: DataKey | None = None
    occurrences: frozenset[UUID] = frozenset()


class _Body(Struct, frozen=True, kw_only=True):
    occurrence_id: UUID | UnsetType = UNSET
    started_at: datetime | UnsetType = UNSET
    practice_date: date | UnsetType = UNSET
    note: str | UnsetType = UNSET
    mood_word: str | UnsetType = UNSET


class _Item(Struct, frozen=True, kw_only=True):
    body: _Body | UnsetType = UNSET


# What an item has that needs more than most; the words stand in few others, and finding them costs nothing.
ASKING: Final = (b"occurrence_id", b"note", b"mood_word")
NOTHING: Final = Prepared()
_item: Final = msgspec.json.Decoder(_Item)


async def prepare(phone: Phone, items: Sequence[Raw]) -> Prepared:
    """Read what these items need; most have neither text nor occurrence."""
    bodies = [body for raw in items if _asks(bytes(raw)) for body in _read(raw)]
    dates = [day for body in bodies if body.occurrence_id is not UNSET for day in _dates(body)]
    near = [day for day in dates if abs(day - phone.now.date()) <= LONGEST_SPAN]
    noted = any(body.note or body.mood_word for body in bodies)
    if not near and not noted:
        return NOTHING
    async with phone.work(writes=False) as work:
        key = await work.vault.key(work.access.organisation, work.access.subject) if noted else None
        return Prepared(key=key, occurrences=await _occurrences(work, near) if near else frozenset())


def merged(each: Iterable[Prepared]) -> Prepared:
    """Return what several outboxes of one client need together."""
    found = list(each)
    key = next((one.key for one in found if one.key is not None), None)
    return Prepared(key=key, occurrences=frozenset().union(*(one.occurrences for one in found)))


async def _occurrences(work: Work, near: Sequence[date]) -> frozenset[UUID]:
    plan = await read_plan(work, await access_client(work, work.access.subject))
    span = Span(first=min(near) - NEARBY, last=max(near) + NEARBY)
    return frozenset(each.id for each in plan.occurrences(span))


def _asks(raw: bytes) -> bool:
    return any(word in raw for word in ASKING)


def _read(raw: Raw) -> Iterable[_Body]:
    try:
        body = _item.decode(raw).body
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # It is answered for where it is taken in.
        return
    if not isinstance(body, UnsetType):
        yield body


def _dates(body: _Body) -> Iterable[date]:
    if not isinstance(body.practice_date, UnsetType):
        yield body.practice_date
    if not isinstance(body.started_at, UnsetType):
        yield body.started_at.date()
