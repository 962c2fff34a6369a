from typing import Any
from uuid import uuid4

from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion, told
from support.people import let_in, pair, secret_of

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
PATH, VIEW = "/v1/me/support-persons", "/v1/support/view"


async def add(ana: Person, *scopes: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ana.post(PATH, {"name": "Sam", "scopes": [*scopes], **more})
    return made


async def sam_of(clinic: Clinic, ana: Person, *scopes: str, **more: Any) -> Person:
    return await let_in(clinic, (await add(ana, *scopes, **more))["pairing_link"]["url"])


async def test_a_support_person_sees_the_gentle_figures_and_nothing_else(clinic: Clinic, ana: Person) -> None:
    await ana.push(completion(NOON, note="Words of hers.", outcome="safe_stop"))
    sam = await sam_of(clinic, ana, "streak", "check_ins")
    assert await sam.get(VIEW) == {"streak": (await ana.get("/v1/me/streak"))["gentle"], "check_ins": []}


async def test_without_a_scope_there_is_nothing_to_see(clinic: Clinic, ana: Person) -> None:
    await ana.push(completion(NOON))
    assert await (await sam_of(clinic, ana)).get(VIEW) == {}
    assert await (await sam_of(clinic, ana, "check_ins")).get(VIEW) == {"check_ins": []}


async def test_a_support_person_is_shown_the_name_the_client_chose(clinic: Clinic, ana: Person) -> None:
    assert await (await sam_of(clinic, ana, shown_name="A.")).get(VIEW) == {"shown_name": "A."}


async def test_what_was_shared_is_in_the_ledger_and_can_be_taken_back_there(clinic: Clinic, ana: Person) -> None:
    sam = await sam_of(clinic, ana, "streak")
    (consent,) = (await ana.get("/v1/me/consents"))["items"]
    assert (consent["grantee"], consent["support_person_id"], consent["purpose"], consent["scope"]) == (
        "support_person",
        sam.id,
        "support",
        "streak",
    )
    await ana.ask("DELETE", f"/v1/me/consents/{consent['id']}")
    assert await sam.get(VIEW) == {}
    await ana.post("/v1/me/consents", {"scope": "streak", "support_person_id": sam.id})
    assert "streak" in await sam.get(VIEW)


async def test_a_support_person_is_out_at_their_next_request(clinic: Clinic, ana: Person) -> None:
    sam = await sam_of(clinic, ana, "streak")
    assert (await ana.ask("DELETE", f"{PATH}/{sam.id}")).status_code == 204
    bearer = {"Authorization": f"Bearer {sam.tokens['access_token']}"}
    assert (await clinic.http.get(VIEW, headers=bearer)).status_code == 401
    refreshed = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": sam.tokens["refresh_token"]})
    assert refreshed.status_code == 401
    (over,) = (await ana.get(PATH))["items"]
    assert (over["scopes"], over["ended_at"]) == ([], "2026-06-01T12:00:00Z")
    assert [each["holds"] for each in (await ana.get("/v1/me/consents"))["items"]] == [False]
    assert (await ana.ask("DELETE", f"{PATH}/{sam.id}")).status_code == 204


async def test_the_link_of_somebody_who_was_ended_opens_nothing(clinic: Clinic, ana: Person) -> None:
    made = await add(ana, "streak")
    await ana.ask("DELETE", f"{PATH}/{made['support_person']['id']}")
    assert (await pair(clinic, secret=secret_of(made["pairing_link"]["url"]))).status_code == 401


async def test_a_client_sees_whom_they_let_in(clinic: Clinic, ana: Person) -> None:
    first = (await add(ana, "streak", shown_name="A."))["support_person"]
    clinic.clock.move(minutes=1)
    second = (await add(ana))["support_person"]
    assert first == {
        "id": first["id"],
        "name": "Sam",
        "scopes": ["streak"],
        "started_at": "2026-06-01T12:00:00Z",
        "shown_name": "A.",
    }
    assert await ana.get(PATH) == {"items": [second, first]}


async def test_another_way_in_ends_the_one_before(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await add(ana, "streak")
    path = f"{PATH}/{made['support_person']['id']}"
    code = (await ana.post(f"{path}/pairing-codes"))["code"]
    assert (await pair(clinic, secret=secret_of(made["pairing_link"]["url"]))).status_code == 401
    link = await ana.post(f"{path}/pairing-links")
    assert theo.handle
    assert (await pair(clinic, code=code, organisation=theo.handle)).status_code == 401
    assert (await pair(clinic, secret=secret_of(link["url"]))).json()["role"] == "support"


async def test_a_support_persons_phone_is_none_of_the_clients(clinic: Clinic, ana: Person) -> None:
    made = await add(ana, "streak")
    link = secret_of(made["pairing_link"]["url"])
    answer = await clinic.http.post("/v1/auth/pair", json={"secret": link, "zone": "Pacific/Auckland"})
    assert "device_id" not in answer.json()
    assert len((await ana.get("/v1/me/devices"))["items"]) == 1
    assert (await ana.get("/v1/me"))["zone"] == "Europe/Berlin"


async def test_a_therapists_code_and_a_support_persons_link_do_not_end_each_other(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    code = (await theo.post(f"/v1/clients/{ana.id}/pairing-codes"))["code"]
    made = await add(ana, "streak")
    assert theo.handle
    assert (await pair(clinic, code=code, organisation=theo.handle)).json()["role"] == "client"
    assert (await pair(clinic, secret=secret_of(made["pairing_link"]["url"]))).json()["role"] == "support"


async def test_a_support_person_gets_nowhere_else(clinic: Clinic, ana: Person) -> None:
    sam = await sam_of(clinic, ana, "streak", "check_ins")
    for path in ("/v1/me", "/v1/me/streak", "/v1/me/agenda", "/v1/me/consents", f"/v1/clients/{ana.id}/report"):
        assert (await sam.ask("GET", path)).status_code == 403, path


async def test_what_a_support_person_never_sees_cannot_be_shared_with_them(clinic: Clinic, ana: Person) -> None:
    for scope in ("notes", "early_stops"):
        answer = await ana.ask("POST", PATH, json={"name": "Sam", "scopes": [scope]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/scopes/0")
    sam = await sam_of(clinic, ana)
    for body, pointer in (
        ({"scope": "notes", "support_person_id": sam.id}, "/scope"),
        ({"scope": "streak", "support_person_id": sam.id, "member_id": sam.id}, "/support_person_id"),
    ):
        answer = await ana.ask("POST", "/v1/me/consents", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


async def test_somebody_elses_support_person_is_not_there(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    sam = await sam_of(clinic, mara, "streak")
    for method, ending in (("DELETE", ""), ("POST", "/pairing-codes"), ("POST", "/pairing-links")):
        answers = [await ana.ask(method, f"{PATH}/{who}{ending}") for who in (sam.id, uuid4())]
        assert answers[0].status_code == 404
        assert told(answers[0]) == told(answers[1])
    bodies = [{"scope": "streak", "support_person_id": str(who)} for who in (sam.id, uuid4())]
    one, other = [await ana.ask("POST", "/v1/me/consents", json=body) for body in bodies]
    assert (one.status_code, told(one)) == (404, told(other))
    assert "streak" in await sam.get(VIEW)


async def test_a_look_of_a_support_person_is_in_the_clients_record(clinic: Clinic, ana: Person) -> None:
    sam = await sam_of(clinic, ana, "streak")
    clinic.clock.move(minutes=1)
    await sam.get(VIEW)
    (newest, *_) = (await ana.get("/v1/me/record-reads"))["items"]
    assert (newest["role"], newest["action"]) == ("support", "readSupportView")
