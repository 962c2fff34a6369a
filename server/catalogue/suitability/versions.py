"""Which version of an exercise does everything that several rules ask for (content brief 2.1)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from server.catalogue.reference import SuitabilityRule
from server.catalogue.suitability.traits import PLACES, Traits
from server.catalogue.vocabulary import AltVariant, PlayerSetting

MECHANICAL: frozenset[str] = frozenset(get_args(PlayerSetting))


def unmet(
    asked: Sequence[SuitabilityRule], traits: Traits, covers: Mapping[AltVariant, tuple[AltVariant, ...]]
) -> Iterator[SuitabilityRule]:
    """Yield the rules for which there is no version, or none that serves for the others too."""
    wanted = {str(rule.variant) for rule in asked}
    lost = {
        name
        for first, later in traits.clashes
        if {first, later} <= wanted and first not in covers.get(later, ())
        for name in (first, later)
    }
    for rule in asked:
        if str(rule.variant) in lost or not available(rule, traits):
            yield rule


def available(rule: SuitabilityRule, traits: Traits) -> bool:
    """Whether an exercise has the version that a rule asks for: authored, or made by the player."""
    if rule.variant not in MECHANICAL:
        return rule.variant in traits.exercise.alt_variants
    match rule.variant:
        case "short":
            # The short length serves a rule about the length only if it is short enough.
            return rule.when.field != "duration_s" or not traits.meets(rule.when, "short")
        case "skip_region":
            return not str(rule.when.property).startswith(PLACES) or rule.when.property in traits.regions
        case _:
            return True
