"""Taking everything along, and taking it in elsewhere (`security.md`, Data)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import Struct
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.living import DAY, live, opened, prove, take_along, take_in, tells
from support.plans import change_assignment

from server.accounts.models import MemberRow
from server.audit.service import list_entries
from server.db.unit import unit_of_work
from server.kit.errors import Conflict
from server.privacy.tables import LEFT_OUT, archived_tables

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


class Elsewhere(Struct, frozen=True, kw_only=True):
    """A new clinic on another server, and Kim, who works there."""

    clinic: Clinic
    organisation: UUID
    kim: Person

    async def take_in(self, packed: bytes) -> UUID:
        return await take_in(self.clinic, self.organisation, packed, "kim@clinic.example")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def another_server(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Clinic]:
    async with shared.opened(
        request.param, sqlite_template, postgres_template, tmp_path_factory.mktemp("elsewhere")
    ) as clinic:
        yield clinic


@pytest.fixture
async def elsewhere(another_server: Clinic) -> Elsewhere:
    """Together with `clinic`: from each kind of database to each."""
    another_server.clock.at = NOON
    handle = f"clinic-{uuid4().hex[:12]}"
    organisation = await another_server.found(handle)
    kim = await another_server.member(organisation, "kim@clinic.example", handle)
    return Elsewhere(clinic=another_server, organisation=organisation, kim=kim)


async def organisation_of(clinic: Clinic, member: Person) -> UUID:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(MemberRow.organisation_id).where(MemberRow.id == UUID(member.id))
        return (await session.scalars(query)).one()


# What differs between an archive and the one that is made where it was taken in, as docs/privacy.md says.
RENAMED = {
    ("acknowledged_signals", "acknowledged_by"),
    ("assignments", "assigned_by"),
    ("pauses", "made_by"),
    ("practice_sets", "made_by"),
    ("consents", "member_id"),
    ("signal_settings", "changed_by"),
    ("client_flags", "changed_by"),
}
ENDED = {("consents", "revoked_at"), ("devices", "ended_at"), ("support_persons", "ended_at")}


def comparable(packed: bytes) -> dict[str, Any]:
    whole = opened(packed)
    del whole["record_reads.jsonl"]
    del whole["manifest.json"]["made_at"], whole["manifest.json"]["files"]
    for table, column in RENAMED | ENDED:
        for line in whole[f"{table}.jsonl"]:
            line.pop(column, None)
    return whole


async def test_an_archive_is_taken_in_elsewhere_and_everything_answers_as_before(
    theo: Person, ana: Person, elsewhere: Elsewhere
) -> None:
    await live(theo, ana)
    (given,) = (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"]
    await change_assignment(theo, ana, given, status="paused")
    before, packed = await tells(theo, ana), await take_along(ana)
    kim = elsewhere.kim
    assert str(await elsewhere.take_in(packed)) == ana.id
    phone = await elsewhere.clinic.pair(kim, ana.id)
    # The archive has the old phone's zone and deliveries; the new phone has reported and delivered nothing yet.
    after = await tells(kim, phone)
    # Nothing is shared until the client says so again.
    assert [each["holds"] for each in (await phone.get("/v1/me/consents"))["items"]] == [False] * 4
    await phone.post("/v1/me/consents", {"scope": "notes"})
    await phone.post("/v1/me/consents", {"scope": "streak"})
    assert await tells(kim, phone) == before
    assert after != before
    # Again, after erasing what came with the second pairing: the archives are equal but for what is said to differ.
    again = comparable(await take_along(phone))
    new = {line["id"] for line in again["devices.jsonl"]} - {ana.tokens["device_id"]}
    assert new == {phone.tokens["device_id"]}
    again["devices.jsonl"] = [line for line in again["devices.jsonl"] if line["id"] not in new]
    old = {line["id"] for line in comparable(packed)["consents.jsonl"]}
    again["consents.jsonl"] = [line for line in again["consents.jsonl"] if line["id"] in old]
    assert again == comparable(packed)


async def test_what_a_phone_delivers_again_after_a_move_is_no_conflict_and_new_practice_is_kept(
    ana: Person, elsewhere: Elsewhere
) -> None:
    kept = completion(NOON)
    await ana.push(kept, completion(NOON - DAY))
    packed = await take_along(ana)
    kim = elsewhere.kim
    await elsewhere.take_in(packed)
    phone = await elsewhere.clinic.pair(kim, ana.id)
    results = await phone.push(kept, completion(NOON - 2 * DAY))
    assert [each["status"] for each in results] == ["duplicate", "stored"]
    assert results[0]["version"] < results[1]["version"], "every row has a new place in the scope"


async def test_the_archive_holds_every_text_in_clear_and_what_was_done_with_the_record(
    theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    whole = opened(await take_along(ana))
    assert whole["clients.jsonl"][0]["name"] == "Ana"
    assert whole["support_persons.jsonl"][0]["shown_name"] == "A."
    assert whole["practice_sets.jsonl"][0]["title"] == "Mornings"
    assert {line.get("note") for line in whole["completions.jsonl"]} == {None, "Calmer than yesterday."}
    assert {"addClient", "addSession", "exportMe"} <= {line["action"] for line in whole["record_reads.jsonl"]}
    assert whole["manifest.json"]["client_id"] == ana.id
    assert whole["manifest.json"]["left_out"] == LEFT_OUT


async def test_every_archived_table_has_a_row_in_these_tests(theo: Person, ana: Person) -> None:
    await live(theo, ana)
    whole = opened(await take_along(ana))
    assert [table.name for table in archived_tables() if not whole[f"{table.name}.jsonl"]] == []


async def test_an_export_needs_a_proof_is_not_kept_by_anybody_between_and_is_in_the_audit(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    refused = await ana.ask("GET", "/v1/me/export")
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert (await theo.ask("GET", "/v1/me/export")).status_code == 403
    await prove(ana)
    answer = await ana.ask("GET", "/v1/me/export")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="groundwork.zip"'
    clinic.clock.move(minutes=6)
    assert (await ana.ask("GET", "/v1/me/export")).status_code == 403
    organisation = await organisation_of(clinic, theo)
    async with unit_of_work(clinic.sessions, writes=False) as session:
        entries = await list_entries(session, organisation, None, 100)
    assert [(each.action, str(each.actor_id)) for each in entries if each.action == "exportMe"] == [
        ("exportMe", ana.id)
    ]


async def test_whoever_is_here_already_or_was_erased_here_is_not_taken_in(
    clinic: Clinic, theo: Person, ana: Person, elsewhere: Elsewhere
) -> None:
    packed = await take_along(ana)
    organisation = await organisation_of(clinic, theo)
    with pytest.raises(Conflict) as known:
        await take_in(clinic, organisation, packed)
    assert known.value.code == "known_client"
    await prove(ana)
    assert (await ana.ask("DELETE", "/v1/me")).status_code == 204
    with pytest.raises(Conflict) as erased:
        await take_in(clinic, organisation, packed)
    assert erased.value.code == "erased_client"
    # Elsewhere nobody was erased.
    assert str(await elsewhere.take_in(packed)) == ana.id


async def test_a_set_that_two_clients_bring_is_one_set_and_a_changed_one_is_another(
    clinic: Clinic, theo: Person, ana: Person, elsewhere: Elsewhere
) -> None:
    mara = await clinic.phone(theo, "Mara")
    made = await theo.post("/v1/practice-sets", {"title": "Shared", "items": [{"exercise": "soft-landing"}]})
    for phone in (ana, mara):
        await theo.post(f"/v1/clients/{phone.id}/assignments", {"practice_set_id": made["id"]})
    packed = [await take_along(phone) for phone in (ana, mara)]
    kim = elsewhere.kim
    for each in packed:
        await elsewhere.take_in(each)
    assert len((await kim.get("/v1/practice-sets"))["items"]) == 1
    given = [(await kim.get(f"/v1/clients/{phone.id}/assignments"))["items"][0] for phone in (ana, mara)]
    assert [each["title"] for each in given] == ["Shared", "Shared"]
