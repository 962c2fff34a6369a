"""A client's facts and policy as the streak rules take them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.care.models import SessionRow
from server.practice.agreed import plans_of
from server.practice.ledger import completion_fact
from server.practice.lived import Lived, read_known, read_now
from server.practice.models import CompletionRow
from server.practice.streaks import facts as streaks
from server.practice.streaks.streaks import Report, report


class Seen(Struct, frozen=True, kw_only=True):
    """The instant a report is about, and the instant from which it is told what was known."""

    as_of: datetime
    known_at: datetime


class Standing(Struct, frozen=True, kw_only=True):
    """A client's facts and policy, as `report` and `explain` take them, and what they were made of."""

    client: ClientRow
    lived: Lived
    facts: streaks.Facts
    policy: streaks.Policy
    now: datetime

    @property
    def completions(self) -> tuple[CompletionRow, ...]:
        """What was practised, by practice date."""
        return self.lived.completions

    @property
    def sessions(self) -> tuple[SessionRow, ...]:
        """The treatment sessions, oldest first."""
        return self.lived.plan.sessions

    @property
    def last_sync(self) -> datetime | None:
        """When a phone last delivered its outbox."""
        return self.lived.last_sync

    def report(self) -> Report:
        """Compute the report (`streaks.md` R18)."""
        return report(self.facts, self.policy, now=self.now, last_sync=self.last_sync)


async def read_standing(work: Work, client: UUID, seen: Seen | None = None) -> Standing:
    """Read a client's standing: seven queries, whatever the length of the history; now, or as `seen` then.

    Raises:
        NotFound: the caller may not see this client.
    """
    owner = await access_client(work, client)
    if seen is None:
        return _standing(owner, await read_now(work, owner), work.now)
    now = work.now
    lived = await (read_now(work, owner) if seen.known_at >= now else read_known(work, owner, seen.known_at))
    # A phone's clock may be ahead, and a session is held on its day: as of the moment of telling, all of it happened.
    told = seen.as_of >= seen.known_at
    return _standing(owner, lived if told else lived.as_of(seen.as_of), seen.as_of)


def _standing(owner: ClientRow, lived: Lived, now: datetime) -> Standing:
    silences = (streaks.Pause(first=each.first, last=each.last) for each in lived.state.silences)
    return Standing(
        client=owner,
        lived=lived,
        facts=streaks.Facts(
            zones=lived.zones,
            completions=tuple(completion_fact(row) for row in lived.completions if row.exercise_known),
            sessions=tuple(_dosing(row) for row in lived.plan.sessions if row.kind == "dosing"),
            pauses=(*lived.pauses, *silences),
        ),
        policy=streaks.Policy(
            plans=plans_of(lived.plan),
            day_start=lived.state.day_start,
            target=lived.state.daily_target,
            grace=lived.state.grace,
            post_dose_rest_days=lived.state.rest_days,
        ),
        now=now,
    )


def _dosing(row: SessionRow) -> streaks.DosingSession:
    cancelled_at = row.decided_at if row.status == "cancelled" else None
    return streaks.DosingSession(
        id=str(row.id), start=row.starts_at, status=row.status, cancelled_at=cancelled_at, zone=row.zone
    )
