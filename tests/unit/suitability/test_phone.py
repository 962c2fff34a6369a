"""The compiled table decides as the server does, for invented people and for those of the conformance set."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import settings
from support.catalogue import CONTENT
from support.suitability_people import FLAGS, Invented
from support.suitability_phone import decide

from server.catalogue.snapshot import load_snapshot
from server.catalogue.suitability.compiled import compile_table
from server.catalogue.suitability.conformance import Answer, BrokenLine, answer, run
from server.catalogue.suitability.traits import LENGTHS
from server.cli import main

VECTORS = Path(__file__).parents[2] / "vectors" / "suitability.json"
SUITABILITY = load_snapshot(CONTENT).suitability
TABLE: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(compile_table(SUITABILITY)))
RULES = [rule.id for rule in SUITABILITY.ordered]
KNOWN = {*FLAGS}


def people() -> int:
    """10,000 in `make chaos`, fewer every day."""
    return 10_000 if settings().max_examples > 1_000 else 400


def served(line: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(msgspec.json.encode(answer(json.dumps(line).encode(), SUITABILITY)))
    return told


def test_a_phone_with_the_table_and_the_server_agree_about_everybody() -> None:
    invented = Invented(2026, list(SUITABILITY.traits), RULES)
    seen: set[str] = set()
    for _ in range(people()):
        person, at = invented.person(), invented.moment()
        answered = served({"person": person, "at": at})
        assert answered["exercises"] == decide(TABLE, KNOWN, person, at), (person, at)
        seen |= {each["decision"] for each in answered["exercises"].values()}
    assert seen == {"as_is", "caution", "adapt", "approve", "exclude"}


def test_a_phone_that_forgets_a_rule_is_found_out() -> None:
    table = json.loads(json.dumps(TABLE))
    table["exercises"]["soft-wave-breath"]["rules"]["medium"] = []
    person, at = {"flags": ["panic"]}, "2026-06-01T12:00:00+00:00"
    assert served({"person": person, "at": at})["exercises"] != decide(table, KNOWN, person, at)


def test_the_table_names_the_rules_that_are_true_of_an_exercise_and_no_others() -> None:
    for slug, traits in SUITABILITY.traits.items():
        for length in LENGTHS:
            for place in TABLE["exercises"][slug]["rules"][length]:
                assert traits.meets(SUITABILITY.ordered[place].when, length)


def test_the_conformance_set_is_answered_as_it_says() -> None:
    cases = json.loads(VECTORS.read_text())
    assert len(cases) >= 40
    answers = list(run(VECTORS, SUITABILITY))
    for case, answered in zip(cases, answers, strict=True):
        assert isinstance(answered, Answer)
        assert json.loads(msgspec.json.encode(answered)) == case
        assert decide(TABLE, KNOWN, case["person"], case["at"]) == case["exercises"]


def test_the_command_answers_lines_and_tells_which_are_broken(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    lines = [
        '{"person": {"flags": []}, "at": "2026-06-01T10:00:00Z"}',
        "{}",
        '{"person": "ana", "flags": ["panic"], "at": 1}',
    ]
    file.write_text("\n".join(lines))
    answered = CliRunner().invoke(main, ["conformance", "suitability", str(file)])
    assert answered.exit_code == 1
    first, second, third = map(json.loads, answered.stdout.splitlines())
    assert first["person"] == {"flags": []}
    assert first["at"] == "2026-06-01T10:00:00Z"
    assert first["exercises"].keys() == SUITABILITY.traits.keys()
    assert (second["line"], third["line"]) == (2, 3)
    assert "panic" not in third["error"]


def test_a_person_may_be_a_name_with_flags_beside_it() -> None:
    beside = served({"person": "somebody", "flags": ["panic"], "at": "2026-06-01T10:00:00Z"})
    inside = served({"person": {"flags": ["panic"]}, "at": "2026-06-01T10:00:00Z"})
    assert beside["person"] == "somebody"
    assert beside["exercises"] == inside["exercises"]


def test_a_list_that_is_not_whole_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text("[{]")
    answered = CliRunner().invoke(main, ["conformance", "suitability", str(file)])
    assert answered.exit_code == 1
    assert "neither JSON lines nor a JSON list" in answered.stderr
    with pytest.raises(msgspec.DecodeError):
        list(run(file, SUITABILITY))


def test_the_command_prints_the_table_that_is_compiled() -> None:
    assert json.loads(CliRunner().invoke(main, ["suitability", "table"]).stdout) == TABLE


def test_a_broken_line_is_counted_from_one(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text("nothing\n")
    assert [each.line for each in run(file, SUITABILITY) if isinstance(each, BrokenLine)] == [1]
