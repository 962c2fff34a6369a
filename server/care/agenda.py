"""What is planned for a client on which dates, as their phone and their therapist read it."""

from datetime import date, timedelta
from uuid import UUID

from msgspec.structs import replace

from server.accounts.modes import silenced_since
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.care.assignments import note_of
from server.care.dates import out_of_order, today_of
from server.care.occurrences import Span
from server.care.plan import Plan, read_plan
from server.care.schemas import Agenda, AssignmentNote
from server.care.withdrawn import marked
from server.catalogue.withdrawal import Graveyard
from server.kit.days import on_calendar

LONGEST_AGENDA = timedelta(days=92)
USUAL_AGENDA = timedelta(days=13)


async def read_agenda(work: Work, client: UUID, first: date | None, last: date | None, graveyard: Graveyard) -> Agenda:
    """Return what is planned from `first` (default today) to `last` (default a fortnight), at most 92 days.

    Raises:
        NotFound: not in the caller's care.
        Invalid: the span ends before it begins, or is longer than 92 days.
    """
    owner = await access_client(work, client)
    plan = await read_plan(work, owner)
    begin = first or await today_of(work, owner)
    if not on_calendar(begin):
        raise out_of_order("?from")
    end = last or begin + USUAL_AGENDA
    if not begin <= end <= begin + LONGEST_AGENDA:
        raise out_of_order("?to")
    span = Span(first=begin, last=end)
    notes = await _notes(work, client, plan, span)
    planned = marked(plan.occurrences(span), graveyard)
    if silenced_since(owner) is not None:
        planned = [replace(each, due=False) for each in planned]
    return Agenda(from_date=begin, to_date=end, occurrences=planned, notes=notes)


async def _notes(work: Work, client: UUID, plan: Plan, span: Span) -> list[AssignmentNote]:
    noted = [row for row in plan.assignments if row.note is not None and row.from_date <= span.last]
    running = [row for row in noted if row.to_date is None or row.to_date >= span.first]
    if not running:
        return []
    key = await work.vault.key(work.access.organisation, client)
    return [AssignmentNote(assignment_id=row.id, note=note_of(row, key)) for row in running]
