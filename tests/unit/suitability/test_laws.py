"""Laws of suitability under random people (content brief 2.1, 2.8)."""

import random
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.suitability_cases import AT, SHIPPED, person
from support.suitability_people import FLAGS

from server.catalogue.suitability.decide import OUTCOMES, Suitability
from server.catalogue.vocabulary import Length

SUITABILITY = SHIPPED.suitability
RULES = [rule.id for rule in SUITABILITY.ordered]
BY = st.sampled_from(["client", "therapist", "prescriber"])
approvals = st.lists(
    st.fixed_dictionaries({"exercise": st.sampled_from(sorted(SUITABILITY.traits)), "by": BY}), max_size=8
)
overrides = st.lists(st.fixed_dictionaries({"rule": st.sampled_from(RULES), "by": BY}), max_size=8)
agreed = st.fixed_dictionaries({"approvals": approvals, "overrides": overrides})
some_flags = st.lists(st.sampled_from(FLAGS), unique=True, max_size=6)
lengths = st.sampled_from(get_args(Length))


@given(flags=some_flags, more=st.sampled_from(FLAGS), told=agreed, length=lengths)
def test_adding_a_flag_never_makes_an_exercise_more_available(
    flags: list[str], more: str, told: dict[str, Any], length: Length
) -> None:
    before = SUITABILITY.decide_all(person(flags=flags, **told), AT, length)
    after = SUITABILITY.decide_all(person(flags=[*flags, more], **told), AT, length)
    for slug, decision in after.items():
        assert OUTCOMES.index(decision.decision) >= OUTCOMES.index(before[slug].decision), slug
        if decision.decision == "adapt":
            assert {*before[slug].variants} <= {*decision.variants}


@given(flags=some_flags, told=agreed, order=st.randoms(use_true_random=False))
def test_the_order_of_rules_and_flags_never_matters(
    flags: list[str], told: dict[str, Any], order: random.Random
) -> None:
    rules = [*SHIPPED.rules.rules]
    order.shuffle(rules)
    slugs = order.sample(sorted(SHIPPED.exercises), 6)
    some = [SHIPPED.exercises[slug] for slug in slugs]
    shuffled = Suitability(some, replace(SHIPPED.rules, rules=tuple(rules)))
    again = order.sample(flags, len(flags))
    for slug in slugs:
        assert shuffled.decide(slug, person(flags=again, **told), AT) == SUITABILITY.decide(
            slug, person(flags=flags, **told), AT
        )


@given(flags=some_flags)
def test_a_missing_variant_excludes(flags: list[str]) -> None:
    bare = [replace(each, alt_variants={}) for each in SHIPPED.exercises.values()]
    without = Suitability(bare, SHIPPED.rules).decide_all(person(flags=flags), AT)
    for slug, decision in SUITABILITY.decide_all(person(flags=flags), AT).items():
        if {*decision.variants} & {*SHIPPED.exercises[slug].alt_variants}:
            assert without[slug].decision == "exclude"
        elif decision.decision != "approve":
            # What waits for approval may lack a variant besides.
            assert without[slug].decision == decision.decision


@given(flags=some_flags, told=agreed)
def test_what_decides_is_told_and_every_variant_can_be_played(flags: list[str], told: dict[str, Any]) -> None:
    for slug, decision in SUITABILITY.decide_all(person(flags=flags, **told), AT).items():
        assert bool(decision.rules) == (decision.decision != "as_is")
        assert bool(decision.variants) == (decision.decision == "adapt")
        traits = SUITABILITY.traits[slug]
        for pair in traits.clashes:
            if {*pair} <= {*decision.variants}:
                assert pair[0] in SHIPPED.rules.covers[pair[1]]


@given(flags=some_flags, wish=st.lists(st.sampled_from(["baby_content", "imagery", "hum"]), unique=True))
def test_a_wish_only_leaves_out(flags: list[str], wish: list[str]) -> None:
    without = SUITABILITY.decide_all(person(flags=flags, left_out={"properties": wish}), AT)
    for slug, decision in SUITABILITY.decide_all(person(flags=flags), AT).items():
        kept = not {*wish} & {*SHIPPED.exercises[slug].properties}
        assert without[slug] == decision if kept else without[slug].decision == "exclude"
