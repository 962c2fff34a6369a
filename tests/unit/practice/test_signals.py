"""The rules S1 to S10, one after the other (content brief 6.2)."""

from typing import Any

import pytest
from support.signal_facts import call, held, practice, raised

from server.practice.signals.rules import Settings


def rules(*told: Any, **more: Any) -> set[str]:
    return {rule for rule, _, _ in raised(*told, **more)}


def test_s1_a_rise_of_three() -> None:
    assert raised(practice("a", distress_before=2, distress_after=5)) == [("S1", "amber", "a")]
    assert raised(practice("a", distress_before=2, distress_after=4)) == []
    assert raised(practice("a", distress_after=7)) == [], "nobody knows from where it rose"


def test_s2_two_rises_in_the_last_three_rated() -> None:
    first, calm, second = (
        practice("a", 0, distress_before=1, distress_after=3),
        practice("b", 1, distress_before=1, distress_after=1),
        practice("c", 2, distress_before=1, distress_after=3),
    )
    assert raised(first, calm, second) == [("S2", "amber", "a c")]
    unrated = [practice(f"u{n}", 0.1 * n + 0.1) for n in range(5)]
    assert raised(first, *unrated, calm, second) == [("S2", "amber", "a c")]
    another_calm = practice("d", 1.5, distress_before=1, distress_after=1)
    assert raised(first, calm, another_calm, second) == []
    assert raised(first, second, practice("e", 3, distress_before=1, distress_after=0)) == [("S2", "amber", "a c")]


def test_s3_high_afterwards() -> None:
    assert raised(practice("a", distress_before=8, distress_after=8)) == [("S3", "amber", "a")]
    assert raised(practice("a", distress_before=8, distress_after=7)) == []


def test_s4_too_much_twice_in_seven_dates() -> None:
    assert raised(practice("a", 0, too_much=True), practice("b", 24 * 6, too_much=True)) == [("S4", "amber", "a b")]
    assert raised(practice("a", 0, too_much=True), practice("b", 24 * 7, too_much=True)) == []


def test_s4_or_three_of_the_last_five() -> None:
    stops = [practice(f"s{n}", 24 * 8 * n, too_much=True) for n in range(3)]
    whole = [practice(f"w{n}", 24 * 8 * n + 12) for n in range(2)]
    assert raised(*stops, *whole) == [("S4", "amber", "s0 s1 s2")]
    assert raised(*stops, *whole, practice("w2", 1)) == [], "control: they are three of six"


def test_s5_still_unreal_is_red_on_a_session_day_or_twice_in_seven_dates() -> None:
    still = practice("a", unreal="still_here")
    assert raised(still) == [("S5", "amber", "a")]
    assert raised(practice("a", unreal="passed")) == []
    assert raised(still, held("s", 1)) == [("S5", "red", "a s")]
    again = practice("b", 24 * 6, unreal="still_here")
    assert raised(still, again) == [("S5", "amber", "a"), ("S5", "red", "a b")]
    late = practice("b", 24 * 7, unreal="still_here")
    assert raised(still, late) == [("S5", "amber", "a"), ("S5", "amber", "b")]


def test_s6_low_presence_or_a_fall_against_the_median_of_the_five_before() -> None:
    assert raised(practice("a", presence=2)) == [("S6", "amber", "a")]
    before = [practice(f"b{n}", n, presence=value) for n, value in enumerate((7, 8, 4, 7, 9))]
    assert raised(*before, practice("x", 9, presence=5)) == []
    assert raised(*before, practice("x", 9, presence=4)) == [("S6", "amber", "x")]
    assert raised(*before[1:], practice("x", 9, presence=4)) == [], "four ratings are no history"


def test_s7_a_call_is_red() -> None:
    assert raised(call("c")) == [("S7", "red", "c")]


@pytest.mark.parametrize("hours, told", [(1, False), (2, True), (24, True), (25, False)])
def test_s8_a_hard_practice_two_to_24_hours_after_a_held_session(hours: float, *, told: bool) -> None:
    hard = practice("a", hours, distress_before=2, distress_after=9)
    assert ("S8", "red", "s a") in raised(held("s"), hard) or not told
    assert (rules(held("s"), hard) == {"S1", "S3", "S8"}) is told


def test_s8_is_one_signal_whichever_rules_it_comes_from_and_none_of_a_calm_practice() -> None:
    hard = practice("a", 3, distress_before=2, distress_after=9, unreal="still_here")
    assert len([each for each in raised(held("s"), hard) if each[0] == "S8"]) == 1
    assert raised(held("s"), practice("a", 3, distress_before=5, distress_after=4)) == []


def test_s9_the_breath_felt_bad_twice() -> None:
    one, two = (practice(f"b{n}", n, stop_reason="breath_felt_bad") for n in range(2))
    assert raised(one) == []
    assert raised(one, two) == [("S9", "info", "b0 b1")]
    assert raised(one, practice("b1", 24 * 61, stop_reason="breath_felt_bad")) == [], "too long ago"


def test_s10_more_than_six_a_day_for_three_days_is_told_once() -> None:
    heavy = [practice(f"d{day}n{n}", 24 * day + n) for day in range(5) for n in range(7)]
    (only,) = raised(*heavy)
    assert only[:2] == ("S10", "info")
    assert only[2].split()[-1] == "d2n6"
    assert raised(*[each for each in heavy if each.id != "d1n0"][:20]) == []


def test_s10_three_for_hard_moments_in_a_day() -> None:
    hard = [practice(f"h{n}", n, for_distress=True) for n in range(4)]
    assert raised(*hard[:2]) == []
    assert raised(*hard) == [("S10", "info", "h0 h1 h2")]


def test_what_is_off_is_off_and_what_is_moved_is_moved() -> None:
    rise = practice("a", 3, distress_before=2, distress_after=5)
    assert rules(held("s"), rise) == {"S1", "S8"}
    assert rules(held("s"), rise, settings=Settings(off=frozenset(("S1",)))) == set()
    assert rules(held("s"), rise, settings=Settings(off=frozenset(("S8",)))) == {"S1"}
    assert rules(held("s"), rise, settings=Settings(thresholds={"S1": {"rise": 4}})) == set()


def test_practising_nothing_raises_nothing() -> None:
    assert raised() == []
    assert raised(held("s"), practice("a"), practice("b", 24 * 50)) == []
