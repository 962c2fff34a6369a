"""The composition root: the only module that knows every other."""

import asyncio
import gc
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from server.accounts import api as accounts
from server.accounts.crisis import api as clinic_crisis
from server.accounts.epochs import newest_state
from server.auth import api as auth
from server.auth.oidc import api as oidc
from server.auth.oidc.providers import Providers
from server.auth.passkeys import api as passkeys
from server.auth.provide import DEPENDENCIES, require_bearer
from server.care import api as care
from server.care.bundle import api as bundle
from server.care.feeds import api as feeds
from server.care.flags import api as flags
from server.care.recordings import api as recordings
from server.care.recordings.files import RecordingFiles
from server.care.recordings.intake import Intake
from server.care.starter import api as starter
from server.care.starter.answers import StarterAnswers
from server.catalogue import api as catalogue
from server.catalogue.answers import Answers
from server.catalogue.bundle.answers import Bundles
from server.catalogue.crisis import api as crisis
from server.catalogue.crisis.age import crisis_warnings
from server.catalogue.crisis.answers import CrisisAnswers
from server.catalogue.crisis.loader import load_crisis
from server.catalogue.crisis.schemas import CrisisContent
from server.catalogue.snapshot import Snapshot, load_snapshot
from server.db.engine import Sessions, create_engine
from server.db.roles import require_bounded
from server.db.schema import require_current
from server.db.states import Marker, require_newest
from server.kit.clock import Clock, SystemClock
from server.media import api as media
from server.media.metrics import watch
from server.media.place import Place
from server.media.service import Media
from server.media.sound import SoundStudio, recorded
from server.media.uploads import take_in
from server.media.voices import Voices, recorded_sentences, recorded_voices
from server.practice import api as practice
from server.practice.attention import api as attention
from server.practice.attention.service import Desk
from server.practice.check_ins import api as check_ins
from server.practice.reminders import api as reminders
from server.practice.reminders.texts import ReminderTexts, load_reminders
from server.practice.signals.load import load_signals
from server.practice.signals.rules import SignalsFile
from server.privacy import api as privacy
from server.privacy.erasure import replay
from server.privacy.ledger import Ledger
from server.settings import Settings
from server.vault.keys import Keys, read_keys
from server.web.edge import Edge
from server.web.kit import web_app
from server.web.policy import require_policies
from server.web.tracing import log_failure


def _tagged(tag: str, handlers: Iterable[HTTPRouteHandler]) -> Iterator[HTTPRouteHandler]:
    for handler in handlers:
        handler.tags = [tag]
        yield handler


ROUTES: tuple[ControllerRouterHandler, ...] = (
    # One router: handlers of two cannot share a path.
    Router(
        "/",
        route_handlers=[
            *_tagged("signing in", auth.HANDLERS),
            *_tagged("signing in", passkeys.HANDLERS),
            *_tagged("signing in", oidc.HANDLERS),
            *_tagged("people", accounts.HANDLERS),
            *_tagged("crisis", clinic_crisis.HANDLERS),
            *_tagged("plan", care.HANDLERS),
            *_tagged("plan", starter.HANDLERS),
            *_tagged("plan", feeds.HANDLERS),
            *_tagged("plan", flags.HANDLERS),
            *_tagged("own voice", recordings.HANDLERS),
            *_tagged("bundle", bundle.HANDLERS),
            *_tagged("practice", practice.HANDLERS),
            *_tagged("practice", check_ins.HANDLERS),
            *_tagged("practice", reminders.HANDLERS),
            *_tagged("signals", attention.HANDLERS),
            *_tagged("people", privacy.HANDLERS),
        ],
    ),
    *catalogue.routes,
    *crisis.routes,
    *media.routes,
)


class House(Struct, frozen=True, kw_only=True):
    """The three stores that never mix: the catalogue with all other content, people's data, audio."""

    snapshot: Snapshot
    crisis: CrisisContent
    signals: SignalsFile
    reminders: ReminderTexts
    sessions: Sessions
    media: Media


def open_house(settings: Settings, *, processes: int = 1, voices: Voices | None = None) -> House:
    """Open the three stores; nothing is read from the database or rendered yet.

    `processes` is how many render at once, `voices` are those that are heard, by default all that have clips.

    Raises:
        ContentError: the content breaks a rule of its format.
    """
    snapshot = load_snapshot(settings.content)
    return House(
        snapshot=snapshot,
        crisis=load_crisis(settings.content),
        signals=load_signals(settings.content),
        reminders=load_reminders(settings.content),
        sessions=Sessions(create_engine(settings.database_url)),
        media=Media(
            _place(settings),
            snapshot.exercises,
            voices or recorded_voices(),
            SoundStudio(narrator=recorded, sentences=recorded_sentences),
            recalled=snapshot.recalled,
            processes=processes,
        ),
    )


def _place(settings: Settings) -> Place:
    if isinstance(settings.audio, Path):
        return Place(folder=settings.audio, accel=settings.accel)
    return Place(folder=settings.data / "audio", bucket=settings.audio)


def create_app(
    settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None, ahead: bool = False
) -> Edge:
    """Assemble the application; `keys` stand in for those of the settings.

    `ahead`: make the bytes of the whole catalogue as soon as it serves, as a server does; else each when it is first
    asked for.

    Raises:
        ContentError: the catalogue breaks a rule of its format.
        SettingsError: there are no keys, or they are refused.
    """
    house = open_house(settings)
    keyring, ledger, timepiece = keys or read_keys(settings), Ledger(settings.erasures), clock or SystemClock()
    marker, own_voice = Marker(settings.served_state), RecordingFiles(settings.recordings)
    answers = Answers(house.snapshot, house.media.audio_of, lambda: house.media.revision)
    made = [lambda _: _beside(_make(answers), "catalogue")] if ahead else []
    app = web_app(
        ROUTES,
        version=version("groundwork"),
        checks={
            "database": lambda: require_current(app.app.state.sessions.engine),
            "state": lambda: require_newest(app.app.state.sessions.engine, app.app.state.marker),
            "role": lambda: require_bounded(app.app.state.sessions.engine),
        },
        warnings=lambda: crisis_warnings(house.crisis, timepiece.now().date()),
        cors_origins=settings.cors_origins,
        proxies=settings.proxies,
        max_body_bytes=settings.body_limit,
        docs=settings.docs,
        state={
            "sessions": house.sessions,
            "clock": timepiece,
            "keyring": keyring,
            "ledger": ledger,
            "snapshot": house.snapshot,
            "marker": marker,
            "public_url": settings.public_url,
            "providers": Providers(),
            "recordings": own_voice,
        },
        dependencies=_dependencies(house, answers),
        before_request=require_bearer,
        lifespan=[
            lambda _: _people(house.sessions, keyring, ledger, marker, timepiece),
            house.media.lifespan,
            lambda _: _beside(_intake(house, own_voice).run(), "recordings"),
            *made,
        ],
    )
    require_policies(app.app)
    watch(house.media, app.metrics.registry)
    return app


def _dependencies(house: House, answers: Answers) -> dict[str, Provide]:
    starters = StarterAnswers(house.snapshot)
    crises, bundles = CrisisAnswers(house.crisis), Bundles(house.snapshot, house.crisis, house.media)
    desk = Desk(rules=house.signals, catalogue=house.snapshot)
    return {
        **DEPENDENCIES,
        **passkeys.DEPENDENCIES,
        **oidc.DEPENDENCIES,
        **privacy.DEPENDENCIES,
        "answers": Provide(lambda: answers, sync_to_thread=False),
        "bundles": Provide(lambda: bundles, sync_to_thread=False),
        "crisis": Provide(lambda: crises, sync_to_thread=False),
        "starters": Provide(lambda: starters, sync_to_thread=False),
        "suitability": Provide(lambda: house.snapshot.suitability, sync_to_thread=False),
        "signal_desk": Provide(lambda: desk, sync_to_thread=False),
        "reminder_texts": Provide(lambda: house.reminders, sync_to_thread=False),
        "media": Provide(lambda: house.media, sync_to_thread=False),
    }


def _intake(house: House, files: RecordingFiles) -> Intake:
    workers = house.media.workers
    return Intake(house.sessions, files, house.snapshot, lambda upload: workers.call(take_in, files.folder, upload))


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Do something beside the requests, from the first on."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _make(answers: Answers) -> None:
    """Make what everybody asks for once it is known what there is to hear."""
    try:
        for _ in answers.make():
            await asyncio.sleep(0)
    except Exception as error:  # noqa: BLE001 - what could not be made ahead is made, or fails, for who asks for it
        log_failure(error)
    # What is there now stays for good: a collection that walked through all of it would hold up whoever asks just then.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _people(sessions: Sessions, keys: Keys, ledger: Ledger, marker: Marker, clock: Clock) -> AsyncIterator[None]:
    """Refuse an older state, erase again whomever a backup brought back, then serve, then close the database."""
    try:
        async with newest_state(sessions, marker):
            await replay(sessions, keys, ledger, clock.now())
            yield
    finally:
        await sessions.close()
