"""What a list shows besides what the rules say: what a therapist shows first, and what is for few."""

from typing import Any

from support.suitability_cases import AT, SHIPPED, person

from server.catalogue.suitability.decide import OUTCOMES
from server.catalogue.suitability.offering import notices, offered

SUITABILITY = SHIPPED.suitability
INTRODUCED = {slug for slug, one in SHIPPED.exercises.items() if one.requires_introduction}
LAST = "what-matters-today"


def shown(**told: Any) -> dict[str, str]:
    return {slug: each.decision for slug, each in offered(SUITABILITY, person(**told), AT).items()}


def test_what_a_therapist_shows_first_waits_until_it_is_switched_on() -> None:
    assert {slug for slug, each in shown().items() if each == "approve"} == INTRODUCED - {LAST}
    approvals = [{"exercise": "crossed-arm-taps", "by": "therapist"}, {"exercise": "box-with-a-lid", "by": "client"}]
    waiting = {slug for slug, each in shown(approvals=approvals).items() if each == "approve"}
    assert waiting == INTRODUCED - {LAST, "crossed-arm-taps"}


def test_what_is_for_few_is_not_there_for_others_and_nothing_is_said() -> None:
    approvals = [{"exercise": LAST, "by": "therapist"}]
    assert offered(SUITABILITY, person(approvals=approvals), AT)[LAST].client_text == ()
    assert shown(approvals=approvals)[LAST] == "exclude"
    assert shown(flags=["life_limiting"], approvals=approvals)[LAST] == "as_is"


def test_a_list_never_shows_more_than_the_rules_allow() -> None:
    for flag in ("panic", "dissociation_prone", "suicidality_current", "after_dose_2_24h", "life_limiting"):
        rules = SUITABILITY.decide_all(person(flags=[flag]), AT)
        for slug, decision in shown(flags=[flag]).items():
            assert OUTCOMES.index(decision) >= OUTCOMES.index(rules[slug].decision)


def test_what_restricts_the_whole_app_is_said_once() -> None:
    assert notices(SUITABILITY, person(flags=["panic"]), AT) == []
    (said,) = notices(SUITABILITY, person(flags=["suicidality_current"]), AT)
    assert said.startswith("People first")
