"""The two doors beside the server's own by which audio leaves: the proxy in front, and a bucket."""

import asyncio
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from support.bucket import URL, serving_bucket
from support.media import FILE_BYTES, VOICE, QuickStudio, content_of, draft, exercise, render_here, until
from support.media_app import client_of, patiently
from support.server import free_port

from server.media.batch import check_all, render_all
from server.media.place import Place
from server.media.service import Media
from server.media.store import file_name

RECIPE = QuickStudio(diary=Path()).recipe(draft().programme)
CONTENT = content_of(RECIPE, "aac")
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ADDRESS = f"/v1/audio/{SHA256}"


def media_at(place: Place, diary: Path) -> Media:
    small = exercise()
    return Media(place, {small.slug: small}, {"en": (VOICE,)}, QuickStudio(diary=diary))


def rendered_at(place: Place, diary: Path) -> Media:
    media = media_at(place, diary)
    render_here(media, QuickStudio(diary=diary))
    media.renditions.load()
    return media


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s3")


@pytest.fixture(scope="module")
def bucket(folder: Path) -> Iterator[Path]:
    """Serve a bucket; return where its objects lie."""
    with serving_bucket(folder / "buckets") as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        yield folder / "buckets" / "sound" / "clinic"


@pytest.fixture
def place(bucket: Path, tmp_path: Path) -> Place:
    assert bucket.parent.exists()
    return Place(folder=tmp_path / "work", bucket=URL)


@pytest.fixture
def media(place: Place, tmp_path: Path) -> Media:
    return rendered_at(place, tmp_path / "diary")


BEHIND = f"bytes={FILE_BYTES}-"


@pytest.mark.parametrize("asked", [{}, {"Range": "bytes=5-9"}, {"Range": BEHIND, "If-Range": '"other"'}])
async def test_the_proxy_is_told_where_the_file_lies_and_does_the_ranges(tmp_path: Path, asked: dict[str, str]) -> None:
    place = Place(folder=tmp_path / "audio", accel="/_audio/")
    async with client_of(rendered_at(place, tmp_path / "diary")) as client:
        answer = await client.get(ADDRESS, headers=asked)
    assert (answer.status_code, answer.content) == (200, b"")
    location = answer.headers["x-accel-redirect"]
    assert (place.folder / location.removeprefix("/_audio/")).read_bytes() == CONTENT
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.headers["etag"] == f'"{SHA256}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "accept-ranges" not in answer.headers


async def test_the_proxy_is_not_asked_for_a_range_behind_the_end(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "audio", accel="/_audio/")
    async with client_of(rendered_at(place, tmp_path / "diary")) as client:
        answers = [
            await client.get(ADDRESS, headers={"Range": BEHIND, **more}) for more in ({}, {"If-Range": f'"{SHA256}"'})
        ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(416, "range")] * 2
    assert {each.headers["content-range"] for each in answers} == {f"bytes */{FILE_BYTES}"}


async def test_the_proxy_is_not_asked_for_what_is_known_lost_or_never_was(tmp_path: Path) -> None:
    media = rendered_at(Place(folder=tmp_path / "audio", accel="/_audio/"), tmp_path / "diary")
    async with client_of(media) as client:
        known = await client.get(ADDRESS, headers={"If-None-Match": f'"{SHA256}"'})
        (media.place.folder / file_name(SHA256)).unlink()
        others = [await client.get(f"/v1/audio/{each}") for each in (SHA256, "0" * 64)]
    assert [each.status_code for each in (known, *others)] == [304, 404, 404]
    assert not any("x-accel-redirect" in each.headers for each in (known, *others))


async def test_without_the_setting_nobody_is_told(tmp_path: Path) -> None:
    async with client_of(rendered_at(Place(folder=tmp_path / "audio"), tmp_path / "diary")) as client:
        answer = await client.get(ADDRESS)
    assert "x-accel-redirect" not in answer.headers
    assert answer.content == CONTENT


async def test_a_file_in_a_bucket_is_read_there_by_a_signed_address(media: Media) -> None:
    async with client_of(media) as client, httpx.AsyncClient() as elsewhere:
        answer = await client.get(ADDRESS)
        assert (answer.status_code, answer.content) == (307, b"")
        address = answer.headers["location"]
        found = await elsewhere.get(address)
        part = await elsewhere.get(address, headers={"Range": "bytes=5-9"})
    assert hashlib.sha256(found.content).hexdigest() == SHA256
    assert (part.status_code, part.content) == (206, CONTENT[5:10])
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert int(parse_qs(urlsplit(address).query)["X-Amz-Expires"][0]) > 3600


async def test_an_address_is_signed_for_one_file_and_for_reading(media: Media) -> None:
    opus = hashlib.sha256(content_of(RECIPE, "opus")).hexdigest()
    async with client_of(media) as client, httpx.AsyncClient() as elsewhere:
        address = (await client.get(ADDRESS)).headers["location"]
        other = await elsewhere.get(address.replace(file_name(SHA256), file_name(opus)))
        unsigned = await elsewhere.get(address.partition("?")[0])
        written = await elsewhere.put(address, content=b"other")
    assert [each.status_code for each in (other, unsigned, written)] == [403, 403, 403]


async def test_head_of_a_file_in_a_bucket_is_answered_here(media: Media) -> None:
    async with client_of(media) as client:
        answer = await client.head(ADDRESS)
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(FILE_BYTES))
    assert answer.headers["etag"] == f'"{SHA256}"'
    assert "location" not in answer.headers


async def test_what_a_phone_has_of_a_bucket_is_not_signed_for_again(media: Media) -> None:
    async with client_of(media) as client:
        assert (await client.get(ADDRESS, headers={"If-None-Match": f'"{SHA256}"'})).status_code == 304


async def test_captions_come_from_the_bucket_through_the_server(media: Media) -> None:
    async with client_of(media) as client:
        assert (await client.get(f"/v1/captions/{RECIPE}.vtt")).text.startswith("WEBVTT")


async def test_what_is_missing_in_a_bucket_is_made_again(place: Place, bucket: Path, tmp_path: Path) -> None:
    media = rendered_at(place, tmp_path / "diary")
    (bucket / file_name(SHA256)).unlink()
    async with client_of(media) as client, media.lifespan(None), httpx.AsyncClient() as elsewhere:
        await until(lambda: media.queue.knows(RECIPE))
        answer = await client.get(ADDRESS)
        assert (answer.status_code, answer.json()["code"]) == (503, "audio_preparing")
        address = (await patiently(client, ADDRESS)).headers["location"]
        assert (await elsewhere.get(address)).content == CONTENT


def test_rendering_fills_a_bucket_and_leaves_nothing_here(place: Place, bucket: Path, tmp_path: Path) -> None:
    place = Place(folder=place.folder, bucket=f"{URL}/anew")
    tally = render_all(media_at(place, tmp_path / "diary"))
    assert (tally.rendered > 0, tally.impossible) == (True, 0)
    assert (bucket / "anew" / file_name(SHA256)).read_bytes() == CONTENT
    assert [path for path in place.folder.rglob("*") if path.is_file()] == []
    (bucket / "anew" / file_name(SHA256)).unlink()
    checked = check_all(media_at(place, tmp_path / "diary"))
    assert checked.listened == tally.rendered
    assert [each.fault for each in checked.broken] == ["aac: The file is missing."]


async def test_a_bucket_that_does_not_answer_is_said_so_and_nothing_is_given_up(
    media: Media, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    gone = media_at(media.place, tmp_path / "diary")
    gone.renditions = media.renditions
    async with client_of(gone) as client:
        answer = await asyncio.wait_for(client.get(ADDRESS), 30)
    assert (answer.status_code, answer.json()["code"]) == (503, "audio_store")
    assert int(answer.headers["retry-after"]) > 0
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in answer.text
