import re

import pytest
from msgspec.structs import fields
from support.catalogue import ROOT

from server.catalogue.findings import FORMAT_RULES
from server.catalogue.lint.registry import SENTENCES
from server.catalogue.schemas import ExerciseFile

GUIDE = (ROOT / "docs" / "content.md").read_text("utf-8")


@pytest.mark.parametrize("number, sentence", [*FORMAT_RULES.items(), *SENTENCES.items()])
def test_the_guide_has_every_rule_as_findings_say_it(number: str, sentence: str) -> None:
    assert f"| {number} | {sentence} |" in GUIDE


def test_the_guide_names_every_field_of_a_plan() -> None:
    table = re.findall(r"`([a-z_]+)`", GUIDE)
    assert {field.encode_name for field in fields(ExerciseFile)} <= set(table)


def test_the_guide_names_only_files_that_are_there() -> None:
    named = re.findall(r"`(content/[a-z/.]+\.yaml)`", GUIDE)
    assert len(set(named)) == 10
    assert all((ROOT / name).is_file() for name in named)
