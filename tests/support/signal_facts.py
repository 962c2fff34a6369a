"""Facts that signals are raised by, and the shipped rules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from server.practice.signals.evaluate import evaluate
from server.practice.signals.facts import CheckIn, Facts, HeldSession, Practice
from server.practice.signals.load import load_signals
from server.practice.signals.rules import Settings

CONTENT = Path(__file__).parents[2] / "content"
RULES = load_signals(CONTENT)
CLIENT = UUID(int=1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
AS_THEY_COME = Settings()


def practice(key: str, hours: float = 0, **more: Any) -> Practice:
    """Return a practice so many hours after noon of 1 June."""
    at = NOON + timedelta(hours=hours)
    return Practice(id=key, at=at, practice_date=at.date(), **more)


def call(key: str, hours: float = 0) -> CheckIn:
    at = NOON + timedelta(hours=hours)
    return CheckIn(id=key, at=at, practice_date=at.date(), not_ok=True)


def held(key: str, hours: float = 0) -> HeldSession:
    at = NOON + timedelta(hours=hours)
    return HeldSession(id=key, start=at, practice_date=at.date())


def facts(*told: Practice | CheckIn | HeldSession, voids: frozenset[str] = frozenset()) -> Facts:
    return Facts(
        practices=tuple(each for each in told if isinstance(each, Practice)),
        check_ins=tuple(each for each in told if isinstance(each, CheckIn)),
        sessions=tuple(each for each in told if isinstance(each, HeldSession)),
        voids=voids,
    )


def raised(*told: Practice | CheckIn | HeldSession, settings: Settings = AS_THEY_COME) -> list[tuple[str, str, str]]:
    """Return rule, level and the ids of the facts of each signal."""
    signals = evaluate(CLIENT, facts(*told), RULES, settings)
    return [(each.rule, each.level, " ".join(fact.id for fact in each.facts)) for each in signals]


ratings = st.none() | st.integers(0, 10)
hours = st.integers(-24 * 20, 24 * 20)
practices = st.builds(
    practice,
    st.integers(0, 30).map("p{}".format),
    hours,
    distress_before=ratings,
    distress_after=ratings,
    presence=ratings,
    unreal=st.sampled_from([None, "no", "passed", "still_here"]),
    too_much=st.booleans(),
    stop_reason=st.sampled_from([None, "breath_felt_bad", "pain"]),
    for_distress=st.booleans(),
)
calls = st.builds(call, st.integers(0, 5).map("c{}".format), hours)
sessions = st.builds(held, st.integers(0, 3).map("s{}".format), hours)
anything = st.lists(practices | calls | sessions, max_size=25)
