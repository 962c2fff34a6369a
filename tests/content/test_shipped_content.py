from collections import Counter

from support.catalogue import CONTENT, exercises_of, reference_of, starters_of

from server.catalogue.census import census
from server.catalogue.lint import check_content


def test_the_shipped_content_has_neither_errors_nor_warnings() -> None:
    assert [str(finding) for finding in check_content(CONTENT).findings] == []


def test_there_are_65_exercises_and_some_of_every_technique_for_every_track_and_phase() -> None:
    shipped = exercises_of(CONTENT)
    assert len(shipped) == 65
    counts = census(shipped)
    assert counts["technique"] == {"grounding": 35, "breathing": 15, "body_scan": 15}
    assert min(counts["track"].values()) >= 10
    assert min(counts["phase"].values()) >= 8
    assert all(counts["load"][load] for load in "1234")


def test_nothing_claims_a_clinicians_review_that_did_not_take_place() -> None:
    for one in exercises_of(CONTENT):
        assert one.review.status == "draft"
        assert {words.front.review.status for words in one.words.values()} == {"draft"}
    assert reference_of(CONTENT).glossary.review.status == "draft"
    for starter in starters_of(CONTENT):
        assert {starter.review.status, *(words.review.status for words in starter.words.values())} == {"draft"}


def test_there_is_a_starter_set_for_each_situation_named_in_english_and_spanish() -> None:
    starters = {one.slug: one for one in starters_of(CONTENT)}
    assert starters.keys() >= {
        "preparation-week",
        "session-day",
        "first-three-days",
        "trauma-stabilisation",
        "perinatal",
        "low-mood",
        "chronic-pain",
        "palliative",
    }
    assert {frozenset(one.words) for one in starters.values()} == {frozenset({"en", "es"})}


def test_what_is_reached_for_first_is_there_in_spanish() -> None:
    spanish = {one.slug for one in exercises_of(CONTENT) if "es" in one.words}
    assert spanish >= {"land-now", "here-in-this-room", "soft-landing", "leave-the-breath-alone", "any-breath-is-fine"}
    assert len(spanish) >= 24


def test_every_reference_file_says_that_no_clinician_has_reviewed_it() -> None:
    files = [file for file in CONTENT.rglob("*.yaml") if "exercises" not in file.parts]
    cards = [file for file in files if file.parent.name == "countries"]
    # Evidence, glossary, profiles; rules, words, forbidden words, reminders and crisis words in two languages; signals;
    # swaps, tracks, labels; starter sets and cards.
    assert len(files) == 17 + len(starters_of(CONTENT)) + len(cards)
    for file in files:
        assert "no clinician has reviewed" in file.read_text("utf-8"), file.name


def test_the_rules_and_sources_are_all_there_with_their_grades() -> None:
    reference = reference_of(CONTENT)
    assert [rule.id for rule in reference.rules.rules] == [f"R{number:03d}" for number in range(1, 183)]
    assert Counter(rule.grade for rule in reference.rules.rules) == {"A": 8, "B": 24, "C": 85, "D": 65}
    statuses = Counter(source.status for source in reference.sources.values())
    assert statuses == {"read": 69, "title_only": 5, "second_hand": 3, "from_memory": 9}


def test_a_rule_about_loss_or_death_shows_nothing() -> None:
    silent = [rule for rule in reference_of(CONTENT).rules.rules if not rule.client_text]
    assert {rule.when.property for rule in silent} == {"mortality", "baby_content"}
    assert {rule.id for rule in silent} == {"R140", "R146", "R147"}
