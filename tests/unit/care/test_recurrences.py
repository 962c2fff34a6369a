"""The few lines that expand a recurrence agree with RFC 5545, as python-dateutil reads it (decision 0019)."""

from datetime import date, datetime, timedelta

from dateutil.rrule import DAILY, WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from server.care.items import AsNeeded, Daily, EveryNDays, Recurrence, Weekdays, WeeklyQuota
from server.care.occurrences import Span, falls_on

DAY = timedelta(days=1)
starts = st.dates(date(1970, 1, 1), date(2100, 1, 1))


def expanded(recurrence: Recurrence, start: date, last: date) -> set[date]:
    return {day for day in Span(first=start, last=last) if falls_on(recurrence, day, start)}


def by_rule(start: date, last: date, freq: int, interval: int = 1, days: tuple[int, ...] | None = None) -> set[date]:
    begin, end = (datetime.combine(day, datetime.min.time()) for day in (start, last))
    return {each.date() for each in rrule(freq, dtstart=begin, until=end, interval=interval, byweekday=days)}


@given(start=starts, length=st.integers(0, 200), n=st.integers(2, 60))
def test_every_n_days_is_a_daily_rule_with_an_interval(start: date, length: int, n: int) -> None:
    last = start + length * DAY
    assert expanded(EveryNDays(n=n), start, last) == by_rule(start, last, DAILY, n)


@given(start=starts, length=st.integers(0, 200), days=st.sets(st.integers(0, 6), min_size=1))
def test_weekdays_are_a_weekly_rule(start: date, length: int, days: set[int]) -> None:
    last = start + length * DAY
    assert expanded(Weekdays(days=tuple(days)), start, last) == by_rule(start, last, WEEKLY, days=tuple(days))


@given(start=starts, length=st.integers(0, 200))
def test_what_has_no_days_of_its_own_is_offered_daily(start: date, length: int) -> None:
    last = start + length * DAY
    for recurrence in (Daily(), AsNeeded(), WeeklyQuota(n=3)):
        assert expanded(recurrence, start, last) == by_rule(start, last, DAILY)


def test_another_interval_is_noticed() -> None:
    start = date(2026, 6, 1)
    assert expanded(EveryNDays(n=3), start, start + 9 * DAY) != by_rule(start, start + 9 * DAY, DAILY, 2)
