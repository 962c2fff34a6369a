"""What the rules make of one exercise for one person at one moment (content brief 2.1)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import UNSET, Struct, UnsetType

from server.catalogue.reference import Subset, SuitabilityRule, SuitabilityRules
from server.catalogue.schemas import LENGTHS, Exercise
from server.catalogue.suitability.moments import flags_at
from server.catalogue.suitability.person import By, Person, Wishes
from server.catalogue.suitability.traits import Traits, traits_of
from server.catalogue.suitability.versions import unmet
from server.catalogue.vocabulary import DateKind, Flag, Length, Override

Outcome = Literal["as_is", "caution", "adapt", "approve", "exclude"]
# From what is offered to what is not.
OUTCOMES: Final[tuple[Outcome, ...]] = ("as_is", "caution", "adapt", "approve", "exclude")
USUAL: Final[Length] = "medium"
HOURLY: Final[frozenset[DateKind]] = frozenset({"trauma_work", "dosing", "release"})
_MAY: Final[Mapping[Override, frozenset[By]]] = {
    "none": frozenset(),
    "client": frozenset({"client"}),
    "therapist": frozenset({"therapist", "prescriber"}),
    "prescriber": frozenset({"prescriber"}),
}


class Decision(Struct, frozen=True, kw_only=True):
    """What becomes of an exercise, in which variants, with which words for the client, by which rules."""

    decision: Outcome
    variants: tuple[str, ...] = ()
    client_text: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Suitability:
    """The rules over a catalogue."""

    def __init__(self, exercises: Iterable[Exercise], rules: SuitabilityRules) -> None:
        self.rules = rules
        self.traits = {one.slug: traits_of(one) for one in exercises}
        self.ordered = sorted(rules.rules, key=lambda rule: rule.id)
        self._hits = {
            (slug, length): _by_flag(rule for rule in self.ordered if hits(rule, traits, length))
            for slug, traits in self.traits.items()
            for length in LENGTHS
        }

    @property
    def hourly(self) -> frozenset[Flag]:
        """The flags that only instants give: nobody has them for longer than hours."""
        return frozenset(each.flag for each in self.rules.windows if each.since in HOURLY)

    def flags_at(self, person: Person, at: datetime) -> frozenset[Flag]:
        """Return every flag of a person at an instant."""
        return flags_at(person, at, self.rules)

    def decide(self, slug: str, person: Person, at: datetime, length: Length = USUAL) -> Decision:
        """Decide about one exercise, played in one length.

        Raises:
            KeyError: there is no exercise of that slug.
        """
        return self._decide(slug, person, self.flags_at(person, at), length)

    def decide_all(self, person: Person, at: datetime, length: Length = USUAL) -> dict[str, Decision]:
        """Decide about every exercise, by slug."""
        flags = self.flags_at(person, at)
        return {slug: self._decide(slug, person, flags, length) for slug in self.traits}

    def matching(self, slug: str, flags: Collection[Flag], length: Length) -> list[SuitabilityRule]:
        """Return the rules that an exercise meets for some flags, in the order of their ids."""
        found = self._hits[slug, length]
        return sorted((rule for flag in flags for rule in found.get(flag, ())), key=lambda rule: rule.id)

    def _decide(self, slug: str, person: Person, flags: Collection[Flag], length: Length) -> Decision:
        traits = self.traits[slug]
        if unwished(traits.exercise, person.left_out):
            return Decision(decision="exclude")
        matched = self.matching(slug, flags, length)
        if any(rule.variant == "short" for rule in matched):
            # Then it is the short length that is played, and what is true of that counts, too.
            matched = list({rule.id: rule for rule in (*matched, *self.matching(slug, flags, "short"))}.values())
        return weigh([rule for rule in matched if not lifted(rule, slug, person)], traits, self.rules)


def hits(rule: SuitabilityRule, traits: Traits, length: Length) -> bool:
    """Whether a rule has anything to say of an exercise; one that restricts has not of what it leaves."""
    if not isinstance(rule.leaves, UnsetType) and any(leaves(one, traits.exercise) for one in rule.leaves):
        return False
    return traits.meets(rule.when, length)


def leaves(subset: Subset, exercise: Exercise) -> bool:
    """Whether an exercise has everything that a subset asks for."""
    return (
        (not subset.slugs or exercise.slug in subset.slugs)
        and (isinstance(subset.max_load, UnsetType) or exercise.interoceptive_load <= subset.max_load)
        and (not subset.attention or exercise.attention in subset.attention)
        and not {*subset.without} & {*exercise.properties}
        and (subset.dose_window is UNSET or exercise.dose_window == subset.dose_window)
        and not (subset.self_guided and exercise.requires_introduction)
    )


def unwished(exercise: Exercise, wishes: Wishes) -> bool:
    """Whether a person wants this left out: a property it has, or the only postures it can be done in."""
    return not wishes.properties.isdisjoint(exercise.properties) or wishes.postures.issuperset(exercise.postures)


def lifted(rule: SuitabilityRule, slug: str, person: Person) -> bool:
    """Whether somebody who may has set a rule aside here, or switched on what it asks approval for."""
    by = {each.by for each in person.overrides if each.rule == rule.id and each.exercise in {slug, UNSET}}
    if rule.action == "approve":
        by |= {each.by for each in person.approvals if each.exercise == slug}
    return any(may_lift(rule, each) for each in by)


def may_lift(rule: SuitabilityRule, by: By) -> bool:
    """Whether somebody may set a rule aside; a prescriber may what a therapist may, not what a client may."""
    return by in _MAY[rule.override]


def weigh(matched: Sequence[SuitabilityRule], traits: Traits, rules: SuitabilityRules) -> Decision:
    """Let the strictest of the rules decide: exclude, approve, adapt, caution."""
    adapting = [rule for rule in matched if rule.action == "adapt"]
    cautions = [rule for rule in matched if rule.action == "caution"]
    out = [rule for rule in matched if rule.action in {"exclude", "restrict"}]
    if out := [*out, *unmet(adapting, traits, rules.covers)]:
        return _decided("exclude", out, silent=any(rule.client_text is UNSET for rule in out))
    if approving := [rule for rule in matched if rule.action == "approve"]:
        return _decided("approve", approving)
    if adapting:
        variants = tuple(sorted({str(rule.variant) for rule in adapting}))
        return _decided("adapt", adapting, more=cautions, variants=variants)
    return _decided("caution", cautions) if cautions else Decision(decision="as_is")


def _decided(
    outcome: Outcome,
    by: Sequence[SuitabilityRule],
    *,
    more: Sequence[SuitabilityRule] = (),
    variants: tuple[str, ...] = (),
    silent: bool = False,
) -> Decision:
    """Put a decision together. `silent`: of loss and of dying nothing is said, whatever else there is to say."""
    texts = dict.fromkeys(rule.client_text for rule in (*by, *more) if not isinstance(rule.client_text, UnsetType))
    return Decision(
        decision=outcome,
        variants=variants,
        client_text=() if silent else tuple(texts),
        rules=tuple(sorted(rule.id for rule in by)),
    )


def _by_flag(found: Iterable[SuitabilityRule]) -> dict[str, list[SuitabilityRule]]:
    grouped: dict[str, list[SuitabilityRule]] = {}
    for rule in found:
        grouped.setdefault(rule.flag, []).append(rule)
    return grouped
