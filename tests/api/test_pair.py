import asyncio
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy import select
from support.clinic import NOON, Clinic, Person, told
from support.problems import words

from server.accounts.models import DeviceRow, ZoneRow
from server.auth import codes
from server.auth.models import PairingRow
from server.auth.pairing import CODE_TRIES
from server.db.unit import unit_of_work

LOOKALIKES = str.maketrans({"0": "o", "1": "l"})


async def new_client(theo: Person, name: str = "Ana") -> str:
    client = await theo.post("/v1/clients", {"name": name, "zone": "Europe/Berlin"})
    return str(client["id"])


async def new_code(theo: Person, client: str | None = None) -> str:
    made = await theo.post(f"/v1/clients/{client or await new_client(theo)}/pairing-codes")
    return str(made["code"])


async def pair(clinic: Clinic, code: str, zone: str = "Europe/Lisbon", **more: Any) -> httpx.Response:
    return await clinic.http.post("/v1/auth/pair", json={"code": code, "zone": zone, **more})


def wrong(code: str) -> str:
    """Return a code that finds the same pairing and has another secret."""
    return code[:-1] + ("2" if code[-1] == "3" else "3")


async def stored(clinic: Clinic, kind: Any) -> list[Any]:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return list(await session.scalars(select(kind)))


async def test_a_code_pairs_a_phone_and_notes_its_zone(clinic: Clinic, theo: Person) -> None:
    client = await new_client(theo)
    code = await new_code(theo, client)
    assert [len(part) for part in code.split("-")] == [5, 5]
    clinic.clock.move(minutes=1)
    answer = await pair(clinic, code)
    tokens = answer.json()
    assert answer.status_code == 201
    assert (tokens["role"], tokens["subject_id"]) == ("client", client)
    (device,) = await stored(clinic, DeviceRow)
    assert (str(device.id), str(device.client_id)) == (tokens["device_id"], client)
    assert (device.paired_at, device.last_outbox_at) == (clinic.clock.at, None)
    zones = {row.at: row.zone for row in await stored(clinic, ZoneRow)}
    assert zones == {NOON: "Europe/Berlin", clinic.clock.at: "Europe/Lisbon"}
    assert (await theo.get(f"/v1/clients/{client}"))["zone"] == "Europe/Lisbon"


async def test_a_second_phone_of_a_client_does_not_end_the_first(clinic: Clinic, theo: Person, ana: Person) -> None:
    tablet = await clinic.pair(theo, ana.id)
    assert tablet.id == ana.id
    assert tablet.tokens["device_id"] != ana.tokens["device_id"]
    assert (await ana.get("/v1/me"))["id"] == ana.id


async def test_a_code_forgives_how_it_was_heard_and_typed(clinic: Clinic, theo: Person) -> None:
    with patch.object(codes, "new_code", side_effect=["A0B1C0D1EF", "A1A1A0A0A0", "10101ZZZZZ"]):
        first, second, third = [await new_code(theo) for _ in range(3)]
    assert (await pair(clinic, "aob1c - odlef")).status_code == 201
    assert (await pair(clinic, second.lower().replace("-", "").translate(LOOKALIKES))).status_code == 201
    assert (await pair(clinic, "-IOLO1 zzzzz-")).status_code == 201
    assert {first, second, third} == {"A0B1C-0D1EF", "A1A1A-0A0A0"} | {"10101-ZZZZZ"}


async def test_a_code_lives_for_15_minutes(clinic: Clinic, theo: Person) -> None:
    late, in_time = await new_code(theo), await new_code(theo)
    clinic.clock.move(minutes=15, microseconds=-1)
    assert (await pair(clinic, in_time)).status_code == 201
    clinic.clock.move(microseconds=1)
    assert (await pair(clinic, late)).status_code == 401


async def test_a_code_works_once(clinic: Clinic, theo: Person) -> None:
    code = await new_code(theo)
    assert (await pair(clinic, code)).status_code == 201
    assert (await pair(clinic, code)).status_code == 401
    assert len(await stored(clinic, DeviceRow)) == 1


async def test_one_code_entered_on_two_phones_at_once_pairs_one(clinic: Clinic, theo: Person) -> None:
    code = await new_code(theo)
    answers = await asyncio.gather(*(pair(clinic, code) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 401, 401]
    assert len(await stored(clinic, DeviceRow)) == 1


async def test_the_fifth_try_may_be_right(clinic: Clinic, theo: Person) -> None:
    code = await new_code(theo)
    for _ in range(CODE_TRIES - 1):
        assert (await pair(clinic, wrong(code))).status_code == 401
    assert (await pair(clinic, code)).status_code == 201


async def test_after_five_wrong_tries_even_the_right_code_is_dead(clinic: Clinic, theo: Person) -> None:
    code = await new_code(theo)
    answers = await asyncio.gather(*(pair(clinic, wrong(code)) for _ in range(CODE_TRIES)))
    assert {each.status_code for each in answers} == {401}
    assert (await pair(clinic, code)).status_code == 401
    (row,) = await stored(clinic, PairingRow)
    assert row.tries == CODE_TRIES + 1


async def test_no_answer_tells_why_a_code_does_not_work(clinic: Clinic, theo: Person) -> None:
    used, expired, live = await new_code(theo), await new_code(theo), await new_code(theo)
    await pair(clinic, used)
    answers = [await pair(clinic, each) for each in (used, wrong(live), "ZZZZZ-ZZZZZ", "----------", live + "-00")]
    clinic.clock.move(hours=1)
    answers.append(await pair(clinic, expired))
    assert len({told(each) for each in answers}) == 1
    assert answers[0].json()["code"] == "wrong_code"


async def test_an_unknown_zone_is_pointed_at_and_costs_no_try(clinic: Clinic, theo: Person) -> None:
    code = await new_code(theo)
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime", "europe\\berlin"):
        answer = await pair(clinic, code, zone)
        assert answer.status_code == 400, zone
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/zone", "unknown_zone")
        assert zone not in words(answer)
    (row,) = await stored(clinic, PairingRow)
    assert row.tries == 0


async def test_a_code_opens_nothing_in_another_clinic(clinic: Clinic, theo: Person) -> None:
    code = await new_code(theo)
    await clinic.found("elsewhere")
    elsewhere = await pair(clinic, code, organisation="elsewhere")
    assert told(elsewhere) == told(await pair(clinic, "ZZZZZ-ZZZZZ", organisation="elsewhere"))
    assert (await pair(clinic, code)).json()["code"] == "which_organisation"
    assert (await pair(clinic, code, organisation="clinic")).status_code == 201


async def test_two_codes_never_begin_alike(clinic: Clinic, theo: Person) -> None:
    with patch.object(codes, "new_code", side_effect=["AAAAA11111", "AAAAA22222", "BBBBB33333"]):
        assert [await new_code(theo), await new_code(theo)] == ["AAAAA-11111", "BBBBB-33333"]
    assert (await pair(clinic, "AAAAA-11111")).status_code == 201


async def test_a_malformed_pairing_is_told_where_and_never_what(clinic: Clinic) -> None:
    await clinic.found()
    for body, pointer in (
        ({"code": "CANARY", "zone": "UTC"}, "/code"),
        ({"code": "C" * 21, "zone": "UTC"}, "/code"),
        ({"code": ["CANARY"], "zone": "UTC"}, "/code"),
        ({"code": "ABCDE-FGHJK", "zone": ""}, "/zone"),
    ):
        answer = await clinic.http.post("/v1/auth/pair", json=body)
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
        assert "CANARY" not in words(answer)
