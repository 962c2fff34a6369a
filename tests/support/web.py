"""A tiny application around the web kit, with one route for each thing the kit does."""

import io
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from enum import Enum
from typing import Annotated, Any, BinaryIO, Literal
from uuid import UUID

import httpx
import structlog
from litestar import Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from server.kit.errors import Conflict, TooManyRequests
from server.web.access import access_log
from server.web.conditional import IMMUTABLE, Prepared, public_for
from server.web.edge import Edge
from server.web.etags import IfMatch, require_match, revision_etag
from server.web.kit import web_app
from server.web.logs import configure_logging
from server.web.problems import problems
from server.web.ranges import RangedReply
from server.web.reply import Reply


class Colour(Enum):
    GREEN = "green"
    BLUE = "blue"


class Shell(Struct, frozen=True, kw_only=True, tag="shell"):
    width: Annotated[int, Meta(gt=0, lt=100)]


class Pebble(Struct, frozen=True, kw_only=True, tag="pebble"):
    weight: Annotated[float, Meta(multiple_of=0.5)]


class Item(Struct, frozen=True, kw_only=True):
    id: UUID
    count: Annotated[int, Meta(ge=0, le=10)]
    colour: Colour | UnsetType = UNSET
    note: Annotated[str, Meta(min_length=1, max_length=20, pattern="^[a-z ]+$")] | UnsetType = UNSET
    weight: Annotated[int, Meta(ge=1)] | None = None
    found: Shell | Pebble | UnsetType = UNSET
    labels: Mapping[str, Annotated[int, Meta(ge=1)]] = {}


class Batch(Struct, frozen=True, kw_only=True):
    items: Annotated[list[Item], Meta(min_length=1, max_length=3)]


class Thing(Struct, frozen=True, kw_only=True):
    """A thing of the tests."""

    name: str
    size: int


FILE = bytes(range(256)) * 40
CATALOGUE = Prepared([Thing(name=f"thing {n}", size=n) for n in range(200)], cache_control=public_for(60))


def open_file() -> BinaryIO:
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - who asks for it closes it
    file.write(FILE)
    return file


def open_lost_file() -> BinaryIO:
    raise FileNotFoundError("CANARY-lost")


@get("/things/{name:str}", sync_to_thread=False, responses=problems(404), tags=["things"])
def read_thing(name: Annotated[str, PathParameter(max_length=30)]) -> Thing:
    return Thing(name=name, size=1)


@get("/things", sync_to_thread=False, tags=["things"], security=[{"bearer": []}])
def list_things(
    size: Annotated[int | None, QueryParameter(ge=1, le=5)] = None,
    from_: Annotated[int, QueryParameter(name="from", description="Begin here.")] = 0,
    colour: FromQuery[Colour | None] = None,
    names: FromQuery[list[str] | None] = None,
) -> list[Thing]:
    return [Thing(name=name, size=size or from_) for name in names or [colour.value if colour else "plain"]]


@get("/needed", sync_to_thread=False)
def need_word(word: FromQuery[str]) -> Thing:
    return Thing(name=word, size=0)


@post("/batches", sync_to_thread=False, responses=problems(409))
def log_batch(data: JSONBody[Batch]) -> Thing:
    return Thing(name="logged", size=len(data.items))


@post("/tiny", sync_to_thread=False, request_max_body_size=20)
def log_tiny(data: JSONBody[dict[str, int]]) -> dict[str, int]:
    return data


@patch("/revised", sync_to_thread=False)
def change_revised(data: JSONBody[Thing], if_match: IfMatch = None) -> Reply[Thing]:
    require_match(if_match, revision_etag(7))
    return Reply(data, headers={"ETag": revision_etag(8)})


@get("/revised", sync_to_thread=False)
def read_revised() -> Reply[Thing]:
    return Reply(Thing(name="kept", size=7), headers={"ETag": revision_etag(7)})


@get("/catalogue", sync_to_thread=False)
def list_catalogue() -> Response[list[Thing]]:
    return CATALOGUE.reply()


@get("/file", sync_to_thread=False, media_type="audio/mp4")
def read_audio() -> RangedReply:
    return RangedReply(open_file, size=len(FILE), etag='"abc"', media_type="audio/mp4")


@get("/empty-file", sync_to_thread=False)
def read_empty_file() -> RangedReply:
    return RangedReply(open_file, size=0, etag='"none"', media_type="audio/mp4")


@get("/lost-file", sync_to_thread=False)
def read_lost() -> RangedReply:
    return RangedReply(open_lost_file, size=5, etag='"lost"', media_type="audio/mp4")


@get("/conflict", sync_to_thread=False)
def fail_by_conflict() -> None:
    raise Conflict("It is already there.", code="already_there")


@get("/busy", sync_to_thread=False)
def fail_by_haste() -> None:
    raise TooManyRequests("Wait a little.", retry_after=7)


@get("/broken/{word:str}", sync_to_thread=False)
def fail_by_bug(word: FromPath[str]) -> None:
    raise RuntimeError(f"CANARY-inner {word}") from KeyError(word)


@get("/words", sync_to_thread=False, media_type="text/vtt")
def read_words() -> Reply[str]:
    return Reply("WEBVTT", media_type="text/vtt; charset=utf-8", headers={"Cache-Control": IMMUTABLE})


ROUTES = [
    read_words,
    read_thing,
    list_things,
    need_word,
    log_batch,
    log_tiny,
    change_revised,
    read_revised,
    list_catalogue,
    read_audio,
    read_empty_file,
    read_lost,
    fail_by_conflict,
    fail_by_haste,
    fail_by_bug,
]


def an_app(**given: Any) -> Edge:
    return web_app(given.pop("routes", ROUTES), **({"version": "1.2.3", "checks": {}} | given))


async def call(method: str, path: str, **given: Any) -> httpx.Response:
    async with calling(an_app()) as client:
        return await client.request(method, path, **given)


@asynccontextmanager
async def calling(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
        yield client


class Log(io.StringIO):
    """What the server logs while a test runs."""

    def lines(self) -> list[dict[str, Any]]:
        access_log.flush()
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def logging_kept() -> Iterator[None]:
    """Put logging back as it was, whatever a command makes of it."""
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        yield
    finally:
        root.handlers, root.level = before
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
        access_log.write_to(None)


@contextmanager
def logged(level: str = "info", form: Literal["json", "console"] = "json") -> Iterator[Log]:
    log = Log()
    with logging_kept():
        configure_logging(level, form, log)
        yield log
