"""`tests/vectors/sync.json`: what an app's developers test their digest with."""

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from support.feed import digest_of

from server.accounts.digest import added, term, told
from server.kit.errors import Invalid
from server.practice.changes.cursor import MOST_CHARACTERS, Cursor, read_cursor, write_cursor

ROOT = Path(__file__).parents[3]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "sync.json").read_text())


@pytest.mark.parametrize("case", VECTORS["terms"], ids=lambda case: case["text"])
def test_a_term_is_the_blake2b_of_id_version_and_deleted(case: dict[str, str]) -> None:
    assert blake2b(case["text"].encode(), digest_size=8).hexdigest() == case["term"]
    item, version, deleted = case["text"].split("|")
    assert f"{term(UUID(item), int(version), deleted=deleted == '1'):016x}" == case["term"]


@pytest.mark.parametrize("case", VECTORS["digests"], ids=lambda case: case["name"])
def test_a_digest_is_the_sum_of_the_terms(case: dict[str, Any]) -> None:
    digest = 0
    for row in case["rows"]:
        digest = added(digest, term(UUID(row["id"]), row["version"], deleted=row["deleted"]))
    assert told(digest) == digest_of(case["rows"]) == case["digest"]


@pytest.mark.parametrize("case", VECTORS["cursors"], ids=lambda case: case["text"])
def test_a_cursor_is_read_and_written(case: dict[str, Any]) -> None:
    cursor = Cursor(epoch=UUID(case["epoch"]), version=case["version"])
    assert (read_cursor(case["text"]), write_cursor(cursor)) == (cursor, case["text"])
    assert len(case["text"]) <= MOST_CHARACTERS


@pytest.mark.parametrize("text", VECTORS["no_cursors"])
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_cursor(text)
    assert refused.value.errors[0].pointer == "?since"


def test_the_example_in_the_documentation_is_one_of_them() -> None:
    page = (ROOT / "docs" / "sync.md").read_text()
    case = next(each for each in VECTORS["digests"] if each["name"] == "three rows, one of them a tombstone")
    assert all(f"{each['text']}    {each['term']}\n" in page for each in VECTORS["terms"])
    assert f"`{case['digest']}`" in page
