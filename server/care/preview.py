"""What giving a set would mean for a client, before anything is saved."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from server.accounts.policy import access_client
from server.accounts.work import Work
from server.care import load, suits
from server.care.assignments import read_span
from server.care.dates import today_of
from server.care.findings import AssignmentPreview, Finding, PreviewAssignment, PreviewedPractice
from server.care.items import PracticeItem
from server.care.occurrences import Assigned, Offered, Span, is_due, offered
from server.care.pins import pin
from server.care.plan import DAY_ORDER, Plan, read_plan
from server.care.sets import find_set
from server.catalogue.snapshot import Snapshot
from server.kit.errors import FieldError, Invalid
from server.kit.ids import new_id

FOUR_WEEKS: Final = timedelta(days=27)


class _Given(Struct, frozen=True, kw_only=True):
    """What would be given."""

    items: tuple[PracticeItem, ...]
    retired: bool


async def preview_assignment(
    work: Work, client: UUID, data: PreviewAssignment, catalogue: Snapshot
) -> AssignmentPreview:
    """Return four weeks of what a set would offer, and what there is to know about it; nothing is saved.

    Raises:
        NotFound: not in the caller's care, or the clinic has no such set or version.
        Invalid: neither or both of a set and items, or as `read_span` and `pin` say.
    """
    owner = await access_client(work, client)
    given = await _given(work, data, catalogue)
    first, last = read_span(data.from_date, data.to_date, await today_of(work, owner))
    plan = await read_plan(work, owner)
    span = Span(first=first, last=first + FOUR_WEEKS)
    assigned = Assigned(id=new_id(), first=first, last=last, items=given.items)
    planned = list(offered(assigned, plan.anchored, span))
    return AssignmentPreview(
        from_date=span.first,
        to_date=span.last,
        occurrences=_practices(planned, _places(given.items)),
        findings=list(_findings(given, planned, plan, span, catalogue)),
    )


async def _given(work: Work, data: PreviewAssignment, catalogue: Snapshot) -> _Given:
    if not isinstance(data.items, UnsetType) and isinstance(data.practice_set_id, UnsetType):
        return _Given(items=pin(data.items, catalogue), retired=False)
    if isinstance(data.items, UnsetType) and not isinstance(data.practice_set_id, UnsetType):
        version = None if isinstance(data.version, UnsetType) else data.version
        practice_set = await find_set(work, data.practice_set_id, version)
        return _Given(items=practice_set.items, retired=practice_set.retired)
    error = FieldError(
        pointer="/items", code="one_of_two", detail="A preview is either of a set of the clinic or of items."
    )
    raise Invalid("Say what would be given.", errors=[error])


def _places(items: Iterable[PracticeItem]) -> Mapping[UUID, int]:
    return {item.id: place for place, item in enumerate(items)}


def _practices(planned: Iterable[Offered], places: Mapping[UUID, int]) -> list[PreviewedPractice]:
    found = [
        PreviewedPractice(
            item=places[each.item.id],
            date=each.date,
            slot=slot,
            due=is_due(each.item.recurrence),
            exercise=each.item.exercise,
            exercise_version=each.item.exercise_version,
            length=each.item.length,
            target=each.item.target,
            any_of=each.item.any_of,
            session_id=each.session.id if each.session else UNSET,
        )
        for each in planned
        for slot in each.item.times_of_day
    ]
    return sorted(found, key=lambda each: (each.date, DAY_ORDER[each.slot]))


def _findings(given: _Given, planned: list[Offered], plan: Plan, span: Span, catalogue: Snapshot) -> Iterable[Finding]:
    places = _places(given.items)
    running = list(_running(plan, span, places))
    dosing = frozenset(session.date for session in plan.anchored if session.kind == "dosing")
    if given.retired:
        yield Finding(code="set_retired", severity="warn", detail="This set is retired: there may be a better one.")
    yield from load.heavy_days(planned, running, catalogue.exercises)
    yield from load.overlaps(planned, running, places)
    yield from suits.of_session_days(planned, dosing, places, catalogue)
    yield from suits.of_exercises(given.items, catalogue)


def _running(plan: Plan, span: Span, places: Mapping[UUID, int]) -> Iterable[Offered]:
    """Return what the plan offers already, each practice once; what both hold is the same practice."""
    found = (each for assigned in plan.assigned for each in offered(assigned, plan.anchored, span))
    return dict.fromkeys(each for each in found if each.item.id not in places)
