from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.streak_cases import answered, case, june

from server.practice.streaks import (
    AsNeeded,
    Completion,
    EveryNDays,
    Facts,
    OnDates,
    Plan,
    Policy,
    Report,
    Schedule,
    Weekdays,
    WeeklyQuota,
    ZoneChange,
    report,
)

MONDAY = date(2026, 6, 1)


def missed(*practised: int, now: int, schedule: dict[str, Any], **more: Any) -> list[int]:
    policy = {"schedule": schedule, **more.pop("policy", {})}
    return [int(day[-2:]) for day in answered(case(*practised, now=now, policy=policy, **more))["missed"]]


def quota(n: int) -> dict[str, Any]:
    return {"type": "weekly_quota", "n": n}


def test_weekdays_ask_for_their_days_only() -> None:
    assert missed(now=9, schedule={"type": "weekdays", "days": [0, 6]}) == [1, 7, 8]
    assert missed(now=9, schedule={"type": "weekdays", "days": []}) == []


@pytest.mark.parametrize("anchor,days", [("2026-06-02", [2, 5, 8]), ("2026-06-08", [2, 5, 8]), ("2026-05-31", [3, 6])])
def test_every_n_days_counts_from_its_anchor_in_both_directions(anchor: str, days: list[int]) -> None:
    assert missed(now=9, schedule={"type": "every_n_days", "n": 3, "anchor": anchor}) == days


def test_as_needed_is_never_due_and_practice_counts_all_the_same() -> None:
    found = answered(case(2, now=4, policy={"schedule": {"type": "as_needed"}}))
    assert (found["missed"], found["current"], found["adherence"], found["today_state"]) == ([], 1, None, "not_due")


def test_no_date_of_a_running_week_is_missed() -> None:
    assert missed(now=7, schedule=quota(7)) == []
    assert answered(case(now=7, policy={"schedule": quota(7)}))["today_state"] == "not_due"


def test_a_closed_week_misses_its_last_free_dates() -> None:
    assert missed(now=8, schedule=quota(3)) == [5, 6, 7]
    assert missed(6, 7, now=8, schedule=quota(3)) == [5]
    assert missed(1, 2, 3, 4, now=8, schedule=quota(3)) == []


@pytest.mark.parametrize(
    "pause,n,days",
    [
        (("01", "04"), 3, [6, 7]),
        (("05", "07"), 3, [3, 4]),
        (("01", "07"), 7, []),
        (("01", "06"), 1, [7]),
        (("07", "07"), 3, [4, 5, 6]),
    ],
)
def test_a_pause_makes_the_quota_smaller(pause: tuple[str, str], n: int, days: list[int]) -> None:
    pauses = [{"from": f"2026-06-{pause[0]}", "to": f"2026-06-{pause[1]}"}]
    assert missed(now=8, schedule=quota(n), pauses=pauses) == days


def test_treatment_and_rest_make_the_quota_smaller() -> None:
    held = [{"id": "s", "start": june(5, 9), "status": "held"}]
    assert missed(now=8, schedule=quota(5), sessions=held, policy={"post_dose_rest_days": 3}) == [2, 3, 4]


def test_a_date_practised_in_a_pause_is_an_eligible_one() -> None:
    # Four dates are eligible, so two are needed (with three dates it would be two as well, with none done).
    assert missed(7, now=8, schedule=quota(3), pauses=[{"from": "2026-06-04"}]) == [3]


def test_a_plan_that_begins_or_ends_within_a_week_asks_for_its_share() -> None:
    assert missed(now=8, schedule=quota(3), policy={"start": "2026-06-04"}) == [6, 7]
    assert missed(now=4, schedule=quota(3), policy={"end": "2026-06-03"}) == [2, 3]
    assert missed(now=3, schedule=quota(3), policy={"end": "2026-06-03"}) == []


def test_a_date_wanting_in_a_closed_week_is_unknown_before_it_was_delivered() -> None:
    found = answered(case(1, now=9, policy={"schedule": quota(4)}, last_sync_at=june(6, 10)))
    assert found["missed"] == ["2026-06-05"]
    assert [day for day, kind in found["neutral"].items() if kind == "unknown"] == ["2026-06-06", "2026-06-07"]


def test_a_late_delivery_takes_back_no_missed_date_of_a_quota() -> None:
    before = missed(1, now=9, schedule=quota(5), last_sync_at=june(6, 10))
    assert before == [4, 5]
    assert missed(1, 6, 7, now=9, schedule=quota(5)) == before


def seen(*schedules: Schedule, practised: tuple[int, ...] = (), now: int = 9) -> Report:
    zones = (ZoneChange(at=datetime(2000, 1, 1, tzinfo=UTC), zone="UTC"),)
    days = [MONDAY + timedelta(days=n - 1) for n in practised]
    completions = tuple(Completion(id=str(day), practice_date=day) for day in days)
    moment = datetime(2026, 6, 1, 20, tzinfo=UTC) + timedelta(days=now - 1)
    policy = Policy(plans=tuple(Plan(schedule=each, start=MONDAY) for each in schedules))
    return report(Facts(zones=zones, completions=completions), policy, now=moment, last_sync=moment)


def test_a_date_is_due_if_any_plan_asks_for_it() -> None:
    both = seen(Weekdays(days=frozenset({0})), EveryNDays(n=3, anchor=MONDAY), AsNeeded())
    assert [day.day for day in both.missed] == [1, 4, 7, 8]


def test_a_quota_and_a_fixed_plan_each_miss_their_own() -> None:
    both = seen(WeeklyQuota(n=2), OnDates(dates=frozenset({MONDAY})), practised=(3,))
    assert [day.day for day in both.missed] == [1, 7]


def test_explicit_dates_are_due_and_no_others() -> None:
    found = seen(OnDates(dates=frozenset({date(2026, 6, 2), date(2026, 6, 4)})), practised=(2, 3))
    assert ([day.day for day in found.missed], found.adherence, found.current) == ([4], 0.5, 2)


def test_without_a_plan_there_are_no_dates() -> None:
    found = seen(practised=(2, 3))
    assert (found.today_state, found.current, found.adherence, found.neutral) == ("outside", 0, None, {})
