from support.clinic import Clinic, Person
from support.problems import words

PATH = "/v1/me/preferences"


async def test_a_client_decides_what_they_see_and_what_they_share(ana: Person) -> None:
    before = await ana.get("/v1/me")
    changed = await ana.ask("PATCH", PATH, json={"display": "count", "shares_early_stops": True})
    assert changed.status_code == 200
    assert changed.json() == {**before, "display": "count", "shares_early_stops": True}
    assert await ana.get("/v1/me") == changed.json()


async def test_absent_preferences_stay(ana: Person) -> None:
    await ana.ask("PATCH", PATH, json={"display": "off", "shares_early_stops": True})
    assert (await ana.ask("PATCH", PATH, json={})).json()["display"] == "off"
    assert (await ana.ask("PATCH", PATH, json={"shares_early_stops": False})).json()["display"] == "off"
    assert not (await ana.get("/v1/me"))["shares_early_stops"]


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
        ({"shares_early_stops": "canary"}, "/shares_early_stops"),
        ({"shares_early_stops": 1}, "/shares_early_stops"),
    ):
        answer = await ana.ask("PATCH", PATH, json=body)
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
        assert "canary" not in words(answer)


async def test_a_therapist_cannot_decide_for_a_client(theo: Person) -> None:
    assert (await theo.ask("PATCH", PATH, json={"shares_early_stops": True})).status_code == 403
