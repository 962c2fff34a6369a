"""The streak that stands with the scope's head: told at once, and always equal to what the facts say (R18).

A push that only adds practice goes on from what was kept. Whatever else is written to the scope forgets it, and who
next needs it makes it of everything again: once, whatever the history.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final

import msgspec
from msgspec import Struct

from server.accounts import repository as accounts
from server.accounts.errand import Errand, Glance, Head, Phone
from server.accounts.models import SyncHeadRow
from server.accounts.modes import shown_display
from server.accounts.schemas import Display
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.kit.days import practice_date_of
from server.practice import figures
from server.practice.ledger import Entry, completion_fact
from server.practice.standing import Standing, read_standing
from server.practice.streaks import kept as keeping
from server.practice.streaks.kept import Kept


class Answer(Struct, frozen=True, kw_only=True):
    """A streak as JSON, as told on the practice date `today`; it stands while that is the date in `zone`."""

    today: date
    zone: str
    day_start: time
    body: bytes

    def stands(self, now: datetime) -> bool:
        """Whether it is still that date: nothing but a fact changes what is told within one."""
        return practice_date_of(now, self.zone, self.day_start) == self.today


_decoder: Final = msgspec.msgpack.Decoder(Answer)


def told(glance: Glance) -> bytes | None:
    """Return the streak that was kept for today, as JSON; None when there is none."""
    answer = glance.head.answer
    found = _decoder.decode(answer) if answer else None
    return found.body if found and found.stands(glance.now) else None


def go_on(errand: Errand, entries: Iterable[Entry]) -> None:
    """Add new practice to what the head keeps; what was told of it stands no longer."""
    head = errand.head
    kept = keeping.decode(head.standing) if head.standing else None
    facts = [completion_fact(entry) for entry in entries if entry.exercise_known]
    goes_on = kept is not None and keeping.add(kept, facts, now=errand.now)
    head.standing = keeping.encode(kept) if kept and goes_on else None
    head.answer = None


async def recall(errand: Errand) -> bytes | None:
    """Tell the streak from what the head keeps, and keep what was told; None when nothing is kept. Returns JSON."""
    head = errand.head
    kept = keeping.decode(head.standing) if head.standing else None
    body = _tell(head, kept, errand.display, errand.now) if kept else None
    if body:
        await accounts.save_head(errand.link, errand.access, head)
    return body


async def keep_anew(phone: Phone) -> bytes:
    """Make the streak of everything, keep it in the head, and return it as JSON."""
    async with phone.work(writes=True) as work:
        return await keep_streak(work)


async def keep_streak(work: Work) -> bytes:
    """Make the caller's streak of everything, keep it in the head, and return it as JSON."""
    head = (await open_scope(work, work.access.subject)).head
    standing = await read_standing(work, work.access.subject)
    kept = keeping.keep(standing.facts, standing.policy, now=work.now, last_sync=standing.last_sync)
    body = _tell(head, kept, shown_display(standing.client), work.now)
    await work.session.flush()
    return body or _of_everything(standing)


async def differs(work: Work) -> bool:
    """Whether what the caller's head keeps tells another streak than everything does; nothing is kept: it does not."""
    head = (await open_scope(work, work.access.subject)).head
    standing = await read_standing(work, work.access.subject)
    kept = keeping.decode(head.standing) if head.standing else None
    report = keeping.report_kept(kept, now=work.now, last_sync=head.delivered_at) if kept else None
    answer = _decoder.decode(head.answer) if head.answer else None
    told = [answer.body] if answer and answer.stands(work.now) else []
    if report:
        told.append(msgspec.json.encode(figures.streak(report, shown_display(standing.client))))
    return any(body != _of_everything(standing) for body in told)


def _of_everything(standing: Standing) -> bytes:
    return msgspec.json.encode(figures.streak(standing.report(), shown_display(standing.client)))


def _tell(head: Head | SyncHeadRow, kept: Kept, display: Display, now: datetime) -> bytes | None:
    """Tell what is kept as of now, and keep it and its answer in the head; None when the clock was put back too far."""
    report = keeping.report_kept(kept, now=now, last_sync=head.delivered_at)
    if report is None:
        head.standing = head.answer = None
        return None
    body = msgspec.json.encode(figures.streak(report, display))
    zones = sorted((change.at, change.zone) for change in kept.facts.zones)
    answer = Answer(today=report.today, zone=zones[-1][1], day_start=kept.policy.day_start, body=body)
    # A zone that is still to begin would change the date.
    head.answer = msgspec.msgpack.encode(answer) if zones[-1][0] <= now else None
    head.standing = keeping.encode(kept)
    return body
