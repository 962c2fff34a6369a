"""`docs/security/asvs.toml` answers every requirement of OWASP ASVS 5.0.0, levels 1 and 2, without WebRTC."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from support.documents import ROOT, anchors, exists, read

# How many requirements of level 1 and 2 a section has, read from the standard: "6.2 +8 ++4" are 6.2.1 to 6.2.8 of
# level 1 and 6.2.9 to 6.2.12 of level 2. Requirements of level 3 come after these in each section, with no gap before.
STANDARD = """
1.1 ++2      1.2 +5 ++4   1.3 +2 ++9   1.4 ++3      1.5 +1 ++1
2.1 +1 ++2   2.2 +2 ++1   2.3 +1 ++3   2.4 ++1
3.2 +2       3.3 +1 ++3   3.4 +2 ++4   3.5 +3 ++2   3.7 ++2
4.1 +1 ++2   4.2 ++1      4.3 ++2      4.4 +1 ++3
5.1 ++1      5.2 +2 ++1   5.3 +2       5.4 ++3
6.1 +1 ++2   6.2 +8 ++4   6.3 +2 ++2   6.4 +2 ++2   6.5 ++5      6.6 ++3      6.8 ++4
7.1 ++3      7.2 +4       7.3 ++2      7.4 +2 ++3   7.5 ++2      7.6 ++2
8.1 +1 ++1   8.2 +2 ++1   8.3 +1       8.4 ++1
9.1 +3       9.2 +1 ++3
10.1 ++2     10.2 ++2     10.3 ++4     10.4 +5 ++6  10.5 ++5     10.6 ++2     10.7 ++3
11.1 ++2     11.2 ++3     11.3 +2 ++1  11.4 +1 ++3  11.5 ++1     11.6 ++1
12.1 +1 ++2  12.2 +2      12.3 ++4
13.1 ++1     13.2 ++5     13.3 ++2     13.4 +1 ++4
14.1 ++2     14.2 +1 ++3  14.3 +1 ++2
15.1 +1 ++2  15.2 +1 ++2  15.3 +1 ++6
16.1 ++1     16.2 ++5     16.3 ++4     16.4 ++3     16.5 ++3
"""
COUNT = 246
KINDS = {"tests", "document", "not_applicable"}
Row = dict[str, Any]


@cache
def expected() -> dict[str, int]:
    """Return the level of each requirement by its id."""
    levels: dict[str, int] = {}
    for section, first, second in re.findall(r"(\d+\.\d+)(?: \+(\d+))?(?: \+\+(\d+))?", STANDARD):
        ones, twos = int(first or 0), int(second or 0)
        levels |= {f"{section}.{n}": 1 if n <= ones else 2 for n in range(1, ones + twos + 1)}
    return levels


def rows() -> list[Row]:
    return list(tomllib.loads(read("docs/security/asvs.toml"))["requirement"])


def faults(given: list[Row]) -> Iterator[str]:
    """Yield what is wrong with a list of answers."""
    seen = Counter(str(row.get("id")) for row in given)
    yield from (f"{each}: missing" for each in expected().keys() - seen.keys())
    yield from (f"{each}: more than once" for each, count in seen.items() if count > 1)
    for row in given:
        yield from (f"{row.get('id')}: {fault}" for fault in _faults_of(row))


def _faults_of(row: Row) -> Iterator[str]:
    if row.keys() - KINDS - {"id", "level", "topic", "note"}:
        yield "unknown field"
    if expected().get(str(row.get("id"))) != row.get("level"):
        yield "not of this level"
    if not 3 <= len(str(row.get("topic", "")).split()) <= 14:
        yield "topic is not a few words"
    if len(row.keys() & KINDS) != 1:
        yield "not exactly one kind of evidence"
    yield from (f"no test {each}" for each in row.get("tests", ()) if not _is_test(each))
    if "tests" in row and not row["tests"]:
        yield "no tests"
    if "document" in row and not _has_heading(row["document"]):
        yield f"no heading {row['document']}"
    if "not_applicable" in row and not re.fullmatch(r"[A-Z].{15,}\.", row["not_applicable"]):
        yield "the reason is not a sentence"


@cache
def _is_test(place: str) -> bool:
    path, _, name = place.partition("::")
    return name.startswith("test_") and path.startswith("tests/") and exists(place)


@cache
def _has_heading(place: str) -> bool:
    path, _, anchor = place.partition("#")
    return (ROOT / path).is_file() and anchor in anchors(read(path))


def test_the_standard_has_246_requirements_of_these_levels() -> None:
    levels = Counter(expected().values())
    assert (levels[1], levels[2], len(expected())) == (70, 176, COUNT)


def test_every_requirement_is_answered_once_by_something_that_is_there() -> None:
    assert list(faults(rows())) == []


def test_three_in_five_requirements_are_shown_by_tests() -> None:
    assert sum("tests" in row for row in rows()) >= 0.6 * COUNT


def test_requirements_stand_in_the_order_of_the_standard() -> None:
    assert [row["id"] for row in rows()] == list(expected())


@pytest.mark.parametrize(
    "change, fault",
    [
        ({"id": "6.2.99"}, "6.2.1: missing"),
        ({"level": 2}, "6.2.1: not of this level"),
        ({"topic": ""}, "6.2.1: topic is not a few words"),
        ({"tests": ["tests/unit/test_asvs.py::test_gone"]}, "6.2.1: no test tests/unit/test_asvs.py::test_gone"),
        ({"tests": ["tests/unit/test_gone.py::test_gone"]}, "6.2.1: no test tests/unit/test_gone.py::test_gone"),
        ({"tests": ["tests/unit/test_asvs.py"]}, "6.2.1: no test tests/unit/test_asvs.py"),
        ({"tests": []}, "6.2.1: no tests"),
        ({"document": "docs/security/README.md#security"}, "6.2.1: not exactly one kind of evidence"),
        ({"tests": None}, "6.2.1: not exactly one kind of evidence"),
        ({"tests": None, "document": "docs/gone.md#gone"}, "6.2.1: no heading docs/gone.md#gone"),
        ({"tests": None, "document": "README.md#gone"}, "6.2.1: no heading README.md#gone"),
        ({"tests": None, "not_applicable": "no"}, "6.2.1: the reason is not a sentence"),
        ({"unmapped": True}, "6.2.1: unknown field"),
    ],
)
def test_a_planted_fault_is_found(change: Row, fault: str) -> None:
    right: Row = {"id": "6.2.1", "level": 1, "topic": "Length of a password"}
    right["tests"] = ["tests/unit/test_asvs.py::test_a_planted_fault_is_found"]
    others = [row for row in rows() if row["id"] != "6.2.1"]
    assert not [each for each in faults([*others, right]) if each.startswith("6.2.1:")]
    broken = {key: value for key, value in (right | change).items() if value is not None}
    assert fault in list(faults([*others, broken]))


def test_an_answer_that_is_given_twice_is_found() -> None:
    assert "1.1.1: more than once" in list(faults([*rows(), rows()[0]]))


def named_by(threat_model: str) -> set[str]:
    return {f"tests/{each}" for each in re.findall(r"`([a-z_/]+\.py)`", threat_model)}


def test_every_check_that_the_threat_model_names_is_there() -> None:
    named = named_by(read("docs/security/threat-model.md"))
    assert len(named) > 20
    assert {each for each in named if not (ROOT / each).is_file()} == set()


def test_a_check_that_is_gone_would_be_found() -> None:
    assert named_by("shown by `api/test_gone.py`, `make test`") == {"tests/api/test_gone.py"}
