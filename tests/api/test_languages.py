"""A language is served to who asks for it and to nobody else, and text from the right comes through whole."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar.di import Provide
from support.catalogue import CONTENT, MODELS, ROOM, WAVE, Folder, exercises_of
from support.media import VOICE, QuickStudio, render_here
from support.media_app import client_of
from support.web import an_app, calling

from audio.captions import webvtt
from audio.timeline import Programme, layout
from server.catalogue.answers import Answers
from server.catalogue.api import routes
from server.catalogue.resolve import resolve
from server.catalogue.schemas import Line, Script
from server.catalogue.snapshot import Snapshot, load_snapshot
from server.media.compile import cut_of
from server.media.place import Place
from server.media.schemas import Manifest
from server.media.service import Media

LIST = "/v1/exercises"
RIGHT_TO_LEFT = MODELS.parent / "right_to_left" / f"{ROOM}.md"
SPANISH = [one.slug for one in exercises_of(CONTENT) if "es" in one.words]


@asynccontextmanager
async def serving(snapshot: Snapshot) -> AsyncIterator[httpx.AsyncClient]:
    answers = Answers(snapshot)
    app = an_app(routes=routes, dependencies={"answers": Provide(lambda: answers, sync_to_thread=False)})
    async with calling(app) as client:
        yield client


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(load_snapshot(CONTENT)) as client:
        yield client


@pytest.fixture
def arabic(tmp_path: Path) -> Folder:
    """Return the two model scripts, of which one has words from the right."""
    folder = Folder(tmp_path)
    shutil.copy(RIGHT_TO_LEFT, folder.file(f"exercises/{ROOM}/ar.md"))
    return folder


def said(script: Script) -> list[str]:
    return [item.say for step in script.steps for item in step.items if isinstance(item, Line)]


@pytest.mark.parametrize("headers", [{}, {"Accept-Language": "es"}, {"Accept-Language": "es-MX,es;q=0.9"}])
async def test_who_does_not_ask_reads_english(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    items = (await client.get(LIST, headers=headers)).json()["items"]
    assert {item["language"] for item in items} == {"en"}
    for slug in SPANISH:
        body = (await client.get(f"{LIST}/{slug}", headers=headers)).json()
        assert body["language"] == "en"
        assert set(body["languages"]) >= {"en", "es"}


@pytest.mark.parametrize("locale", ["es", "es-MX", "es_ES", "es-419"])
async def test_who_asks_for_spanish_reads_what_has_spanish_words_and_that_nobody_has_reviewed_them(
    client: httpx.AsyncClient, locale: str
) -> None:
    items = (await client.get(LIST, params={"locale": locale})).json()["items"]
    assert [item["slug"] for item in items] == SPANISH
    assert {(item["language"], item["review_status"]) for item in items} == {("es", "draft")}
    for slug in SPANISH:
        body = (await client.get(f"{LIST}/{slug}", params={"locale": locale})).json()
        assert (body["language"], body["words_review"]) == ("es", {"status": "draft"})
        assert body["audio"] == []


async def test_an_exercise_without_words_in_a_language_is_hidden_and_never_english(client: httpx.AsyncClient) -> None:
    english = {item["slug"] for item in (await client.get(LIST)).json()["items"]}
    for slug in english - set(SPANISH):
        answer = await client.get(f"{LIST}/{slug}", params={"locale": "es"})
        assert (answer.status_code, answer.json()["code"]) == (404, "language_not_found")


async def test_list_and_detail_give_words_from_the_right_as_they_stand(arabic: Folder) -> None:
    async with serving(load_snapshot(arabic.path)) as client:
        (item,) = (await client.get(LIST, params={"locale": "ar-EG"})).json()["items"]
        body = (await client.get(f"{LIST}/{ROOM}", params={"locale": "ar"})).json()
        answer = await client.get(f"{LIST}/{WAVE}", params={"locale": "ar"})
        found = (await client.get(LIST, params={"locale": "ar", "q": "هذه الغرفة"})).json()["items"]
    text = RIGHT_TO_LEFT.read_text("utf-8")
    assert (item["slug"], item["language"], found) == (ROOM, "ar", [item])
    assert f"title: {item['title']}\n" in text
    assert f"notice: {body['notice']}\n" in text
    assert "\u2066+1 (555) 010-0199\u2069" in body["notice"]
    medium = next(one for one in body["scripts"] if (one["length"], one["alt_variants"]) == ("medium", []))
    for step in medium["steps"]:
        assert f"## {step['id']}: {step['label']}\n" in text
        assert all(f"{line['say']} [{line['pause_s']:g} s]" in text for line in step["items"])
    assert answer.json()["code"] == "language_not_found"


class Captioned(QuickStudio, frozen=True, kw_only=True):
    """A quick studio whose captions are those of the programme."""

    def render(self, programme: Programme, recipe: str, into: Path) -> Manifest:
        captions = webvtt(layout(programme, lambda text: 60 * len(text)))
        return msgspec.structs.replace(QuickStudio.render(self, programme, recipe, into), captions=captions)


async def test_captions_from_the_right_are_whole_lines_in_the_order_they_are_heard(
    arabic: Folder, tmp_path: Path
) -> None:
    exercise = load_snapshot(arabic.path).exercises[ROOM]
    studio = Captioned(diary=tmp_path / "diary")
    media = Media(Place(folder=tmp_path / "audio"), {ROOM: exercise}, {"ar": (VOICE,)}, studio)
    render_here(media, studio)
    media.renditions.load()
    audio = media.audio_of(exercise, "ar")
    assert {(one.language, one.status) for one in audio} == {("ar", "ready")}
    rendition = media.heard(cut_of(exercise, "ar", "medium", VOICE))
    assert rendition is not None
    async with client_of(media) as client:
        answer = await client.get(f"/v1/captions/{rendition.recipe}.vtt")
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    heard = [block.split("\n", 2)[2].replace("\n", " ") for block in answer.content.decode().strip().split("\n\n")[1:]]
    assert " ".join(heard) == " ".join(said(resolve(exercise, "ar", "medium", frozenset())))
    assert any(line.endswith("؟") for line in heard)
