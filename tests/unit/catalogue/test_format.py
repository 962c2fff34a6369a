"""Every way a content file can break the format: each is told with its file, its line and the rule's sentence."""

from pathlib import Path

import pytest
from support.catalogue import ROOM, WAVE, Folder

from server.catalogue.findings import FORMAT_RULES, errors
from server.catalogue.loader import load_exercises

PLAN, WORDS = f"exercises/{WAVE}/exercise.yaml", f"exercises/{WAVE}/en.md"
CASES = [
    ("C02", PLAN, "content_version: 1", "content_version: 1\ncontent_version: 2", "the key `content_version`"),
    ("C02", PLAN, "methods: [breath_pace", "methods: &all [breath_pace", "an anchor or a tag"),
    ("C02", PLAN, "eyes: choice", "eyes: *all", "an alias stands here"),
    ("C02", PLAN, "eyes: choice", "eyes: !!str choice", "an anchor or a tag"),
    ("C02", PLAN, "eyes: choice", "--- \neyes: choice", "a second document"),
    ("C02", PLAN, "eyes: choice", f"eyes: {'[' * 30}{']' * 30}", "nested too deep"),
    ("C02", PLAN, "eyes: choice", "eyes: [choice", ""),
    ("C02", PLAN, "eyes: choice", "? [a, b]\n: c", "a key is not a plain word"),
    ("C02", WORDS, "title: Soft wave breath", "title: Soft: wave", "mapping values"),
    ("C02", PLAN, "eyes: choice", 'eyes: "cho\\0ice"', "an escape stands for a character"),
    ("C02", PLAN, "eyes: choice", '"ey\\0es": choice', "an escape stands for a character"),
    ("C03", PLAN, "eyes: choice", "eyes: closed", "invalid enum value 'closed'"),
    ("C03", PLAN, "eyes: choice", "eyes: choice\nlids: open", "`lids` is not a field of this file"),
    ("C03", PLAN, "eyes: choice\n", "", "the field `eyes` is missing"),
    ("C03", PLAN, "interoceptive_load: 3", "interoceptive_load: three", "expected `int`, got `str`"),
    ("C03", PLAN, "interoceptive_load: 3", "interoceptive_load: 6", "expected `int` <= 5"),
    ("C03", PLAN, "tracks: [perinatal, anxiety]", "tracks: []", "expected `array` of length >= 1"),
    ("C03", PLAN, "{id: arrive}", "{id: Arrive!}", "matching regex"),
    ("C03", PLAN, "{id: arrive}", "{id: arrive, sound: bell}", "`sound` is not a field"),
    ("C03", PLAN, "no_baby: {}", "eyes_open: {}", "invalid enum value 'eyes_open'"),
    ("C03", PLAN, "status: draft", "status: reviewed", "invalid enum value 'reviewed'"),
    ("C03", WORDS, "status: draft", "status: approved, reviewed_on: yesterday", "`review.reviewed_on`"),
    ("C03", WORDS, "aftercare: ", "after_care: ", "`after_care` is not a field"),
    ("C04", WORDS, "## support: Support", "## Support", "a heading reads"),
    ("C04", WORDS, "## support: Support", "# support: Support", "a heading reads"),
    ("C04", WORDS, "and it still counts. [2 s]", "and it still counts.", "a line ends in its pause"),
    ("C04", WORDS, "and it still counts. [2 s]", "and it *still* counts. [2 s]", "spoken words are plain text"),
    ("C04", WORDS, "and it still counts. [2 s]", "and it [1 s] still counts. [2 s]", "spoken words are plain text"),
    ("C04", WORDS, "> no_baby: Some", "\n> no_baby: Some", "directly under the line"),
    ("C04", WORDS, "> no_baby: Some", "> No baby: Some", "a replacement reads"),
    ("C04", WORDS, "## arrive: Arrive", "Words.\n\n## arrive: Arrive", "before the first section"),
    ("C04", WORDS, "## support: Support", "## arrive: Again", "a second time"),
    ("C04", WORDS, "4. Let it be small.", "5. Let it be small.", "breath 4 of the numbered list"),
    ("C05", PLAN, "slug: soft-wave-breath", "slug: hard-wave-breath", "not the folder's name"),
    ("C06", PLAN, "- {id: arrive}", "- {id: arrive}\n  - {id: arrive}", "`arrive` stands here a second time"),
    (
        "C06",
        PLAN,
        "short: {seconds: 195, steps: [arrive,",
        "short: {seconds: 195, steps: [arrival,",
        "`arrival` is not",
    ),
    ("C06", PLAN, "let-go, return]", "return, let-go]", "is not `return`"),
    ("C06", PLAN, "no_baby: {}", "no_baby: {steps: {return: null}}", "the last step of short+no_baby is not `return`"),
    ("C06", PLAN, "no_baby: {}", "no_baby: {steps: {own-pace: nowhere}}", "`nowhere` is not a step"),
    ("C07", WORDS, "## between: Between", "## betwixt: Between", "the section `## between: ...` is missing"),
    ("C07", WORDS, "## between: Between", "## betwixt: Between", "exercise.yaml has no step `betwixt`"),
    ("C08", WORDS, "> no_baby: Some", "> light_breath: Some", "`light_breath` is neither"),
    ("C09", PLAN, "breaths: 5, in: 3", "breaths: 6, in: 3", "the list has 5 entries for 6 breaths"),
    ("C09", WORDS, "And one sound in the room", "1. (tone)\n\nAnd one sound in the room", "no list belongs here"),
    ("C10", PLAN, "eyes: choice", "eyes: choice\ndose_window: after", "one stands here without the other"),
    ("C11", PLAN, "methods: [breath_pace", "methods: [breath_out", "`breath_out` stands here 2 times"),
    ("C17", PLAN, "status: draft", "status: recalled", "the day of the recall is missing"),
    ("C17", PLAN, "status: draft", "status: draft, withdrawn_on: 2026-12-01", "it is offered, and has a day"),
    (
        "C17",
        PLAN,
        "status: draft",
        "status: retired, replaced_by: soft-wave-breath",
        "`soft-wave-breath` is not offered",
    ),
    ("C17", PLAN, "status: draft", "status: retired, replaced_by: walk-on-water", "`walk-on-water` is not offered"),
    ("C17", PLAN, "content_version: 1", "content_version: 1\nrecalled_versions: [1]", "version 1 is not before"),
]


@pytest.mark.parametrize("rule, name, old, new, says", CASES, ids=lambda part: str(part)[:40])
def test_a_broken_file_is_told_by_file_line_and_rule(
    tmp_path: Path, rule: str, name: str, old: str, new: str, says: str
) -> None:
    folder = Folder(tmp_path, WAVE)
    line = folder.replace(name, old, new)
    findings = [finding for finding in folder.check() if finding.rule == rule and says in finding.sentence]
    assert findings, [str(finding) for finding in folder.check()]
    assert findings[0].sentence.startswith(FORMAT_RULES[rule])
    assert findings[0].path.startswith(f"content/exercises/{WAVE}/")
    if rule in {"C02", "C03", "C04", "C08", "C11"} and "missing" not in says:
        assert abs(findings[0].line - line) <= new.count("\n") + 1


def test_every_rule_of_the_format_is_broken_somewhere() -> None:
    assert {case[0] for case in CASES} | {"C01", "C12", "C13", "C14", "C15", "C16", "C18"} == set(FORMAT_RULES)


@pytest.mark.parametrize(
    "data, line, says",
    [
        (b"slug: a\neyes: \xff", 2, "bytes that are not UTF-8"),
        (b"slug: a\r\neyes: open\r\n", 1, "U+000D"),
        (b"slug: a\n\teyes: open", 2, "U+0009"),
        (b"slug: a\n\neyes: o\x00pen", 3, "U+0000"),
        ("slug: a\neyes: \u202eopen".encode(), 2, "U+202E"),
        ("slug: a\neyes: \u2067open\u2069".encode(), 2, "U+2067"),
        ("slug: \u2066a\neyes: open\u2069".encode(), 1, "U+2066"),
        ("slug: \u2066\u2066a\u2069".encode(), 1, "U+2066"),
        (b"\xef\xbb\xbfslug: a", 1, "U+FEFF"),
        (b"x" * 600_000, 1, "larger than 512 KiB"),
    ],
)
@pytest.mark.parametrize("name", [PLAN, WORDS])
def test_text_that_no_editor_should_have_written_is_refused(
    tmp_path: Path, data: bytes, line: int, says: str, name: str
) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.file(name).write_bytes(data)
    (finding,) = [each for each in folder.check() if each.rule == "C01"]
    assert (finding.path, finding.line) == (f"content/{name}", line)
    assert says in finding.sentence


@pytest.mark.parametrize("name", [PLAN, WORDS])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.file(name).unlink()
    assert any(each.rule == "C01" and each.path == f"content/{name}" for each in folder.check())


def test_files_that_have_no_place_are_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.file("exercises/Notes").mkdir()
    folder.file("exercises/readme.md").write_text("x", "utf-8")
    folder.file(f"exercises/{WAVE}/notes.txt").write_text("x", "utf-8")
    folder.file(f"exercises/{WAVE}/.hidden").write_text("x", "utf-8")
    paths = {finding.path for finding in folder.check() if finding.rule == "C05"}
    assert paths == {
        "content/exercises/Notes",
        "content/exercises/readme.md",
        f"content/exercises/{WAVE}/notes.txt",
    }


def test_a_missing_content_folder_is_told_and_does_not_raise(tmp_path: Path) -> None:
    loaded, findings = load_exercises(tmp_path / "nowhere")
    assert loaded == []
    assert [finding.rule for finding in findings] == ["C05"]


def test_an_empty_plan_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.file(PLAN).write_bytes(b"")
    (finding,) = folder.check()
    assert (finding.rule, finding.sentence) == ("C03", f"{FORMAT_RULES['C03']}: expected `object`, got `null`.")


def test_a_name_that_cannot_be_printed_is_shown_all_the_same(tmp_path: Path) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.file(f"exercises/{WAVE}/a\nb\udcff.txt").write_text("x", "utf-8")
    (finding,) = folder.check()
    assert finding.path == f"content/exercises/{WAVE}/a?b?.txt"
    assert str(finding).encode()


def test_all_findings_of_all_files_come_at_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.replace(PLAN, "eyes: choice", "eyes: closed\nlids: open")
    folder.replace(PLAN, "interoceptive_load: 3", "interoceptive_load: 9")
    folder.replace(WORDS, "and it still counts. [2 s]", "and it still counts.")
    folder.replace(f"exercises/{ROOM}/en.md", "A sip of water counts. [5 s]", "A sip of water counts.")
    found = {(finding.path.split("/")[2], finding.rule) for finding in errors(folder.check())}
    assert found == {(WAVE, "C03"), (WAVE, "C04"), (ROOM, "C04")}
    assert len([finding for finding in folder.check() if finding.rule == "C03"]) == 3


def test_one_broken_exercise_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.file(PLAN).write_bytes(b"\x00")
    loaded, _ = load_exercises(folder.path)
    assert [one.exercise.slug for one in loaded] == [ROOM]
