"""Everything the streak rules need to know of one client, read from the ledger, the plan and the treatment frame."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from server.accounts import repository as accounts
from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.care import plan as care
from server.care.models import SessionRow
from server.care.occurrences import Anchored, Assigned, Span, occurrences
from server.care.schemas import AsNeeded, Daily, EveryNDays, Recurrence, Weekdays, WeeklyQuota
from server.practice import repository
from server.practice.ledger import completion_fact
from server.practice.models import CompletionRow
from server.practice.streaks import facts as streaks
from server.practice.streaks import schedules
from server.practice.streaks.streaks import Report, report

# No window around a session reaches further (`care.schemas.Offset`).
FARTHEST = timedelta(days=60)


class Standing(Struct, frozen=True, kw_only=True):
    """A client's facts and policy, as `report` and `explain` take them, and the rows they were made of."""

    client: ClientRow
    completions: tuple[CompletionRow, ...]
    sessions: tuple[SessionRow, ...]
    facts: streaks.Facts
    policy: streaks.Policy
    now: datetime
    last_sync: datetime | None

    def report(self) -> Report:
        """Compute the report (`streaks.md` R18)."""
        return report(self.facts, self.policy, now=self.now, last_sync=self.last_sync)


async def read_standing(work: Work, client: UUID) -> Standing:
    """Read a client's standing: six queries, whatever the length of the history.

    Raises:
        NotFound: the caller may not see this client.
    """
    owner = await access_client(work, client)
    plan = await care.read_plan(work, owner)
    zones = await accounts.list_zones(work.session, work.access, client)
    rows = tuple(await repository.list_live(work.session, work.access, client))
    return Standing(
        client=owner,
        completions=rows,
        sessions=plan.sessions,
        facts=streaks.Facts(
            zones=tuple(streaks.ZoneChange(at=row.at, zone=row.zone) for row in zones),
            completions=tuple(completion_fact(row) for row in rows if row.exercise_known),
            sessions=tuple(_dosing(row) for row in plan.sessions if row.kind == "dosing"),
            pauses=tuple(streaks.Pause(first=each.first, last=each.last) for each in owner.silences),
        ),
        policy=streaks.Policy(
            plans=tuple(_plans(plan)),
            day_start=owner.day_start,
            target=owner.daily_target,
            grace=owner.grace,
            post_dose_rest_days=owner.rest_days,
        ),
        now=work.now,
        last_sync=await accounts.last_delivery(work.session, work.access, client),
    )


def _dosing(row: SessionRow) -> streaks.DosingSession:
    cancelled_at = row.decided_at if row.status == "cancelled" else None
    return streaks.DosingSession(
        id=str(row.id), start=row.starts_at, status=row.status, cancelled_at=cancelled_at, zone=row.zone
    )


def _plans(plan: care.Plan) -> Iterator[streaks.Plan]:
    for assigned in plan.assigned:
        yield from _plans_of(assigned, plan.anchored)
    if not plan.assigned:
        # Without an assignment nothing is due, and every practice still counts.
        yield streaks.Plan(schedule=schedules.AsNeeded())


def _plans_of(assigned: Assigned, sessions: tuple[Anchored, ...]) -> Iterator[streaks.Plan]:
    for item in assigned.items:
        if item.anchor == "calendar":
            schedule = _schedule(item.recurrence, assigned)
            yield streaks.Plan(schedule=schedule, start=assigned.first, end=assigned.last)
    if any(item.anchor != "calendar" for item in assigned.items):
        dates = frozenset(_anchored_dates(assigned, sessions))
        yield streaks.Plan(schedule=schedules.OnDates(dates=dates), start=assigned.first, end=assigned.last)


def _schedule(recurrence: Recurrence, assigned: Assigned) -> schedules.Schedule:
    match recurrence:
        case Daily():
            return schedules.Daily()
        case Weekdays(days=days):
            return schedules.Weekdays(days=frozenset(days))
        case EveryNDays(n=n):
            return schedules.EveryNDays(n=n, anchor=assigned.first)
        case WeeklyQuota(n=n):
            return schedules.WeeklyQuota(n=n)
        case AsNeeded():
            return schedules.AsNeeded()


def _anchored_dates(assigned: Assigned, sessions: tuple[Anchored, ...]) -> Iterator[date]:
    if not sessions:
        return
    around = replace(assigned, items=tuple(item for item in assigned.items if item.anchor != "calendar"))
    first = min(session.date for session in sessions) - FARTHEST
    span = Span(first=first, last=max(session.date for session in sessions) + FARTHEST)
    for occurrence in occurrences(around, sessions, span):
        if occurrence.due:
            yield occurrence.date
