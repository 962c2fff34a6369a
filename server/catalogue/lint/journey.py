"""Swaps and tracks with all that the lint measures them by."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.catalogue.reference_loader import Reference
from server.catalogue.schemas import Exercise
from server.catalogue.suitability.conditions import applies
from server.catalogue.vocabulary import Flag
from server.catalogue.ways import Ways


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What the rules of ways look at; `exercises` are all that are whole, by slug."""

    ways: Ways
    exercises: Mapping[str, Exercise]
    reference: Reference

    def kept_from(self, exercise: Exercise) -> frozenset[Flag]:
        """Return the flags with which an exercise is hidden, or hidden until a therapist switches it on."""
        seconds = exercise.variants.medium.seconds
        return frozenset(
            rule.flag
            for rule in self.reference.rules.rules
            if rule.action in {"exclude", "approve"} and applies(rule.when, exercise, seconds=seconds, silence=0)
        )
