"""An application behind the server's own protocol, in this process and on its loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from server.web.edge import Edge
from server.web.kit import UVICORN_OPTIONS


@asynccontextmanager
async def listening(app: Edge, http: Any = UVICORN_OPTIONS["http"]) -> AsyncIterator[int]:
    config = Config(app, **{**UVICORN_OPTIONS, "http": http})
    config.load()
    make: Any = config.http_protocol_class
    server = await asyncio.get_running_loop().create_server(lambda: make(config, ServerState(), {}), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
