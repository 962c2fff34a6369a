import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from support.clinic import PASSWORD, Clinic, Person, told
from support.signing import THEO, answer, as_bearer, challenged, enrol, sign_in, step_up

from server.accounts.models import MemberRow, OrganisationRow
from server.auth.models import RecoveryCodeRow, TotpRow
from server.db.unit import unit_of_work

TOTP = "/v1/account/second-factors/totp"


async def needs_second_factor(clinic: Clinic) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(OrganisationRow).values(needs_second_factor=True))


async def status(clinic: Clinic, method: str, path: str, tokens: dict[str, Any], **given: Any) -> tuple[int, str]:
    answer = await as_bearer(clinic, method, path, tokens, **given)
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


async def test_a_code_of_the_app_finishes_a_sign_in(clinic: Clinic, theo: Person) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    begun = (await sign_in(clinic)).json()
    assert begun["kinds"] == ["totp", "recovery_code"]
    assert not {"access_token", "refresh_token", "known_device"} & set(begun)
    tokens = (await answer(clinic, begun["challenge"], app.code(clinic.clock.now()))).json()
    assert (tokens["outcome"], tokens["subject_id"], tokens["role"]) == ("tokens", theo.id, "therapist")
    assert await status(clinic, "GET", "/v1/clients", tokens) == (200, "")
    assert (await sign_in(clinic, known_device=tokens["known_device"])).status_code == 200


async def test_a_challenge_works_once_for_five_minutes(clinic: Clinic, theo: Person) -> None:
    app, codes = await enrol(clinic, theo.tokens)
    used, late = await challenged(clinic), await challenged(clinic)
    assert (await answer(clinic, used, app.code(clinic.clock.now()))).status_code == 200
    assert (await answer(clinic, used, codes[0])).json()["code"] == "challenge_over"
    clinic.clock.move(minutes=5)
    assert (await answer(clinic, late, codes[0])).json()["code"] == "challenge_over"
    for none in (late[:-4] + "AAA=", theo.tokens["access_token"], "x"):
        assert (await answer(clinic, none, codes[0])).json()["code"] == "challenge_over"
    assert (await answer(clinic, await challenged(clinic), codes[0])).status_code == 200


async def test_a_code_works_once_also_for_two_at_once(clinic: Clinic, theo: Person) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    code = app.code(clinic.clock.now())
    challenges = [await challenged(clinic) for _ in range(4)]
    answers = await asyncio.gather(*(answer(clinic, each, code) for each in challenges))
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401]
    assert {each.json()["code"] for each in answers if each.status_code == 401} == {"wrong_code"}


async def test_the_code_that_confirmed_the_app_signs_nobody_in(clinic: Clinic, theo: Person) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    clinic.clock.move(seconds=-30)
    assert (await answer(clinic, await challenged(clinic), app.code(clinic.clock.now()))).status_code == 401


@pytest.mark.parametrize("step, expected", [(-2, 401), (-1, 200), (0, 200), (1, 401), (2, 401)])
async def test_a_code_may_be_a_step_late_and_never_early(
    clinic: Clinic, theo: Person, step: int, expected: int
) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    clinic.clock.move(minutes=2)
    code = app.code(clinic.clock.now(), step)
    assert (await answer(clinic, await challenged(clinic), f"{code[:3]} {code[3:]}")).status_code == expected


async def test_a_later_code_ends_the_earlier_ones(clinic: Clinic, theo: Person) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    clinic.clock.move(minutes=2)
    late, early = (app.code(clinic.clock.now(), step) for step in (0, -1))
    assert (await answer(clinic, await challenged(clinic), late)).status_code == 200
    assert (await answer(clinic, await challenged(clinic), early)).status_code == 401


async def test_each_recovery_code_works_once_however_it_is_typed(clinic: Clinic, theo: Person) -> None:
    _, codes = await enrol(clinic, theo.tokens)
    assert len(set(codes)) == 10
    assert {tuple(map(len, each.split("-"))) for each in codes} == {(6, 6, 6, 6)}
    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert (await answer(clinic, await challenged(clinic), typed)).status_code == 200
    assert (await answer(clinic, await challenged(clinic), codes[0])).status_code == 401
    challenges = [await challenged(clinic) for _ in range(3)]
    answers = await asyncio.gather(*(answer(clinic, each, codes[1]) for each in challenges))
    assert sorted(each.status_code for each in answers) == [200, 401, 401]
    assert (await theo.get("/v1/account"))["recovery_codes"] == 8


async def test_new_recovery_codes_end_the_old_ones(clinic: Clinic, theo: Person) -> None:
    app, old = await enrol(clinic, theo.tokens)
    await step_up(clinic, theo.tokens, password=PASSWORD, code=app.code(clinic.clock.now()))
    new = (await theo.post("/v1/account/recovery-codes"))["codes"]
    assert not set(old) & set(new)
    assert (await answer(clinic, await challenged(clinic), old[0])).status_code == 401
    assert (await answer(clinic, await challenged(clinic), new[0])).status_code == 200


async def test_nothing_of_a_second_factor_is_stored_in_clear(clinic: Clinic, theo: Person) -> None:
    await step_up(clinic, theo.tokens)
    begun = await theo.post(TOTP)
    async with unit_of_work(clinic.sessions, writes=False) as session:
        (row,) = (await session.scalars(select(TotpRow))).all()
    assert begun["secret"].encode() not in row.secret
    assert begun["secret"] in begun["uri"]
    assert "theo%40clinic.example" in begun["uri"]
    assert begun["qr_svg"].startswith("<svg")
    _, codes = await enrol(clinic, theo.tokens)
    async with unit_of_work(clinic.sessions, writes=False) as session:
        kept = b"".join(await session.scalars(select(RecoveryCodeRow.code_hash)))
    assert not [each for each in codes if each.replace("-", "").encode() in kept]


async def test_an_app_is_no_factor_before_it_is_confirmed(clinic: Clinic, theo: Person) -> None:
    await step_up(clinic, theo.tokens)
    await theo.post(TOTP)
    assert (await sign_in(clinic)).json()["outcome"] == "tokens"
    assert await status(clinic, "POST", f"{TOTP}/confirm", theo.tokens, json={"code": "abcdef"}) == (400, "wrong_code")
    await enrol(clinic, theo.tokens)
    assert await status(clinic, "POST", TOTP, theo.tokens) == (409, "factor_exists")
    again = await status(clinic, "POST", f"{TOTP}/confirm", theo.tokens, json={"code": "000000"})
    assert again == (409, "nothing_to_confirm")


async def test_adding_removing_and_renewing_need_a_fresh_proof(clinic: Clinic, theo: Person) -> None:
    for method, path in (("POST", TOTP), ("DELETE", TOTP), ("POST", "/v1/account/recovery-codes")):
        assert await status(clinic, method, path, theo.tokens) == (403, "step_up_required"), path
    await step_up(clinic, theo.tokens)
    assert await status(clinic, "DELETE", TOTP, theo.tokens) == (404, "not_found")
    assert await status(clinic, "POST", "/v1/account/recovery-codes", theo.tokens) == (409, "no_second_factor")
    app, codes = await enrol(clinic, theo.tokens)
    await step_up(clinic, theo.tokens, password=PASSWORD, code=app.code(clinic.clock.now()))
    assert await status(clinic, "DELETE", TOTP, theo.tokens) == (204, "")
    assert (await sign_in(clinic)).json()["outcome"] == "tokens"
    await enrol(clinic, theo.tokens)
    assert (await answer(clinic, await challenged(clinic), codes[0])).status_code == 401


async def test_where_a_second_factor_is_needed_a_password_alone_lets_nobody_do_anything_but_add_one(
    clinic: Clinic, theo: Person
) -> None:
    assert await status(clinic, "GET", "/v1/clients", theo.tokens) == (200, "")
    await needs_second_factor(clinic)
    for method, path in (("GET", "/v1/clients"), ("POST", "/v1/auth/step-up"), ("DELETE", TOTP)):
        given = {"json": {"password": PASSWORD}} if method == "POST" else {}
        assert await status(clinic, method, path, theo.tokens, **given) == (403, "second_factor_required"), path
    assert (await theo.get("/v1/account"))["needs_second_factor"] is True
    app, _ = await enrol(clinic, theo.tokens)
    assert await status(clinic, "GET", "/v1/clients", theo.tokens) == (200, "")
    tokens = (await answer(clinic, await challenged(clinic), app.code(clinic.clock.now()))).json()
    assert await status(clinic, "GET", "/v1/clients", tokens) == (200, "")


async def test_a_clients_phone_needs_no_second_factor(clinic: Clinic, ana: Person) -> None:
    await needs_second_factor(clinic)
    assert await status(clinic, "GET", "/v1/me", ana.tokens) == (200, "")
    assert (await status(clinic, "GET", "/v1/account", ana.tokens))[0] == 403


async def test_a_member_who_is_ended_meanwhile_is_not_let_in(clinic: Clinic, theo: Person) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    challenge = await challenged(clinic)
    async with unit_of_work(clinic.sessions, writes=True) as session:
        ended = update(MemberRow).where(MemberRow.id == UUID(theo.id)).values(ended_at=clinic.clock.now())
        await session.execute(ended)
    assert (await answer(clinic, challenge, app.code(clinic.clock.now()))).json()["code"] == "wrong_code"


async def test_one_members_code_opens_no_others_challenge(clinic: Clinic, theo: Person) -> None:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        house = (await session.scalars(select(OrganisationRow.id))).one()
    kim = await clinic.member(house, "kim@clinic.example")
    app, codes = await enrol(clinic, kim.tokens)
    await enrol(clinic, theo.tokens)
    for code in (app.code(clinic.clock.now()), codes[0]):
        refused = await answer(clinic, await challenged(clinic, email=THEO), code)
        assert told(refused)[0] == 401
