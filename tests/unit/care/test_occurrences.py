from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from server.care.items import (
    Anchor,
    AsNeeded,
    Daily,
    EveryNDays,
    PracticeItem,
    Recurrence,
    Slot,
    Weekdays,
    WeeklyQuota,
)
from server.care.occurrences import Anchored, Assigned, Span, is_due, occurrences
from server.care.schemas import AssignmentPause, Occurrence

JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
ITEM = UUID("0190a000-0000-7000-8000-000000000001")
SESSION = UUID("0190a000-0000-7000-8000-000000000002")
MONTHS = Span(first=JUNE, last=JUNE + 150 * DAY)
YEARS = Span(first=date(2020, 1, 1), last=date(2030, 1, 1))

KINDS: tuple[Anchor, ...] = ("preparation", "dosing", "integration", "other")
SLOTS: tuple[Slot, ...] = ("any", "morning", "midday", "evening", "night")

steady = st.one_of(
    st.just(Daily()),
    st.builds(EveryNDays, n=st.integers(2, 9)),
    st.builds(WeeklyQuota, n=st.integers(1, 7)),
    st.just(AsNeeded()),
)
weekdays = st.builds(Weekdays, days=st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple))
days = st.integers(0, 120).map(lambda n: JUNE + n * DAY)


def item(recurrence: Recurrence, anchor: Anchor = "calendar", **fields: object) -> PracticeItem:
    whole = PracticeItem(
        id=ITEM,
        exercise="land-now",
        exercise_version=1,
        length="short",
        anchor=anchor,
        from_day=0,
        to_day=0,
        times_of_day=("any",),
        recurrence=recurrence,
    )
    return replace(whole, **fields)


@st.composite
def items(draw: st.DrawFn, anchors: tuple[Anchor, ...], recurrences: st.SearchStrategy[Recurrence]) -> PracticeItem:
    first = draw(st.integers(-20, 20))
    return item(
        draw(recurrences),
        draw(st.sampled_from(anchors)),
        id=draw(st.uuids()),
        from_day=first,
        to_day=first + draw(st.integers(0, 12)),
        times_of_day=tuple(draw(st.lists(st.sampled_from(SLOTS), min_size=1, max_size=3, unique=True))),
    )


def plans(
    anchors: tuple[Anchor, ...], recurrences: st.SearchStrategy[Recurrence], *, bounded: bool = True
) -> st.SearchStrategy[Assigned]:
    return st.builds(
        Assigned,
        id=st.uuids(),
        first=days if bounded else st.just(date(2020, 1, 1)),
        last=(st.none() | days) if bounded else st.none(),
        items=st.lists(items(anchors, recurrences), min_size=1, max_size=4, unique_by=lambda each: each.id).map(tuple),
    )


def sessions() -> st.SearchStrategy[tuple[Anchored, ...]]:
    one = st.builds(Anchored, id=st.uuids(), kind=st.sampled_from(KINDS), date=days)
    return st.lists(one, max_size=4, unique_by=lambda each: each.id).map(tuple)


def ids(found: Iterable[Occurrence]) -> list[UUID]:
    return [each.id for each in found]


anything = plans(("calendar", *KINDS), st.one_of(steady, weekdays))


@given(plan=plans(KINDS, steady, bounded=False), frame=sessions(), shifts=st.lists(st.integers(-90, 90), min_size=4))
def test_moving_a_session_moves_dates_and_never_ids(
    plan: Assigned, frame: tuple[Anchored, ...], shifts: list[int]
) -> None:
    by = {each.id: shift * DAY for each, shift in zip(frame, shifts, strict=False)}
    moved = tuple(replace(each, date=each.date + by[each.id]) for each in frame)
    before, after = list(occurrences(plan, frame, YEARS)), list(occurrences(plan, moved, YEARS))
    assert ids(before) == ids(after)
    for old, new in zip(before, after, strict=True):
        assert isinstance(old.session_id, UUID)
        assert new.date - old.date == by[old.session_id]
        assert replace(new, date=old.date) == old


@given(plan=anything, frame=sessions())
def test_no_two_occurrences_share_an_id(plan: Assigned, frame: tuple[Anchored, ...]) -> None:
    found = ids(occurrences(plan, frame, Span(first=JUNE, last=JUNE + 150 * DAY)))
    assert len(set(found)) == len(found)


@given(plan=anything, frame=sessions(), cuts=st.lists(st.integers(0, 150), max_size=4))
def test_the_agenda_of_a_span_is_that_of_its_parts_together(
    plan: Assigned, frame: tuple[Anchored, ...], cuts: list[int]
) -> None:
    edges = sorted({0, *cuts, 151})
    parts = [Span(first=JUNE + begin * DAY, last=JUNE + (end - 1) * DAY) for begin, end in pairwise(edges)]
    whole = list(occurrences(plan, frame, Span(first=JUNE, last=JUNE + 150 * DAY)))
    joined = [each for part in parts for each in occurrences(plan, frame, part)]
    assert sorted(whole, key=lambda each: each.id) == sorted(joined, key=lambda each: each.id)


@given(plan=anything, frame=sessions(), data=st.data())
def test_the_order_of_sessions_changes_nothing(
    plan: Assigned, frame: tuple[Anchored, ...], data: st.DataObject
) -> None:
    shuffled = tuple(data.draw(st.permutations(frame)))
    assert set(ids(occurrences(plan, frame, YEARS))) == set(ids(occurrences(plan, shuffled, YEARS)))


@given(plan=anything, frame=sessions())
def test_nothing_is_planned_outside_of_the_assignment_or_the_span(plan: Assigned, frame: tuple[Anchored, ...]) -> None:
    span = Span(first=JUNE + 10 * DAY, last=JUNE + 60 * DAY)
    for each in occurrences(plan, frame, span):
        assert span.first <= each.date <= span.last
        assert plan.first <= each.date <= (plan.last or date.max)


def test_a_calendar_occurrence_keeps_this_id_for_ever() -> None:
    plan = Assigned(id=SESSION, first=JUNE, last=None, items=(item(Daily(), times_of_day=("any", "evening")),))
    assert ids(occurrences(plan, (), Span(first=JUNE, last=JUNE))) == [
        UUID("e23bde1e-cd9d-5ea7-9d06-370f5c34548d"),
        UUID("607779ef-8a0f-5401-8225-eb44f15058e1"),
    ]


def test_an_anchored_occurrence_keeps_this_id_for_ever() -> None:
    plan = Assigned(id=SESSION, first=JUNE, last=None, items=(item(Daily(), "dosing", from_day=-1, to_day=0),))
    frame = (Anchored(id=SESSION, kind="dosing", date=JUNE + 20 * DAY),)
    assert ids(occurrences(plan, frame, YEARS)) == [
        UUID("c727df21-bf83-5c2b-a15d-ba14d1645dfb"),
        UUID("4e920ba6-e043-55fc-8e23-b643263cf4ee"),
    ]


def test_an_open_assignment_at_the_end_of_the_calendar_ends_there() -> None:
    plan = Assigned(id=SESSION, first=JUNE, last=None, items=(item(Daily()),))
    assert [each.date for each in occurrences(plan, (), Span(first=date.max, last=date.max))] == [date.max]


def test_every_third_day_counts_from_the_first_day_of_the_assignment() -> None:
    plan = Assigned(id=SESSION, first=JUNE, last=None, items=(item(EveryNDays(n=3)),))
    found = occurrences(plan, (), Span(first=JUNE + DAY, last=JUNE + 9 * DAY))
    assert [(each.date - JUNE).days for each in found] == [3, 6, 9]


def test_every_third_day_around_a_session_counts_from_the_first_day_of_the_window() -> None:
    plan = Assigned(id=SESSION, first=JUNE, last=None, items=(item(EveryNDays(n=3), "dosing", from_day=-2, to_day=7),))
    frame = (Anchored(id=SESSION, kind="dosing", date=JUNE + 20 * DAY),)
    assert [(each.date - frame[0].date).days for each in occurrences(plan, frame, YEARS)] == [-2, 1, 4, 7]


def test_as_needed_and_a_quota_are_offered_and_not_due() -> None:
    assert [is_due(each) for each in (Daily(), Weekdays(days=(0,)), EveryNDays(n=2), AsNeeded(), WeeklyQuota(n=3))] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_session_of_another_kind_anchors_nothing() -> None:
    plan = Assigned(id=SESSION, first=JUNE, last=None, items=(item(Daily(), "dosing"),))
    assert not list(occurrences(plan, (Anchored(id=SESSION, kind="other", date=JUNE),), YEARS))
    assert list(occurrences(plan, (Anchored(id=SESSION, kind="dosing", date=JUNE),), YEARS)), "control"


@given(plan=anything, frame=sessions(), data=st.data())
def test_an_id_says_nothing_of_places_or_instants(
    plan: Assigned, frame: tuple[Anchored, ...], data: st.DataObject
) -> None:
    """Whatever stands before an item in its set, beside it in the plan, or after it in time changes no id of it."""
    shuffled = tuple(data.draw(st.permutations(plan.items)))
    fewer = shuffled[: data.draw(st.integers(1, len(shuffled)))]
    span = Span(first=JUNE, last=JUNE + 150 * DAY)
    alone = set(ids(occurrences(replace(plan, items=fewer, id=data.draw(st.uuids())), frame, span)))
    every = {each.id: each for each in occurrences(plan, frame, span)}
    assert alone <= every.keys()
    mine = {item.id for item in fewer}
    for each in every.values():
        where = (
            f"{each.session_id}/{(each.date - _of(frame, each)).days}" if each.session_id else f"calendar/{each.date}"
        )
        assert (each.id in alone) == any(each.id == uuid5(item, f"{where}/{each.slot}") for item in mine)


def _of(frame: tuple[Anchored, ...], each: Occurrence) -> date:
    return next(session.date for session in frame if session.id == each.session_id)


@given(plan=anything, frame=sessions())
def test_equal_plans_have_equal_occurrences(plan: Assigned, frame: tuple[Anchored, ...]) -> None:
    copied = msgspec.json.decode(msgspec.json.encode((plan, frame)), type=tuple[Assigned, tuple[Anchored, ...]])
    assert copied == (plan, frame)
    assert list(occurrences(*copied, MONTHS)) == list(occurrences(plan, frame, MONTHS))


pauses = st.builds(AssignmentPause, from_date=days, to_date=st.one_of(st.just(UNSET), days))


@given(plan=anything, frame=sessions(), gaps=st.lists(pauses, max_size=3).map(tuple))
def test_a_pause_takes_its_dates_out_and_nothing_else(
    plan: Assigned, frame: tuple[Anchored, ...], gaps: tuple[AssignmentPause, ...]
) -> None:
    paused = list(occurrences(replace(plan, pauses=gaps), frame, MONTHS))
    assert paused == [
        each for each in occurrences(plan, frame, MONTHS) if not any(gap.covers(each.date) for gap in gaps)
    ]


def test_an_assignment_that_was_moved_goes_on_counting_from_the_first_day_of_the_one_before() -> None:
    plan = Assigned(id=SESSION, first=JUNE + 4 * DAY, last=None, items=(item(EveryNDays(n=3)),), counted_from=JUNE)
    found = occurrences(plan, (), Span(first=JUNE, last=JUNE + 12 * DAY))
    assert [(each.date - JUNE).days for each in found] == [6, 9, 12]


def test_what_an_older_server_kept_can_be_read() -> None:
    kept = (
        b'{"id":"0190a000-0000-7000-8000-000000000001","exercise":"land-now","exercise_version":1,"length":"short",'
        b'"anchor":"calendar","from_day":0,"to_day":0,"times_of_day":["any"],"recurrence":{"type":"daily"}}'
    )
    assert msgspec.json.decode(kept, type=PracticeItem) == item(Daily())
    assert (item(Daily()).target, item(Daily()).counts, item(Daily()).any_of) == (1, "any", UNSET)
