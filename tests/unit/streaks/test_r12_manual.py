from typing import Any

import pytest
from support.streak_cases import answered, case, june


def entry(practised: str, logged_at: str, **more: Any) -> dict[str, Any]:
    return {"id": "m", "source": "manual", "practice_date": practised, "logged_at": logged_at, "zone": "UTC", **more}


def outcome(*entries: dict[str, Any]) -> tuple[int, list[str]]:
    found = answered(case(now=20, completions=list(entries)))
    return found["longest"], found["ignored"]


@pytest.mark.parametrize(
    "logged_at,counts",
    [("2026-06-08T12:00:00Z", True), ("2026-06-09T03:59:59Z", True), ("2026-06-09T04:00:00Z", False)],
)
def test_a_manual_entry_reaches_back_seven_practice_dates(logged_at: str, *, counts: bool) -> None:
    assert outcome(entry("2026-06-01", logged_at)) == ((1, []) if counts else (0, ["m"]))


def test_the_date_of_logging_is_that_of_its_own_zone() -> None:
    # 20:00 UTC on the 8th is already the 9th in Tokyo.
    assert outcome(entry("2026-06-01", june(8, 20), zone="Asia/Tokyo")) == (0, ["m"])


def test_events_played_offline_have_no_age_limit() -> None:
    old = {"id": "p", "started_at": june(1), "received_at": june(19), "zone": "UTC"}
    assert outcome(old) == (1, [])


def test_an_entry_by_a_carer_counts() -> None:
    assert outcome(entry("2026-06-01", june(2), source="proxy")) == (1, [])
    assert outcome({"id": "x", "source": "proxy", "started_at": june(1), "zone": "UTC"}) == (1, [])


def test_without_a_time_of_logging_that_of_arrival_holds_and_else_now() -> None:
    bare = {"id": "m", "source": "manual", "practice_date": "2026-06-05"}
    assert outcome(bare | {"received_at": june(6)}) == (1, [])
    assert outcome(bare) == (0, ["m"])


def test_ignored_ids_are_sorted() -> None:
    late = [entry("2026-06-01", june(20), id=name) for name in ("b", "a", "c")]
    assert outcome(*late) == (0, ["a", "b", "c"])
