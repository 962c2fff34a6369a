"""A report made of what was kept equals the report made of everything, whatever came when (streaks.md R18)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.streak_cases import DAY, JsonCase, case, done, june, random_cases

from server.practice.streaks import kept as keeping
from server.practice.streaks import report
from server.practice.streaks.conformance import Question, read
from server.practice.streaks.facts import Completion
from server.practice.streaks.kept import Kept, add, decode, encode, keep, report_kept

SOON = timedelta(days=3)


@pytest.fixture(autouse=True)
def _dates_settle_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    # Cases are shorter than the weeks that stay open in earnest.
    monkeypatch.setattr(keeping, "OPEN_FOR", SOON)


class Story:
    """A client's practice as it arrives, and both ways to report it."""

    def __init__(self, asked: Question) -> None:
        bare = replace(asked.facts, completions=(), voids=frozenset())
        self.facts, self.policy = bare, asked.policy
        self.delivered: datetime | None = None
        self.kept: Kept | None = None
        self.settled = self.anew = 0

    def deliver(self, completions: list[Completion], now: datetime) -> None:
        self.facts = replace(self.facts, completions=(*self.facts.completions, *completions))
        self.delivered = now
        kept = decode(encode(self.kept)) if self.kept else None
        self.kept = kept if kept and add(kept, completions, now=now) else None

    def compare(self, now: datetime) -> None:
        everything = report(self.facts, self.policy, now=now, last_sync=self.delivered)
        told = report_kept(self.kept, now=now, last_sync=self.delivered) if self.kept else None
        if told is None:
            self.anew += 1
            self.kept = keep(self.facts, self.policy, now=now, last_sync=self.delivered)
            told = report_kept(self.kept, now=now, last_sync=self.delivered)
        assert told == everything
        assert self.kept
        self.settled += bool(self.kept.course.told.letters)


def tell(drawn: JsonCase, moves: list[float], chunks: list[int], days_before: int = 10) -> Story:
    """Deliver the completions of a case in parts, hours apart, and compare after each and once more later."""
    asked = read(json.dumps(drawn).encode())
    story, left = Story(asked), list(asked.facts.completions)
    now = asked.now - days_before * DAY
    for hours, size in zip(moves, chunks, strict=True):
        now += timedelta(hours=hours)
        arrived = [replace(each, received_at=each.received_at or now) for each in left[:size]]
        left = left[size:]
        story.deliver(arrived, now)
        story.compare(now)
        story.compare(now + timedelta(hours=hours / 2))
    return story


@given(random_cases(), st.data())
def test_what_was_kept_tells_the_same_as_everything(drawn: JsonCase, data: st.DataObject) -> None:
    ids = {each["id"]: each for each in drawn["completions"]}
    drawn["completions"] = data.draw(st.permutations(list(ids.values())))
    steps = data.draw(st.integers(1, 8))
    moves = data.draw(st.lists(st.floats(-30, 130), min_size=steps, max_size=steps))
    tell(drawn, moves, [-(-len(ids) // steps)] * steps)


def daily(days: int, **more: Any) -> JsonCase:
    return case(*range(1, days + 1), now=days, policy={"start": "2026-06-01"}, **more)


def test_daily_practice_is_settled_and_read_once() -> None:
    story = tell(daily(60), [24.0] * 60, [1] * 60, 60)
    assert story.anew == 1
    assert story.settled > 40


def test_practice_on_a_settled_date_makes_everything_be_read_again() -> None:
    given = daily(40, completions=[done(2, id="late", started_at=june(2, 20))])
    assert tell(given, [24.0] * 41, [1] * 41, 40).anew == 2


def test_what_other_rules_have_kept_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = read(json.dumps(daily(20)).encode())
    kept = encode(keep(asked.facts, asked.policy, now=asked.now, last_sync=asked.now))
    assert decode(kept)
    monkeypatch.setattr(keeping, "RULES_EDITION", keeping.RULES_EDITION + 1)
    assert decode(kept) is None
    assert decode(b"\xc1") is None


def test_what_is_kept_does_not_grow_with_the_history() -> None:
    def size(days: int) -> int:
        asked = read(json.dumps(daily(days)).encode())
        return len(encode(keep(asked.facts, asked.policy, now=asked.now, last_sync=asked.now)))

    assert size(3650) < size(400) * 1.05


def test_a_forgotten_detail_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(*given: Any) -> Any:
        return replace(facts_since(*given), zones=given[0].zones[:1])

    facts_since = keeping._facts_since  # noqa: SLF001 - the seam that the mutant breaks
    monkeypatch.setattr(keeping, "_facts_since", forgetful)
    moved = [["2000-01-01T00:00:00Z", "Europe/Berlin"], [june(20), "Pacific/Kiritimati"]]
    with pytest.raises(AssertionError):
        tell(daily(40, zones=moved), [24.0] * 40, [1] * 40, 40)
