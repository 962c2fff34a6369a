from datetime import UTC, date, datetime, time

import pytest
from support.streak_cases import answered, case, done

from server.practice.streaks import UnknownZoneError, practice_date_of

FOUR = time(4)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    "wall,expected",
    [("03:59:59.999999", "2026-06-02"), ("04:00", "2026-06-03"), ("23:59", "2026-06-03")],
)
def test_before_the_day_start_it_is_still_the_day_before(wall: str, expected: str) -> None:
    assert str(practice_date_of(at(f"2026-06-03T{wall}+02:00"), "Europe/Berlin", FOUR)) == expected


def test_a_day_start_at_midnight_gives_calendar_dates() -> None:
    assert practice_date_of(at("2026-06-03T00:00+02:00"), "Europe/Berlin", time(0)) == date(2026, 6, 3)


def test_the_wall_clock_decides_in_the_night_that_loses_an_hour() -> None:
    # 01:59 EST is followed by 03:00 EDT: 02:30 never shows, and from 03:00 on it is past.
    assert practice_date_of(at("2026-03-08T01:59-05:00"), "America/New_York", time(2, 30)) == date(2026, 3, 7)
    assert practice_date_of(at("2026-03-08T03:00-04:00"), "America/New_York", time(2, 30)) == date(2026, 3, 8)


def test_the_wall_clock_decides_both_times_in_the_hour_that_comes_twice() -> None:
    half_past_one = time(1, 30)
    walls = ["01:45-04:00", "01:15-05:00", "01:45-05:00"]
    dates = [practice_date_of(at(f"2026-11-01T{wall}"), "America/New_York", half_past_one) for wall in walls]
    assert [day.day for day in dates] == [1, 31, 1]


def test_the_zone_of_the_event_decides_not_the_one_of_the_client() -> None:
    report = answered(case(now=3, completions=[done(1, started_at="2026-06-01T20:00:00Z", zone="Asia/Tokyo")]))
    assert report["missed"] == ["2026-06-01"]
    assert report["current"] == 1


def test_a_frozen_practice_date_outlives_a_change_of_day_start() -> None:
    late = done(2, started_at="2026-06-03T01:00:00Z", practice_date="2026-06-02")
    assert answered(case(now=3, completions=[late], policy={"day_start": "00:00"}))["missed"] == ["2026-06-01"]
    assert answered(case(now=3, completions=[late | {"practice_date": None}], policy={"day_start": "00:00"}))[
        "missed"
    ] == [
        "2026-06-01",
        "2026-06-02",
    ]


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../UTC", "Europe", "\0"])
def test_a_zone_that_does_not_exist_is_named_as_such(name: str) -> None:
    with pytest.raises(UnknownZoneError, match="not an IANA zone name"):
        practice_date_of(at("2026-06-03T12:00Z"), name, FOUR)
