import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update
from support.clinic import NOON, PASSWORD, Clinic, Person, told
from support.problems import words

from server.accounts.members import hash_email
from server.accounts.models import MemberRow, OrganisationRow
from server.auth import passwords
from server.auth.guessing import FREE_GUESSES, LONGEST_DELAY, buckets
from server.auth.models import GuessRow
from server.db.unit import unit_of_work

THEO, NOBODY = "theo@clinic.example", "nobody@clinic.example"
# Where the requests of tests come from.
HERE = "127.0.0.1"


async def sign_in(clinic: Clinic, email: str = THEO, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await clinic.http.post("/v1/auth/sign-in", json={"email": email, "password": password, **more})


async def guess(clinic: Clinic, times: int, email: str = THEO) -> list[httpx.Response]:
    return [await sign_in(clinic, email, "a wrong password") for _ in range(times)]


async def counted(clinic: Clinic, email: str) -> int | None:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        house = (await session.scalars(select(OrganisationRow.id))).one()
        account = hash_email(clinic.keys, house, email)
        own, *_ = buckets(clinic.keys, house, "password", account, HERE, None)
        return await session.scalar(select(GuessRow.count).where(GuessRow.bucket == own.key))


async def test_a_member_signs_in_by_password(clinic: Clinic, theo: Person) -> None:
    answer = await sign_in(clinic)
    tokens = answer.json()
    assert answer.status_code == 200
    assert (tokens["subject_id"], tokens["role"]) == (theo.id, "therapist")
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert "device_id" not in tokens
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=headers)).status_code == 200


async def test_two_sign_ins_share_no_token(clinic: Clinic, theo: Person) -> None:
    first, second = (await sign_in(clinic)).json(), (await sign_in(clinic)).json()
    assert len({t[k] for t in (first, second, theo.tokens) for k in ("access_token", "refresh_token")}) == 6


@pytest.mark.usefixtures("theo")
async def test_the_answer_to_a_sign_in_is_kept_by_nobody(clinic: Clinic) -> None:
    assert (await sign_in(clinic)).headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("theo")
async def test_case_of_an_e_mail_address_does_not_matter(clinic: Clinic) -> None:
    assert (await sign_in(clinic, "Theo@Clinic.EXAMPLE")).status_code == 200
    await guess(clinic, 2, "THEO@clinic.example")
    assert await counted(clinic, THEO) == 2


@pytest.mark.usefixtures("theo")
async def test_a_wrong_password_and_an_unknown_account_answer_alike(clinic: Clinic) -> None:
    wrong, unknown = await sign_in(clinic, THEO, "a wrong password"), await sign_in(clinic, NOBODY)
    assert told(wrong) == told(unknown)
    assert wrong.status_code == 401
    assert wrong.json()["code"] == "wrong_credentials"
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.usefixtures("theo")
async def test_an_unknown_account_costs_the_same_password_check(clinic: Clinic) -> None:
    with patch.object(passwords, "_matches", wraps=passwords._matches) as check:  # noqa: SLF001 - counts the hashing
        await sign_in(clinic, THEO, "a wrong password")
        await sign_in(clinic, NOBODY, "a wrong password")
    stored, unknown = (call.args[0] for call in check.call_args_list)
    assert stored != unknown
    assert unknown == passwords.NOBODY


async def test_a_member_who_has_left_is_an_unknown_account(clinic: Clinic, theo: Person) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(MemberRow).where(MemberRow.id == UUID(theo.id)).values(ended_at=NOON))
    assert told(await sign_in(clinic)) == told(await sign_in(clinic, NOBODY))
    assert theo.id not in (await sign_in(clinic)).text


@pytest.mark.parametrize("email", [THEO, NOBODY])
async def test_ten_wrong_guesses_are_free_and_then_the_wait_doubles(clinic: Clinic, theo: Person, email: str) -> None:
    assert theo.id
    assert [each.status_code for each in await guess(clinic, FREE_GUESSES, email)] == [401] * FREE_GUESSES
    waits = []
    for _ in range(6):
        (refused,) = await guess(clinic, 1, email)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        waits.append(int(refused.headers["Retry-After"]))
        clinic.clock.move(seconds=waits[-1])
        assert [each.status_code for each in await guess(clinic, 1, email)] == [401]
    assert waits == [1, 2, 4, 8, 16, 32]


async def test_the_wait_never_exceeds_an_hour(clinic: Clinic) -> None:
    await clinic.found()
    await guess(clinic, FREE_GUESSES, NOBODY)
    waits = []
    for _ in range(14):
        waits.append(int((await guess(clinic, 1, NOBODY))[0].headers["Retry-After"]))
        clinic.clock.move(seconds=waits[-1])
        await guess(clinic, 1, NOBODY)
    assert waits[-2:] == [LONGEST_DELAY.total_seconds()] * 2


async def test_a_refused_guess_is_not_counted_and_says_when_to_come_back(clinic: Clinic) -> None:
    await clinic.found()
    await guess(clinic, FREE_GUESSES + 5, NOBODY)
    assert await counted(clinic, NOBODY) == FREE_GUESSES
    clinic.clock.move(milliseconds=200)
    assert (await guess(clinic, 1, NOBODY))[0].headers["Retry-After"] == "1"
    clinic.clock.at += timedelta(milliseconds=800)
    assert (await guess(clinic, 1, NOBODY))[0].status_code == 401


@pytest.mark.usefixtures("theo")
async def test_even_the_right_password_waits_its_turn(clinic: Clinic) -> None:
    await guess(clinic, FREE_GUESSES)
    assert (await sign_in(clinic)).status_code == 429
    clinic.clock.move(seconds=1)
    assert (await sign_in(clinic)).status_code == 200


@pytest.mark.usefixtures("theo")
async def test_a_right_password_starts_the_count_again(clinic: Clinic) -> None:
    await guess(clinic, FREE_GUESSES - 1)
    assert await counted(clinic, THEO) == FREE_GUESSES - 1
    assert (await sign_in(clinic)).status_code == 200
    assert await counted(clinic, THEO) is None
    assert [each.status_code for each in await guess(clinic, FREE_GUESSES)] == [401] * FREE_GUESSES


@pytest.mark.usefixtures("theo")
async def test_guesses_at_one_account_delay_no_other(clinic: Clinic) -> None:
    await guess(clinic, FREE_GUESSES + 1, NOBODY)
    assert (await sign_in(clinic)).status_code == 200


@pytest.mark.usefixtures("theo")
@pytest.mark.parametrize("email", [THEO, NOBODY])
async def test_guesses_at_once_are_all_counted(clinic: Clinic, email: str) -> None:
    answers = await asyncio.gather(*(sign_in(clinic, email, "a wrong password") for _ in range(4)))
    assert [each.status_code for each in answers] == [401] * 4
    assert await counted(clinic, email) == 4


@pytest.mark.usefixtures("theo")
async def test_right_passwords_at_once_all_sign_in(clinic: Clinic) -> None:
    await guess(clinic, 1)
    answers = await asyncio.gather(*(sign_in(clinic) for _ in range(4)))
    assert [each.status_code for each in answers] == [200] * 4


async def test_where_there_are_several_clinics_the_handle_says_which(clinic: Clinic, theo: Person) -> None:
    nils = await clinic.member(await clinic.found("elsewhere"), THEO, "elsewhere")
    assert nils.id != theo.id
    assert (await sign_in(clinic, organisation="clinic")).json()["subject_id"] == theo.id
    assert (await sign_in(clinic, organisation="elsewhere")).json()["subject_id"] == nils.id
    without, unknown = await sign_in(clinic), await sign_in(clinic, organisation="unheard-of")
    assert told(without) == told(unknown)
    assert (without.status_code, without.json()["code"]) == (400, "which_organisation")


@pytest.mark.usefixtures("theo")
async def test_guesses_in_one_clinic_delay_nobody_in_another(clinic: Clinic) -> None:
    await clinic.member(await clinic.found("elsewhere"), THEO, "elsewhere")
    for _ in range(FREE_GUESSES + 1):
        await sign_in(clinic, password="a wrong password", organisation="elsewhere")
    assert (await sign_in(clinic, organisation="elsewhere")).status_code == 429
    assert (await sign_in(clinic, organisation="clinic")).status_code == 200


MALFORMED = {
    "empty": (b"{}", ""),
    "no password": (b'{"email": "a@b"}', ""),
    "no address": (b'{"email": "canary-value", "password": "x"}', "/email"),
    "a line break": (b'{"email": "a@b\\nc@d", "password": "x"}', "/email"),
    "too long": (b'{"email": "a@b", "password": "%s"}' % (b"x" * 1025), "/password"),
    "a number": (b'{"email": "a@b", "password": 4711}', "/password"),
    "a handle in capitals": (b'{"email": "a@b", "password": "x", "organisation": "CANARY"}', "/organisation"),
    "null": (b'{"email": "a@b", "password": "x", "organisation": null}', "/organisation"),
    "half a surrogate": (b'{"email": "a@b", "password": "\\ud800"}', ""),
    "not json": (b"email=a@b", ""),
    "NUL": (b'{"email": "a\\u0000@b", "password": "x"}', ""),
    "not UTF-8": (b'{"email": "\xff@b", "password": "x"}', ""),
    "deep": (b'{"email": ' + b"[" * 40 + b"]" * 40 + b"}", ""),
}


async def test_a_malformed_sign_in_is_told_where_and_never_what(clinic: Clinic) -> None:
    await clinic.found()
    for what, (body, pointer) in MALFORMED.items():
        answer = await clinic.http.post("/v1/auth/sign-in", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, what
        assert "canary" not in words(answer).lower(), what
        assert "4711" not in words(answer), what
        assert not pointer or pointer in [each["pointer"] for each in answer.json()["errors"]], what
