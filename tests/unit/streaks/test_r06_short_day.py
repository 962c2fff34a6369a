from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from support.streak_cases import LONG_AGO, JsonCase, answered

from server.practice.streaks.dates import day_begins


def journey(now: str, *zones: list[str], start: str, **policy: Any) -> JsonCase:
    return {
        "now": now,
        "zones": [[LONG_AGO, zones[0][1]], *zones[1:]],
        "policy": {"start": start, "grace": 0, **policy},
    }


def test_the_date_a_country_skipped_is_neutral() -> None:
    report = answered(journey("2012-01-02T00:00:00Z", [LONG_AGO, "Pacific/Apia"], start="2011-12-28"))
    assert report["neutral"] == {"2011-12-30": "short_day", "2012-01-02": "open"}
    assert report["missed"] == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


@pytest.mark.parametrize("leaves,kind", [("2026-06-03T15:59:59Z", "short_day"), ("2026-06-03T16:00:00Z", "missed")])
def test_twelve_hours_are_enough(leaves: str, kind: str) -> None:
    # June 3rd begins at 04:00 UTC and has ended in Kiritimati (UTC+14) by 14:00 UTC: what was lived, was lived in UTC.
    report = answered(
        journey("2026-06-06T00:00:00Z", [LONG_AGO, "UTC"], [leaves, "Pacific/Kiritimati"], start="2026-06-03")
    )
    assert (report["neutral"] | dict.fromkeys(report["missed"], "missed"))["2026-06-03"] == kind


def test_a_flight_back_over_the_date_line_adds_both_parts_of_the_date() -> None:
    # Six hours of the 3rd in Kiritimati, and 14 more in Honolulu.
    back = ["2026-06-02T20:00:00Z", "Pacific/Honolulu"]
    report = answered(journey("2026-06-06T20:00:00Z", [LONG_AGO, "Pacific/Kiritimati"], back, start="2026-06-03"))
    assert "2026-06-03" in report["missed"]


@pytest.mark.parametrize("start,now", [("2026-03-29", "2026-03-30T20:00:00Z"), ("2026-10-25", "2026-10-26T20:00:00Z")])
def test_clock_changes_make_no_short_day(start: str, now: str) -> None:
    report = answered(journey(now, [LONG_AGO, "Europe/Berlin"], start=start, day_start="00:00"))
    assert report["missed"] == [start]


def test_berlin_to_tokyo_is_an_ordinary_day() -> None:
    east = ["2026-06-03T12:00:00Z", "Asia/Tokyo"]
    report = answered(journey("2026-06-05T12:00:00Z", [LONG_AGO, "Europe/Berlin"], east, start="2026-06-02"))
    assert report["missed"] == ["2026-06-02", "2026-06-03", "2026-06-04"]


def test_practice_on_a_short_day_counts() -> None:
    given = journey("2012-01-01T00:00:00Z", [LONG_AGO, "Pacific/Apia"], start="2011-12-30")
    # 01:00 on the 31st, before the day start: the only hours that belong to the 30th.
    given["completions"] = [{"id": "a", "started_at": "2011-12-30T11:00:00Z", "zone": "Pacific/Apia"}]
    assert answered(given)["longest"] == 1


def test_a_change_of_zone_dated_later_than_now_has_not_happened() -> None:
    ahead = ["2026-06-03T12:00:00Z", "Pacific/Kiritimati"]
    report = answered(journey("2026-06-03T11:00:00Z", [LONG_AGO, "UTC"], ahead, start="2026-06-03"))
    assert (report["today"], report["today_state"]) == ("2026-06-03", "open")


@pytest.mark.parametrize(
    "day,zone,begins",
    [
        ("2026-03-08", "America/New_York", "2026-03-08T07:00:00+00:00"),
        ("2026-11-01", "America/New_York", "2026-11-01T06:30:00+00:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00+00:00"),
    ],
)
def test_a_date_begins_at_the_jump_over_its_start_and_at_the_second_of_two(day: str, zone: str, begins: str) -> None:
    wall = time(1, 30) if day == "2026-11-01" else time(2, 30)
    found = day_begins(date.fromisoformat(day), zone, wall)
    assert found == datetime.fromisoformat(begins)
    assert found.tzinfo is UTC
    assert found.microsecond == 0
    assert timedelta() < day_begins(date.fromisoformat(day) + timedelta(days=1), zone, wall) - found
