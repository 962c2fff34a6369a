"""Laws of signals under random facts, and the worked cases that phones are compared with."""

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.signal_facts import CLIENT, CONTENT, NOON, RULES, anything, facts, practice

from server.catalogue.snapshot import ContentError
from server.practice.signals.conformance import Answer, run
from server.practice.signals.evaluate import Signal, evaluate
from server.practice.signals.load import load_signals
from server.practice.signals.rules import Settings
from server.practice.streaks.conformance import BrokenCase, CasesError

VECTORS = Path(__file__).parents[2] / "vectors" / "signals.json"
CASES = json.loads(VECTORS.read_text())


def signals(*told: Any, **more: Any) -> tuple[Signal, ...]:
    return evaluate(CLIENT, facts(*told, **more), RULES, Settings())


@given(told=anything, order=st.randoms(use_true_random=False))
def test_order_and_duplicates_never_matter(told: list[Any], order: random.Random) -> None:
    again = [*told, *told[: len(told) // 2]]
    order.shuffle(again)
    assert signals(*again) == signals(*told)


@given(told=anything)
def test_evaluating_twice_gives_the_same_ids_and_none_twice(told: list[Any]) -> None:
    ids = [each.id for each in signals(*told)]
    assert ids == [each.id for each in signals(*told)]
    assert len({*ids}) == len(ids)


@given(
    told=anything,
    at=st.integers(-24 * 20, 24 * 20),
    same=st.none() | st.integers(0, 7),
    unreal=st.sampled_from([None, "no", "passed"]),
)
def test_a_calm_practice_adds_no_signal_but_of_heavy_use(
    told: list[Any], at: int, same: int | None, unreal: Any
) -> None:
    """Presence is left out: what is rated moves the median that S6 compares the next rating with."""
    calm = practice("calm", at, distress_before=same, distress_after=same, unreal=unreal)
    before, after = signals(*told), signals(*told, calm)
    added = {each.rule for each in after if each.id not in {one.id for one in before}}
    assert added <= {"S10"}


@given(told=anything)
def test_what_was_taken_back_raises_nothing(told: list[Any]) -> None:
    ids = frozenset(each.id for each in told if each.id.startswith(("p", "c")))
    assert signals(*told, voids=ids) == ()


@given(told=anything)
def test_no_signal_looks_further_back_than_it_may_or_is_raised_by_a_session_alone(told: list[Any]) -> None:
    for signal in signals(*told):
        assert any(each.id.startswith(("p", "c")) for each in signal.facts)
        assert signal.id == uuid5(CLIENT, "/".join((signal.rule, *sorted(each.id for each in signal.facts))))


@given(told=anything, days=st.integers(0, 40))
def test_what_is_older_than_any_rule_looks_back_changes_nothing_newer(told: list[Any], days: int) -> None:
    """So a server may read a window and its lookback, and need not read the whole past."""
    old = [practice(f"old{n}", -24 * (100 + days) - n, presence=9, too_much=True, distress_before=0) for n in range(6)]
    newer = NOON - timedelta(days=30)
    seen = [each for each in signals(*told, *old) if each.raised_at >= newer]
    assert seen == list(signals(*told))


def test_the_law_of_calm_practices_would_find_a_rule_that_counts_them() -> None:
    seven = [practice(f"n{n}d{day}", 24 * day + n) for day in range(3) for n in range(7)][:-1]
    assert [each.rule for each in signals(*seven, practice("calm", 24 * 2 + 9))] == ["S10"]
    assert signals(*seven) == ()


def test_all_worked_cases_give_the_expected_signals() -> None:
    answers = {each.id: json.loads(msgspec.json.encode(each)) for each in run(VECTORS, RULES)}
    assert answers == {case["id"]: {"id": case["id"], "signals": case["expect"]} for case in CASES}
    assert {signal["rule"] for case in CASES for signal in case["expect"]} == {f"S{n}" for n in range(1, 11)}


def test_a_broken_case_gets_a_sentence_and_keeps_no_other_from_its_answer(tmp_path: Path) -> None:
    broken = {"id": "X1", "case": {"practices": [{"id": "a", "at": "secret", "practice_date": "2026-06-01"}]}}
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([broken, CASES[0]]))
    first, second = run(path, RULES)
    assert isinstance(first, BrokenCase)
    assert first.error.startswith("Case X1: practices[0].at: ")
    assert "secret" not in first.error
    assert isinstance(second, Answer)
    path.write_text("{")
    with pytest.raises(CasesError):
        list(run(path, RULES))


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("- id: S1\n", "- id: S2\n", "every rule from S1 to S10 stands here once"),
        ("rise: {default: 3, least: 1", "rise: {default: 3, least: 4", "outside of its bounds"),
        ("rise: {default: 3", "fall: {default: 3", "not those that its condition asks for"),
        ("after {exercise}.", "after {name}.", "what nobody can fill in"),
        ("level: amber", "level: purple", "invalid enum value"),
        (", es: Eso ha subido. ¿Quieres un momento para aterrizar?", "", "missing in a language"),
    ],
)
def test_a_file_that_says_too_little_or_too_much_stops_the_start(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (CONTENT / "signals" / "signals.yaml").read_text()
    assert old in text
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "signals.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError, match=says):
        load_signals(tmp_path)


def test_a_client_is_another_client() -> None:
    told = facts(practice("a", distress_after=9))
    (one,), (two,) = (evaluate(each, told, RULES, Settings()) for each in (CLIENT, UUID(int=2)))
    assert one.id != two.id
