from typing import Any

from support.streak_cases import answered, case


def neutral(*pauses: dict[str, Any]) -> list[str]:
    found: dict[str, str] = answered(case(1, 9, now=9, pauses=list(pauses)))["neutral"]
    assert set(found.values()) <= {"paused"}
    return [day[-2:] for day in found]


def test_both_ends_of_a_pause_belong_to_it() -> None:
    assert neutral({"from": "2026-06-03", "to": "2026-06-04"}) == ["03", "04"]


def test_a_pause_may_be_open_and_null_says_the_same() -> None:
    assert neutral({"from": "2026-06-07"}) == neutral({"from": "2026-06-07", "to": None}) == ["07", "08"]


def test_a_pause_that_ends_before_it_begins_holds_no_date() -> None:
    assert neutral({"from": "2026-06-04", "to": "2026-06-03"}) == []


def test_pauses_overlap_as_one() -> None:
    long, within, after = [{"from": f"2026-06-0{a}", "to": f"2026-06-0{b}"} for a, b in [(2, 6), (3, 4), (6, 7)]]
    assert neutral(within, after, long) == neutral(long, within, after, long) == ["02", "03", "04", "05", "06", "07"]


def test_practice_inside_a_pause_counts() -> None:
    report = answered(case(1, 2, 3, now=3, pauses=[{"from": "2026-06-02"}]))
    assert (report["current"], report["today_state"]) == (3, "practised")


def test_a_pause_holds_the_run_and_today_is_paused() -> None:
    report = answered(case(1, 2, now=30, pauses=[{"from": "2026-06-03"}]))
    assert (report["current"], report["today_state"]) == (2, "paused")
