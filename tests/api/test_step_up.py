from datetime import timedelta

from support.clinic import PASSWORD, Clinic, Person
from support.signing import WRONG, as_bearer, enrol, sign_in, step_up

from server.auth.guessing import FREE_GUESSES

# An operation that needs a fresh proof, and then says that there is nothing to do.
GUARDED = "/v1/account/recovery-codes"


async def opens(clinic: Clinic, person: Person) -> bool:
    answer = await as_bearer(clinic, "POST", GUARDED, person.tokens)
    assert answer.json()["code"] in {"step_up_required", "no_second_factor"}
    return bool(answer.json()["code"] == "no_second_factor")


async def test_a_password_proves_a_member_for_five_minutes(clinic: Clinic, theo: Person) -> None:
    assert not await opens(clinic, theo)
    proven = await step_up(clinic, theo.tokens)
    until = (clinic.clock.now() + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert (proven.status_code, proven.json()) == (200, {"until": until})
    clinic.clock.move(minutes=5, microseconds=-1)
    assert await opens(clinic, theo)
    clinic.clock.move(microseconds=1)
    assert not await opens(clinic, theo)


async def test_a_proof_holds_for_one_sign_in_and_survives_a_refresh(clinic: Clinic, theo: Person) -> None:
    other = (await sign_in(clinic)).json()
    await step_up(clinic, theo.tokens)
    assert (await as_bearer(clinic, "POST", GUARDED, other)).json()["code"] == "step_up_required"
    theo.tokens = (await clinic.http.post("/v1/auth/refresh", json=theo.tokens)).json()
    assert await opens(clinic, theo)


async def test_a_wrong_or_missing_proof_opens_nothing(clinic: Clinic, theo: Person) -> None:
    refresh = theo.tokens["refresh_token"]
    for proof, expected in (
        ({"password": WRONG}, (403, "not_proven")),
        ({"refresh_token": refresh}, (400, "invalid")),
        ({"code": "123456"}, (400, "invalid")),
    ):
        answer = await step_up(clinic, theo.tokens, **proof)
        assert (answer.status_code, answer.json()["code"]) == expected
    assert not await opens(clinic, theo)


async def test_whoever_has_a_second_factor_proves_it_as_well(clinic: Clinic, theo: Person) -> None:
    app, codes = await enrol(clinic, theo.tokens)
    clinic.clock.move(minutes=6)
    code = app.code(clinic.clock.now())
    missing = await step_up(clinic, theo.tokens, password=PASSWORD)
    assert [each["pointer"] for each in missing.json()["errors"]] == ["/code"]
    wrong = "000000" if code != "000000" else "000001"
    for proof in ({"password": WRONG, "code": code}, {"password": PASSWORD, "code": wrong}):
        assert (await step_up(clinic, theo.tokens, **proof)).json()["code"] == "not_proven"
    assert (await step_up(clinic, theo.tokens, password=PASSWORD, code=code)).status_code == 200
    assert (await step_up(clinic, theo.tokens, password=PASSWORD, code=code)).status_code == 403
    assert (await step_up(clinic, theo.tokens, password=PASSWORD, code=codes[3])).status_code == 200


async def test_guesses_in_one_sign_in_delay_no_other(clinic: Clinic, theo: Person) -> None:
    stolen = dict(theo.tokens)
    mine = (await sign_in(clinic)).json()
    answers = [await step_up(clinic, stolen, password=WRONG) for _ in range(FREE_GUESSES + 2)]
    assert [each.status_code for each in answers] == [403] * FREE_GUESSES + [429] * 2
    assert (await step_up(clinic, mine)).status_code == 200
    assert (await sign_in(clinic)).status_code == 200


async def test_a_phone_proves_itself_by_its_newest_refresh_token(clinic: Clinic, theo: Person, ana: Person) -> None:
    tablet = await clinic.pair(theo, ana.id)
    for proof, expected in (
        ({"refresh_token": tablet.tokens["refresh_token"]}, 403),
        ({"refresh_token": ana.tokens["access_token"]}, 403),
        ({"password": PASSWORD}, 400),
        ({"refresh_token": ana.tokens["refresh_token"]}, 200),
    ):
        assert (await step_up(clinic, ana.tokens, **proof)).status_code == expected
    old = ana.tokens
    ana.tokens = (await clinic.http.post("/v1/auth/refresh", json=old)).json()
    assert (await step_up(clinic, ana.tokens, refresh_token=old["refresh_token"])).status_code == 403
