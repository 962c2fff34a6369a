from pathlib import Path

import pytest
from support.catalogue import CONTENT, Folder, reference_of

FORBIDDEN = reference_of(CONTENT).lexicons["en"].forbidden


def test_there_are_28_patterns_with_28_bad_and_at_least_14_good_lines() -> None:
    assert [entry.id for entry, _ in FORBIDDEN] == [f"F{number:02d}" for number in range(1, 29)]
    assert sum(len(entry.bad) for entry, _ in FORBIDDEN) >= 28
    assert sum(len(entry.good) for entry, _ in FORBIDDEN) >= 14


@pytest.mark.parametrize("number", range(28))
def test_a_pattern_finds_its_bad_lines_and_no_pattern_finds_its_good_lines(number: int) -> None:
    entry, pattern = FORBIDDEN[number]
    assert all(pattern.search(line) for line in entry.bad)
    assert [line for line in entry.good for _, other in FORBIDDEN if other.search(line)] == []


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("bad: [Just let go.]", "bad: [Let it rest.]", "F01 does not find all its bad lines"),
        ("If any part of you wants to soften, it can.", "Obey, if you like.", "F06 finds a good line of F01"),
        (r"pattern: \bgood (girl|boy)\b|\bwell behaved\b", "pattern: '(girl'", "F07 is no regular expression"),
    ],
)
def test_a_pattern_that_does_not_prove_itself_is_reported(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = Folder(tmp_path)
    folder.replace("lint/forbidden.en.yaml", old, new)
    assert any(finding.rule == "C12" and says in finding.sentence for finding in folder.check())
