from typing import Any

import pytest
from support.streak_cases import answered, case, june


def neutral(*sessions: dict[str, Any], rest: int = 0) -> dict[str, str]:
    given = case(1, 9, now=9, sessions=list(sessions), policy={"post_dose_rest_days": rest})
    found: dict[str, str] = answered(given)["neutral"]
    return {day[-2:]: kind for day, kind in found.items()}


def session(day: int, status: str = "held", **more: Any) -> dict[str, Any]:
    return {"id": f"s{day}", "start": june(day, 9), "status": status, **more}


@pytest.mark.parametrize("status", ["held", "scheduled", "no_show"])
def test_a_session_makes_its_date_a_treatment_day(status: str) -> None:
    assert neutral(session(4, status)) == {"04": "dosing"}


@pytest.mark.parametrize(
    "cancelled_at,kept",
    [("2026-06-04T03:59:59Z", False), ("2026-06-04T04:00:00Z", True), ("2026-06-05T03:00:00Z", True), (june(7), True)],
)
def test_a_cancellation_frees_only_a_later_date(cancelled_at: str, *, kept: bool) -> None:
    assert neutral(session(4, "cancelled", cancelled_at=cancelled_at)) == ({"04": "dosing"} if kept else {})


def test_a_cancellation_without_a_time_frees_the_date() -> None:
    assert neutral(session(4, "cancelled")) == {}


def test_rest_follows_held_sessions_only() -> None:
    assert neutral(session(4), rest=2) == {"04": "dosing", "05": "rest", "06": "rest"}
    assert neutral(session(4, "no_show"), rest=2) == {"04": "dosing"}


def test_a_second_session_outranks_the_rest_after_the_first() -> None:
    assert neutral(session(4), session(5, "scheduled"), rest=3) == {
        "04": "dosing",
        "05": "dosing",
        "06": "rest",
        "07": "rest",
    }


def test_the_practice_date_of_a_session_follows_its_zone_and_the_day_start() -> None:
    assert neutral(session(4) | {"start": june(4, 20), "zone": "Asia/Tokyo"}) == {"05": "dosing"}
    assert neutral(session(4) | {"start": june(4, 2)}) == {"03": "dosing"}


def test_practice_on_a_treatment_day_still_counts() -> None:
    assert answered(case(1, 2, 3, now=3, sessions=[session(2)]))["current"] == 3
