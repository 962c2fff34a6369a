import hashlib
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.media import FILE_BYTES, QuickStudio, content_of, draft, exercise, media_in, render_here, until
from support.media_app import client_of, patiently
from support.problems import words
from support.ranges import single_ranges

from server.media.service import Media
from server.media.store import file_name

RECIPE = QuickStudio(diary=Path()).recipe(draft().programme)
CONTENT = content_of(RECIPE, "aac")
SHA256 = hashlib.sha256(CONTENT).hexdigest()
URL = f"/v1/audio/{SHA256}"


def rendered_in(folder: Path) -> Media:
    media = media_in(folder)
    render_here(media, QuickStudio(diary=folder / "diary"))
    media.renditions.load()
    return media


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Return a service whose files no test touches."""
    return rendered_in(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
async def client(whole: Media) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(whole) as client:
        yield client


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return rendered_in(tmp_path)


def path_of(media: Media) -> Path:
    return media.place.folder / file_name(SHA256)


async def test_a_file_is_answered_whole_with_all_that_players_need(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL)
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == SHA256
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.headers["content-length"] == str(FILE_BYTES)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{SHA256}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-encoding" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_each_codec_has_its_media_type(client: httpx.AsyncClient) -> None:
    opus = hashlib.sha256(content_of(RECIPE, "opus")).hexdigest()
    answer = await client.get(f"/v1/audio/{opus}")
    assert answer.headers["content-type"] == "audio/ogg; codecs=opus"


@pytest.mark.parametrize("wanted, start, length", single_ranges(FILE_BYTES))
async def test_a_range_is_answered_with_that_part(
    client: httpx.AsyncClient, wanted: str, start: int, length: int
) -> None:
    answer = await client.get(URL, headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{start + length - 1}/{FILE_BYTES}"
    assert answer.content == CONTENT[start : start + length]


async def test_a_range_behind_the_end_is_not_satisfiable(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL, headers={"Range": f"bytes={FILE_BYTES}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{FILE_BYTES}"


async def test_a_download_goes_on_only_with_the_same_file(client: httpx.AsyncClient) -> None:
    same = await client.get(URL, headers={"Range": "bytes=5-", "If-Range": f'"{SHA256}"'})
    other = await client.get(URL, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, FILE_BYTES - 1), max_size=8))
async def test_any_split_into_ranges_joins_to_the_file(cuts: list[int], client: httpx.AsyncClient) -> None:
    edges = sorted({0, *cuts, FILE_BYTES})
    joined = hashlib.sha256()
    for start, end in pairwise(edges):
        joined.update((await client.get(URL, headers={"Range": f"bytes={start}-{end - 1}"})).content)
    assert joined.hexdigest() == SHA256


async def test_head_answers_as_get_without_a_body(client: httpx.AsyncClient) -> None:
    answer = await client.head(URL)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(FILE_BYTES)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.content == b""


async def test_a_known_file_is_not_sent_again(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL, headers={"If-None-Match": f'"{SHA256}"'})
    assert (answer.status_code, answer.content) == (304, b"")
    control = await client.get(URL, headers={"If-None-Match": '"other"'})
    assert control.status_code == 200


async def test_an_unknown_hash_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/v1/audio/{'0' * 64}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "0000" not in words(answer)


@pytest.mark.parametrize(
    "name", ["x", SHA256.upper(), SHA256[:-1], f"{SHA256}0", f"{SHA256}%0A", "..%2f..%2fetc", "%00"]
)
async def test_a_malformed_hash_is_refused(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/v1/audio/{name}")
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("damage", ["missing", "truncated"])
async def test_a_damaged_file_is_never_served_and_comes_back_after_rendering(media: Media, damage: str) -> None:
    if damage == "missing":
        path_of(media).unlink()
    else:
        path_of(media).write_bytes(CONTENT[:-1])
    async with client_of(media) as client, media.lifespan(None):
        await until(lambda: media.queue.knows(RECIPE))
        answer = await client.get(URL)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["code"] == "audio_preparing"
        assert (await patiently(client, URL)).content == CONTENT


async def test_a_damaged_file_of_older_content_cannot_be_made_again_and_is_not_found(media: Media) -> None:
    path_of(media).unlink()
    async with client_of(media) as client:
        assert (await client.get(URL)).status_code == 404
        intact = hashlib.sha256(content_of(RECIPE, "opus")).hexdigest()
        assert (await client.get(f"/v1/audio/{intact}")).status_code == 200, "control: what is whole is served for ever"


async def test_what_another_server_on_the_folder_rendered_is_found(tmp_path: Path) -> None:
    media = media_in(tmp_path)
    media.renditions.load()
    async with client_of(media) as client:
        render_here(media_in(tmp_path), QuickStudio(diary=tmp_path / "diary"))
        assert (await client.get(URL)).status_code == 200


async def test_the_urls_of_an_exercise_answer_what_it_says(whole: Media, client: httpx.AsyncClient) -> None:
    for audio in whole.audio_of(exercise(), "en"):
        assert audio.status == "ready"
        for file in audio.files:
            answer = await client.get(file.url)
            assert len(answer.content) == file.bytes
            assert hashlib.sha256(answer.content).hexdigest() == file.sha256
            assert answer.headers["content-type"] == file.media_type
        assert (await client.get(str(audio.captions_url))).text.startswith("WEBVTT")
        assert (await client.get(str(audio.cues_url))).status_code == 200
