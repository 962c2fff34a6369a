from typing import Any

import pytest
from support.streak_cases import case, june, reported

TODAY_DOSING = [{"id": "s", "start": june(5), "status": "scheduled"}]


@pytest.mark.parametrize(
    "practised,more,state",
    [
        ([], {}, "new"),
        ([1, 2, 3, 4], {}, "growing"),
        ([1, 2, 3, 4, 5], {}, "growing"),
        ([1], {}, "resting"),
        ([1, 2, 3, 4], {"sessions": TODAY_DOSING}, "resting"),
        ([1, 2, 3, 4], {"policy": {"end": "2026-06-04"}}, "resting"),
        ([1, 2, 3, 4], {"pauses": [{"from": "2026-06-05"}]}, "paused"),
        ([1, 2], {"last_sync_at": june(3)}, "quiet"),
        ([], {"last_sync_at": june(1)}, "quiet"),
        ([1, 5], {"last_sync_at": june(1)}, "growing"),
    ],
)
def test_one_word_says_how_things_stand(practised: list[int], more: dict[str, Any], state: str) -> None:
    assert reported(case(*practised, now=5, **more)).state == state


def gentle(*practised: int, now: int, **more: Any) -> tuple[int, int, int]:
    found = reported(case(*practised, now=now, **more)).gentle
    return found.practised_this_week, found.agreed_this_week, found.weeks_practised


def test_the_gentle_figures_are_days_of_this_week_beside_those_agreed_and_all_weeks() -> None:
    assert gentle(2, 3, 8, 10, now=11) == (2, 7, 2)
    assert gentle(2, now=17, policy={"schedule": {"type": "weekdays", "days": [0, 3]}}) == (0, 2, 1)
    assert gentle(2, now=17, policy={"schedule": {"type": "weekly_quota", "n": 3}}) == (0, 3, 1)


def test_nothing_is_agreed_on_dates_set_aside_or_beyond_the_end() -> None:
    assert gentle(now=2, pauses=[{"from": "2026-06-03", "to": "2026-06-04"}]) == (0, 5, 0)
    assert gentle(now=2, policy={"end": "2026-06-03"}) == (0, 3, 0)
