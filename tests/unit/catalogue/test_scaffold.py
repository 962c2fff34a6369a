from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from support.catalogue import Folder

from server.catalogue.scaffold import scaffold
from server.catalogue.vocabulary import ProfileName, Technique, Track

KINDS = [
    *((technique, track, None) for technique, track in product(get_args(Technique), get_args(Track))),
    *((technique, "general", profile) for technique, profile in product(get_args(Technique), get_args(ProfileName))),
]
# What is left for the writer of any exercise: length, opening, choices, return, sources, lines of help.
ALWAYS = {"L07", "L11", "L12", "L16", "L17", "L19", "L29", "L34"}


@pytest.mark.parametrize("technique, track, profile", KINDS)
def test_a_new_exercise_is_whole_by_the_format_and_the_lint_says_what_to_write(
    tmp_path: Path, technique: Technique, track: Track, profile: ProfileName | None
) -> None:
    folder = Folder(tmp_path)
    place = folder.file("exercises/blue-cup")
    place.mkdir()
    for name, text in scaffold("blue-cup", technique, track, profile).items():
        (place / name).write_text(text)
    findings = folder.check()
    assert {finding.rule[0] for finding in findings} == {"L"}
    assert {finding.rule for finding in findings if finding.severity == "error"} >= ALWAYS
    assert {finding.path.rpartition("/")[0] for finding in findings} == {"content/exercises/blue-cup"}


def test_its_profile_is_the_one_asked_for_or_the_usual_one_of_its_kind() -> None:
    assert "profile: ground\n" in scaffold("blue-cup", "grounding", "anxiety")["exercise.yaml"]
    assert "profile: settle\n" in scaffold("blue-cup", "breathing", "anxiety")["exercise.yaml"]
    assert "profile: palliative\n" in scaffold("blue-cup", "body_scan", "palliative")["exercise.yaml"]
    assert "profile: distress\n" in scaffold("blue-cup", "grounding", "palliative", "distress")["exercise.yaml"]


def test_its_title_is_its_slug_in_words() -> None:
    assert "title: Blue cup\n" in scaffold("blue-cup", "grounding", "anxiety")["en.md"]
