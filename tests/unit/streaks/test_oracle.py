import pytest
from hypothesis import given
from support.streak_cases import JsonCase, answered, case, random_cases
from support.streak_oracle import oracle

from server.practice.streaks import runs


@given(random_cases())
def test_a_slow_second_implementation_gives_the_same_report(drawn: JsonCase) -> None:
    assert answered(drawn) == oracle(drawn)


def test_a_forgetful_streak_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = case(1, 2, 5, now=6)
    assert answered(drawn) == oracle(drawn)
    go_on = runs.Walk.go_on
    monkeypatch.setattr(runs.Walk, "go_on", lambda walk, counted, *_: go_on(walk, counted, 2, 7))
    assert answered(drawn) != oracle(drawn)
