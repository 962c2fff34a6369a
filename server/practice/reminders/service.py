"""Reminders as data: the client's own wishes, and what their phone plans by them. Nothing is ever sent from here."""

from datetime import time, timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET

from server.accounts.models import ClientRow
from server.accounts.modes import silenced_since
from server.accounts.policy import access_client, note
from server.accounts.scope import open_scope
from server.accounts.service import zone_of
from server.accounts.work import Work
from server.care import repository as care
from server.kit.days import zone_named
from server.kit.errors import FieldError, Invalid
from server.kit.ids import new_id
from server.practice.reminders import repository
from server.practice.reminders.models import RemindersRow
from server.practice.reminders.pauses import paused_dates
from server.practice.reminders.schedule import STOP_AFTER_UNOPENED, Life, Time, Wish, schedule
from server.practice.reminders.schemas import (
    NoneBecause,
    Reminder,
    Reminders,
    ReminderSchedule,
    ReminderText,
    SetReminders,
)
from server.practice.reminders.texts import RemindersFile, ReminderTexts
from server.vault.sealing import Place

OWN: Final = "own_words"
DAY: Final = timedelta(days=1)


async def read_reminders(work: Work, texts: ReminderTexts) -> Reminders:
    """Return what the caller has asked for; reminders are off until they do."""
    client = await access_client(work, work.access.subject)
    row = await repository.find_reminders(work.session, work.access, client.id)
    return await _told(work, row, texts.of(client.locale))


async def set_reminders(work: Work, texts: ReminderTexts, data: SetReminders) -> Reminders:
    """Keep what the caller asks for.

    Raises:
        Invalid: there is no such text, or a time lies in the quiet hours.
        Gone: the client is being erased.
    """
    client = await access_client(work, work.access.subject)
    words = texts.of(client.locale)
    if data.text_id not in words.texts:
        raise _wrong("/text_id", "unknown_text", "There is no such text.")
    wish = _wish(data)
    for position, each in enumerate(wish.times):
        if wish.is_quiet(each.at):
            raise _wrong(f"/times/{position}/at", "quiet_hours", "This time lies in the quiet hours.")
    scope = await open_scope(work, client.id)
    row = await repository.find_reminders(work.session, work.access, client.id)
    if row is None:
        row = RemindersRow(organisation_id=client.organisation_id, client_id=client.id, id=new_id())
        row.version = scope.add(row.id)
        work.session.add(row)
    else:
        row.version = scope.add(row.id, replaces=row.version)
    await _write(work, row, data)
    await work.session.flush()
    note(work, client.id)
    return await _told(work, row, words)


async def read_schedule(work: Work, texts: ReminderTexts, days: int) -> ReminderSchedule:
    """Return what the caller's phone plans for so many dates, from today where they are."""
    client = await access_client(work, work.access.subject)
    words, zone = texts.of(client.locale), await zone_of(work, client)
    row = await repository.find_reminders(work.session, work.access, client.id)
    because = _none_because(client, row)
    items = [] if row is None or because else await _items(work, client, row, words, zone, days)
    return ReminderSchedule(
        zone=zone,
        lock_screen=words.texts[words.lock_screen],
        stop_after_unopened=STOP_AFTER_UNOPENED,
        items=items,
        none_because=because or UNSET,
    )


async def _items(
    work: Work, client: ClientRow, row: RemindersRow, words: RemindersFile, zone: str, days: int
) -> list[Reminder]:
    today = work.now.astimezone(zone_named(zone)).date()
    sessions = await care.list_sessions(work.session, work.access, client.id)
    life = Life(
        zone=zone,
        day_start=client.day_start,
        sessions=[each.starts_at for each in sessions if each.status in ("scheduled", "held")],
        # The first of them may belong to the practice date before.
        paused=await paused_dates(work, client, today - DAY, days + 1),
    )
    own = await _own_words(work, row)
    text_id, text = (OWN, own) if own else (row.text_id, words.texts.get(row.text_id, words.texts[words.lock_screen]))
    now = work.now.astimezone(zone_named(zone)).replace(tzinfo=None)
    return [
        Reminder(at=each.isoformat(timespec="seconds"), zone=zone, text_id=text_id, text=text)
        for each in schedule(client.id, _kept_wish(row), life, today, days)
        if each > now
    ]


def _none_because(client: ClientRow, row: RemindersRow | None) -> NoneBecause | None:
    if silenced_since(client) is not None:
        return "silenced"
    if row is None or not row.times:
        return "off"
    if client.mode == "palliative" and not row.in_palliative_mode:
        return "palliative"
    return "unopened" if row.unopened >= STOP_AFTER_UNOPENED else None


async def _write(work: Work, row: RemindersRow, data: SetReminders) -> None:
    row.times, row.text_id = data.times, data.text_id
    row.quiet_from, row.quiet_to = time.fromisoformat(data.quiet_from), time.fromisoformat(data.quiet_to)
    row.in_palliative_mode, row.unopened = data.in_palliative_mode, data.unopened
    row.changed_at = work.now
    row.own_words = None
    if isinstance(data.own_words, str):
        key = await work.vault.key(row.organisation_id, row.client_id)
        row.own_words = key.seal(reminders_place(row.organisation_id, row.client_id, row.id), data.own_words)


async def _told(work: Work, row: RemindersRow | None, words: RemindersFile) -> Reminders:
    given = SetReminders(times=()) if row is None else _kept(row)
    return Reminders(
        times=given.times,
        text_id=given.text_id,
        own_words=await _own_words(work, row) or UNSET,
        quiet_from=given.quiet_from,
        quiet_to=given.quiet_to,
        in_palliative_mode=given.in_palliative_mode,
        unopened=given.unopened,
        stop_after_unopened=STOP_AFTER_UNOPENED,
        texts=[ReminderText(id=key, text=text) for key, text in words.texts.items()],
    )


async def _own_words(work: Work, row: RemindersRow | None) -> str | None:
    if row is None or row.own_words is None:
        return None
    key = await work.vault.key(row.organisation_id, row.client_id)
    return key.open(reminders_place(row.organisation_id, row.client_id, row.id), row.own_words)


def _kept(row: RemindersRow) -> SetReminders:
    return SetReminders(
        times=row.times,
        text_id=row.text_id,
        quiet_from=row.quiet_from.isoformat("minutes"),
        quiet_to=row.quiet_to.isoformat("minutes"),
        in_palliative_mode=row.in_palliative_mode,
        unopened=row.unopened,
    )


def _kept_wish(row: RemindersRow) -> Wish:
    return _wish(_kept(row))


def _wish(data: SetReminders) -> Wish:
    return Wish(
        times=tuple(Time(days=frozenset(each.days), at=time.fromisoformat(each.at)) for each in data.times),
        quiet_from=time.fromisoformat(data.quiet_from),
        quiet_to=time.fromisoformat(data.quiet_to),
    )


def reminders_place(organisation: UUID, client: UUID, row: UUID) -> Place:
    """Return where the sealed own words of a client's reminders stand."""
    return Place(table="reminders", column="own_words", organisation=organisation, owner=client, row=row)


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    error = FieldError(pointer=pointer, code=code, detail=detail)
    return Invalid("Reminders cannot be set like this.", errors=[error])
