"""Between the right password and the second factor."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret
from server.auth import guessing
from server.auth.door import Door
from server.auth.entry import Begin, Passed, T, let_in
from server.auth.factors import repository, service
from server.auth.families import Refused
from server.auth.known_devices import new_known_device
from server.auth.models import ChallengeRow
from server.auth.schemas import AnswerChallenge, FactorKind, SecondFactorNeeded
from server.db.tenancy import enter
from server.kit.errors import Unauthorised
from server.kit.ids import new_id

CHALLENGE_LIFE = timedelta(minutes=5)
CHALLENGE_TRIES = 5


def ask(
    session: AsyncSession,
    organisation: UUID,
    member: UUID,
    known: bytes | None,
    kinds: list[FactorKind],
    now: datetime,
) -> SecondFactorNeeded:
    """Begin a challenge that stands for the right password for five minutes and five tries."""
    secret = new_secret()
    row = ChallengeRow(
        organisation_id=organisation,
        id=new_id(),
        member_id=member,
        secret_hash=hash_secret(secret),
        known=known,
        tries=0,
        expires_at=now + CHALLENGE_LIFE,
    )
    session.add(row)
    token = Token(organisation=organisation, sign_in=row.id, secret=secret)
    return SecondFactorNeeded(challenge=token.text("gwc"), kinds=kinds, expires_at=row.expires_at)


async def answer(door: Door, data: AnswerChallenge, begin: Begin[T]) -> T:
    """Sign a member in by their second factor.

    Raises:
        Unauthorised: the challenge is over: used, expired, five tries, or none of ours.
        Refused: a wrong code, or one that was used before.
        TooManyRequests: too many wrong codes at this member's second factor, with however many challenges.
    """
    async with door.unit() as session:
        row = await _read(session, data.challenge, door.now)
        organisation, member = row.organisation_id, row.member_id
        places = guessing.buckets(door.keys, organisation, "code", member.bytes, door.address, row.known)
        await guessing.count(session, organisation, places, door.now)
        row.tries += 1
        found = await repository.find_active(session, organisation, member)
        right = await service.prove(session, door.keys, organisation, member, data.code, door.now)
        if not right or found is None or found.email_hash is None:
            raise Refused("This code is not valid, or was used before.", code="wrong_code")
        row.used_at = door.now
        await guessing.forgive(session, organisation, places, door.now)
        passed = Passed(
            organisation=organisation,
            member=member,
            role=found.role,
            made_by="second_factor",
            known_device=new_known_device(door.keys, organisation, found.email_hash),
        )
        return await let_in(session, door.keys, passed, door.now, begin)


async def _read(session: AsyncSession, text: str, now: datetime) -> ChallengeRow:
    token = read_token(text, "gwc")
    if token:
        await enter(session, token.organisation)
        row = await repository.lock_challenge(session, token.organisation, token.sign_in)
        live = row and row.used_at is None and row.expires_at > now and row.tries < CHALLENGE_TRIES
        if row and live and same_secret(token.secret, row.secret_hash):
            return row
    raise Unauthorised("This took too long, or too many tries. Sign in again.", code="challenge_over")
