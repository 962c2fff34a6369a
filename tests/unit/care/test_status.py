"""Pausing, going on and ending, as laws: the past stays, and nothing asks twice."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.care.schemas import AssignmentPause
from server.care.status import Pauses, end, from_day_on, go_on, is_paused, pause, status_on

JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
YEAR = [JUNE + n * DAY for n in range(-5, 60)]


class Given:
    """An assignment's dates."""

    def __init__(self, first: date, last: date | None) -> None:
        self.from_date = first
        self.to_date = last
        self.pauses: Pauses = ()

    def days(self) -> set[date]:
        """The dates on which something of it may be due."""
        last = self.to_date or date.max
        return {day for day in YEAR if self.from_date <= day <= last and not is_paused(self.pauses, day)}


days = st.integers(0, 30).map(lambda n: JUNE + n * DAY)
acts = st.lists(st.tuples(st.sampled_from([pause, go_on]), st.integers(0, 3)), max_size=8)


def lived(first: date, doing: list[tuple[object, int]]) -> tuple[Given, date]:
    """Let therapists pause and go on, some days apart."""
    one, today = Given(first, None), JUNE
    for act, later in doing:
        today += later * DAY
        act(one, today)  # type: ignore[operator]  # one of the functions above
    return one, today


@given(first=days, doing=acts, act=st.sampled_from([pause, go_on, end]), later=st.integers(0, 3))
def test_no_change_touches_a_day_before_today(
    first: date, doing: list[tuple[object, int]], act: object, later: int
) -> None:
    one, today = lived(first, doing)
    today += later * DAY
    before = {day for day in one.days() if day < today}
    act(one, today)  # type: ignore[operator]  # one of the functions above
    assert {day for day in one.days() if day < today} == before


@given(first=days, doing=acts)
def test_a_change_does_what_it_says_from_today_on(first: date, doing: list[tuple[object, int]]) -> None:
    one, today = lived(first, doing)
    pause(one, today)
    assert not {day for day in one.days() if day >= today}
    assert status_on(one, today) == "paused"
    go_on(one, today)
    assert {day for day in one.days() if day >= today} == {day for day in YEAR if day >= max(today, first)}
    assert status_on(one, today) == ("planned" if today < first else "active")
    end(one, today)
    assert not {day for day in one.days() if day >= today}
    assert status_on(one, today) == status_on(one, today + DAY) == "ended"
    assert today < first or one.to_date == today, "a practice of today keeps counting (R16)"


@given(first=days, doing=acts, cut=days)
def test_a_move_takes_along_what_is_set_aside_from_its_day_on(
    first: date, doing: list[tuple[object, int]], cut: date
) -> None:
    one, _ = lived(first, doing)
    moved = from_day_on(one.pauses, cut)
    assert all(each.from_date >= cut for each in moved)
    assert [is_paused(moved, day) for day in YEAR if day >= cut] == [
        is_paused(one.pauses, day) for day in YEAR if day >= cut
    ]


def test_whoever_flew_west_meets_a_pause_of_tomorrow() -> None:
    one = Given(JUNE, None)
    pause(one, JUNE + DAY)
    pause(one, JUNE)
    assert one.pauses == (AssignmentPause(from_date=JUNE + DAY), AssignmentPause(from_date=JUNE))
    go_on(one, JUNE)
    assert one.pauses == ()
