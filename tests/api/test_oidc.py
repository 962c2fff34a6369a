import asyncio
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import patch
from uuid import UUID

import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import func, select, update
from support.authenticator import Authenticator
from support.clinic import PASSWORD, Clinic, Person, told
from support.provider import CLIENT_ID, SECRET, Door, Provider, new_key, serving_door

from server.accounts.models import MemberRow, OrganisationRow
from server.audit.models import AuditRow
from server.auth.oidc import asking, configure, schemas
from server.auth.oidc.models import OidcLinkRow, OidcProviderRow
from server.auth.oidc.providers import FRESH
from server.db.tenancy import enter
from server.db.unit import unit_of_work

CONFIGURATION = "/.well-known/openid-configuration"


@pytest.fixture(scope="session")
def key() -> RSAKey:
    return new_key()


@pytest.fixture(scope="session")
def other_key() -> RSAKey:
    return new_key("second")


@pytest.fixture(scope="module")
async def door() -> AsyncIterator[Door]:
    async with serving_door() as door:
        yield door


@pytest.fixture
async def provider(clinic: Clinic, theo: Person, door: Door, key: RSAKey, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider of the clinic that Theo works at."""
    assert theo.id
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    await set_up(clinic, door.issuer)
    return door.opened(clinic.clock, key)


async def set_up(clinic: Clinic, issuer: str, client_id: str = CLIENT_ID, *, only: bool = False) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        house = (await session.scalars(select(OrganisationRow.id))).one()
        await enter(session, house)
        told = schemas.Provider(organisation=house, issuer=issuer, client_id=client_id, client_secret=SECRET)
        await configure.set_provider(session, clinic.keys, told, only=only, now=clinic.clock.now())


async def start(clinic: Clinic) -> dict[str, Any]:
    answer = await clinic.http.post("/v1/auth/oidc/start", json={})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def finish(clinic: Clinic, started: dict[str, Any], query: dict[str, str], where: str = "oidc") -> httpx.Response:
    body = {"binding": started["binding"], **query}
    return await clinic.http.post(f"/v1/auth/{where}/finish", json=body)


async def sign_in(clinic: Clinic, provider: Provider) -> httpx.Response:
    started = await start(clinic)
    return await finish(clinic, started, provider.approve(started["authorization_url"]))


async def refusal(clinic: Clinic) -> tuple[int, str]:
    """Return the one answer that every refusal is: that of a state which nobody began."""
    body = {"binding": "a", "state": "a", "code": "a"}
    answer = await clinic.http.post("/v1/auth/oidc/finish", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    return told(answer)


async def links(clinic: Clinic) -> int:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return await session.scalar(select(func.count(OidcLinkRow.member_id))) or 0


async def change_theo(clinic: Clinic, **values: Any) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(MemberRow).values(**values))


async def test_a_member_signs_in_by_the_clinics_provider(clinic: Clinic, theo: Person, provider: Provider) -> None:
    answer = await sign_in(clinic, provider)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    assert (tokens["outcome"], tokens["subject_id"], tokens["role"]) == ("tokens", theo.id, "therapist")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=headers)).status_code == 200
    assert await links(clinic) == 1
    assert (await sign_in(clinic, provider)).status_code == 200
    assert provider.asked == [CONFIGURATION, "/token", "/keys", "/token"]


async def test_the_console_is_given_a_cookie_and_no_token(clinic: Clinic, provider: Provider) -> None:
    started = await start(clinic)
    answer = await finish(clinic, started, provider.approve(started["authorization_url"]), "console/oidc")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "console")
    assert "__Host-groundwork=" in answer.headers["Set-Cookie"]


async def test_the_provider_is_a_second_factor_where_a_clinic_asks_for_one(clinic: Clinic, provider: Provider) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(OrganisationRow).values(needs_second_factor=True))
    tokens = (await sign_in(clinic, provider)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=headers)).status_code == 200


async def test_keys_on_elliptic_curves_and_secrets_in_the_form_are_understood(
    clinic: Clinic, provider: Provider
) -> None:
    provider.keys = [ECKey.generate_key("P-256", {"kid": "curve", "use": "sig", "alg": "ES256"})]
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await sign_in(clinic, provider)).status_code == 200


async def test_who_is_linked_is_known_by_their_subject_whatever_their_address(
    clinic: Clinic, provider: Provider
) -> None:
    assert (await sign_in(clinic, provider)).status_code == 200
    provider.claims = {"email": "married@clinic.example", "email_verified": False}
    assert (await sign_in(clinic, provider)).status_code == 200
    provider.claims = {"sub": "somebody new with an old address"}
    assert told(await sign_in(clinic, provider)) == await refusal(clinic)
    assert await links(clinic) == 1


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another client"},
    {"aud": None},
    {"aud": [CLIENT_ID, "another client"]},
    {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
    {"azp": "another client"},
    {"iss": "https://another.example"},
    {"iss": None},
    {"exp": 1},
    {"exp": None},
    {"exp": "never"},
    {"iat": None},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"at_hash": "another token's"},
    {"email_verified": False},
    {"email_verified": None},
    {"email_verified": "true"},
    {"email": "nobody@clinic.example"},
    {"email": ["theo@clinic.example"]},
    {"email": None},
]


async def test_every_wrong_claim_is_refused_alike(clinic: Clinic, provider: Provider) -> None:
    told_each = {}
    for claims in WRONG_CLAIMS:
        provider.claims = claims
        told_each[str(claims)] = told(await sign_in(clinic, provider))
    assert set(told_each.values()) == {await refusal(clinic)}, told_each
    assert await links(clinic) == 0
    provider.claims = {}
    assert (await sign_in(clinic, provider)).status_code == 200


async def test_a_token_may_be_a_minute_off_and_no_more(clinic: Clinic, provider: Provider) -> None:
    now = int(clinic.clock.now().timestamp())
    for claims, status in (
        ({"exp": now - 59}, 200),
        ({"exp": now - 60}, 401),
        ({"iat": now + 60}, 200),
        ({"iat": now + 61}, 401),
        ({"nbf": now + 61}, 401),
    ):
        provider.claims = claims
        assert (await sign_in(clinic, provider)).status_code == status, claims


async def test_every_wrong_signature_is_refused_alike(clinic: Clinic, provider: Provider) -> None:
    curve = ECKey.generate_key("P-256", {"kid": provider.keys[0].kid, "alg": "ES256"})
    forgeries: list[tuple[dict[str, Any], ECKey | None]] = [
        ({"alg": "none"}, None),
        ({"alg": "HS256"}, None),
        ({"alg": "RS384"}, None),
        ({"crit": ["unheard-of"], "unheard-of": "a"}, None),
        ({}, curve),
    ]
    for header, signs_with in forgeries:
        provider.header, provider.signs_with = header, signs_with
        assert told(await sign_in(clinic, provider)) == await refusal(clinic), header
    assert await links(clinic) == 0
    provider.header, provider.signs_with = {}, None
    assert (await sign_in(clinic, provider)).status_code == 200


async def test_another_key_of_the_same_kind_signs_for_nobody(
    clinic: Clinic, provider: Provider, other_key: RSAKey
) -> None:
    provider.signs_with = RSAKey.import_key(other_key.as_dict(private=True) | {"kid": provider.keys[0].kid})
    assert told(await sign_in(clinic, provider)) == await refusal(clinic)


async def test_new_keys_of_a_provider_are_fetched_once(clinic: Clinic, provider: Provider, other_key: RSAKey) -> None:
    assert (await sign_in(clinic, provider)).status_code == 200
    old, provider.keys = provider.keys[0], [other_key]
    assert (await sign_in(clinic, provider)).status_code == 200
    assert provider.asked.count("/keys") == 2
    provider.signs_with = old
    assert told(await sign_in(clinic, provider)) == await refusal(clinic)
    assert provider.asked.count("/keys") == 3


async def test_what_a_provider_says_of_itself_is_believed_for_ten_minutes(clinic: Clinic, provider: Provider) -> None:
    await start(clinic)
    clinic.clock.at += FRESH / 2
    await start(clinic)
    assert provider.asked == [CONFIGURATION]
    clinic.clock.at += FRESH / 2
    await start(clinic)
    assert provider.asked == [CONFIGURATION] * 2


async def test_a_state_works_once(clinic: Clinic, provider: Provider) -> None:
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    assert (await finish(clinic, started, query)).status_code == 200
    asked = len(provider.asked)
    assert told(await finish(clinic, started, query)) == await refusal(clinic)
    again = provider.approve(started["authorization_url"])
    assert told(await finish(clinic, started, again)) == await refusal(clinic)
    assert len(provider.asked) == asked


async def test_of_two_answers_at_once_one_signs_in(clinic: Clinic, provider: Provider) -> None:
    started = await start(clinic)
    queries = [provider.approve(started["authorization_url"]) for _ in range(4)]
    answers = await asyncio.gather(*(finish(clinic, started, each) for each in queries))
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401]


async def test_a_state_that_was_refused_is_spent_as_well(clinic: Clinic, provider: Provider) -> None:
    started = await start(clinic)
    provider.claims = {"email_verified": False}
    assert (await finish(clinic, started, provider.approve(started["authorization_url"]))).status_code == 401
    provider.claims = {}
    assert (await finish(clinic, started, provider.approve(started["authorization_url"]))).status_code == 401


async def test_a_state_is_bound_to_its_browser_its_time_and_its_letters(clinic: Clinic, provider: Provider) -> None:
    started, other = await start(clinic), await start(clinic)
    query = provider.approve(started["authorization_url"])
    state = query["state"]
    wrong = [
        (other, query),
        (started, {**query, "state": provider.approve(other["authorization_url"])["state"]}),
        (started, {**query, "state": state[:-2] + ("AA" if state[-2:] != "AA" else "BB")}),
        (started, {**query, "state": "A" * len(state)}),
        (started, {**query, "state": f"{state}A"}),
    ]
    for each in wrong:
        assert told(await finish(clinic, *each)) == await refusal(clinic)
    assert "/token" not in provider.asked
    clinic.clock.move(minutes=10)
    assert told(await finish(clinic, started, query)) == await refusal(clinic)


async def test_a_code_of_another_browser_is_refused(clinic: Clinic, provider: Provider) -> None:
    mine, foreign = await start(clinic), await start(clinic)
    query = provider.approve(mine["authorization_url"])
    stolen = provider.approve(foreign["authorization_url"])["code"]
    assert told(await finish(clinic, mine, {**query, "code": stolen})) == await refusal(clinic)
    assert told(await finish(clinic, foreign, {**query, "code": "made up"})) == await refusal(clinic)


async def test_an_answer_in_another_issuers_name_never_reaches_the_token_endpoint(
    clinic: Clinic, provider: Provider
) -> None:
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    assert told(await finish(clinic, started, {**query, "iss": "https://another.example"})) == await refusal(clinic)
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    del query["iss"]
    assert told(await finish(clinic, started, query)) == await refusal(clinic)
    assert "/token" not in provider.asked


async def test_a_provider_that_names_no_issuer_in_its_answers_needs_none(clinic: Clinic, provider: Provider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": False}
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    del query["iss"]
    assert (await finish(clinic, started, query)).status_code == 200


async def test_a_way_that_began_towards_another_provider_or_client_ends_nowhere(
    clinic: Clinic, provider: Provider
) -> None:
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    for issuer, client_id in (("https://another.example", CLIENT_ID), (provider.issuer, "another client")):
        await set_up(clinic, issuer, client_id)
        assert told(await finish(clinic, started, query)) == await refusal(clinic)
    assert "/token" not in provider.asked
    await set_up(clinic, provider.issuer)
    assert (await finish(clinic, started, query)).status_code == 200


async def test_an_ended_member_is_a_stranger_linked_or_not(clinic: Clinic, provider: Provider) -> None:
    await change_theo(clinic, ended_at=clinic.clock.now())
    assert told(await sign_in(clinic, provider)) == await refusal(clinic)
    await change_theo(clinic, ended_at=None)
    assert (await sign_in(clinic, provider)).status_code == 200
    await change_theo(clinic, ended_at=clinic.clock.now())
    assert told(await sign_in(clinic, provider)) == await refusal(clinic)


async def test_members_of_another_clinic_are_strangers(clinic: Clinic, provider: Provider) -> None:
    elsewhere = await clinic.found("elsewhere")
    await clinic.member(elsewhere, "nils@elsewhere.example", "elsewhere")
    provider.claims = {"sub": "nils", "email": "nils@elsewhere.example"}
    answer = await clinic.http.post("/v1/auth/oidc/start", json={"organisation": "clinic"})
    started = answer.json()
    wrong = await finish(clinic, started, provider.approve(started["authorization_url"]))
    assert told(wrong) == await refusal(clinic)
    none = await clinic.http.post("/v1/auth/oidc/start", json={"organisation": "elsewhere"})
    assert (none.status_code, none.json()["code"]) == (400, "no_provider")
    unsaid = await clinic.http.post("/v1/auth/oidc/start", json={})
    assert unsaid.json()["code"] == "which_organisation"


FAILURES: list[tuple[str, tuple[int, dict[str, str], bytes]]] = [
    (CONFIGURATION, (500, {}, b"")),
    (CONFIGURATION, (302, {"Location": "/elsewhere"}, b"")),
    (CONFIGURATION, (200, {}, b"<html>")),
    (CONFIGURATION, (200, {}, b"{}")),
    ("/token", (500, {}, b"")),
    ("/token", (302, {"Location": "/elsewhere"}, b"")),
    ("/token", (401, {}, b'{"error": "invalid_client"}')),
    ("/token", (400, {}, b'{"error": "invalid_request"}')),
    ("/token", (200, {}, b'{"id_token": 7}')),
    ("/keys", (503, {}, b"")),
    ("/keys", (200, {}, b'{"keys": "many"}')),
]


async def test_a_provider_that_fails_is_said_to_and_can_be_tried_again(clinic: Clinic, provider: Provider) -> None:
    for path, answer in FAILURES:
        clinic.clock.at += FRESH
        failed = await _failed(clinic, provider, path, answer)
        assert (failed.status_code, failed.json()["code"]) == (503, "provider_unavailable"), (path, answer[:2])
        assert failed.headers["Retry-After"] == "30"
    assert "/elsewhere" not in provider.asked
    provider.answers = {}
    assert (await sign_in(clinic, provider)).status_code == 200


async def _failed(
    clinic: Clinic, provider: Provider, path: str, answer: tuple[int, dict[str, str], bytes]
) -> httpx.Response:
    provider.answers = {path: answer} if path == CONFIGURATION else {}
    if path == CONFIGURATION:
        return await clinic.http.post("/v1/auth/oidc/start", json={})
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    provider.answers = {path: answer}
    return await finish(clinic, started, query)


async def test_an_answer_is_read_to_a_limit_and_no_further(clinic: Clinic, provider: Provider) -> None:
    for length, status in ((asking.MOST_BYTES, 200), (asking.MOST_BYTES + 1, 503)):
        clinic.clock.at += FRESH
        whole = msgspec.json.encode(provider.described()).ljust(length)
        provider.answers = {CONFIGURATION: (200, {}, whole)}
        assert (await clinic.http.post("/v1/auth/oidc/start", json={})).status_code == status


async def test_a_failure_at_the_token_endpoint_spends_no_state(clinic: Clinic, provider: Provider) -> None:
    started = await start(clinic)
    query = provider.approve(started["authorization_url"])
    provider.answers = {"/token": (502, {}, b"")}
    assert (await finish(clinic, started, query)).status_code == 503
    provider.answers = {}
    assert (await finish(clinic, started, query)).status_code == 200


async def test_a_provider_that_is_not_there_or_too_slow_is_said_to(clinic: Clinic, theo: Person) -> None:
    await set_up(clinic, "http://127.0.0.1:1")
    answer = await clinic.http.post("/v1/auth/oidc/start", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    with patch.object(asking, "PATIENCE", 0.0):
        assert (await clinic.http.post("/v1/auth/oidc/start", json={})).status_code == 503
    assert theo.id


async def test_what_a_provider_says_of_itself_must_be_its_own_and_safe(clinic: Clinic, provider: Provider) -> None:
    for metadata in (
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://provider.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
    ):
        clinic.clock.at += FRESH
        provider.metadata = metadata
        assert (await clinic.http.post("/v1/auth/oidc/start", json={})).status_code == 503, metadata


async def by_passkey(clinic: Clinic, device: Authenticator) -> httpx.Response:
    offered = (await clinic.http.post("/v1/auth/passkey/options")).json()
    return await clinic.http.post("/v1/auth/passkey", json={"credential": device.use(offered)})


async def test_other_ways_stay_open_unless_the_clinic_closes_them(
    clinic: Clinic, theo: Person, provider: Provider
) -> None:
    body = {"email": "theo@clinic.example", "password": PASSWORD}
    assert (await clinic.http.post("/v1/auth/sign-in", json=body)).status_code == 200
    device = Authenticator()
    made = device.create(await theo.post("/v1/account/passkeys/options"))
    await theo.post("/v1/account/passkeys", {"label": "Mine", "credential": made})
    assert (await by_passkey(clinic, device)).status_code == 200
    await set_up(clinic, provider.issuer, only=True)
    closed = await clinic.http.post("/v1/auth/sign-in", json=body)
    unknown = await clinic.http.post("/v1/auth/sign-in", json={**body, "email": "nobody@clinic.example"})
    assert (closed.status_code, closed.json()["code"]) == (403, "provider_only")
    assert told(closed) == told(unknown)
    assert (await by_passkey(clinic, device)).status_code == 401
    assert (await sign_in(clinic, provider)).status_code == 200


async def test_a_secret_is_sealed_and_every_change_is_audited(clinic: Clinic, provider: Provider) -> None:
    assert (await sign_in(clinic, provider)).status_code == 200
    async with unit_of_work(clinic.sessions, writes=True) as session:
        row = (await session.scalars(select(OidcProviderRow))).one()
        assert SECRET.encode() not in row.client_secret
        link = (await session.scalars(select(OidcLinkRow))).one()
        assert len(link.subject_hash) == 32
        await enter(session, row.organisation_id)
        await configure.remove_provider(session, clinic.keys, row.organisation_id, clinic.clock.now())
        actions = (await session.scalars(select(AuditRow.action).where(AuditRow.actor_role == "operator"))).all()
    assert actions == ["oidc set", "oidc remove"]
    assert await links(clinic) == 0
    assert (await clinic.http.post("/v1/auth/oidc/start", json={})).json()["code"] == "no_provider"


async def test_another_issuer_starts_without_links(clinic: Clinic, provider: Provider) -> None:
    assert (await sign_in(clinic, provider)).status_code == 200
    await set_up(clinic, provider.issuer, only=True)
    assert await links(clinic) == 1
    await set_up(clinic, "https://another.example")
    assert await links(clinic) == 0


def test_a_provider_does_not_show_its_secret() -> None:
    told = schemas.Provider(organisation=UUID(int=0), issuer="https://a", client_id="b", client_secret=SECRET)
    assert SECRET not in repr(told)
