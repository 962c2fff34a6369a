import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from support.clinic import NOON, PASSWORD, Clinic, Person, told

from server.accounts.models import DeviceRow, MemberRow
from server.accounts.tokens import Token, read_token
from server.audit.models import AuditRow
from server.db.unit import unit_of_work

Tokens = dict[str, Any]
Act = tuple[str, float]

# An answer lost up to three times, each time asked for again soon enough; else any time may pass.
LOSSES = st.lists(st.tuples(st.just("lose"), st.floats(0, 298)), max_size=3)
HONEST = st.one_of(
    LOSSES.map(lambda lost: [*lost, ("refresh", 0.0)]),
    st.floats(0, 3_000_000).map(lambda seconds: [("wait", seconds), ("refresh", 0.0)]),
)
ANYONE = st.sampled_from(["refresh", "lose", "steal", "thief", "wait"])
ELEVEN_MINUTES = 660.0
BOUNDED = settings(
    max_examples=settings().max_examples // 8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Story:
    """A phone and, once it has stolen a token, a thief; each holds the tokens it was last answered with."""

    def __init__(self, clinic: Clinic, phone: Tokens) -> None:
        self.clinic = clinic
        self.phone = phone
        self.thief: Tokens | None = None

    async def act(self, what: str, seconds: float) -> None:
        self.clinic.clock.move(seconds=seconds)
        if what == "steal":
            self.thief = self.phone
        elif what == "thief":
            await self.thief_refreshes()
        elif what != "wait":
            answer = await refresh(self.clinic, self.phone)
            if what == "refresh" and answer.status_code == 200:
                self.phone = answer.json()

    async def thief_refreshes(self) -> bool:
        answer = await refresh(self.clinic, self.thief) if self.thief else None
        if answer is None or answer.status_code != 200:
            return False
        self.thief = answer.json()
        return True


async def refresh(clinic: Clinic, tokens: Tokens | str) -> httpx.Response:
    text = tokens if isinstance(tokens, str) else tokens["refresh_token"]
    return await clinic.http.post("/v1/auth/refresh", json={"refresh_token": text})


async def rotate(clinic: Clinic, tokens: Tokens) -> Tokens:
    answer = await refresh(clinic, tokens)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def works(clinic: Clinic, tokens: Tokens) -> bool:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return (await clinic.http.post("/v1/me/outbox", headers=headers, json={"items": []})).status_code != 401


async def code_of(clinic: Clinic, tokens: Tokens | str) -> str:
    return str((await refresh(clinic, tokens)).json()["code"])


async def test_a_refresh_rotates_both_tokens(clinic: Clinic, ana: Person) -> None:
    first = ana.tokens
    second = await rotate(clinic, first)
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert [second[k] for k in ("subject_id", "device_id", "role")] == [ana.id, first["device_id"], "client"]
    assert await works(clinic, second)
    assert not await works(clinic, first)
    third = await rotate(clinic, second)
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3


async def test_a_lost_answer_is_given_again_byte_for_byte_for_ten_minutes(clinic: Clinic, ana: Person) -> None:
    lost = again = await refresh(clinic, ana.tokens)
    for _ in range(2):
        clinic.clock.move(minutes=5, microseconds=-1)
        again = await refresh(clinic, ana.tokens)
        assert told(again) == told(lost)
    assert await works(clinic, again.json())


async def test_the_same_answer_comes_to_two_refreshes_at_once(clinic: Clinic, ana: Person) -> None:
    answers = await asyncio.gather(*(refresh(clinic, ana.tokens) for _ in range(4)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.text for each in answers}) == 1
    assert await works(clinic, answers[0].json())


async def test_reuse_after_ten_minutes_ends_the_family_and_stays_ended(clinic: Clinic, ana: Person) -> None:
    newest = await rotate(clinic, ana.tokens)
    clinic.clock.move(minutes=10)
    refused = await refresh(clinic, ana.tokens)
    assert (refused.status_code, refused.json()["code"]) == (401, "token_reused")
    assert await code_of(clinic, newest) == "signed_out"
    assert not await works(clinic, newest)
    assert await code_of(clinic, ana.tokens) == "signed_out"


async def test_reuse_a_generation_later_ends_the_family_at_once(clinic: Clinic, ana: Person) -> None:
    second = await rotate(clinic, ana.tokens)
    newest = await rotate(clinic, second)
    assert await works(clinic, newest)
    assert await code_of(clinic, ana.tokens) == "token_reused"
    assert not await works(clinic, newest)
    assert await code_of(clinic, newest) == "signed_out"


async def test_a_theft_ends_one_sign_in_and_no_other(clinic: Clinic, theo: Person, ana: Person) -> None:
    tablet = await clinic.pair(theo, ana.id)
    await rotate(clinic, await rotate(clinic, ana.tokens))
    assert await code_of(clinic, ana.tokens) == "token_reused"
    assert await works(clinic, tablet.tokens)
    assert await works(clinic, theo.tokens)


async def test_a_phone_stays_signed_in_for_90_idle_days(clinic: Clinic, ana: Person) -> None:
    clinic.clock.move(days=90, microseconds=-1)
    second = await rotate(clinic, ana.tokens)
    clinic.clock.move(days=90, microseconds=-1)
    third = await rotate(clinic, second)
    clinic.clock.move(days=90)
    assert await code_of(clinic, third) == "signed_out"


async def test_a_phone_pairs_again_after_a_year(clinic: Clinic, ana: Person) -> None:
    tokens = ana.tokens
    for _ in range(4):
        clinic.clock.move(days=89)
        tokens = await rotate(clinic, tokens)
    clinic.clock.at = NOON + timedelta(days=365, seconds=-60)
    tokens = await rotate(clinic, tokens)
    assert tokens["expires_in"] == 60
    assert await works(clinic, tokens)
    clinic.clock.move(seconds=60)
    assert await code_of(clinic, tokens) == "signed_out"
    assert not await works(clinic, tokens)


async def theo_signs_in(clinic: Clinic) -> Tokens:
    answer = await clinic.http.post("/v1/auth/sign-in", json={"email": "theo@clinic.example", "password": PASSWORD})
    return dict(answer.json())


async def test_staff_are_signed_out_after_30_idle_minutes_and_12_hours(clinic: Clinic, theo: Person) -> None:
    idle = (
        await clinic.http.post("/v1/auth/sign-in", json={"email": "theo@clinic.example", "password": PASSWORD})
    ).json()
    tokens = theo.tokens
    clinic.clock.move(minutes=30)
    assert await code_of(clinic, idle) == "signed_out"
    assert await code_of(clinic, tokens) == "signed_out"
    tokens = (
        await clinic.http.post("/v1/auth/sign-in", json={"email": "theo@clinic.example", "password": PASSWORD})
    ).json()
    for _ in range(24):
        clinic.clock.move(minutes=30, seconds=-1)
        tokens = await rotate(clinic, tokens)
    assert tokens["expires_in"] == 24
    clinic.clock.move(seconds=24)
    assert not await works(clinic, tokens)
    assert await code_of(clinic, tokens) == "signed_out"


async def test_what_is_no_refresh_token_of_ours_changes_nothing(clinic: Clinic, ana: Person) -> None:
    refresh_token, access_token = ana.tokens["refresh_token"], ana.tokens["access_token"]
    for text in ("x", access_token, refresh_token[:-1], refresh_token + "=", f" {refresh_token}", "gwr_é", "gwr_" * 40):
        assert await code_of(clinic, text) == "signed_out", text
    assert (await refresh(clinic, "x" * 257)).status_code == 400
    assert await rotate(clinic, ana.tokens)


async def test_a_forged_token_with_the_right_ids_ends_nothing(clinic: Clinic, ana: Person) -> None:
    genuine = read_token(ana.tokens["refresh_token"], "gwr")
    assert genuine
    for secret in (bytes(32), genuine.secret[:16] + bytes(16), bytes(16) + genuine.secret[16:]):
        forged = Token(organisation=genuine.organisation, sign_in=genuine.sign_in, secret=secret)
        assert await code_of(clinic, forged.text("gwr")) == "signed_out"
    assert await works(clinic, await rotate(clinic, ana.tokens))


async def test_a_theft_is_in_the_audit(clinic: Clinic, ana: Person) -> None:
    await rotate(clinic, await rotate(clinic, ana.tokens))
    await refresh(clinic, ana.tokens)
    async with unit_of_work(clinic.sessions, writes=False) as session:
        (entry,) = await session.scalars(select(AuditRow).where(AuditRow.action == "tokenReused"))
    assert (str(entry.actor_id), entry.actor_role, str(entry.client_id)) == (ana.id, "client", ana.id)


async def end(clinic: Clinic, row: Any, key: str) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(row).where(row.id == UUID(key)).values(ended_at=clinic.clock.now()))


async def test_an_ended_phone_is_out_at_its_next_request_and_refresh(clinic: Clinic, theo: Person, ana: Person) -> None:
    tablet = await clinic.pair(theo, ana.id)
    await end(clinic, DeviceRow, ana.tokens["device_id"])
    assert not await works(clinic, ana.tokens)
    assert await code_of(clinic, ana.tokens) == "signed_out"
    assert await works(clinic, await rotate(clinic, tablet.tokens))


async def test_an_ended_member_is_out_at_their_next_request_and_refresh(clinic: Clinic, theo: Person) -> None:
    await end(clinic, MemberRow, theo.id)
    assert not await works(clinic, theo.tokens)
    assert await code_of(clinic, theo.tokens) == "signed_out"


async def test_a_new_role_counts_at_once_and_in_the_next_tokens(clinic: Clinic, theo: Person) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(MemberRow).where(MemberRow.id == UUID(theo.id)).values(role="author"))
    headers = {"Authorization": f"Bearer {theo.tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=headers)).status_code == 403
    assert (await rotate(clinic, theo.tokens))["role"] == "author"


@BOUNDED
@given(st.lists(HONEST, max_size=8))
@example([[("lose", 0.0), ("lose", 298.0), ("lose", 298.0), ("refresh", 0.0)]])
async def test_no_honest_phone_is_ever_signed_out(clinic: Clinic, theo: Person, acts: list[list[Act]]) -> None:
    clinic.clock.at = NOON
    theo.tokens = await theo_signs_in(clinic)
    story = Story(clinic, (await clinic.phone(theo, "Ana")).tokens)
    for what, seconds in (act for each in acts for act in each):
        await story.act(what, seconds)
    assert (await refresh(clinic, story.phone)).status_code == 200


@BOUNDED
@given(st.lists(st.tuples(ANYONE, st.sampled_from([0.0, 30.0, 400.0, ELEVEN_MINUTES])), max_size=12))
@example([("steal", 0.0)])
@example([("steal", 0.0), ("refresh", 0.0), ("thief", 0.0)])
@example([("lose", 0.0), ("steal", 0.0), ("thief", 30.0), ("refresh", 30.0)])
async def test_no_theft_goes_unnoticed_once_both_have_refreshed(clinic: Clinic, theo: Person, acts: list[Act]) -> None:
    clinic.clock.at = NOON
    theo.tokens = await theo_signs_in(clinic)
    story = Story(clinic, (await clinic.phone(theo, "Ana")).tokens)
    for what, seconds in acts:
        await story.act(what, seconds)
    clinic.clock.move(seconds=ELEVEN_MINUTES)
    if await story.thief_refreshes():
        clinic.clock.move(seconds=ELEVEN_MINUTES)
        assert (await refresh(clinic, story.phone)).json()["code"] == "token_reused"
        assert not await story.thief_refreshes()
        assert not await works(clinic, story.phone)
