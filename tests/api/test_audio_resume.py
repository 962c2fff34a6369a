"""A download that is broken off and goes on after the exercise has got another sound ends with the right file."""

import hashlib
from pathlib import Path

import httpx
from support.media import QuickStudio, exercise, media_in, render_here
from support.media_app import client_of

from server.media.service import Media

HALF = 70_000


class Download:
    """What a phone keeps of an exercise's sound between attempts; a hasty one trusts that it is still the same."""

    def __init__(self, *, hasty: bool = False) -> None:
        self.content = bytearray()
        self.etag = ""
        self.hasty = hasty

    async def go_on(self, client: httpx.AsyncClient, url: str, *, until: int = 10**9) -> None:
        """Ask for what is missing; the connection is lost at `until` bytes."""
        asked = {"Range": f"bytes={len(self.content)}-"} if self.content else {}
        if self.content and not self.hasty:
            asked["If-Range"] = self.etag
        async with client.stream("GET", url, headers=asked) as answer:
            if answer.status_code == 200:
                self.content.clear()
            self.etag = answer.headers["etag"]
            async for chunk in answer.aiter_bytes(1000):
                self.content += chunk
                if len(self.content) >= until:
                    return


def taken(folder: Path, take: int) -> Media:
    """Return a service over a folder whose studio mixes as it does in this take, everything rendered."""
    studio = QuickStudio(diary=folder / "diary", take=take)
    media = media_in(folder, studio=studio)
    render_here(media, studio)
    media.renditions.load()
    return media


def sound_of(media: Media) -> tuple[str, str]:
    """Return the address of the exercise's first file, as a phone reads it in the catalogue, and its hash."""
    file = media.audio_of(exercise(), "en")[0].files[0]
    return str(file.url), str(file.sha256)


async def ended_with(folder: Path, download: Download) -> tuple[str, str]:
    """Break a download off, change the sound, go on at its new address; return the hash it has, and the right one."""
    before = taken(folder, 1)
    async with client_of(before) as client:
        await download.go_on(client, sound_of(before)[0], until=HALF)
    assert len(download.content) == HALF
    after = taken(folder, 2)
    url, right = sound_of(after)
    assert right != sound_of(before)[1]
    async with client_of(after) as client:
        await download.go_on(client, url)
    return hashlib.sha256(download.content).hexdigest(), right


async def test_a_download_that_names_what_it_has_begun_ends_with_the_new_file(tmp_path: Path) -> None:
    found, right = await ended_with(tmp_path, Download())
    assert found == right


async def test_a_hasty_download_ends_with_a_file_that_never_was(tmp_path: Path) -> None:
    found, right = await ended_with(tmp_path, Download(hasty=True))
    assert found != right


async def test_the_old_address_goes_on_with_the_old_file(tmp_path: Path) -> None:
    url, sha256 = sound_of(taken(tmp_path, 1))
    after, download = taken(tmp_path, 2), Download()
    async with client_of(after) as client:
        for end in (HALF, 2 * HALF, 10**9):
            await download.go_on(client, url, until=end)
    assert hashlib.sha256(download.content).hexdigest() == sha256
