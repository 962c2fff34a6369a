"""Starter sets are read strictly and put into the snapshot; what cannot be taken over is left out of it."""

from pathlib import Path

import pytest
from support.catalogue import CONTENT, ROOM, Folder

from server.catalogue.findings import FORMAT_RULES
from server.catalogue.snapshot import ContentError, load_snapshot
from server.catalogue.starter_loader import load_starter_sets

SET = "sets/model-set.yaml"
CASES = [
    (
        "C02",
        "phase: integration",
        "phase: integration\nphase: preparation",
        "the key `phase` stands here a second time",
    ),
    ("C03", "phase: integration", "phase: holidays", "invalid enum value 'holidays'"),
    ("C03", "phase: integration", "phase: integration\ndose: 1", "`dose` is not a field of this file"),
    ("C03", "length: medium", "length: huge", "invalid enum value 'huge'"),
    ("C03", "from_day: 1", "from_day: -61", "expected `int` >= -60"),
    ("C03", "n: 2}", "n: 1}", "expected `int` >= 2"),
    ("C03", "n: 2}", "n: 2, sometimes: true}", "unknown field `sometimes`"),
    ("C03", "{type: every_n_days, n: 2}", "{type: hourly}", "invalid value 'hourly'"),
    ("C03", "  es:\n", "  Spanish:\n", "matching regex"),
    ("C03", "status: draft}\nitems", "status: fine}\nitems", "invalid enum value 'fine'"),
    ("C11", "evidence: [zerubavel2015]", "evidence: [zerubavel2015, zerubavel2015]", "stands here 2 times"),
    ("C13", "slug: model-set", "slug: another-set", "the slug is not the file's name"),
    ("C13", "  en:\n", "  fr:\n", "there are no words in `en`"),
    ("C13", "exercise: land-now", "exercise: walk-on-water", "there is no exercise `walk-on-water`"),
    ("C13", "to_day: 6", "to_day: 0", "the window ends before it begins"),
    ("C13", "anchor: calendar", "anchor: calendar, from_day: -1, to_day: 1", "the calendar has no days"),
]


@pytest.mark.parametrize("rule, old, new, says", CASES)
def test_each_fault_of_the_format_is_told_with_its_line(
    tmp_path: Path, rule: str, old: str, new: str, says: str
) -> None:
    folder = Folder(tmp_path, ROOM).with_sets()
    line = folder.replace(SET, old, new)
    loaded, findings = load_starter_sets(folder.path)
    assert not loaded
    assert {(finding.path, finding.rule) for finding in findings} == {(f"content/{SET}", rule)}
    assert all(finding.sentence.startswith(FORMAT_RULES[rule]) for finding in findings)
    assert any(says in finding.sentence for finding in findings), findings
    assert min(abs(finding.line - line) for finding in findings) <= 1
    assert findings[0] in folder.check()
    with pytest.raises(ContentError, match=rule):
        load_snapshot(folder.path)


def test_a_file_that_is_no_set_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM).with_sets()
    folder.file("sets/notes.txt").write_bytes(b"\xff")
    folder.file("sets/.hidden").write_bytes(b"\xff")
    _, (finding,) = load_starter_sets(folder.path)
    assert (finding.path, finding.rule) == ("content/sets/notes.txt", "C01")


def test_a_catalogue_may_have_no_starter_sets(tmp_path: Path) -> None:
    assert not load_snapshot(Folder(tmp_path, ROOM).path).starter_sets


def test_the_shipped_sets_are_in_the_snapshot_and_cannot_be_changed() -> None:
    snapshot = load_snapshot(CONTENT)
    assert len(snapshot.starter_sets) >= 8
    with pytest.raises(TypeError):
        snapshot.starter_sets["other"] = snapshot.starter_sets["palliative"]  # type: ignore[index]  # that is the point


def test_a_set_is_content_and_changes_the_version(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM).with_sets()
    before = load_snapshot(folder.path).version
    folder.replace(SET, "title: Steady ground", "title: Steady floor")
    assert load_snapshot(folder.path).version != before


@pytest.mark.parametrize(
    "file, old",
    [
        (SET, "status: draft}\nitems"),
        ("exercises/land-now/exercise.yaml", "review: {status: draft}"),
    ],
)
def test_what_is_retired_or_names_what_is_is_left_out(tmp_path: Path, file: str, old: str) -> None:
    folder = Folder(tmp_path, ROOM).with_sets()
    assert list(load_snapshot(folder.path).starter_sets) == ["model-set"]
    folder.replace(file, old, old.replace("draft", "retired"))
    assert not load_snapshot(folder.path).starter_sets


def test_words_retired_in_one_language_are_left_out_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM).with_sets()
    folder.replace(SET, "  es:\n    review: {status: draft}", "  es:\n    review: {status: retired}")
    assert list(load_snapshot(folder.path).starter_sets["model-set"].words) == ["en"]
