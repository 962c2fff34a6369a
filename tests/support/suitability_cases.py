"""Exercises and rules made up for single sentences about suitability."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from support.catalogue import CONTENT

from server.catalogue.reference import SuitabilityRule
from server.catalogue.schemas import AltPlan, Exercise
from server.catalogue.snapshot import load_snapshot
from server.catalogue.suitability.decide import Decision, Suitability
from server.catalogue.suitability.person import Person

SHIPPED = load_snapshot(CONTENT)
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLAIN = "here-in-this-room"


def person(**told: Any) -> Person:
    """Make a person from JSON, screened and with nothing to say of them."""
    return msgspec.convert({"flags": [], **told}, Person)


def rule(number: int, action: str, flag: str = "panic", **told: Any) -> SuitabilityRule:
    """Make a rule that meets every exercise, unless told otherwise."""
    whole = {
        "id": f"R{number:03d}",
        "when": {"field": "any"},
        "flag": flag,
        "action": action,
        "client_text": f"Words of {number}.",
        "evidence": [],
        "grade": "D",
        "override": "therapist",
        **told,
    }
    return msgspec.convert({key: value for key, value in whole.items() if value is not None}, SuitabilityRule)


def exercise(*alts: str, **changed: Any) -> Exercise:
    """Return a plain exercise, with variants that change nothing."""
    plain = SHIPPED.exercises[PLAIN]
    return replace(plain, alt_variants=dict.fromkeys(alts, AltPlan()) or plain.alt_variants, **changed)


def decided(rules: list[SuitabilityRule], one: Exercise | None = None, **told: Any) -> Decision:
    """Decide about one exercise for somebody with panic, unless told otherwise."""
    chosen = one or exercise()
    whole = replace(SHIPPED.rules, rules=tuple(rules))
    return Suitability([chosen], whole).decide(chosen.slug, person(**{"flags": ["panic"], **told}), AT)
