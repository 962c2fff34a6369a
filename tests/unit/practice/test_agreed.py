"""What was agreed with a client, as the streak rules take it: one assignment's plans, and what counts towards it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.care.items import (
    AsNeeded,
    Counts,
    Daily,
    EveryNDays,
    PinnedExercise,
    PracticeItem,
    Recurrence,
    Weekdays,
    WeeklyQuota,
)
from server.care.occurrences import Anchored, Assigned, Span, occurrences
from server.care.schemas import AssignmentPause
from server.practice.agreed import counts_towards, plan_of
from server.practice.streaks import Completion, Facts, Plan, Policy, Report, ZoneChange, report

JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
MONTH = Span(first=JUNE, last=JUNE + 29 * DAY)
ZONES = (ZoneChange(at=datetime(2026, 1, 1, tzinfo=UTC), zone="UTC"),)


def item(recurrence: Recurrence | None = None, exercise: str = "land-now", **fields: object) -> PracticeItem:
    whole = PracticeItem(
        id=uuid4(),
        exercise=exercise,
        exercise_version=1,
        length="short",
        anchor="calendar",
        from_day=0,
        to_day=0,
        times_of_day=("any",),
        recurrence=recurrence or Daily(),
    )
    return replace(whole, **fields)


def assigned(*items: PracticeItem, last: date | None = None, pauses: tuple[AssignmentPause, ...] = ()) -> Assigned:
    return Assigned(id=uuid4(), first=JUNE, last=last, items=items, pauses=pauses)


def paused(first: int, last: int) -> tuple[AssignmentPause, ...]:
    return (AssignmentPause(from_date=JUNE + (first - 1) * DAY, to_date=JUNE + (last - 1) * DAY),)


def reported(plans: tuple[Plan, ...], *practised: int, now: int) -> Report:
    """Report practice at noon on days of June; the day `now` has begun, and everything was delivered."""
    at = datetime(2026, 6, 1, 12, tzinfo=UTC) + (now - 1) * DAY
    starts = [datetime(2026, 6, 1, 12, tzinfo=UTC) + (day - 1) * DAY for day in practised]
    done = tuple(Completion(id=str(n), started_at=start, received_at=start) for n, start in enumerate(starts))
    return report(Facts(zones=ZONES, completions=done), Policy(plans=plans), now=at, last_sync=at)


def missed(one: Assigned, *practised: int, now: int, sessions: tuple[Anchored, ...] = ()) -> list[int]:
    return [day.day for day in reported(plan_of(one, sessions), *practised, now=now).missed]


def test_the_days_of_an_assignment_are_those_of_its_items_until_it_ends() -> None:
    assert missed(assigned(item(Weekdays(days=(0, 2)))), now=9) == [1, 3, 8]
    assert missed(assigned(item(EveryNDays(n=3))), now=9) == [1, 4, 7]
    assert missed(assigned(item(AsNeeded())), now=9) == []
    assert missed(assigned(item(), last=JUNE + 2 * DAY), now=9) == [1, 2, 3]


def test_what_is_counted_from_an_earlier_day_keeps_its_days() -> None:
    one = replace(assigned(item(EveryNDays(n=3))), first=JUNE + 2 * DAY, counted_from=JUNE)
    assert missed(one, now=11) == [4, 7, 10]


def test_a_pause_asks_for_nothing_and_leaves_the_dates_in_the_plan() -> None:
    found = reported(plan_of(assigned(item(), pauses=paused(2, 4)), ()), 3, now=6)
    assert [day.day for day in found.missed] == [1, 5]
    assert found.preparation.practised == 1
    assert found.adherence == 0, "practice within is a bonus (R14)"
    assert {day.day: str(kind) for day, kind in found.neutral.items()} == {2: "not_due", 4: "not_due", 6: "open"}


def test_a_pause_within_a_week_asks_for_its_share_once() -> None:
    quota = item(WeeklyQuota(n=3))
    assert missed(assigned(quota), now=9) == [5, 6, 7]
    assert missed(assigned(quota, pauses=paused(3, 4)), now=9) == [5, 6, 7], "ceil(3 * 5 / 7)"
    assert missed(assigned(quota, pauses=paused(3, 6)), now=9) == [2, 7], "ceil(3 * 3 / 7)"
    assert missed(assigned(quota, pauses=paused(3, 4)), now=7) == [], "the week is not over"
    assert missed(assigned(quota, pauses=paused(1, 7)), now=9) == []


def test_with_several_assignments_only_the_paused_one_is_silent() -> None:
    every = assigned(item(), pauses=paused(1, 6))
    mondays = assigned(item(Weekdays(days=(0, 2))))
    plans = (*plan_of(every, ()), *plan_of(mondays, ()))
    assert [day.day for day in reported(plans, now=6).missed] == [1, 3]


def test_a_day_needs_the_largest_target_that_an_item_asks_for() -> None:
    one = assigned(item(), item(Weekdays(days=(2,)), target=2))
    found = reported(plan_of(one, ()), 1, 2, 3, 4, now=5)
    assert found.preparation.practised == 3
    assert [day.day for day in found.missed] == [3]
    assert [day.day for day in reported(plan_of(one, ()), 1, 2, 3, 3, 4, now=5).missed] == [], "control"


def test_a_target_asks_for_nothing_while_it_is_set_aside_or_not_of_the_day() -> None:
    twice = assigned(item(target=2), pauses=paused(2, 3))
    assert reported(plan_of(twice, ()), 1, 2, now=4).preparation.practised == 1
    wanted = assigned(item(AsNeeded(), target=3))
    assert reported(plan_of(wanted, ()), 1, now=2).preparation.practised == 1


def test_items_around_sessions_keep_their_own_targets() -> None:
    session = Anchored(id=uuid4(), kind="dosing", date=JUNE + 4 * DAY)
    around = {"anchor": "dosing", "from_day": 1, "to_day": 2}
    one = assigned(item(**around), item(**{**around, "from_day": 2, "target": 2}))
    plans = plan_of(one, (session,))
    assert sorted(plan.target for plan in plans) == [1, 2]
    assert missed(one, 6, 7, now=9, sessions=(session,)) == [7]
    assert missed(one, 6, 7, 7, now=9, sessions=(session,)) == [], "control"


def accepts(one: Assigned, exercise: str, day: int, *sessions: Anchored) -> bool:
    return counts_towards(one, sessions, exercise, JUNE + (day - 1) * DAY)


def test_any_exercise_counts_unless_the_items_say_that_only_theirs_do() -> None:
    assert accepts(assigned(item()), "soft-landing", 1)
    own = assigned(item(counts="this"))
    assert accepts(own, "land-now", 1)
    assert not accepts(own, "soft-landing", 1)


def test_each_choice_of_an_item_is_its_own() -> None:
    choice = tuple(PinnedExercise(exercise=slug, exercise_version=1) for slug in ("land-now", "follow-the-dot"))
    one = assigned(item(any_of=choice, counts="this"))
    assert [accepts(one, each, 1) for each in ("land-now", "follow-the-dot", "soft-landing")] == [True, True, False]


def test_the_items_of_the_day_decide_and_all_of_them_where_there_is_none() -> None:
    one = assigned(item(Weekdays(days=(0,)), counts="this"), item(Weekdays(days=(1,)), "soft-landing"))
    assert [accepts(one, "follow-the-dot", day) for day in (1, 2, 3)] == [False, True, True]
    session = Anchored(id=uuid4(), kind="dosing", date=JUNE + 2 * DAY)
    around = assigned(item(anchor="dosing", counts="this"), item(Weekdays(days=(0,)), counts="this"))
    assert [accepts(around, "land-now", day, session) for day in (1, 3)] == [True, True]
    assert not accepts(around, "soft-landing", 3, session)


recurrences = st.one_of(
    st.just(Daily()),
    st.builds(EveryNDays, n=st.integers(2, 9)),
    st.builds(Weekdays, days=st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple)),
    st.just(AsNeeded()),
)
counts: st.SearchStrategy[Counts] = st.sampled_from(["this", "any"])


@st.composite
def assignments(draw: st.DrawFn) -> Assigned:
    def one() -> PracticeItem:
        first = draw(st.integers(-9, 9))
        fields = {"anchor": draw(st.sampled_from(["calendar", "dosing", "other"])), "from_day": first}
        return item(draw(recurrences), **fields, to_day=first + draw(st.integers(0, 5)), counts=draw(counts))

    gaps = [sorted(draw(st.tuples(st.integers(1, 30), st.integers(1, 30)))) for _ in range(draw(st.integers(0, 2)))]
    items = tuple(one() for _ in range(draw(st.integers(1, 4))))
    return assigned(*items, pauses=tuple(pause for first, last in gaps for pause in paused(first, last)))


frames = st.lists(
    st.builds(
        Anchored,
        id=st.uuids(),
        kind=st.sampled_from(["dosing", "other"]),
        date=st.integers(0, 30).map(lambda n: JUNE + n * DAY),
    ),
    max_size=3,
).map(tuple)


@given(one=assignments(), sessions=frames)
def test_a_date_is_missed_exactly_where_the_agenda_says_due(one: Assigned, sessions: tuple[Anchored, ...]) -> None:
    due = sorted({each.date for each in occurrences(one, sessions, MONTH) if each.due})
    assert list(reported(plan_of(one, sessions), now=31).missed) == due


@given(one=assignments(), sessions=frames, day=st.integers(1, 30))
def test_what_an_item_of_the_day_offers_counts_towards_it(
    one: Assigned, sessions: tuple[Anchored, ...], day: int
) -> None:
    assert counts_towards(one, sessions, "land-now", JUNE + (day - 1) * DAY)
    other = counts_towards(one, sessions, "soft-landing", JUNE + (day - 1) * DAY)
    assert other <= any(each.counts == "any" for each in one.items)


def test_ids_of_assignments_play_no_part() -> None:
    one = assigned(item())
    assert plan_of(one, ()) == plan_of(replace(one, id=UUID(int=1)), ())
