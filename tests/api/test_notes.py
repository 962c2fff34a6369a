"""The note of a practice: sealed, part of what makes two facts equal, and never a reason to lose the practice."""

import hashlib
from typing import Any
from unittest.mock import patch
from uuid import UUID

import msgspec
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.problems import words

from server.accounts.models import OrganisationRow
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.practice.models import CompletionRow
from server.vault.service import Vault

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
WORDS = "The kettle was loud and the river was not."


async def stored(clinic: Clinic, practice: dict[str, Any]) -> tuple[bytes, bytes | None]:
    """Return fingerprint and note as the database holds them."""
    async with unit_of_work(clinic.sessions, writes=False) as session:
        for organisation in await session.scalars(select(OrganisationRow.id)):
            await enter(session, organisation)
            query = select(CompletionRow.fingerprint, CompletionRow.note).where(
                CompletionRow.id == UUID(practice["id"])
            )
            if found := (await session.execute(query)).one_or_none():
                return found.fingerprint, found.note
    raise AssertionError


async def test_a_note_is_kept_sealed(clinic: Clinic, ana: Person) -> None:
    practice = completion(NOON, note=WORDS)
    await ana.push(practice)
    _, note = await stored(clinic, practice)
    assert note
    assert WORDS.encode() not in note
    assert len(note) == 1 + 4 + 12 + len(WORDS) + 16


async def test_an_empty_note_is_none(clinic: Clinic, ana: Person) -> None:
    practice = completion(NOON, note="")
    (kept,) = await ana.push(practice)
    assert (kept["status"], (await stored(clinic, practice))[1]) == ("stored", None)


async def test_another_note_is_another_fact(ana: Person) -> None:
    practice = completion(NOON, note=WORDS)
    other = {**practice, "body": {**practice["body"], "note": "Something else."}}
    bare = {**practice, "body": {key: value for key, value in practice["body"].items() if key != "note"}}
    statuses = [each["status"] for each in await ana.push(practice, practice, other, bare)]
    assert statuses == ["stored", "duplicate", "conflict", "conflict"]


async def test_a_note_cannot_be_guessed_from_the_fingerprint(clinic: Clinic, ana: Person) -> None:
    practice = completion(NOON, note="yes")
    await ana.push(practice)
    fingerprint, _ = await stored(clinic, practice)
    guessed = hashlib.sha256(msgspec.json.encode(practice["body"], order="sorted")).digest()
    assert len(fingerprint) == len(guessed)
    assert fingerprint != guessed


async def test_a_note_has_a_thousand_characters_at_most(ana: Person) -> None:
    whole = completion(NOON, note="\N{HEDGEHOG}" * 1000)
    longer = completion(NOON, note="\N{HEDGEHOG}" * 1001)
    kept, refused = await ana.push(whole, longer)
    assert kept["status"] == "stored"
    assert (refused["status"], refused["errors"][0]["pointer"]) == ("invalid", "/items/1/body/note")


async def test_the_key_is_only_read_for_a_note(ana: Person) -> None:
    with patch.object(Vault, "key", autospec=True, side_effect=Vault.key) as key:
        await ana.push(completion(NOON))
        assert key.call_count == 0
        await ana.push(completion(NOON, note=WORDS), completion(NOON, note=WORDS))
        assert key.call_count == 1


async def test_the_client_is_shown_a_note_in_no_list(theo: Person, ana: Person) -> None:
    await ana.push(completion(NOON, note=WORDS))
    for path in ("/v1/me", "/v1/me/streak", "/v1/me/streak/explain", "/v1/me/agenda", "/v1/me/record-reads"):
        assert WORDS not in words(await ana.ask("GET", path))
    await ana.post("/v1/me/consents", {"scope": "notes"})
    assert WORDS in words(await theo.ask("GET", f"/v1/clients/{ana.id}/report"))
