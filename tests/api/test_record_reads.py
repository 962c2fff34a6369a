from typing import Any
from uuid import UUID, uuid4

from support import lasting as shared
from support.clinic import Clinic, Person
from support.people import admin, colleague

from server.accounts.words import TOLD, told
from server.web.openapi import document

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
PATH = "/v1/me/record-reads"


async def pages(person: Person, path: str, limit: int) -> list[list[Any]]:
    found, params = [], {"limit": str(limit)}
    while True:
        page = await person.get(path, params=params)
        found.append(page["items"])
        if "next_cursor" not in page:
            return found
        params["cursor"] = page["next_cursor"]


async def test_a_client_reads_who_read_what_and_when(clinic: Clinic, theo: Person, ana: Person) -> None:
    clinic.clock.move(minutes=1)
    await theo.get(f"/v1/clients/{ana.id}/report")
    newest = (await ana.get(PATH))["items"][0]
    assert newest == {
        "at": "2026-06-01T12:01:00Z",
        "role": "therapist",
        "action": "readClientReport",
        "what": "Read your practice report",
        "name": "theo@clinic.example",
    }


async def test_what_a_client_does_is_there_without_a_name(ana: Person) -> None:
    await ana.post("/v1/me/consents", {"scope": "notes"})
    newest = (await ana.get(PATH))["items"][0]
    assert (newest["role"], newest["what"], "name" in newest) == ("client", "Shared something", False)


async def test_who_has_left_is_still_named(clinic: Clinic, theo: Person, ana: Person) -> None:
    ada = await admin(clinic, theo)
    await ada.ask("DELETE", f"/v1/members/{theo.id}")
    items = (await ana.get(PATH))["items"]
    assert {each.get("name") for each in items if each["role"] == "therapist"} == {"theo@clinic.example"}
    assert items[0]["what"] == "Left the clinic and your care team"


async def test_pages_hold_every_entry_once_and_those_of_others_never(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    for person in (ana, mara, ana, mara, mara, ana):
        clinic.clock.move(seconds=1)
        await theo.get(f"/v1/clients/{person.id}")
    (whole,) = await pages(ana, PATH, 200)
    found = await pages(ana, PATH, 2)
    assert [each for page in found for each in page] == whole
    assert {len(page) for page in found[:-1]} == {2}
    assert [each["action"] for each in whole][:3] == ["readClient"] * 3
    assert len([each for each in whole if each["action"] == "readClient"]) == 3


async def test_a_cursor_is_of_no_use_to_anybody_else(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara, ada = await clinic.phone(theo, "Mara"), await admin(clinic, theo)
    cursor = (await ana.get(PATH, params={"limit": "1"}))["next_cursor"]
    assert (await ana.ask("GET", PATH, params={"cursor": cursor})).status_code == 200
    changed = cursor[:40] + ("A" if cursor[40] != "A" else "B") + cursor[41:]
    for person, path, wrong in (
        (mara, PATH, cursor),
        (ada, "/v1/audit", cursor),
        (ana, PATH, changed),
        (ana, PATH, "MQ=="),
        (ana, PATH, "ä"),
        (ana, PATH, ""),
    ):
        answer = await person.ask("GET", path, params={"cursor": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?cursor")


async def test_an_admin_reads_the_audit_by_ids_only(clinic: Clinic, theo: Person, ana: Person) -> None:
    ada = await admin(clinic, theo)
    clinic.clock.move(minutes=1)
    await theo.get(f"/v1/clients/{ana.id}")
    page = await ada.get("/v1/audit")
    first = page["items"][0]
    assert first == {
        "number": first["number"],
        "at": "2026-06-01T12:01:00Z",
        "actor_role": "therapist",
        "action": "readClient",
        "actor_id": theo.id,
        "client_id": ana.id,
    }
    assert (await ada.get("/v1/audit"))["items"][0]["action"] == "readAudit"
    numbers = [each["number"] for page in await pages(ada, "/v1/audit", 3) for each in page]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers[-1] == 1


async def test_the_audit_is_for_admins_and_of_their_clinic(clinic: Clinic, theo: Person, ana: Person) -> None:
    for person in (theo, ana, await colleague(clinic, theo, "noor", "researcher")):
        assert (await person.ask("GET", "/v1/audit")).status_code == 403
    handle = f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@elsewhere.example", handle)
    olga = await admin(clinic, nils, "olga")
    told_ids = {each.get("actor_id") for each in (await olga.get("/v1/audit"))["items"]}
    assert not {theo.id, ana.id} & told_ids
    assert all(UUID(each) for each in told_ids if each)


def test_everything_that_is_written_of_a_record_has_words(clinic: Clinic) -> None:
    known = {each["operationId"] for methods in document(clinic.app.app)["paths"].values() for each in methods.values()}
    assert set(TOLD) - known == {"tokenReused", "groundwork export", "groundwork import"}
    assert told("anythingElse") == "Opened your record"
