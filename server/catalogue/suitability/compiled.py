"""The rules and the catalogue as one table, by which a phone decides without a connection (docs/suitability.md)."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import UNSET, Struct, UnsetType

from server.catalogue.reference import Asking, Clock, Window
from server.catalogue.schemas import LENGTHS
from server.catalogue.suitability.decide import Suitability, hits
from server.catalogue.suitability.traits import Traits
from server.catalogue.suitability.versions import available
from server.catalogue.vocabulary import Action, AltVariant, Flag, Length, Override, Posture, Property


class TableRule(Struct, frozen=True, kw_only=True):
    """A rule without its condition: the table says for which exercises that holds."""

    id: str
    flag: Flag
    action: Action
    override: Override
    variant: str | UnsetType
    client_text: str | UnsetType


class TableExercise(Struct, frozen=True, kw_only=True):
    """What can ever be true of an exercise, as places in the list of rules.

    `rules` by length; a rule that restricts is only there where it leaves the exercise out. `unmet`: rules that ask for
    a version there is not. `clashes`: pairs of variants that no version has at once. Lists ask what it requires.
    """

    rules: Mapping[Length, tuple[int, ...]]
    unmet: tuple[int, ...]
    clashes: tuple[tuple[AltVariant, AltVariant], ...]
    properties: tuple[Property, ...]
    postures: tuple[Posture, ...]
    requires_introduction: bool
    requires_flag: tuple[str, ...]


class Table(Struct, frozen=True, kw_only=True):
    """Everything that a decision needs besides the person and the moment."""

    clock: Clock
    windows: tuple[Window, ...]
    asks: tuple[Asking, ...]
    implies: Mapping[Flag, tuple[Flag, ...]]
    rules: tuple[TableRule, ...]
    exercises: Mapping[str, TableExercise]


def compile_table(suitability: Suitability, texts: Mapping[str, str] = MappingProxyType({})) -> Table:
    """Compile the rules for a phone, in the order of their ids; `texts` are in its language, by the English words."""
    rules = suitability.rules
    return Table(
        clock=rules.clock,
        windows=rules.windows,
        asks=rules.asks,
        implies=rules.implies,
        rules=tuple(
            TableRule(
                id=rule.id,
                flag=rule.flag,
                action=rule.action,
                override=rule.override,
                variant=rule.variant,
                client_text=UNSET if rule.client_text is UNSET else texts.get(rule.client_text, rule.client_text),
            )
            for rule in suitability.ordered
        ),
        exercises={slug: _compiled(traits, suitability) for slug, traits in suitability.traits.items()},
    )


def _compiled(traits: Traits, suitability: Suitability) -> TableExercise:
    covers = suitability.rules.covers
    adapting = [(place, rule) for place, rule in enumerate(suitability.ordered) if rule.action == "adapt"]
    return TableExercise(
        rules={
            length: tuple(place for place, rule in enumerate(suitability.ordered) if hits(rule, traits, length))
            for length in LENGTHS
        },
        unmet=tuple(place for place, rule in adapting if not available(rule, traits)),
        clashes=tuple(sorted(pair for pair in traits.clashes if pair[0] not in covers.get(pair[1], ()))),
        properties=traits.exercise.properties,
        postures=traits.exercise.postures,
        requires_introduction=traits.exercise.requires_introduction,
        requires_flag=traits.exercise.requires_flag,
    )
