from support.clinic import Clinic, Person
from support.problems import words

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
    ):
        answer = await ana.ask("PATCH", PATH, json=body)
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
        assert "canary" not in words(answer)


async def test_a_therapist_cannot_decide_for_a_client(theo: Person) -> None:
    assert (await theo.ask("PATCH", PATH, json={"display": "off"})).status_code == 403
