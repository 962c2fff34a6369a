import json
from pathlib import Path

import msgspec
import pytest

from server.practice.streaks.conformance import Answer, BrokenCase, CasesError, run

VECTORS = Path(__file__).parents[2] / "vectors" / "streaks.json"
CASES = json.loads(VECTORS.read_text())


def test_all_worked_cases_give_the_expected_reports_in_full() -> None:
    answers = {answer.id: json.loads(msgspec.json.encode(answer)) for answer in run(VECTORS)}
    assert answers == {case["id"]: {"id": case["id"], "report": case["expect"]} for case in CASES}
    assert len(answers) == 23


def test_a_broken_case_gets_a_sentence_and_keeps_no_other_from_its_answer(tmp_path: Path) -> None:
    broken = {"id": "X1", "case": CASES[0]["case"] | {"now": "2026-06-04T00:00:00"}}
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([broken, CASES[0]]))
    first, second = run(path)
    assert isinstance(first, BrokenCase)
    assert first.error == "Case X1: now: Expected `datetime` with a timezone component."
    assert isinstance(second, Answer)


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"zones": []}, "zones: Expected `array` of length >= 1"),
        ({"zones": [["2000-01-01T00:00:00Z", "Mars/Olympus"]]}, "zones[0].zone: The zone is not an IANA zone name"),
        (
            {"completions": [{"id": "a", "started_at": "2026-06-01T12:00:00Z", "zone": "../etc"}]},
            "completions[0].zone: The",
        ),
        (
            {"completions": [{"id": "a", "zone": "UTC"}]},
            "completions[0]: A completion needs started_at or practice_date",
        ),
        (
            {"sessions": [{"id": "s", "start": "2026-06-01T12:00:00Z", "status": "secret"}]},
            "sessions[0].status: Invalid",
        ),
        ({"policy": {"schedule": {"type": "secret"}}}, "policy.schedule.type: Invalid value"),
        ({"policy": {"day_start": "07:00"}}, "policy: A practice day begins from 00:00 to 06:00"),
        ({"policy": {"day_start": "25:00"}}, "policy.day_start: Invalid"),
        ({"policy": {"grace": 3}}, "policy.grace: Expected `int` <= 2"),
        ({"policy": []}, "policy: Expected `object`"),
        ({"now": "0001-01-01T00:00:00Z"}, "a moment lies outside of the calendar"),
    ],
)
def test_the_sentence_names_case_and_field_and_never_the_value(
    change: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([{"id": "X1", "case": CASES[0]["case"] | change}]))
    (broken,) = run(path)
    assert isinstance(broken, BrokenCase)
    assert broken.error.startswith(f"Case X1: {sentence}")
    assert "secret" not in broken.error


@pytest.mark.parametrize("text", [b"{", b"{}", b'[{"id": 1}]', b"\xff"])
def test_a_file_that_is_no_list_of_cases_is_refused_whole(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(text)
    with pytest.raises(CasesError, match="The file is not a JSON list of cases"):
        list(run(path))
