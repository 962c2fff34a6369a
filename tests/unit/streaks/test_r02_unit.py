from itertools import permutations
from typing import Any

import pytest
from support.streak_cases import answered, case, done, june


def current(*completions: dict[str, Any], **policy: Any) -> int:
    value: int = answered(case(now=1, completions=list(completions), policy=policy))["current"]
    return value


def partial(name: str, seconds: float, target: float = 600) -> dict[str, Any]:
    return done(1, id=name, outcome="partial", seconds=seconds, target_seconds=target)


@pytest.mark.parametrize("outcome", ["completed", "safe_stop"])
def test_a_full_or_a_safe_stop_counts_whatever_its_seconds(outcome: str) -> None:
    assert current(done(1, outcome=outcome, seconds=0, target_seconds=600)) == 1


@pytest.mark.parametrize("seconds,counts", [(80, 1), (79.9, 0)])
def test_four_fifths_of_the_target_are_enough(seconds: float, counts: int) -> None:
    assert current(partial("a", seconds, 100)) == counts


def test_a_fraction_is_met_exactly_in_spite_of_binary_numbers() -> None:
    assert current(partial("a", 55, 100), min_fraction=0.55) == 1


def test_without_a_target_there_is_no_fraction_to_reach() -> None:
    assert current(partial("a", 179, 0)) == 0
    assert current(partial("a", 180, 0)) == 1


@pytest.mark.parametrize("seconds,counts", [((90, 90), 1), ((90, 89), 0)])
def test_fragments_of_one_date_add_up(seconds: tuple[int, int], counts: int) -> None:
    assert current(*(partial(f"p{n}", s) for n, s in enumerate(seconds))) == counts


def test_fragments_of_two_dates_do_not() -> None:
    both = [partial("a", 90), partial("b", 90) | {"started_at": june(2)}]
    assert answered(case(now=2, completions=both))["longest"] == 0


def test_fragments_qualify_once_and_no_more() -> None:
    assert current(partial("a", 300), partial("b", 300), target=2) == 0
    assert current(partial("a", 300), done(1), target=2) == 1


def test_a_qualifying_practice_lends_no_seconds_to_fragments() -> None:
    assert current(partial("a", 500), partial("b", 100), target=2) == 0


def test_one_id_is_one_fact_and_the_one_received_first_holds() -> None:
    first = partial("a", 10) | {"received_at": june(1, 13)}
    second = done(1, id="a", received_at=june(1, 14))
    third = second | {"received_at": june(1, 15)}
    assert {current(*order) for order in permutations([first, second, third])} == {0}
    assert {current(*order) for order in permutations([second, third, second])} == {1}


def test_two_versions_received_at_once_are_settled_without_regard_to_order() -> None:
    versions = [done(1, id="a"), partial("a", 10), partial("a", 20)]
    assert len({current(*order) for order in permutations(versions)}) == 1


def test_a_voided_fact_never_happened() -> None:
    doubtful = done(1, id="h", received_at=june(1, 11))
    old = {"id": "m", "source": "manual", "practice_date": "2026-06-01", "logged_at": june(20), "zone": "UTC"}
    report = answered(case(1, now=1, completions=[doubtful, old], voids=["c01", "h", "m", "unheard-of"]))
    assert (report["current"], report["held"], report["ignored"]) == (0, [], [])
