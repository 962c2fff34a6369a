"""What the rules make of one exercise (content brief 2.1)."""

from typing import Any

import pytest
from msgspec.structs import replace
from support.suitability_cases import AT, SHIPPED, decided, exercise, person, rule

from server.catalogue.schemas import AltPlan
from server.catalogue.suitability.decide import OUTCOMES

DECISIONS = SHIPPED.suitability
ADAPT = rule(3, "adapt", variant="seated")


def test_nothing_to_say_offers_it_as_it_is() -> None:
    assert decided([], flags=[]).decision == "as_is"
    assert decided([rule(1, "exclude", flag="asthma")]).decision == "as_is"


@pytest.mark.parametrize(
    "actions, outcome, numbers",
    [
        ("caution", "caution", ["R004"]),
        ("caution adapt", "adapt", ["R003"]),
        ("caution adapt approve", "approve", ["R002"]),
        ("caution adapt approve exclude", "exclude", ["R001"]),
        ("exclude caution", "exclude", ["R001"]),
    ],
)
def test_the_strictest_rule_decides(actions: str, outcome: str, numbers: list[str]) -> None:
    every = {
        "exclude": rule(1, "exclude"),
        "approve": rule(2, "approve"),
        "adapt": ADAPT,
        "caution": rule(4, "caution"),
    }
    found = decided([every[action] for action in actions.split()], exercise("seated"))
    assert (found.decision, list(found.rules)) == (outcome, numbers)


def test_an_adapted_exercise_still_shows_the_words_of_cautions() -> None:
    found = decided([rule(1, "caution"), ADAPT], exercise("seated"))
    assert set(found.client_text) == {"Words of 1.", "Words of 3."}


def test_a_missing_variant_excludes() -> None:
    found = decided([ADAPT], exercise("side_lying"))
    assert (found.decision, found.variants, found.rules) == ("exclude", (), ("R003",))


def test_several_variants_combine() -> None:
    found = decided([ADAPT, rule(4, "adapt", variant="no_baby")], exercise("no_baby", "seated"))
    assert (found.decision, found.variants, found.rules) == ("adapt", ("no_baby", "seated"), ("R003", "R004"))


def test_one_of_several_variants_that_is_missing_excludes() -> None:
    found = decided([ADAPT, rule(4, "adapt", variant="no_baby")], exercise("seated"))
    assert (found.decision, found.rules) == ("exclude", ("R004",))


@pytest.mark.parametrize(
    "first, later, outcome",
    [
        ("seated", "no_baby", "exclude"),
        ("own_pace", "other_anchor", "adapt"),
        ("other_anchor", "own_pace", "exclude"),
    ],
)
def test_variants_that_change_the_same_step_combine_only_if_the_later_covers_the_other(
    first: str, later: str, outcome: str
) -> None:
    plans: Any = {first: AltPlan(steps={"sounds": "today"}), later: AltPlan(steps={"sounds": "look-around"})}
    both = replace(exercise(), alt_variants=plans)
    asked = [rule(1, "adapt", variant=first), rule(2, "adapt", variant=later)]
    assert decided(asked, both).decision == outcome


def test_variants_that_change_the_same_line_clash_in_the_shipped_sighs() -> None:
    clashes = DECISIONS.traits["gentle-sighs"].clashes
    assert ("external_pacer", "light_breath") in clashes
    assert not DECISIONS.traits["comfortable-breath-check"].clashes & {("own_pace", "other_anchor")}


def test_what_the_player_does_by_itself_is_always_there() -> None:
    assert decided([rule(1, "adapt", variant="eyes_open")]).variants == ("eyes_open",)


def test_a_region_can_only_be_skipped_where_it_is_an_optional_step() -> None:
    asked = rule(1, "adapt", variant="skip_region", when={"property": "region_belly"})
    assert decided([asked], exercise(properties=("region_belly",))).decision == "exclude"
    steps = (*(replace(one, region="belly", optional=True) for one in exercise().steps),)
    assert decided([asked], exercise(properties=("region_belly",), steps=steps)).decision == "adapt"


def test_the_short_length_serves_only_if_it_is_short_enough() -> None:
    plans = exercise().variants
    assert decided([rule(1, "adapt", variant="short", when={"field": "duration_s", "above": 200})]).decision == "adapt"
    long = replace(plans, short=replace(plans.short, seconds=201))
    asked = rule(1, "adapt", variant="short", when={"field": "duration_s", "above": 200})
    assert decided([asked], exercise(variants=long)).decision == "exclude"


def test_in_the_short_length_the_rules_that_are_true_of_it_count_too() -> None:
    plans = exercise().variants
    longer = replace(plans, short=replace(plans.short, seconds=plans.medium.seconds + 1))
    rules = [
        rule(1, "adapt", variant="short"),
        rule(2, "exclude", when={"field": "duration_s", "above": plans.medium.seconds}),
    ]
    assert decided(rules[1:], exercise(variants=longer)).decision == "as_is"
    assert decided(rules, exercise(variants=longer)).rules == ("R002",)


def test_a_restriction_leaves_its_subset_as_it_is() -> None:
    within = rule(1, "restrict", leaves=[{"slugs": ["land-now"]}, {"max_load": 2, "attention": ["external"]}])
    assert decided([within]).decision == "as_is"
    nothing = rule(1, "restrict", leaves=[])
    assert (decided([nothing]).decision, decided([nothing]).rules) == ("exclude", ("R001",))
    for subset in ({"max_load": 1}, {"without": ["neck_turn"]}, {"dose_window": "after"}, {"attention": ["mixed"]}):
        assert decided([rule(1, "restrict", leaves=[subset])]).decision == "exclude"


def test_an_exclusion_for_loss_says_nothing_whatever_else_excludes() -> None:
    silent = rule(1, "exclude", client_text=None)
    assert decided([silent, rule(2, "exclude")]).client_text == ()
    assert decided([rule(2, "exclude")]).client_text == ("Words of 2.",)


@pytest.mark.parametrize(
    "level, may",
    [
        ("none", set()),
        ("client", {"client"}),
        ("therapist", {"therapist", "prescriber"}),
        ("prescriber", {"prescriber"}),
    ],
)
def test_a_rule_is_set_aside_only_by_whom_it_names(level: str, may: set[str]) -> None:
    for by in ("client", "therapist", "prescriber"):
        excluded = decided([rule(1, "exclude", override=level)], overrides=[{"rule": "R001", "by": by}])
        assert excluded.decision == ("as_is" if by in may else "exclude")
        approval = [{"exercise": exercise().slug, "by": by}]
        hidden = decided([rule(1, "approve", override=level)], approvals=approval)
        assert hidden.decision == ("as_is" if by in may else "approve")


def test_switching_on_sets_aside_nothing_but_the_asking() -> None:
    approval = [{"exercise": exercise().slug, "by": "therapist"}]
    assert decided([rule(1, "exclude")], approvals=approval).decision == "exclude"
    assert decided([rule(1, "approve"), rule(2, "caution")], approvals=approval).decision == "caution"
    assert decided([rule(1, "approve")], approvals=[{"exercise": "land-now", "by": "therapist"}]).decision == "approve"


def test_an_override_for_one_exercise_is_for_no_other() -> None:
    here = [{"rule": "R001", "by": "therapist", "exercise": exercise().slug}]
    assert decided([rule(1, "exclude")], overrides=here).decision == "as_is"
    elsewhere = [{"rule": "R001", "by": "therapist", "exercise": "land-now"}]
    assert decided([rule(1, "exclude")], overrides=elsewhere).decision == "exclude"


def test_no_baby_content_does_what_a_loss_does_with_it_and_says_nothing() -> None:
    wish = DECISIONS.decide_all(person(left_out={"properties": ["baby_content"]}), AT)
    loss = DECISIONS.decide_all(person(flags=["perinatal_loss"]), AT)
    assert {slug: each.decision for slug, each in wish.items()} == {slug: each.decision for slug, each in loss.items()}
    assert {each.client_text for each in (*wish.values(), *loss.values())} == {()}


def test_side_lying_without_a_reason_leaves_out_what_can_only_be_done_on_the_back() -> None:
    wish = {"postures": ["supine"]}
    assert decided([], exercise(postures=("supine",)), left_out=wish).decision == "exclude"
    assert decided([], exercise(postures=("supine", "side_lying")), left_out=wish).decision == "as_is"


def test_outcomes_go_from_what_is_offered_to_what_is_not() -> None:
    assert OUTCOMES == ("as_is", "caution", "adapt", "approve", "exclude")
