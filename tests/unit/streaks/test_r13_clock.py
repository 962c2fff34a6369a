from typing import Any

import pytest
from support.streak_cases import answered, case, done, june


def held(**more: Any) -> tuple[list[str], int]:
    found = answered(case(now=3, completions=[done(2, **more)]))
    return found["held"], found["longest"]


@pytest.mark.parametrize("received,doubtful", [("11:55:00", False), ("11:54:59", True), ("12:30:00", False)])
def test_a_start_more_than_five_minutes_after_its_arrival_is_held(received: str, *, doubtful: bool) -> None:
    assert held(received_at=f"2026-06-02T{received}Z") == ((["c02"], 0) if doubtful else ([], 1))


def test_without_a_time_of_arrival_now_decides() -> None:
    assert held(started_at="2026-06-03T20:05:00Z") == ([], 1)
    assert held(started_at="2026-06-03T20:05:01Z") == (["c02"], 0)


def test_a_manual_entry_is_never_held() -> None:
    late = june(2, 10)
    assert held(source="manual", practice_date="2026-06-02", received_at=late, logged_at=late) == ([], 1)
