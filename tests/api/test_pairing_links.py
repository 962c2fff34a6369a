from datetime import timedelta
from uuid import uuid4

from support import lasting as shared
from support.clinic import NOON, Clinic, Person, told
from support.people import let_in, pair, secret_of

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def new_client(theo: Person) -> str:
    client = await theo.post("/v1/clients", {"name": "Ana", "zone": "Europe/Berlin"})
    return str(client["id"])


async def test_a_link_pairs_a_phone_without_naming_the_clinic(clinic: Clinic, theo: Person) -> None:
    client = await new_client(theo)
    made = await theo.post(f"/v1/clients/{client}/pairing-links")
    page, _, secret = made["url"].partition("#")
    assert page == "http://localhost:8000/pair"
    assert secret.startswith("gwp_")
    assert made["expires_at"] == "2026-06-04T12:00:00Z"
    assert (await (await let_in(clinic, made["url"])).get("/v1/me"))["id"] == client


async def test_a_link_is_drawn_as_a_code_to_be_scanned(theo: Person) -> None:
    made = await theo.post(f"/v1/clients/{await new_client(theo)}/pairing-links")
    assert made["qr_svg"].startswith("<svg ")
    assert made["qr_svg"].endswith("</svg>")
    assert secret_of(made["url"]) not in made["qr_svg"]


async def test_a_link_works_once_and_for_three_days(clinic: Clinic, theo: Person) -> None:
    client = await new_client(theo)
    url = (await theo.post(f"/v1/clients/{client}/pairing-links"))["url"]
    clinic.clock.at = NOON + timedelta(hours=72) - timedelta(microseconds=1)
    assert (await pair(clinic, secret=secret_of(url))).status_code == 201
    used = await pair(clinic, secret=secret_of(url))
    url = (await theo.post(f"/v1/clients/{client}/pairing-links"))["url"]
    clinic.clock.move(hours=72)
    late = await pair(clinic, secret=secret_of(url))
    assert told(used) == told(late) == told(await pair(clinic, secret="gwp_none"))
    assert (used.status_code, used.json()["code"]) == (401, "wrong_code")


async def test_another_link_or_code_ends_those_before(clinic: Clinic, theo: Person) -> None:
    client = await new_client(theo)
    assert theo.handle
    first = (await theo.post(f"/v1/clients/{client}/pairing-links"))["url"]
    code = (await theo.post(f"/v1/clients/{client}/pairing-codes"))["code"]
    assert (await pair(clinic, secret=secret_of(first))).status_code == 401
    second = (await theo.post(f"/v1/clients/{client}/pairing-links"))["url"]
    assert (await pair(clinic, code=code, organisation=theo.handle)).status_code == 401
    assert (await pair(clinic, secret=secret_of(second))).status_code == 201


async def test_another_clients_link_goes_on(clinic: Clinic, theo: Person) -> None:
    url = (await theo.post(f"/v1/clients/{await new_client(theo)}/pairing-links"))["url"]
    await theo.post(f"/v1/clients/{await new_client(theo)}/pairing-links")
    assert (await pair(clinic, secret=secret_of(url))).status_code == 201


async def test_a_link_is_taken_back(clinic: Clinic, theo: Person) -> None:
    client = await new_client(theo)
    url = (await theo.post(f"/v1/clients/{client}/pairing-links"))["url"]
    assert (await theo.ask("DELETE", f"/v1/clients/{client}/pairing-links")).status_code == 204
    assert (await pair(clinic, secret=secret_of(url))).status_code == 401


async def test_a_secret_that_was_changed_opens_nothing(clinic: Clinic, theo: Person, ana: Person) -> None:
    secret = secret_of((await theo.post(f"/v1/clients/{await new_client(theo)}/pairing-links"))["url"])
    changed = secret[:60] + ("A" if secret[60] != "A" else "B") + secret[61:]
    for wrong in (changed, secret[:-1], secret.replace("gwp_", "gwi_"), ana.tokens["refresh_token"]):
        assert (await pair(clinic, secret=wrong)).status_code == 401
    assert (await pair(clinic, secret=secret)).status_code == 201


async def test_a_phone_shows_either_a_code_or_a_secret(clinic: Clinic) -> None:
    for way_in in ({}, {"code": "AAAAA-BBBBB", "secret": "gwp_x"}):
        answer = await pair(clinic, **way_in)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/code")


async def test_a_link_for_somebody_elses_client_is_not_made(theo: Person) -> None:
    assert (await theo.ask("POST", f"/v1/clients/{uuid4()}/pairing-links")).status_code == 404
    assert (await theo.ask("DELETE", f"/v1/clients/{uuid4()}/pairing-links")).status_code == 404
