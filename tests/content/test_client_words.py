"""Words that phones show by themselves: reminders and what signals say (content brief 4, 7.2.9 and 7.3)."""

import re
from pathlib import Path

import pytest
import yaml
from support.catalogue import CONTENT, reference_of

from server.catalogue.snapshot import ContentError
from server.practice.reminders.texts import LANGUAGES, load_reminders
from server.practice.signals.load import load_signals

TEXTS = load_reminders(CONTENT)
RULES = load_signals(CONTENT)
REFERENCE = reference_of(CONTENT)
EVERY = [(language, key, text) for language in LANGUAGES for key, text in TEXTS.of(language).texts.items()]
CARDS = [(rule.id, language, text) for rule in RULES.rules for language, text in rule.client.text.items()]
# Content brief 7.3, as it stands there.
LINTABLE = re.compile(
    r"overdue|behind|missed|lost|failed|only|still haven't|don't lose|last chance"
    r"|streak (lost|broken|over)|0 days|keep it up!|perfect",
    re.IGNORECASE,
)
SHAME = {
    language: [pattern for entry, pattern in lexicon.forbidden if entry.severity == "error"]
    for language, lexicon in REFERENCE.lexicons.items()
}


def wrong(text: str, language: str = "en") -> bool:
    return bool(LINTABLE.search(text)) or any(pattern.search(text) for pattern in SHAME[language])


@pytest.mark.parametrize("language, key, text", EVERY)
def test_a_reminder_is_short_quiet_and_tells_nothing(language: str, key: str, text: str) -> None:
    assert len(text) <= 60, (language, key)
    assert not re.search(r"[\d!¡{}]", text)
    assert "streak" not in text.lower()
    assert "racha" not in text.lower()
    assert not wrong(text, language)
    lexicon = REFERENCE.lexicons[language]
    assert not any(lexicon.has(name, text) for name in ("baby", "mortality", "jargon", "diagnosis"))


@pytest.mark.parametrize("rule, language, text", CARDS)
def test_what_a_phone_says_of_a_signal_is_calm_and_fits_a_card(rule: str, language: str, text: str) -> None:
    assert len(text) <= 90, (rule, language)
    assert "!" not in text
    assert not wrong(text, language)


def test_every_language_has_every_text() -> None:
    assert len(EVERY) == len(LANGUAGES) * len(TEXTS.of("en").texts)
    assert TEXTS.of("es-MX") is TEXTS.of("es")
    assert TEXTS.of("fr") is TEXTS.of("en")


def test_the_evidence_of_a_rule_is_a_known_source() -> None:
    assert {key for rule in RULES.rules for key in rule.evidence} <= REFERENCE.sources.keys()


def test_nobody_has_reviewed_any_of_it() -> None:
    assert {RULES.review.status, *(TEXTS.of(language).review.status for language in LANGUAGES)} == {"draft"}


@pytest.mark.parametrize(
    "language, text",
    [
        ("en", "Day 3 of your practice."),
        ("en", "Do it now!"),
        ("en", "Your streak is waiting."),
        ("en", "You have not practised today."),
        ("en", "While the baby sleeps."),
        ("en", "Before your session."),
        ("en", "{name}, a minute."),
        ("en", "x" * 61),
        ("es", "¡Ahora!"),
        ("es", "Solo falta un poco."),
        ("es", "Tu racha te espera."),
        ("es", "Todavía no has practicado."),
    ],
)
def test_a_text_that_says_more_stops_the_start(tmp_path: Path, language: str, text: str) -> None:
    (tmp_path / "reminders").mkdir()
    for each in LANGUAGES:
        told = yaml.safe_load((CONTENT / "reminders" / f"{each}.yaml").read_text())
        if each == language:
            told["texts"]["if_it_suits"] = text
        (tmp_path / "reminders" / f"{each}.yaml").write_text(yaml.safe_dump(told, allow_unicode=True))
    with pytest.raises(ContentError, match="`if_it_suits`"):
        load_reminders(tmp_path)


def test_a_language_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="it cannot be read"):
        load_reminders(tmp_path)


def test_the_lint_of_the_brief_would_find_what_it_names() -> None:
    assert all(
        wrong(text) for text in ("You missed 6 days", "Last chance", "Perfect week!", "0 days", "You fell behind")
    )
