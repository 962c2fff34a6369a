"""What `content/signals/signals.yaml` says: the rules of signals as data (content brief 6.2)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Key, Review

RuleId = Literal["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10"]
Level = Literal["info", "amber", "red"]
# What a client may share that a rule looks at: without it, the rule raises nothing for anybody but the client.
RuleScope = Literal["check_ins", "early_stops"]
Value = Literal["distress_before", "distress_after", "presence", "unreal", "stop_reason", "not_ok"]
Offer = Literal[
    "land_now",
    "gentler_switch",
    "person_card",
    "swap_set",
    "outside_item",
    "crisis_card",
    "clinic_phone_card",
    "non_breath_anchors",
    "company",
]
Number = Annotated[int, Meta(ge=0, le=1000)]
# A card has room for 90 characters (content brief 7.3).
CardText = Annotated[str, Meta(min_length=1, max_length=90)]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}\Z")]


class Threshold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of a rule, and how far a therapist may move it for one client."""

    default: Number
    least: Number
    most: Number


class ClientSide(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the phone says by itself, by language, and what it then offers, in order."""

    text: Mapping[Language, CardText]
    offers: Annotated[tuple[Offer, ...], Meta(min_length=1)]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. `shows`: the values of its facts that the therapist sees. `escalates_to`: the level of the hard case.

    `therapist` may name `{exercise}`, `{time}` and the rule's own thresholds.
    """

    id: RuleId
    title: Annotated[str, Meta(min_length=1, max_length=60)]
    level: Level
    escalates_to: Level | UnsetType = UNSET
    scope: RuleScope
    shows: tuple[Value, ...]
    thresholds: Mapping[Key, Threshold]
    therapist: Annotated[str, Meta(min_length=1, max_length=200)]
    client: ClientSide
    evidence: tuple[Key, ...]


class SignalsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/signals/signals.yaml`."""

    review: Review
    standing_text: Mapping[Language, CardText]
    lookback_days: Annotated[int, Meta(ge=1, le=366)]
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]

    def rule(self, key: RuleId) -> Rule:
        """Return a rule; every one is there, or the file was refused."""
        return next(each for each in self.rules if each.id == key)


class Settings(Struct, frozen=True, kw_only=True):
    """What a therapist has moved for one client: thresholds by rule, and rules that are off."""

    thresholds: Mapping[RuleId, Mapping[str, int]] = {}
    off: frozenset[RuleId] = frozenset()

    def numbers(self, rule: Rule) -> dict[str, int]:
        """Return a rule's thresholds as they are for this client."""
        moved = self.thresholds.get(rule.id, {})
        return {name: moved.get(name, each.default) for name, each in rule.thresholds.items()}
