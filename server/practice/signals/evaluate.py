"""Signals as a pure function of facts, rules and settings: no stored state, no score, nothing that acts by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from msgspec import Struct, UnsetType

from server.practice.signals.conditions import CONDITIONS, Raised, after_session
from server.practice.signals.facts import Fact, Facts, HeldSession, Practice, moment
from server.practice.signals.rules import Level, Rule, RuleId, Settings, SignalsFile

# A hard practice in the day after a session is one that raises any of these (content brief 6.2, S8).
HARD: tuple[RuleId, ...] = ("S1", "S3", "S5")


class Signal(Struct, frozen=True, kw_only=True):
    """A rule that facts have raised. The same client, rule and facts give the same id for ever."""

    id: UUID
    rule: RuleId
    level: Level
    raised_at: datetime
    facts: tuple[Fact, ...]


def evaluate(client: UUID, facts: Facts, rules: SignalsFile, settings: Settings) -> tuple[Signal, ...]:
    """Return the signals of one client, oldest first, whatever the order of the facts."""
    settled = facts.settled()
    found = {signal.id: signal for signal in _signals(client, settled, rules, settings)}
    return tuple(sorted(found.values(), key=lambda each: (each.raised_at, each.rule, each.id)))


def signal_id(client: UUID, rule: RuleId, facts: tuple[Fact, ...]) -> UUID:
    """Return uuid5 of the client and `RULE/fact/fact…`, the ids of the facts in alphabetical order."""
    return uuid5(client, "/".join((rule, *sorted(each.id for each in facts))))


def _signals(client: UUID, facts: Facts, rules: SignalsFile, settings: Settings) -> Iterator[Signal]:
    lookback = timedelta(days=rules.lookback_days)
    hard: dict[str, Practice] = {}
    for rule in rules.rules:
        if rule.id in settings.off or rule.id == "S8":
            continue
        for raised in CONDITIONS[rule.id](facts, settings.numbers(rule), lookback):
            yield _signal(client, rule, raised)
            if rule.id in HARD:
                newest = max((each for each in raised.facts if isinstance(each, Practice)), key=_at)
                hard[newest.id] = newest
    if "S8" not in settings.off:
        rule = rules.rule("S8")
        for raised in after_session(facts, settings.numbers(rule), hard.values()):
            yield _signal(client, rule, raised)


def _signal(client: UUID, rule: Rule, raised: Raised) -> Signal:
    level = rule.level if isinstance(rule.escalates_to, UnsetType) or not raised.hard else rule.escalates_to
    return Signal(
        id=signal_id(client, rule.id, raised.facts),
        rule=rule.id,
        level=level,
        raised_at=max(moment(each) for each in raised.facts if not isinstance(each, HeldSession)),
        facts=tuple(sorted(raised.facts, key=lambda each: (moment(each), each.id))),
    )


def _at(practice: Practice) -> tuple[datetime, str]:
    return practice.at, practice.id
