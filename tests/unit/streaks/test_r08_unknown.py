from datetime import UTC, date, datetime, time

import pytest
from support.streak_cases import LONG_AGO, answered, case

from server.practice.streaks import Facts, Plan, Policy, ZoneChange, report


@pytest.mark.parametrize("delivered,kind", [("2026-06-03T03:59:59Z", "unknown"), ("2026-06-03T04:00:00Z", "missed")])
def test_a_date_is_unknown_until_a_delivery_after_its_end(delivered: str, kind: str) -> None:
    found = answered(case(1, now=5, last_sync_at=delivered))
    assert (found["neutral"] | dict.fromkeys(found["missed"], "missed"))["2026-06-02"] == kind
    assert found["neutral"]["2026-06-03"] == "unknown"


def test_unknown_dates_stand_outside_of_adherence_and_run() -> None:
    found = answered(case(1, now=9, last_sync_at="2026-06-01T13:00:00Z", policy={"grace": 0}))
    assert (found["adherence"], found["current"], found["missed"]) == (1.0, 1, [])


def test_a_client_without_any_delivery_has_missed_nothing() -> None:
    facts = Facts(zones=(ZoneChange(at=datetime(2000, 1, 1, tzinfo=UTC), zone="UTC"),))
    policy = Policy(plans=(Plan(start=date(2026, 6, 1)),))
    found = report(facts, policy, now=datetime(2026, 6, 4, 12, tzinfo=UTC), last_sync=None)
    assert [str(kind) for kind in found.neutral.values()] == ["unknown", "unknown", "unknown", "open"]


def test_a_date_that_begins_again_after_a_flight_west_needs_a_new_delivery() -> None:
    # Delivered on the morning of the 4th in Sydney; the flight leads back into the evening of the 3rd.
    zones = [[LONG_AGO, "Australia/Sydney"], ["2026-06-04T00:00:00Z", "America/Los_Angeles"]]
    flown = case(1, 2, now=5, zones=zones, last_sync_at="2026-06-03T23:00:00Z")
    assert answered(flown)["neutral"]["2026-06-03"] == "unknown"
    assert answered(flown | {"zones": zones[:1]})["missed"] == ["2026-06-03"]


def test_a_date_that_the_clock_will_be_put_back_into_has_not_ended() -> None:
    # 01:45 is past the day start of 01:30, but a quarter of an hour later it is 01:00 again.
    given = {
        "now": "2026-11-03T12:00:00Z",
        "zones": [[LONG_AGO, "America/New_York"]],
        "policy": {"start": "2026-10-31", "day_start": "01:30"},
    }
    assert answered(given | {"last_sync_at": "2026-11-01T05:45:00Z"})["neutral"]["2026-10-31"] == "unknown"
    assert answered(given | {"last_sync_at": "2026-11-01T06:30:00Z"})["missed"] == ["2026-10-31"]


def test_the_day_start_may_be_midnight() -> None:
    found = answered(case(now=3, last_sync_at="2026-06-02T00:00:00Z", policy={"day_start": time(0).strftime("%H:%M")}))
    assert found["missed"] == ["2026-06-01"]
