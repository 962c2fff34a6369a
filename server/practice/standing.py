"""Everything the streak rules need to know of one client, read from the ledger, the plan and the treatment frame."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from server.accounts import repository as accounts
from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.care import plan as care
from server.care.models import SessionRow
from server.practice import repository
from server.practice.agreed import plans_of
from server.practice.ledger import completion_fact
from server.practice.models import CompletionRow
from server.practice.pauses.repository import list_pauses
from server.practice.streaks import facts as streaks
from server.practice.streaks.streaks import Report, report


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
    """Read a client's standing: seven queries, whatever the length of the history.

    Raises:
        NotFound: the caller may not see this client.
    """
    owner = await access_client(work, client)
    plan = await care.read_plan(work, owner)
    zones = await accounts.list_zones(work.session, work.access, client)
    pauses = await list_pauses(work.session, work.access, client)
    rows = tuple(await repository.list_live(work.session, work.access, client))
    return Standing(
        client=owner,
        completions=rows,
        sessions=plan.sessions,
        facts=streaks.Facts(
            zones=tuple(streaks.ZoneChange(at=row.at, zone=row.zone) for row in zones),
            completions=tuple(completion_fact(row) for row in rows if row.exercise_known),
            sessions=tuple(_dosing(row) for row in plan.sessions if row.kind == "dosing"),
            pauses=(
                *(streaks.Pause(first=row.from_date, last=row.to_date) for row in pauses),
                *(streaks.Pause(first=each.first, last=each.last) for each in owner.silences),
            ),
        ),
        policy=streaks.Policy(
            plans=plans_of(plan),
            day_start=owner.day_start,
            target=owner.daily_target,
            grace=owner.grace,
            post_dose_rest_days=owner.rest_days,
        ),
        now=work.now,
        last_sync=(await accounts.find_head(work.session, work.access, client)).delivered_at,
    )


def _dosing(row: SessionRow) -> streaks.DosingSession:
    cancelled_at = row.decided_at if row.status == "cancelled" else None
    return streaks.DosingSession(
        id=str(row.id), start=row.starts_at, status=row.status, cancelled_at=cancelled_at, zone=row.zone
    )
