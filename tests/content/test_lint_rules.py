"""Each rule of the lint, broken once on purpose; that the unbroken folder passes them all is the other half."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from support.catalogue import MODELS, ROOM, WAVE, Folder

from server.catalogue.findings import errors
from server.catalogue.lint.registry import CATALOGUE_RULES, ITEM_RULES, SENTENCES, SET_RULES, TAKE_RULES, WAY_RULES


class Fault(NamedTuple):
    """One fault of a file; `beside` is a script it copies from, `said_at` the words a minute of clips that it needs."""

    rule: str
    slug: str
    file: str
    old: str
    new: str
    says: str
    beside: str = ""
    said_at: int = 0

    def spoken_seconds(self, text: str) -> float | None:
        return len(text.split()) * 60 / self.said_at if self.said_at else None


PLAN, WORDS, MODEL_SET = "exercise.yaml", "en.md", "model-set.yaml"


def planted(name: str) -> list[Fault]:
    return [Fault(**fault) for fault in yaml.safe_load((MODELS.parent / name).read_text("utf-8"))]


FAULTS, SET_FAULTS = planted("faults.yaml"), planted("set_faults.yaml")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule} {fault.says}")
def test_a_broken_rule_is_found(tmp_path: Path, fault: Fault) -> None:
    folder = Folder(tmp_path, fault.slug, *filter(None, [fault.beside]))
    name = f"exercises/{fault.slug}/{fault.file}"
    if fault.rule == "L28":
        folder.replace(name, "distress]", "dosing_day]")
    folder.replace(name, fault.old, fault.new)
    found = folder.check(fault.spoken_seconds)
    findings = [finding for finding in found if finding.rule == fault.rule]
    assert any(fault.says in finding.sentence for finding in findings), [str(finding) for finding in found]
    assert all(finding.sentence.startswith(SENTENCES[fault.rule]) for finding in findings)
    assert {finding.path for finding in findings} <= {f"content/exercises/{fault.slug}/{f}" for f in (PLAN, WORDS)}


@pytest.mark.parametrize("fault", SET_FAULTS, ids=lambda fault: f"{fault.rule} {fault.says}")
def test_a_rule_of_starter_sets_is_found_broken_at_its_line(tmp_path: Path, fault: Fault) -> None:
    folder = Folder(tmp_path, ROOM, WAVE).with_sets()
    name = f"{fault.slug}/{fault.file}"
    line = folder.replace(name, fault.old, fault.new)
    path = f"content/sets/{MODEL_SET}"
    findings = [finding for finding in folder.check() if finding.rule == fault.rule and finding.path == path]
    assert any(fault.says in finding.sentence for finding in findings), [str(finding) for finding in folder.check()]
    assert all(finding.sentence.startswith(SENTENCES[fault.rule]) for finding in findings)
    assert line in {finding.line for finding in findings} or not name.endswith(MODEL_SET)


def test_the_model_set_breaks_no_rule(tmp_path: Path) -> None:
    assert [str(finding) for finding in Folder(tmp_path, ROOM, WAVE).with_sets().check()] == []


def unplanted(faults: list[Fault]) -> set[str]:
    return {*TAKE_RULES, *ITEM_RULES, *CATALOGUE_RULES, *SET_RULES} - {fault.rule for fault in faults}


def test_every_rule_of_the_registry_has_a_number_a_sentence_and_a_planted_fault() -> None:
    numbers = [f"L{number:02d}" for number in range(1, 48)]
    assert sorted({**TAKE_RULES, **ITEM_RULES, **CATALOGUE_RULES, **SET_RULES, **WAY_RULES}) == numbers
    assert all(SENTENCES[number] for number in numbers)
    assert unplanted([*FAULTS, *SET_FAULTS]) == set()


@pytest.mark.parametrize("rule", sorted({fault.rule for fault in [*FAULTS, *SET_FAULTS]}))
def test_control_a_rule_without_a_planted_fault_is_noticed(rule: str) -> None:
    assert unplanted([fault for fault in [*FAULTS, *SET_FAULTS] if fault.rule != rule]) == {rule}


def test_a_finding_points_at_the_line_that_is_wrong(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM)
    line = folder.replace(f"exercises/{ROOM}/{WORDS}", "And the place you are in.", "Clear your mind.")
    (finding,) = folder.check()
    path = f"content/exercises/{ROOM}/en.md"
    assert str(finding).startswith(f"{path}:{line}: L20 error Use none of the forbidden phrases: F11 `Clear your mind`")
    assert str(finding).endswith("(medium, long).")


def test_real_clips_replace_the_estimate_and_are_held_to_the_profiles_rate(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM)
    hasty = {finding.rule for finding in folder.check(lambda text: len(text.split()) * 60 / 180)}
    steady = {finding.rule for finding in folder.check(lambda text: len(text.split()) * 60 / 110)}
    assert "L02" in hasty
    assert steady == set()


def test_a_run_of_eight_words_from_another_script_is_a_warning(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    words = "Like a small wave, it comes in, and it goes out."
    line = folder.replace(f"exercises/{WAVE}/{WORDS}", words, "Find the door, and check that you know the way out.")
    findings = [finding for finding in folder.check() if finding.rule == "L32"]
    assert [(finding.path, finding.line) for finding in findings][:1] == [(f"content/exercises/{WAVE}/en.md", line)]
    assert errors(findings) == []


def test_a_language_without_word_lists_cannot_be_linted_and_says_so(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM)
    words = folder.file(f"exercises/{ROOM}/en.md")
    words.with_name("fr.md").write_text(words.read_text("utf-8"), "utf-8")
    (finding,) = folder.check()
    assert finding.rule == "C12"
    assert "lint/words.fr.yaml" in finding.sentence
