"""A small application with the routes of audio alone."""

import asyncio

import httpx
from litestar.di import Provide

from server.media.api import routes
from server.media.service import Media
from server.web.kit import web_app


def client_of(media: Media) -> httpx.AsyncClient:
    app = web_app(
        routes,
        version="0",
        checks={},
        dependencies={"media": Provide(lambda: media, sync_to_thread=False, use_cache=True)},
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def patiently(client: httpx.AsyncClient, url: str) -> httpx.Response:
    """Ask again while the answer is 503, a minute at most."""
    async with asyncio.timeout(60):
        while (answer := await client.get(url)).status_code == 503:  # noqa: ASYNC110 - neither has a phone an event
            await asyncio.sleep(0.02)
    return answer
