"""Pages, counts, pinned versions and tracks: what a client does with a catalogue that may be large, and may change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar.di import Provide
from msgspec.structs import replace
from support.catalogue import CONTENT, WAVE
from support.web import an_app, calling, logged

from server.catalogue.answers import Answers
from server.catalogue.api import routes
from server.catalogue.snapshot import Snapshot, compile_snapshot, load_snapshot
from server.catalogue.views import ExerciseAudio
from server.web.edge import Edge

LIST, DETAIL = "/v1/exercises", f"/v1/exercises/{WAVE}"
SNAPSHOT = load_snapshot(CONTENT)
SMALLER = compile_snapshot(list(SNAPSHOT.exercises.values())[1:], ways=SNAPSHOT.ways)


def app_of(answers: Answers) -> Edge:
    return an_app(routes=routes, dependencies={"answers": Provide(lambda: answers, sync_to_thread=False)})


@asynccontextmanager
async def catalogue(snapshot: Snapshot = SNAPSHOT) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(app_of(Answers(snapshot))) as client:
        yield client


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with catalogue() as client:
        yield client


async def pages(client: httpx.AsyncClient, **filters: Any) -> list[dict[str, Any]]:
    found = [(await client.get(LIST, params=filters)).json()]
    while "next" in found[-1]:
        found.append((await client.get(LIST, params={**filters, "cursor": found[-1]["next"]})).json())
    return found


@pytest.mark.parametrize("filters", [{}, {"q": "feet"}, {"track": "trauma", "q": "room"}])
async def test_pages_put_together_are_the_whole_without_gaps_or_repeats(
    client: httpx.AsyncClient, filters: dict[str, str]
) -> None:
    whole = (await client.get(LIST, params=filters)).json()
    parts = await pages(client, limit=7, **filters)
    assert [item for part in parts for item in part["items"]] == whole["items"]
    assert {part["total"] for part in parts} == {len(whole["items"])}
    assert max(len(part["items"]) for part in parts) <= 7


async def test_the_page_may_change_its_size_on_the_way(client: httpx.AsyncClient) -> None:
    first = (await client.get(LIST, params={"limit": 3})).json()
    rest = (await client.get(LIST, params={"limit": 200, "cursor": first["next"]})).json()
    assert [item["slug"] for item in first["items"] + rest["items"]] == sorted(SNAPSHOT.exercises)
    assert "next" not in rest


async def test_a_cursor_of_another_query_is_refused(client: httpx.AsyncClient) -> None:
    cursor = (await client.get(LIST, params={"limit": 3})).json()["next"]
    answer = await client.get(LIST, params={"limit": 3, "cursor": cursor, "technique": "grounding"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?cursor")


async def test_a_cursor_of_another_catalogue_says_begin_again_and_skips_nothing(client: httpx.AsyncClient) -> None:
    cursor = (await client.get(LIST, params={"limit": 3})).json()["next"]
    async with catalogue(SMALLER) as changed:
        answer = await changed.get(LIST, params={"limit": 3, "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalogue_changed")


async def test_counts_are_there_when_asked_for_with_labels_of_the_language(client: httpx.AsyncClient) -> None:
    assert "facets" not in (await client.get(LIST)).json()
    body = (await client.get(LIST, params={"facets": "true", "technique": "breathing"})).json()
    techniques = {each["value"]: each["count"] for each in body["facets"]["technique"]}
    assert techniques["breathing"] == body["total"]
    assert sum(techniques.values()) == len(SNAPSHOT.exercises)
    assert {"value": "trauma", "label": "After hard experiences"}.items() <= {
        key: value for each in body["facets"]["track"] if each["value"] == "trauma" for key, value in each.items()
    }.items()
    for each in body["facets"]["phase"]:
        found = (await client.get(LIST, params={"technique": "breathing", "phase": each["value"]})).json()
        assert found["total"] == each["count"]


async def test_a_pinned_version_may_be_kept_for_ever_and_another_is_not_found(client: httpx.AsyncClient) -> None:
    version = (await client.get(LIST)).json()["version"]
    pinned = await client.get(LIST, params={"v": version})
    assert pinned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert pinned.json() == (await client.get(LIST)).json()
    async with catalogue(SMALLER) as changed:
        answer = await changed.get(LIST, params={"v": version})
    assert (answer.status_code, answer.json()["code"]) == (404, "version_not_found")
    assert answer.headers["cache-control"] == "no-store"


async def test_the_address_of_a_text_holds_all_but_the_sound_and_never_changes(client: httpx.AsyncClient) -> None:
    detail = (await client.get(DETAIL)).json()
    listed = (await client.get(LIST)).json()["items"]
    assert detail["url"] in {item["url"] for item in listed}
    answer = await client.get(detail["url"])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.json() == {key: value for key, value in detail.items() if key not in {"url", "audio"}}


async def test_other_words_have_another_address_and_the_old_one_is_not_found() -> None:
    one = SNAPSHOT.exercises[WAVE]
    front = replace(one.words["en"].front, aftercare="Look around once.")
    changed = compile_snapshot([replace(one, words={"en": replace(one.words["en"], front=front)})], ways=SNAPSHOT.ways)
    old = SNAPSHOT.summaries[WAVE, "en"].url
    assert changed.summaries[WAVE, "en"].url != old
    async with catalogue(changed) as client:
        answer = await client.get(old)
    assert (answer.status_code, answer.json()["code"]) == (404, "version_not_found")


async def test_what_can_be_offered_instead_is_told_with_its_title(client: httpx.AsyncClient) -> None:
    swaps = (await client.get("/v1/exercises/wake-up-walk")).json()["swaps"]
    assert swaps[0] == {"reason": "gentler_than", "slug": "open-the-curtains", "title": "Open the curtains"}
    assert {swap["reason"] for swap in swaps} == {"gentler_than", "instead_of"}


async def test_tracks_have_stages_by_phase_and_name_exercises_that_are_there(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/tracks")).json()
    assert body["version"] == SNAPSHOT.version
    assert {item["review_status"] for item in body["items"]} == {"draft"}
    first = next(item for item in body["items"] if item["track"] == "anxiety")
    assert [stage["phase"] for stage in first["stages"]][:2] == ["preparation", "dosing_day"]
    assert {slug for item in body["items"] for stage in item["stages"] for slug in stage["exercises"]} <= set(
        SNAPSHOT.exercises
    )
    assert (await client.get("/v1/tracks", params={"locale": "xx"})).json()["items"] == []


@pytest.mark.parametrize("path", [LIST, DETAIL, "/v1/tracks", f"{LIST}?q=feet&facets=true"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_second_answer_is_the_first_and_is_logged_and_counted_alike(path: str, method: str) -> None:
    app = app_of(Answers(SNAPSHOT))
    with logged() as log:
        async with calling(app) as client:
            first, second = [await client.request(method, path) for _ in range(2)]
            other = await client.get("/v1/exercises/no-such-thing")
    unlike = {"x-request-id"}
    assert (first.content, {k: v for k, v in first.headers.items() if k not in unlike}) == (
        second.content,
        {k: v for k, v in second.headers.items() if k not in unlike},
    )
    assert other.status_code == 404
    told = ("method", "route", "status", "bytes")
    lines = [{key: line[key] for key in told} for line in log.lines() if line["event"] == "request"]
    assert lines[0] == lines[1]
    route = lines[0]["route"]
    assert f'route="{route}",status="200"}} 2.0' in app.metrics.exposition().decode()
    assert app.shelf.has({"path": path.partition("?")[0], "query_string": path.partition("?")[2].encode()})  # type: ignore[typeddict-item]  # all it looks at


async def test_what_is_kept_at_the_edge_is_asked_for_anew_when_there_is_news_of_its_sound() -> None:
    heard: list[ExerciseAudio] = []
    answers = Answers(SNAPSHOT, lambda *_: tuple(heard), lambda: len(heard))
    async with calling(app_of(answers)) as client:
        assert [(await client.get(DETAIL)).json()["audio"] for _ in range(2)] == [[], []]
        heard.append(
            ExerciseAudio(length="short", alt_variants=(), voice="v", language="en", status="preparing", files=())
        )
        assert len((await client.get(DETAIL)).json()["audio"]) == 1
        # While somebody waits for it, each request is told to the renderer.
        heard.clear()
        assert (await client.get(DETAIL)).json()["audio"] == []


async def test_a_page_of_a_configured_origin_may_read_what_is_kept() -> None:
    answers = Answers(SNAPSHOT)
    app = an_app(
        routes=routes,
        dependencies={"answers": Provide(lambda: answers, sync_to_thread=False)},
        cors_origins=["https://app.example"],
    )
    async with calling(app) as client:
        first, second = [await client.get(DETAIL, headers={"Origin": "https://app.example"}) for _ in range(2)]
        stranger = await client.get(DETAIL, headers={"Origin": "https://other.example"})
    assert first.headers["access-control-allow-origin"] == second.headers["access-control-allow-origin"]
    assert "access-control-allow-origin" not in stranger.headers
