from typing import get_args

from sqlalchemy import select
from support.clinic import Clinic, Person
from support.problems import words

from server.accounts.models import ClientRow, OrganisationRow
from server.catalogue.vocabulary import Posture, Property
from server.db.tenancy import enter
from server.db.unit import unit_of_work

PATH = "/v1/me/preferences"


async def test_a_client_decides_how_much_of_a_streak_they_see(ana: Person) -> None:
    before = await ana.get("/v1/me")
    changed = await ana.ask("PATCH", PATH, json={"display": "count"})
    assert changed.status_code == 200
    assert changed.json() == {**before, "display": "count"}
    assert await ana.get("/v1/me") == changed.json()


async def test_absent_preferences_stay(ana: Person) -> None:
    await ana.ask("PATCH", PATH, json={"display": "off"})
    assert (await ana.ask("PATCH", PATH, json={})).json()["display"] == "off"


async def test_only_the_caller_is_changed(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    await ana.ask("PATCH", PATH, json={"display": "off", "id": mara.id, "client_id": mara.id})
    assert (await mara.get("/v1/me"))["display"] == "gentle"
    assert (await ana.get("/v1/me"))["display"] == "off"


async def test_what_the_clinic_decides_a_client_cannot_change(ana: Person) -> None:
    before = await ana.get("/v1/me")
    answer = await ana.ask("PATCH", PATH, json={"day_start": "05:00:00", "rest_days": 3, "zone": "UTC", "locale": "de"})
    assert answer.json() == before


async def test_what_is_no_preference_is_pointed_at(ana: Person) -> None:
    for body, pointer in (
        ({"display": "canary"}, "/display"),
        ({"display": None}, "/display"),
        ({"left_out": {"properties": ["canary"], "postures": []}}, "/left_out/properties/0"),
        ({"left_out": {"properties": [], "postures": ["canary"]}}, "/left_out/postures/0"),
        ({"left_out": {"properties": []}}, "/left_out/postures"),
    ):
        answer = await ana.ask("PATCH", PATH, json=body)
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
        assert "canary" not in words(answer)


async def test_a_therapist_cannot_decide_for_a_client(theo: Person) -> None:
    assert (await theo.ask("PATCH", PATH, json={"display": "off"})).status_code == 403


async def test_a_client_leaves_things_out_without_saying_why(ana: Person) -> None:
    wanted = {"properties": ["breath_focus", "baby_content", "breath_focus"], "postures": ["supine"]}
    answer = await ana.ask("PATCH", PATH, json={"left_out": wanted})
    kept = {"properties": ["baby_content", "breath_focus"], "postures": ["supine"]}
    assert answer.json()["left_out"] == kept
    await ana.ask("PATCH", PATH, json={"display": "off"})
    assert (await ana.get("/v1/me"))["left_out"] == kept
    nothing = {"properties": [], "postures": []}
    assert (await ana.ask("PATCH", PATH, json={"left_out": nothing})).json()["left_out"] == nothing


async def test_the_therapist_is_not_told_what_is_left_out(theo: Person, ana: Person) -> None:
    before = await theo.get(f"/v1/clients/{ana.id}")
    await ana.ask("PATCH", PATH, json={"left_out": {"properties": ["baby_content"], "postures": []}})
    assert await theo.get(f"/v1/clients/{ana.id}") == before


async def test_the_database_does_not_tell_whether_anything_is_left_out(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    mara = await clinic.phone(theo, "Mara")
    everything = {"properties": get_args(Property), "postures": get_args(Posture)}
    answer = await ana.ask("PATCH", PATH, json={"left_out": everything})
    assert len(answer.json()["left_out"]["properties"]) == len(everything["properties"])
    async with unit_of_work(clinic.sessions, writes=False) as session:
        organisation = await session.scalar(select(OrganisationRow.id))
        assert organisation
        await enter(session, organisation)
        kept = {str(row.id): row.left_out for row in await session.scalars(select(ClientRow))}
    assert kept.keys() == {ana.id, mara.id}
    assert len({len(each) for each in kept.values()}) == 1
    assert all(b"baby" not in each for each in kept.values())
