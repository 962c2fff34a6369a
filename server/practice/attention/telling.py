"""What a therapist is told of a signal: a sentence, and the values of its facts that its rule shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.catalogue.search import DEFAULT_LOCALE
from server.catalogue.snapshot import Snapshot
from server.kit.days import zone_named
from server.practice.attention import schemas
from server.practice.attention.reading import Seen
from server.practice.signals.evaluate import Signal
from server.practice.signals.facts import CheckIn, Fact, Practice
from server.practice.signals.rules import Rule, SignalsFile, Value
from server.practice.signals.sentences import filled

T = TypeVar("T")
Acknowledged = Mapping[UUID, schemas.Acknowledgement]
STAFF_LANGUAGE: Final = "en"


def standing_text(rules: SignalsFile) -> str:
    """Return what stands under every list of signals."""
    return rules.standing_text[STAFF_LANGUAGE]


def tell(
    client: UUID, seen: Seen, signal: Signal, rules: SignalsFile, catalogue: Snapshot, acknowledged: Acknowledged
) -> schemas.Signal:
    """Return a signal as the API tells it."""
    rule = rules.rule(signal.rule)
    return schemas.Signal(
        id=signal.id,
        client_id=client,
        rule=signal.rule,
        level=signal.level,
        sentence=_sentence(rule, signal, seen, catalogue),
        raised_at=signal.raised_at,
        received_at=seen.received_at(signal),
        facts=[_fact(each, rule, seen) for each in signal.facts],
        acknowledged=acknowledged.get(signal.id, UNSET),
    )


def _sentence(rule: Rule, signal: Signal, seen: Seen, catalogue: Snapshot) -> str:
    slugs = [each.exercise for each in signal.facts if isinstance(each, Practice)]
    summary = catalogue.summaries.get((slugs[-1], DEFAULT_LOCALE)) if slugs else None
    calls = [seen.calls[each.id] for each in signal.facts if isinstance(each, CheckIn)]
    values = {
        "exercise": summary.title if summary else (slugs or [""])[-1],
        "time": _wall_clock(calls[-1].at, calls[-1].zone) if calls else "",
        **seen.settings.numbers(rule),
    }
    return filled(rule.therapist, values)


def _wall_clock(at: datetime, zone: str) -> str:
    return at.astimezone(zone_named(zone)).strftime("%H:%M on %Y-%m-%d")


def _fact(fact: Fact, rule: Rule, seen: Seen) -> schemas.SignalFact:
    if isinstance(fact, CheckIn):
        return schemas.SignalFact(id=UUID(fact.id), kind="check_in", at=fact.at, not_ok=True)
    if not isinstance(fact, Practice):
        return schemas.SignalFact(id=UUID(fact.id), kind="session", at=fact.start)
    row = seen.practices[fact.id]
    return schemas.SignalFact(
        id=row.id,
        kind="practice",
        at=fact.at,
        exercise=row.exercise,
        distress_before=_shown("distress_before", row.distress_before, rule),
        distress_after=_shown("distress_after", row.distress_after, rule),
        presence=_shown("presence", row.presence, rule),
        unreal=_shown("unreal", row.unreal, rule),
        stop_reason=_shown("stop_reason", row.stop_reason, rule),
        entered_by="carer" if row.source == "proxy" else UNSET,
    )


def _shown(name: Value, value: T | None, rule: Rule) -> T | UnsetType:
    return UNSET if value is None or name not in rule.shows else value
