from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from support.media import QuickStudio, draft, media_in, render_here, until
from support.media_app import client_of, patiently

RECIPE = QuickStudio(diary=Path()).recipe(draft().programme)
CAPTIONS = f"/v1/captions/{RECIPE}.vtt"
CUES = f"/v1/cues/{RECIPE}"


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path_factory.mktemp("captions")
    media = media_in(folder)
    render_here(media, QuickStudio(diary=folder / "diary"))
    media.renditions.load()
    async with client_of(media) as client:
        yield client


async def test_captions_are_webvtt_in_utf_8(client: httpx.AsyncClient) -> None:
    answer = await client.get(CAPTIONS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.content.decode().endswith("Hëllo.\n")


async def test_cues_are_a_json_list(client: httpx.AsyncClient) -> None:
    answer = await client.get(CUES)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == [{"t": 1.0, "kind": "inhale", "dur": 2.0, "haptic": "rise"}]


@pytest.mark.parametrize("url", [CAPTIONS, CUES])
async def test_both_are_immutable_and_not_sent_again(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = await client.get(url, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    control = await client.get(url, headers={"If-None-Match": '"other"'})
    assert control.status_code == 200


@pytest.mark.parametrize("url", [CAPTIONS, CUES])
async def test_head_answers_as_get_without_a_body(client: httpx.AsyncClient, url: str) -> None:
    head, whole = await client.head(url), await client.get(url)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize("url", [f"/v1/captions/{'0' * 64}.vtt", f"/v1/cues/{'0' * 64}"])
async def test_an_unknown_recipe_is_not_found(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "url", [f"/v1/captions/{RECIPE}", "/v1/captions/x.vtt", f"/v1/captions/{RECIPE}.vtt%0A", "/v1/cues/x"]
)
async def test_a_malformed_name_is_refused(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url)
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_captions_of_what_is_not_rendered_yet_are_made_first(tmp_path: Path) -> None:
    media = media_in(tmp_path, studio=QuickStudio(diary=tmp_path / "diary", takes_s=0.15))
    late = QuickStudio(diary=tmp_path).recipe(draft("short", "own_pace").programme)
    async with client_of(media) as client, media.lifespan(None):
        await until(lambda: media.queue.knows(late))
        answer = await client.get(f"/v1/captions/{late}.vtt")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert (await patiently(client, f"/v1/captions/{late}.vtt")).status_code == 200
        assert len(media.renditions) <= 3, "it overtook the other five"
