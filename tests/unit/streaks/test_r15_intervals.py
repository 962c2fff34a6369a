from typing import Any

import msgspec
from support.streak_cases import answered, case, done, june, reported


def session(day: int, **more: Any) -> dict[str, Any]:
    return {"id": f"s{day}", "start": june(day, 9), "status": "held", **more}


def intervals(*practised: int, now: int, sessions: list[dict[str, Any]], **more: Any) -> list[tuple[Any, ...]]:
    found = answered(case(*practised, now=now, sessions=sessions, **more))["intervals"]
    return [tuple(each.values()) for each in found]


def test_an_interval_lies_strictly_between_two_held_sessions() -> None:
    found = intervals(1, 4, 5, 8, 10, now=11, sessions=[session(9), session(3)])
    assert found == [("s3", 5, 3, 2, 0.6, 2), ("s9", 2, 1, 0, 1.0, 1)]


def test_sessions_that_were_not_held_split_nothing() -> None:
    between = [session(5, status="scheduled"), session(6, status="no_show"), session(7, status="cancelled")]
    assert intervals(now=9, sessions=[session(3), *between]) == [("s3", 6, 0, 3, 0.0, 0)]


def test_two_sessions_on_one_date_leave_the_first_without_dates() -> None:
    twice = [session(3), session(3, id="late", start=june(3, 15))]
    assert intervals(4, now=4, sessions=twice) == [("s3", 0, 0, 0, None, 0), ("late", 1, 1, 0, 1.0, 1)]


def test_a_session_given_twice_is_one() -> None:
    assert intervals(4, now=4, sessions=[session(3), session(3)]) == [("s3", 1, 1, 0, 1.0, 1)]


def test_the_first_three_days_end_with_the_interval() -> None:
    assert intervals(4, 5, 6, 7, now=8, sessions=[session(3), session(5)]) == [
        ("s3", 1, 1, 0, 1.0, 1),
        ("s5", 3, 2, 0, 1.0, 2),
    ]


def test_dates_before_the_plan_belong_to_no_interval() -> None:
    found = intervals(6, now=7, sessions=[session(3)], policy={"start": "2026-06-05"})
    assert found == [("s3", 3, 1, 1, 0.5, 1)]


def test_the_run_passes_through_sessions() -> None:
    assert answered(case(1, 2, 4, 5, now=5, sessions=[session(3)]))["current"] == 4


def test_the_dates_before_the_first_session_are_preparation() -> None:
    given = case(1, 2, 6, now=8, sessions=[session(5)])
    assert msgspec.to_builtins(reported(given).preparation) == {
        "session": None,
        "days": 4,
        "practised": 2,
        "missed": 2,
        "adherence": 0.5,
        "first_3_days": 2,
        "hours_to_first_practice": None,
    }
    assert reported(given | {"sessions": []}).preparation.days == 8


def hours(*completions: dict[str, Any], sessions: list[dict[str, Any]]) -> list[float | None]:
    found = reported(case(2, now=12, completions=list(completions), sessions=sessions)).intervals
    return [each.hours_to_first_practice for each in found]


def test_the_hours_to_the_first_practice_run_from_the_session_itself() -> None:
    fragment = done(3, id="f", outcome="partial", started_at=june(3, 10))
    assert hours(fragment, done(3, started_at=june(3, 19, 30)), done(4), sessions=[session(3)]) == [10.5]


def test_practice_after_the_next_session_is_not_the_first_after_this_one() -> None:
    assert hours(done(6), sessions=[session(3), session(5)]) == [None, 27.0]
