"""One family of tokens on a real database, and all that can happen to it: lost answers, retries, replays, thieves."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import func, insert, select
from support.clinic import KEYS, NOON

from server.accounts.models import ClientRow, OrganisationRow
from server.accounts.tokens import Token, read_token
from server.accounts.work import Visit
from server.audit.models import AuditRow
from server.auth import families
from server.auth.models import SignInRow
from server.auth.schemas import Refresh
from server.db.engine import Sessions, create_engine
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.errors import Problem
from server.kit.ids import new_id
from server.settings import database_url
from server.vault.keyfile import parse
from server.vault.keys import LocalKeys
from server.vault.service import Vault

RETRY = timedelta(minutes=10)
WAITS = st.sampled_from([0, 1, 299, 599, 600, 601, 3600, 86_400])


class House:
    """A clinic on one database, served by an event loop of its own."""

    def __init__(self, runner: asyncio.Runner, sessions: Sessions) -> None:
        listed = parse(KEYS, "keys")
        self.runner = runner
        self.sessions = sessions
        self.keys = LocalKeys(listed.versions, index=listed.index)
        self.organisation, self.client = new_id(), new_id()

    async def found(self) -> None:
        row = OrganisationRow(
            id=self.organisation, handle="clinic", name="C", demo=False, needs_second_factor=False, created_at=NOON
        )
        async with unit_of_work(self.sessions, writes=True) as session:
            await enter(session, self.organisation)
            session.add(row)
            await session.flush()
            await Vault(session, self.keys).add(row.id, row.id, NOON)
            await session.execute(insert(ClientRow).values(self._client()))

    def _client(self) -> dict[str, Any]:
        who: dict[str, Any] = {"organisation_id": self.organisation, "id": self.client, "name": b"", "locale": "en"}
        who |= {"mode": "standard", "grace": 1, "daily_target": 1, "silences": (), "version": 1}
        return {**who, "day_start": time(4), "rest_days": 0, "display": "gentle", "left_out": b"", "created_at": NOON}

    async def begin(self) -> str:
        async with unit_of_work(self.sessions, writes=True) as session:
            await enter(session, self.organisation)
            tokens = families.start_sign_in(
                session, self.organisation, self.client, "client", None, NOON, made_by="pairing"
            )
        return tokens.refresh_token

    async def refresh(self, token: str, now: datetime) -> str:
        """Return the refresh token of the answer, or the code of the problem."""
        try:
            async with unit_of_work(self.sessions, writes=True) as session:
                visit = Visit(session=session, now=now, keys=self.keys)
                return (await families.refresh(visit, Refresh(refresh_token=token))).refresh_token
        except Problem as problem:
            return problem.code

    async def at_once(self, token: str, now: datetime) -> list[str]:
        return list(await asyncio.gather(*(self.refresh(token, now) for _ in range(2))))

    async def ended(self, sign_in: UUID) -> tuple[bool, int]:
        """Return whether a family has ended, and how many thefts of it are in the audit."""
        async with unit_of_work(self.sessions, writes=False) as session:
            await enter(session, self.organisation)
            row = await session.get(SignInRow, (self.organisation, sign_in))
            thefts = select(func.count()).where(AuditRow.object_id == sign_in, AuditRow.action == "tokenReused")
            assert row, "no such sign-in"
            return row.ended_at is not None, await session.scalar(thefts) or 0


@contextmanager
def house(database: str) -> Iterator[House]:
    with asyncio.Runner() as runner:
        engine = create_engine(database_url(database))
        opened = House(runner, Sessions(engine))
        runner.run(opened.found())
        yield opened
        runner.run(engine.dispose())


class Family(RuleBasedStateMachine):
    """What the rules promise of one family, beside what the server does. `house` is set on a subclass."""

    house: House

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.chain = [self._run(self.house.begin())]
        self.rotated_at = NOON
        self.phone = self.chain[0]
        self.thief: str | None = None
        self.over = False

    def _run(self, work: Any) -> Any:
        return self.house.runner.run(work)

    def _present(self, token: str) -> str:
        """Refresh by a token that once was genuine; the answer must be what its place in the chain promises."""
        answers = [self._run(self.house.refresh(token, self.now))]
        self._judge(token, answers)
        return answers[0] if answers[0].startswith("gwr_") else token

    def _judge(self, token: str, answers: list[str]) -> None:
        place, newest = self.chain.index(token), len(self.chain) - 1
        if self.over:
            assert set(answers) == {"signed_out"}, answers
        elif place == newest:
            assert len(set(answers)) == 1, "two successors"
            assert answers[0].startswith("gwr_"), "ended wrongly"
            assert answers[0] not in self.chain, "the same token again"
            self.chain.append(answers[0])
            self.rotated_at = self.now
        elif place == newest - 1 and self.now < self.rotated_at + RETRY:
            assert set(answers) == {self.chain[newest]}, "ended wrongly"
        else:
            assert answers[0] == "token_reused", "a theft was missed"
            assert set(answers[1:]) <= {"signed_out"}
            self.over = True

    @rule(seconds=WAITS)
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def phone_refreshes(self) -> None:
        self.phone = self._present(self.phone)

    @rule()
    def the_answer_is_lost(self) -> None:
        self._present(self.phone)

    @rule()
    def phone_asks_twice_at_once(self) -> None:
        answers = self._run(self.house.at_once(self.phone, self.now))
        # Whoever comes second is told the same, or finds the family ended by the first.
        self._judge(self.phone, sorted(answers, key=lambda each: each != "token_reused"))
        self.phone = answers[0] if answers[0].startswith("gwr_") else self.phone

    @rule()
    def the_token_is_stolen(self) -> None:
        self.thief = self.phone

    @precondition(lambda self: self.thief)
    @rule()
    def thief_refreshes(self) -> None:
        assert self.thief
        self.thief = self._present(self.thief)

    @rule(pick=st.randoms(use_true_random=False))
    def an_old_token_is_replayed(self, pick: Any) -> None:
        self._present(pick.choice(self.chain))

    @rule()
    def a_token_is_forged(self) -> None:
        genuine = read_token(self.chain[-1], "gwr")
        assert genuine
        for secret in (secrets.token_bytes(32), genuine.secret[:16] + bytes(16), bytes(16) + genuine.secret[16:]):
            forged: Token = msgspec.structs.replace(genuine, secret=secret)
            assert self._run(self.house.refresh(forged.text("gwr"), self.now)) == "signed_out"

    def teardown(self) -> None:
        if not hasattr(self, "chain"):
            return
        token = read_token(self.chain[0], "gwr")
        assert token
        ended, thefts = self._run(self.house.ended(token.sign_in))
        assert ended == self.over, "ended wrongly"
        assert thefts == int(self.over), "a theft is not in the audit"
        self._both_go_on()

    def _both_go_on(self) -> None:
        """Whatever happened: a phone and a thief cannot both go on for long."""
        if self.thief is None or self.over:
            return
        self.now += RETRY
        self.thief = self._present(self.thief)
        self.now += RETRY
        self.phone = self._present(self.phone)
        self.now += RETRY
        self.thief = self._present(self.thief)
        assert self.over, "a theft was missed"
