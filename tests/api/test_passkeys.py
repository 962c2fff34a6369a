import asyncio
from collections.abc import Callable
from copy import copy
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import func, select, update
from support.authenticator import Authenticator, raw, text
from support.clinic import PASSWORD, Clinic, Person, told

from server.accounts.models import MemberRow, OrganisationRow
from server.audit.models import AuditRow
from server.auth.challenges.models import SpentChallengeRow
from server.auth.passkeys.models import PasskeyRow
from server.db.unit import unit_of_work

Change = Callable[[Authenticator], object]


async def step_up(person: Person) -> None:
    await person.post("/v1/auth/step-up", {"password": PASSWORD})


async def offer(person: Person) -> dict[str, Any]:
    return dict(await person.post("/v1/account/passkeys/options"))


async def add(person: Person, device: Authenticator, label: str = "My phone") -> dict[str, Any]:
    body = {"label": label, "credential": device.create(await offer(person))}
    return dict(await person.post("/v1/account/passkeys", body))


async def refused_addition(person: Person, credential: dict[str, Any]) -> httpx.Response:
    answer = await person.ask("POST", "/v1/account/passkeys", json={"label": "My phone", "credential": credential})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_passkey")
    assert (await person.get("/v1/account/passkeys"))["items"] == []
    return answer


async def options(clinic: Clinic) -> dict[str, Any]:
    answer = await clinic.http.post("/v1/auth/passkey/options")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def sign_in(clinic: Clinic, credential: dict[str, Any], where: str = "passkey") -> httpx.Response:
    return await clinic.http.post(f"/v1/auth/{where}", json={"credential": credential})


async def use(clinic: Clinic, device: Authenticator) -> httpx.Response:
    return await sign_in(clinic, device.use(await options(clinic)))


async def refusal(clinic: Clinic) -> tuple[int, str]:
    """Return the one answer that every refusal is: that of a passkey which nobody has."""
    stranger = Authenticator()
    stranger.handle = bytes(32)
    answer = await use(clinic, stranger)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_passkey")
    return told(answer)


async def count(clinic: Clinic, column: Any, *where: Any) -> int:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return await session.scalar(select(func.count(column)).where(*where)) or 0


async def test_a_member_adds_a_passkey_and_signs_in_without_a_password(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    made = await add(theo, device)
    assert made["label"] == "My phone"
    assert "used_at" not in made
    answer = await use(clinic, device)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    assert (tokens["outcome"], tokens["subject_id"], tokens["role"]) == ("tokens", theo.id, "therapist")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=headers)).status_code == 200
    (listed,) = (await theo.get("/v1/account/passkeys"))["items"]
    assert listed["used_at"]
    assert (await use(clinic, device)).status_code == 200


async def test_the_console_is_given_a_cookie_and_no_token(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    answer = await sign_in(clinic, device.use(await options(clinic)), "console/passkey")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "console")
    assert "__Host-groundwork=" in answer.headers["Set-Cookie"]
    assert "access_token" not in answer.json()


async def test_a_passkey_is_both_factors_where_a_clinic_asks_for_two(clinic: Clinic, theo: Person) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(OrganisationRow).values(needs_second_factor=True))
    owing = await theo.ask("GET", "/v1/clients")
    assert (owing.status_code, owing.json()["code"]) == (403, "second_factor_required")
    device = Authenticator()
    await add(theo, device)
    assert (await theo.ask("GET", "/v1/clients")).status_code == 200
    tokens = (await use(clinic, device)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=headers)).status_code == 200


async def test_who_has_a_passkey_is_not_let_in_by_a_password_alone(clinic: Clinic, theo: Person) -> None:
    await add(theo, Authenticator())
    body = {"email": "theo@clinic.example", "password": PASSWORD}
    answer = (await clinic.http.post("/v1/auth/sign-in", json=body)).json()
    assert (answer["outcome"], answer["kinds"]) == ("second_factor_needed", ["passkey"])


async def test_a_second_passkey_needs_a_fresh_proof(theo: Person, clinic: Clinic) -> None:
    device, second = Authenticator(), Authenticator()
    await add(theo, device)
    for path, body in (("/options", None), ("", {"label": "x", "credential": second.create({**await _any(theo)})})):
        answer = await theo.ask("POST", f"/v1/account/passkeys{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    proof = {"credential": device.use(await options(clinic))}
    await theo.post("/v1/auth/step-up/passkey", proof)
    offered = await offer(theo)
    assert [each["id"] for each in offered["excludeCredentials"]] == [text(device.credential)]
    await add(theo, second, "My key")
    labels = [each["label"] for each in (await theo.get("/v1/account/passkeys"))["items"]]
    assert labels == ["My phone", "My key"]


async def _any(person: Person) -> dict[str, Any]:
    handle = text(UUID(int=0).bytes + UUID(person.id).bytes)
    return {"user": {"id": handle}, "challenge": text(bytes(56))}


async def test_a_fresh_proof_is_the_callers_own_and_works_once(clinic: Clinic, theo: Person) -> None:
    hers, his = Authenticator(), Authenticator()
    kim = await clinic.member(await _house(clinic), "kim@clinic.example")
    await add(kim, hers)
    await add(theo, his)
    foreign = {"credential": hers.use(await options(clinic))}
    own = {"credential": his.use(await options(clinic))}
    wrong = await theo.ask("POST", "/v1/auth/step-up/passkey", json=foreign)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "not_proven")
    assert (await theo.ask("POST", "/v1/auth/step-up/passkey", json=own)).status_code == 200
    assert told(await theo.ask("POST", "/v1/auth/step-up/passkey", json=own)) == told(wrong)


async def _house(clinic: Clinic) -> UUID:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return (await session.scalars(select(OrganisationRow.id))).one()


async def test_a_deleted_passkey_signs_nobody_in(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    path = f"/v1/account/passkeys/{(await add(theo, device))['id']}"
    early = await theo.ask("DELETE", path)
    assert (early.status_code, early.json()["code"]) == (403, "step_up_required")
    await theo.post("/v1/auth/step-up/passkey", {"credential": device.use(await options(clinic))})
    assert (await theo.ask("DELETE", path)).status_code == 204
    assert (await theo.ask("DELETE", path)).status_code == 404
    assert told(await use(clinic, device)) == await refusal(clinic)


async def test_somebody_elses_passkey_is_not_there(clinic: Clinic, theo: Person) -> None:
    kim = await clinic.member(await _house(clinic), "kim@clinic.example")
    hers = Authenticator()
    made = await add(kim, hers)
    await step_up(theo)
    foreign = await theo.ask("DELETE", f"/v1/account/passkeys/{made['id']}")
    nothing = await theo.ask("DELETE", f"/v1/account/passkeys/{UUID(int=0)}")
    assert told(foreign) == told(nothing)
    assert (await theo.get("/v1/account/passkeys"))["items"] == []
    assert (await use(clinic, hers)).status_code == 200


WRONG_USES: list[tuple[str, Change]] = [
    ("origin", lambda device: setattr(device, "origin", "https://localhost.evil.example")),
    ("scheme", lambda device: setattr(device, "origin", "https://localhost:8000")),
    ("rp id", lambda device: setattr(device, "rp_id", "evil.example")),
    ("no user verification", lambda device: setattr(device, "verifies", False)),
    ("a page of another site", lambda device: setattr(device, "crosses", True)),
    ("signature", lambda device: setattr(device, "key", generate_private_key(SECP256R1()))),
    ("nobody", lambda device: setattr(device, "handle", device.handle[:16] + bytes(16))),
    ("clinic of nobody", lambda device: setattr(device, "handle", bytes(16) + device.handle[16:])),
    ("handle", lambda device: setattr(device, "handle", b"short")),
    ("credential", lambda device: setattr(device, "credential", bytes(32))),
]


async def test_every_wrong_use_is_refused_alike(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    refused = {}
    for what, change in WRONG_USES:
        spoilt = copy(device)
        change(spoilt)
        refused[what] = told(await use(clinic, spoilt))
    assert set(refused.values()) == {await refusal(clinic)}, refused
    assert (await use(clinic, device)).status_code == 200


async def test_of_two_answers_at_once_one_signs_in(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    answered = device.use(await options(clinic))
    answers = await asyncio.gather(*(sign_in(clinic, answered) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401]


async def test_an_answer_is_used_once(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    answered = device.use(await options(clinic))
    assert (await sign_in(clinic, answered)).status_code == 200
    assert told(await sign_in(clinic, answered)) == await refusal(clinic)


async def test_a_challenge_is_answered_once_also_by_a_new_signature(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    offered = await options(clinic)
    assert (await sign_in(clinic, device.use(offered))).status_code == 200
    assert told(await sign_in(clinic, device.use(offered))) == await refusal(clinic)


async def test_a_challenge_lives_five_minutes(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    offered = await options(clinic)
    clinic.clock.move(minutes=4, seconds=59)
    assert (await sign_in(clinic, device.use(offered))).status_code == 200
    offered = await options(clinic)
    clinic.clock.move(minutes=5)
    assert told(await sign_in(clinic, device.use(offered))) == await refusal(clinic)


async def test_a_challenge_of_somebody_elses_making_is_refused(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    creation = await offer(theo)
    await add(theo, device)
    genuine = raw((await options(clinic))["challenge"])
    longer = genuine[:16] + (int.from_bytes(genuine[16:24]) + 3600).to_bytes(8) + genuine[24:]
    for challenge in (creation["challenge"], text(longer), text(bytes(56)), text(b"short")):
        assert told(await sign_in(clinic, device.use({"challenge": challenge}))) == await refusal(clinic)


async def test_another_members_credential_does_not_open_ones_own_account(clinic: Clinic, theo: Person) -> None:
    kim = await clinic.member(await _house(clinic), "kim@clinic.example")
    hers, his = Authenticator(), Authenticator()
    await add(kim, hers)
    await add(theo, his)
    hers.handle = his.handle
    assert told(await use(clinic, hers)) == await refusal(clinic)


async def test_an_ended_member_is_a_stranger(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(MemberRow).values(ended_at=clinic.clock.now()))
    assert told(await use(clinic, device)) == await refusal(clinic)


async def test_a_counter_that_goes_back_is_refused_and_audited(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    passkey = UUID((await add(theo, device))["id"])
    device.counter = 7
    assert (await use(clinic, device)).status_code == 200
    for before in (7, 3, -1):
        device.counter = before
        assert told(await use(clinic, device)) == await refusal(clinic) or before == 7
        device.counter = 8
    copies = (AuditRow.action == "passkeyCopied", AuditRow.object_id == passkey, AuditRow.actor_id == UUID(theo.id))
    assert await count(clinic, AuditRow.number, *copies) == 3
    device.counter = 8
    assert (await use(clinic, device)).status_code == 200


async def test_what_nobody_signed_is_not_audited(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    device.counter = 7
    assert (await use(clinic, device)).status_code == 200
    device.counter, device.key = 0, generate_private_key(SECP256R1())
    assert (await use(clinic, device)).status_code == 401
    assert await count(clinic, AuditRow.number, AuditRow.action == "passkeyCopied") == 0


async def test_a_device_that_does_not_count_signs_in_again_and_again(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    for _ in range(2):
        device.counter = -1
        assert (await use(clinic, device)).status_code == 200


async def test_every_wrong_creation_is_refused_alike(theo: Person) -> None:
    refused = {}
    for what, change in WRONG_USES[:5]:
        device = Authenticator()
        change(device)
        refused[what] = told(await refused_addition(theo, device.create(await offer(theo))))
    nonsense = Authenticator().create(await offer(theo), attestationObject=text(b"nonsense"))
    assert set(refused.values()) == {told(await refused_addition(theo, nonsense))}
    await add(theo, Authenticator())


async def test_a_passkey_is_made_for_who_asked_and_once(clinic: Clinic, theo: Person) -> None:
    kim = await clinic.member(await _house(clinic), "kim@clinic.example")
    device = Authenticator()
    await refused_addition(theo, device.create(await offer(kim)))
    late = await offer(theo)
    clinic.clock.move(minutes=5)
    await refused_addition(theo, device.create(late))
    await refused_addition(theo, device.create(await options(clinic) | {"user": {"id": text(bytes(32))}}))
    made = device.create(await offer(theo))
    await theo.post("/v1/account/passkeys", {"label": "Mine", "credential": made})
    assert (await refused_addition(kim, made)).status_code == 400
    await refused_addition(kim, device.create(await offer(kim)))


async def test_options_are_the_same_for_everybody_and_leave_nothing_behind(clinic: Clinic, theo: Person) -> None:
    before = [await options(clinic) for _ in range(2)]
    await add(theo, Authenticator())
    spent = await count(clinic, SpentChallengeRow.challenge_hash)
    after = await options(clinic)
    lengths = {len(each.pop("challenge")) for each in (*before, after)}
    assert (len(lengths), before[0] == before[1] == after) == (1, True)
    assert after["allowCredentials"] == []
    assert after["userVerification"] == "required"
    assert await count(clinic, SpentChallengeRow.challenge_hash) == spent == 1


async def test_spent_challenges_are_forgotten_when_they_have_expired(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device)
    assert (await use(clinic, device)).status_code == 200
    assert await count(clinic, SpentChallengeRow.challenge_hash) == 2
    clinic.clock.move(minutes=6)
    assert (await use(clinic, device)).status_code == 200
    assert await count(clinic, SpentChallengeRow.challenge_hash) == 1


async def test_labels_and_credentials_are_sealed(clinic: Clinic, theo: Person) -> None:
    device = Authenticator()
    await add(theo, device, "a canary label")
    async with unit_of_work(clinic.sessions, writes=False) as session:
        row = (await session.scalars(select(PasskeyRow))).one()
    stored = b"".join((row.label, row.credential, row.credential_hash, row.public_key))
    assert b"a canary label" not in stored
    assert device.credential not in stored
    assert text(device.credential).encode() not in stored
    assert device.key.public_key().public_numbers().x.to_bytes(32) in stored
