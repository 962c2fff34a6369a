from pathlib import Path

import pytest
from support.catalogue import CONTENT, Folder, reference_of

FORBIDDEN = {language: lexicon.forbidden for language, lexicon in reference_of(CONTENT).lexicons.items()}
EVERY = [(language, number) for language, patterns in FORBIDDEN.items() for number in range(len(patterns))]
# What only Spanish needs: no agreement with the listener, one way of address, no word that is coarse elsewhere.
EXPECTED = {"en": 28, "es": 31}


@pytest.mark.parametrize("language", EXPECTED)
def test_each_pattern_has_lines_that_prove_it(language: str) -> None:
    patterns = FORBIDDEN[language]
    assert [entry.id for entry, _ in patterns] == [f"F{number:02d}" for number in range(1, EXPECTED[language] + 1)]
    assert sum(len(entry.bad) for entry, _ in patterns) >= EXPECTED[language]
    assert sum(len(entry.good) for entry, _ in patterns) >= EXPECTED[language]


def test_a_phrase_is_as_forbidden_in_spanish_as_in_english() -> None:
    english, spanish = ([(entry.id, entry.severity) for entry, _ in FORBIDDEN[name]] for name in ("en", "es"))
    assert spanish[: len(english)] == english


@pytest.mark.parametrize("language, number", EVERY)
def test_a_pattern_finds_its_bad_lines_and_no_pattern_finds_its_good_lines(language: str, number: int) -> None:
    entry, pattern = FORBIDDEN[language][number]
    assert all(pattern.search(line) for line in entry.bad)
    assert [line for line in entry.good for _, other in FORBIDDEN[language] if other.search(line)] == []


@pytest.mark.parametrize(
    "language, old, new, says",
    [
        ("en", "bad: [Just let go.]", "bad: [Let it rest.]", "F01 does not find all its bad lines"),
        ("en", "If any part of you wants to soften, it can.", "Obey, if you like.", "F06 finds a good line of F01"),
        ("en", r"pattern: \bgood (girl|boy)\b|\bwell behaved\b", "pattern: '(girl'", "F07 is no regular expression"),
        ("es", "Si algo quiere aflojarse, puede.", "Quédate sentada.", "F29 finds a good line of F01"),
    ],
)
def test_a_pattern_that_does_not_prove_itself_is_reported(
    tmp_path: Path, language: str, old: str, new: str, says: str
) -> None:
    folder = Folder(tmp_path)
    folder.replace(f"lint/forbidden.{language}.yaml", old, new)
    assert any(finding.rule == "C12" and says in finding.sentence for finding in folder.check())


def test_a_way_to_say_the_minutes_names_their_number_and_the_half(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.replace("lint/words.es.yaml", "(?P<half>", "(?:")
    assert any(finding.rule == "C12" and "`length_said`" in finding.sentence for finding in folder.check())
