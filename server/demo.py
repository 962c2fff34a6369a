"""A clinic of invented people with two months of practice, for trying things out. Its passwords are known to all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from uuid import UUID

import msgspec
from msgspec import Raw, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository as accounts
from server.accounts import service as people
from server.accounts.members import add_member, find_by_email
from server.accounts.organisations import add_organisation, find_organisation
from server.accounts.schemas import Access, AddClient
from server.accounts.sharing.schemas import AddConsent
from server.accounts.sharing.service import add_consent
from server.accounts.tokens import Token, read_token
from server.accounts.work import Visit, Work
from server.auth import pairing
from server.auth.credentials import set_password
from server.auth.errands.service import TokenPhone
from server.auth.schemas import Pair, PairingCode
from server.care.assignments import assign_set
from server.care.items import Daily, NewItem, WeeklyQuota
from server.care.schemas import NewAssignment, NewPracticeSet, NewSession, PracticeSet, SessionStatus
from server.care.sessions import add_session
from server.care.sets import add_set
from server.catalogue.snapshot import Snapshot, load_snapshot
from server.db.engine import Sessions
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.kit.days import zone_named
from server.kit.ids import new_id
from server.practice import outbox
from server.practice.schemas import Push
from server.vault.keys import Keys
from server.vault.service import Vault

EMAIL, PASSWORD = "theo@demo.example", "practice between sessions"
HISTORY = timedelta(days=60)
DAY = timedelta(days=1)


class Story(Struct, frozen=True, kw_only=True):
    """How one invented client practises: on which share of days, until how many days ago, what and at what hour."""

    name: str
    zone: str
    share: float
    silent_days: int
    exercises: tuple[str, ...]
    hour: int


STORIES = (
    Story(
        name="Ana",
        zone="Europe/Berlin",
        share=0.9,
        silent_days=0,
        exercises=("soft-wave-breath", "feet-before-feeding", "side-lying-contact-scan"),
        hour=8,
    ),
    Story(
        name="Mara",
        zone="America/New_York",
        share=0.7,
        silent_days=0,
        exercises=("here-in-this-room", "follow-the-dot", "hands-and-feet-scan"),
        hour=19,
    ),
    Story(
        name="Jo",
        zone="Pacific/Auckland",
        share=0.6,
        silent_days=9,
        exercises=("any-breath-is-fine", "evening-set-down"),
        hour=21,
    ),
)


class Welcome(Struct, frozen=True, kw_only=True):
    """How to sign in: the therapist's password, and a pairing code for each client's phone."""

    email: str
    password: str
    codes: list[tuple[str, str]]


async def fill(sessions: Sessions, keys: Keys, content: Path) -> Welcome:
    """Fill an empty database with the demo clinic, once, and make new pairing codes each time."""
    now, catalogue = SystemClock().now(), cache(partial(load_snapshot, content))
    async with unit_of_work(sessions, writes=True) as session:
        begins = not await accounts.has_demo(session)
        phones = await _found(session, keys, catalogue(), now) if begins else []
    for story, phone in phones:
        await _deliver(sessions, keys, story, phone, catalogue())
    async with unit_of_work(sessions, writes=True) as session:
        theo = await _sign_in(session, keys, now)
        clients = (await people.list_clients(theo)).items
        codes = [(client.name, (await _code(theo, client.id)).code) for client in clients]
    return Welcome(email=EMAIL, password=PASSWORD, codes=codes)


async def _found(
    session: AsyncSession, keys: Keys, catalogue: Snapshot, now: datetime
) -> list[tuple[Story, tuple[Work, Token]]]:
    begun = now - HISTORY
    clinic = await add_organisation(session, keys, "demo", "Demo clinic", demo=True, now=begun)
    member = await add_member(session, keys, clinic, "therapist", EMAIL, "Theo", begun)
    await set_password(session, clinic, member, PASSWORD, begun)
    theo = await _sign_in(session, keys, begun)
    everyday = await add_set(theo, _set("Between sessions", WeeklyQuota(n=4), STORIES), catalogue)
    around = await add_set(theo, _around_the_session(), catalogue)
    # In the order of their pairing: time does not go back for whoever counts guesses.
    told = sorted(STORIES, key=lambda story: story.silent_days, reverse=True)
    return [(story, await _tell(theo, story, (everyday, around), now)) for story in told]


async def _sign_in(session: AsyncSession, keys: Keys, now: datetime) -> Work:
    clinic = await find_organisation(session, "demo")
    theo = await find_by_email(session, keys, clinic, EMAIL)
    subject = theo.id if theo else new_id()
    access = Access(
        organisation=clinic, subject=subject, role="therapist", sign_in=new_id(), device=None, stepped_up_at=None
    )
    return Work(session=session, access=access, now=now, keys=keys, vault=Vault(session, keys), action="demo")


def _set(title: str, recurrence: WeeklyQuota, stories: tuple[Story, ...]) -> NewPracticeSet:
    slugs = dict.fromkeys(slug for story in stories for slug in story.exercises)
    return NewPracticeSet(title=title, items=[NewItem(exercise=slug, recurrence=recurrence) for slug in slugs])


def _around_the_session() -> NewPracticeSet:
    return NewPracticeSet(
        title="Around the session",
        items=[
            NewItem(exercise="here-in-this-room", anchor="dosing", from_day=-3, to_day=-1, recurrence=Daily()),
            NewItem(exercise="soft-landing", anchor="dosing", from_day=0, to_day=0, times_of_day=("evening",)),
            NewItem(exercise="evening-set-down", anchor="dosing", from_day=1, to_day=3, recurrence=Daily()),
        ],
    )


async def _tell(theo: Work, story: Story, sets: tuple[PracticeSet, ...], now: datetime) -> tuple[Work, Token]:
    client = await people.add_client(theo, AddClient(name=story.name, zone=story.zone))
    for each in sets:
        await assign_set(theo, client.id, NewAssignment(practice_set_id=each.id))
    for days_ago in (45, 24, -4):
        starts_at = _at(now - timedelta(days=days_ago), story.zone, 10)
        status: SessionStatus = "held" if days_ago > 0 else "scheduled"
        work = msgspec.structs.replace(theo, now=min(now, starts_at + DAY))
        await add_session(work, client.id, NewSession(kind="dosing", starts_at=starts_at, status=status))
    phone, token = await _pair(msgspec.structs.replace(theo, now=now - story.silent_days * DAY), client.id, story)
    await add_consent(phone, AddConsent(scope="early_stops"))
    return phone, token


async def _deliver(
    sessions: Sessions, keys: Keys, story: Story, phone: tuple[Work, Token], catalogue: Snapshot
) -> None:
    work, token = phone

    async def let_through(session: AsyncSession) -> Access:
        await enter(session, work.access.organisation)
        return work.access

    opened = TokenPhone(sessions, keys, token, now=work.now, action="demo", let_through=let_through)
    chance = Random(story.name)  # noqa: S311 - a story, no secret
    await outbox.take_in(opened, Push(items=list(_practice(story, catalogue, chance, work.now))), catalogue)


async def _code(theo: Work, client: UUID) -> PairingCode:
    return await pairing.make_code(theo, await pairing.holder_in_care(theo, client))


async def _pair(theo: Work, client: UUID, story: Story) -> tuple[Work, Token]:
    code = await _code(theo, client)
    visit = Visit(session=theo.session, now=theo.now, keys=theo.keys)
    tokens = await pairing.pair(visit, Pair(code=code.code, zone=story.zone))
    device = tokens.device_id if isinstance(tokens.device_id, UUID) else None
    access = msgspec.structs.replace(theo.access, subject=client, role="client", device=device)
    token = read_token(tokens.access_token, "gwa")
    assert token  # noqa: S101 - it was just made
    return msgspec.structs.replace(theo, access=access), token


def _practice(story: Story, catalogue: Snapshot, random: Random, until: datetime) -> Iterator[Raw]:
    for days_ago in range(HISTORY.days - 1, 0, -1):
        started_at = _at(until - days_ago * DAY, story.zone, story.hour)
        if random.random() > story.share:
            continue
        slug = random.choice(story.exercises)
        stopped = random.random() < 0.06  # noqa: PLR2004 - a share of this story
        target = round(catalogue.exercises[slug].variants.medium.seconds)
        body = {
            "exercise": slug,
            "exercise_version": catalogue.exercises[slug].content_version,
            "started_at": started_at,
            "zone": story.zone,
            "outcome": "safe_stop" if stopped else "completed",
            "seconds": random.randrange(30, 90) if stopped else target,
            "target_seconds": target,
            **({"stop_reason": "felt_far_away"} if stopped else {"distress_before": 5, "distress_after": 4}),
        }
        yield Raw(msgspec.json.encode({"id": new_id(), "op": "put", "body": body}))


def _at(day: datetime, zone: str, hour: int) -> datetime:
    return day.astimezone(zone_named(zone)).replace(hour=hour, minute=12, second=0, microsecond=0)
