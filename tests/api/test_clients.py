from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import update
from support.clinic import NOON, Clinic, Person, completion, told
from support.problems import words

from server.accounts.models import CareRelationRow
from server.accounts.tokens import read_token
from server.db.unit import unit_of_work

LENA = {"name": "Lena", "zone": "America/New_York"}


async def test_a_new_client_has_the_usual_ways(theo: Person) -> None:
    lena = await theo.post("/v1/clients", LENA)
    assert {key: lena[key] for key in lena if key not in ("id", "created_at")} == {
        "name": "Lena",
        "zone": "America/New_York",
        "locale": "en",
        "day_start": "04:00",
        "rest_days": 0,
        "mode": "standard",
        "grace": 1,
        "daily_target": 1,
    }
    assert await theo.get(f"/v1/clients/{lena['id']}") == lena


async def test_clients_are_listed_by_name(theo: Person) -> None:
    assert await theo.get("/v1/clients") == {"items": []}
    added = [await theo.post("/v1/clients", {**LENA, "name": name}) for name in ("Mara", "Ana", "Lena")]
    listed = (await theo.get("/v1/clients"))["items"]
    assert [each["name"] for each in listed] == ["Ana", "Lena", "Mara"]
    assert sorted(listed, key=str) == sorted(added, key=str)


async def test_a_colleague_sees_neither_the_list_nor_the_client(clinic: Clinic, theo: Person, ana: Person) -> None:
    colleague = await clinic.member(await organisation(theo), "kim@clinic.example")
    assert await colleague.get("/v1/clients") == {"items": []}
    assert (await colleague.ask("GET", f"/v1/clients/{ana.id}")).status_code == 404


async def organisation(person: Person) -> Any:
    token = read_token(person.tokens["access_token"], "gwa")
    assert token
    return token.organisation


async def test_care_that_has_ended_shows_nothing_at_the_next_request(clinic: Clinic, theo: Person, ana: Person) -> None:
    assert (await theo.ask("GET", f"/v1/clients/{ana.id}")).status_code == 200
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(CareRelationRow).values(ended_at=clinic.clock.now()))
    gone = await theo.ask("GET", f"/v1/clients/{ana.id}")
    assert told(gone) == told(await theo.ask("GET", f"/v1/clients/{theo.id}"))
    assert gone.status_code == 404
    assert await theo.get("/v1/clients") == {"items": []}
    assert (await ana.get("/v1/me"))["id"] == ana.id


async def test_a_therapist_changes_what_is_theirs_to_decide(theo: Person) -> None:
    lena = await theo.post("/v1/clients", LENA)
    path = f"/v1/clients/{lena['id']}"
    changed = await theo.ask("PATCH", path, json={"name": "Lena K", "rest_days": 2, "day_start": "05:30:00"})
    assert changed.json() == {**lena, "name": "Lena K", "rest_days": 2, "day_start": "05:30"}
    same = await theo.ask("PATCH", path, json={"zone": "UTC", "locale": "de", "display": "off"})
    assert same.json() == changed.json()
    assert await theo.get(path) == changed.json()


async def test_the_list_tells_when_a_phone_last_delivered(clinic: Clinic, theo: Person, ana: Person) -> None:
    assert "last_outbox_at" not in (await theo.get(f"/v1/clients/{ana.id}"))
    clinic.clock.move(minutes=5)
    await ana.push(completion(NOON))
    (line,) = (await theo.get("/v1/clients"))["items"]
    assert line["last_outbox_at"] == (NOON + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")


async def test_what_no_client_can_be_is_pointed_at(theo: Person) -> None:
    for body, pointer in (
        ({"name": "", "zone": "UTC"}, "/name"),
        ({"name": "n" * 121, "zone": "UTC"}, "/name"),
        ({**LENA, "zone": "Mars/Olympus"}, "/zone"),
        ({**LENA, "locale": "canary"}, "/locale"),
        ({**LENA, "locale": "en\n"}, "/locale"),
        ({**LENA, "rest_days": 4}, "/rest_days"),
        ({**LENA, "rest_days": "2"}, "/rest_days"),
        ({**LENA, "day_start": "06:01:00"}, "/day_start"),
        ({**LENA, "day_start": "05:00:00Z"}, "/day_start"),
        ({**LENA, "day_start": "canary"}, "/day_start"),
    ):
        answer = await theo.ask("POST", "/v1/clients", json=body)
        assert answer.status_code == 400, body
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
        assert "canary" not in words(answer)
    assert await theo.get("/v1/clients") == {"items": []}


async def test_a_refused_change_changes_nothing(theo: Person) -> None:
    lena = await theo.post("/v1/clients", LENA)
    path = f"/v1/clients/{lena['id']}"
    refused = await theo.ask("PATCH", path, json={"name": "Other", "rest_days": 1, "day_start": "07:00:00"})
    assert refused.status_code == 400
    assert await theo.get(path) == lena


async def test_names_of_every_script_come_back_as_they_were_written(theo: Person) -> None:
    for name in ("José Ñuñez", "Łucja", "李小龍", "אנה", "Zoë \U0001f30a", "O'Brien; DROP TABLE clients"):
        assert (await theo.post("/v1/clients", {**LENA, "name": name}))["name"] == name


async def test_an_id_that_is_none_has_no_page(theo: Person) -> None:
    answers: list[httpx.Response] = [
        await theo.ask("GET", f"/v1/clients/{each}") for each in ("canary", "0", "%2e%2e", "'--")
    ]
    assert {each.status_code for each in answers} == {404}
    assert all("canary" not in words(each) for each in answers)
