"""Numbers are dated data: who may stand in a card, and for how long (content brief 0.11 and 6.5)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from support.catalogue import CONTENT, Folder, reference_of

from server.catalogue.crisis.age import crisis_warnings
from server.catalogue.crisis.loader import crisis_findings, load_crisis
from server.catalogue.findings import errors
from server.catalogue.snapshot import ContentError

US, EN, ES = "crisis/countries/US.yaml", "crisis/words/en.yaml", "crisis/words/es.yaml"
DOCUMENTED = date(2026, 11, 22)

CASES = [
    ("C15", US, "country: US", "country: CA", "the country is not the file's name"),
    ("C15", US, "id: us-988", "id: gb-988", "another's helpline has no place here"),
    ("C15", US, "id: us-maternal", "id: us-988", "two entries have one id"),
    ("C15", US, '    call: "988"\n    text: "988"\n', "", "neither a number to call nor one to write to"),
    ("C15", US, "    hours:", "    note: {en: Press 2.}\n    hours:", "is missing in a language"),
    ("C15", ES, "call: maternity_unit", "call: clinic", "the groups of `stop` are not those of English"),
    ("C15", ES, "        - Sangrado\n", "", "the groups of `stop` are not those of English"),
    ("C15", EN, "  text_line: Crisis line by text message\n", "", "does not name every kind"),
    ("C15", EN, "      call: emergency", "      call: clinic", "does not begin with what is an emergency"),
    ("C03", US, 'emergency: "911"', "emergency: 911", "expected `str`, got `int`"),
    ("C03", US, 'emergency: "911"', 'emergency: "call 911"', "matching regex"),
    ("C03", US, 'emergency: "911"\n', "", "the field `emergency` is missing"),
    ("C03", US, "documented_on: 2026-11-22\n", "", "the field `documented_on` is missing"),
    ("C16", US, "documented_on: 2026-11-22", "documented_on: 2026-11-24", "still to come"),
    ("C16", US, "documented_on: 2026-11-22", "documented_on: 2025-11-22", "more than 365 days ago"),
]


@pytest.mark.parametrize("rule, file, old, new, says", CASES, ids=lambda part: str(part)[:40])
def test_a_broken_card_is_found(tmp_path: Path, rule: str, file: str, old: str, new: str, says: str) -> None:
    folder = Folder(tmp_path)
    folder.replace(file, old, new)
    found = errors(crisis_findings(folder.path, DOCUMENTED + timedelta(days=1)))
    assert any(each.rule == rule and says in each.sentence for each in found), [str(each) for each in found]
    if rule == "C16":
        load_crisis(folder.path)
    else:
        with pytest.raises(ContentError):
            load_crisis(folder.path)


@pytest.mark.parametrize(
    "days, severities", [(0, set()), (180, set()), (181, {"warning"}), (365, {"warning"}), (366, {"error"})]
)
def test_a_card_is_looked_at_after_180_days_and_stops_a_release_after_365(days: int, severities: set[str]) -> None:
    content, today = load_crisis(CONTENT), DOCUMENTED + timedelta(days=days)
    assert {each.documented_on for each in content.cards.values()} == {DOCUMENTED}
    found = crisis_findings(CONTENT, today)
    assert {each.severity for each in found} == severities
    assert len(found) == (len(content.cards) if severities else 0)
    assert crisis_warnings(content, today) == (
        ("Crisis cards were documented more than 180 days ago: AU, ES, FR, GB, NZ, US.",) if days > 180 else ()
    )


def test_every_word_of_the_cards_is_calm_and_promises_nothing() -> None:
    lexicon = reference_of(CONTENT).lexicons["en"]
    words = load_crisis(CONTENT).words["en"]
    said = [words.title, words.not_monitored, words.emergency, words.documented, words.no_card, words.no_emergency]
    said += [words.stop.title, words.stop.introduction]
    wrong = [(entry.id, text) for text in said for entry, pattern in lexicon.forbidden if pattern.search(text)]
    assert wrong == []
    assert not any("!" in text or "¡" in text for text in said)


def test_nobody_has_reviewed_any_of_it() -> None:
    content = load_crisis(CONTENT)
    assert {each.review.status for each in (*content.cards.values(), *content.words.values())} == {"draft"}
