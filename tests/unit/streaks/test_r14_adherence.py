from typing import Any

import pytest
from support.streak_cases import answered, case


def adherence(*practised: int, now: int, **more: Any) -> float | None:
    found: float | None = answered(case(*practised, now=now, **more))["adherence"]
    return found


def test_it_is_null_when_nothing_was_due() -> None:
    assert adherence(now=1) is None
    assert adherence(2, now=3, policy={"schedule": {"type": "as_needed"}}) is None


def test_it_is_zero_when_all_was_missed() -> None:
    assert adherence(now=2) == 0


def test_bonus_days_are_out_of_both_sides() -> None:
    mondays = {"schedule": {"type": "weekdays", "days": [0]}}
    assert adherence(1, 2, 3, now=9, policy=mondays) == 0.5


def test_practice_beyond_a_quota_is_a_bonus() -> None:
    # Three of three agreed (two more are a bonus), then one of three.
    assert adherence(1, 2, 3, 4, 5, 8, now=15, policy={"schedule": {"type": "weekly_quota", "n": 3}}) == 0.667


def test_practice_on_a_date_set_aside_was_still_on_the_schedule() -> None:
    assert adherence(1, 3, now=4, pauses=[{"from": "2026-06-03", "to": "2026-06-03"}]) == 0.667


def test_open_and_unknown_dates_are_left_out() -> None:
    assert adherence(1, now=9, last_sync_at="2026-06-03T05:00:00Z") == 0.5


@pytest.mark.parametrize("kept,figure", [(1, 0.062), (2, 0.125), (3, 0.188), (5, 0.312)])
def test_three_decimals_with_halves_to_even(kept: int, figure: float) -> None:
    assert adherence(*range(1, kept + 1), now=17) == figure
