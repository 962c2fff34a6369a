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
from server.accounts.errand import Errand, Phone
from server.accounts.schemas import Display
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.kit.days import practice_date_of
from server.practice import figures
from server.practice.ledger import Entry, completion_fact
from server.practice.standing import read_standing
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


def told(errand: Errand) -> bytes | None:
    """Return the streak that was kept for today, as JSON; None when there is none."""
    answer = errand.head.answer
    found = _decoder.decode(answer) if answer else None
    return found.body if found and found.stands(errand.now) else None


def go_on(errand: Errand, standing: bytes | None, entries: Iterable[Entry]) -> None:
    """Go on from what was kept with new practice, and keep standing and answer in the head; else forget both."""
    head, now = errand.head, errand.now
    kept = keeping.decode(standing) if standing else None
    facts = [completion_fact(entry) for entry in entries if entry.exercise_known]
    if kept and not keeping.add(kept, facts, now=now):
        kept = None
    head.standing, head.answer = _written(kept, errand.display, now, head.delivered_at) if kept else (None, None)


async def keep_anew(phone: Phone) -> bytes:
    """Make the streak of everything, keep it in the head, and return it as JSON."""
    async with phone.work(writes=True) as work:
        return await keep_streak(work)


async def keep_streak(work: Work) -> bytes:
    """Make the caller's streak of everything, keep it in the head, and return it as JSON."""
    head = (await open_scope(work, work.access.subject)).head
    standing = await read_standing(work, work.access.subject)
    kept = keeping.keep(standing.facts, standing.policy, now=work.now, last_sync=standing.last_sync)
    head.standing, head.answer = _written(kept, standing.client.display, work.now, standing.last_sync)
    await work.session.flush()
    return msgspec.json.encode(figures.streak(standing.report(), standing.client.display))


async def recall(errand: Errand) -> bytes | None:
    """Return the streak as of now, made of what was kept on an earlier date, as JSON; None when nothing was."""
    standing = await accounts.find_standing(errand.link, errand.access)
    kept = keeping.decode(standing) if standing else None
    report = keeping.report_kept(kept, now=errand.now, last_sync=errand.head.delivered_at) if kept else None
    return msgspec.json.encode(figures.streak(report, errand.display)) if report else None


def _written(
    kept: Kept, display: Display, now: datetime, last_sync: datetime | None
) -> tuple[bytes | None, bytes | None]:
    report = keeping.report_kept(kept, now=now, last_sync=last_sync)
    if report is None:
        return None, None
    zones = sorted((change.at, change.zone) for change in kept.facts.zones)
    if zones[-1][0] > now:
        # The date would change when this zone begins.
        return keeping.encode(kept), None
    body = msgspec.json.encode(figures.streak(report, display))
    answer = Answer(today=report.today, zone=zones[-1][1], day_start=kept.policy.day_start, body=body)
    return keeping.encode(kept), msgspec.msgpack.encode(answer)
