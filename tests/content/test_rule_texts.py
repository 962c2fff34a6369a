"""What suitability rules say to a client, in every language (content brief 2.1, 4)."""

import re
from pathlib import Path

import pytest
from support.catalogue import CONTENT, Folder, reference_of

from server.catalogue.snapshot import load_snapshot

SHIPPED = load_snapshot(CONTENT)
REFERENCE = reference_of(CONTENT)
SAID = {rule.client_text for rule in SHIPPED.rules.rules if isinstance(rule.client_text, str)}
# Holding the breath and breathing fast: no script asks for them, and a rule has to name what it leaves out.
NAMED_TO_LEAVE_OUT = {"F13", "F15"}
# Spanish that agrees with the listener's gender (decision 0032).
GENDERED = re.compile(r"\b(sentad|tumbad|acostad|recostad|cansad)[oa]\b", re.IGNORECASE)


def test_every_language_of_the_catalogue_has_every_text() -> None:
    spoken = {language for exercise in SHIPPED.exercises.values() for language in exercise.words}
    assert spoken == {"en", *SHIPPED.rule_texts}
    assert all(texts.keys() == SAID for texts in SHIPPED.rule_texts.values())


@pytest.mark.parametrize("language", sorted(SHIPPED.rule_texts))
def test_no_text_says_what_no_text_may_say(language: str) -> None:
    never = [
        pattern
        for entry, pattern in REFERENCE.lexicons[language].forbidden
        if entry.severity == "error" and entry.id not in NAMED_TO_LEAVE_OUT
    ]
    assert never
    texts = SHIPPED.rule_texts[language].values()
    assert [text for text in texts if "!" in text or any(pattern.search(text) for pattern in never)] == []


def test_spanish_agrees_with_nobodys_gender() -> None:
    assert [text for text in SHIPPED.rule_texts["es"].values() if GENDERED.search(text)] == []
    assert GENDERED.search("Quédate sentada hoy.")


def test_a_locale_finds_its_language_and_english_is_told_otherwise() -> None:
    assert SHIPPED.rule_texts_for("es-MX")["Not today."] == "Hoy no."
    assert SHIPPED.rule_texts_for("en") == SHIPPED.rule_texts_for("fr-CA") == {}


def test_a_text_that_lacks_and_one_that_no_rule_says_are_findings(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.replace("rules/es.yaml", "Not today.: Hoy no.", "Never.: Nunca.")
    sentences = [finding.sentence for finding in folder.check() if finding.rule == "C12"]
    assert any("`Not today.` is not translated" in sentence for sentence in sentences)
    assert any("no rule says `Never.`" in sentence for sentence in sentences)
    texts = load_snapshot(folder.path).rule_texts_for("es")
    assert "Not today." not in texts, "the server starts all the same, and tells it in English"
