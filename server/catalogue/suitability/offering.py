"""What a list may show of a decision: some exercises are for few, and some a therapist shows first."""

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from server.catalogue.schemas import Exercise
from server.catalogue.suitability.decide import Decision, Suitability
from server.catalogue.suitability.person import Person
from server.catalogue.vocabulary import Flag

NOT_FOR_THEM = Decision(decision="exclude")


def offered(suitability: Suitability, person: Person, at: datetime) -> dict[str, Decision]:
    """Decide about every exercise, as it may be offered: never more than the rules allow."""
    flags = suitability.flags_at(person, at)
    decided = suitability.decide_all(person, at)
    return {slug: _for(suitability.traits[slug].exercise, person, flags, each) for slug, each in decided.items()}


def notices(suitability: Suitability, person: Person, at: datetime) -> list[str]:
    """Return what is said once for the whole app, while only a subset is offered."""
    flags = suitability.flags_at(person, at)
    said = [rule for rule in suitability.ordered if rule.action == "restrict" and rule.flag in flags]
    return [rule.client_text for rule in said if isinstance(rule.client_text, str)]


def _for(exercise: Exercise, person: Person, flags: Collection[Flag], decision: Decision) -> Decision:
    if decision.decision == "exclude":
        return decision
    if not {*exercise.requires_flag} <= {*flags}:
        return NOT_FOR_THEM
    shown = any(each.exercise == exercise.slug and each.by != "client" for each in person.approvals)
    if exercise.requires_introduction and not shown:
        return replace(decision, decision="approve", variants=())
    return decision
