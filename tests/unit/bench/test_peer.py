"""The peer that `make bench` measures beside does its work: one that answers without doing it is no peer."""

import importlib
from uuid import uuid4

import asyncpg
import httpx
import pytest
from bench.peers import days_ago
from bench.theirs import Theirs


async def test_the_peer_takes_each_practice_once_and_counts_days_in_a_row(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"peer_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_server}/postgres")
    await server.execute(f"CREATE DATABASE {name}")
    url = f"{postgres_server}/{name}".replace("postgresql://", "postgresql+asyncpg://")
    monkeypatch.setenv("PEER_DATABASE_URL", url)
    peer = importlib.import_module("bench.peer")
    transport = httpx.ASGITransport(peer.app)
    async with peer.lifespan(peer.app), httpx.AsyncClient(transport=transport, base_url="http://peer.test") as http:
        await _practise(http)
    await server.execute(f"DROP DATABASE {name}")
    await server.close()


async def _practise(http: httpx.AsyncClient) -> None:
    token = (await http.post("/clients")).json()["access_token"]

    async def send(whole: bytes, token: str = token) -> httpx.Response:
        head, _, body = whole.partition(b"\r\n\r\n")
        method, path, _ = head.decode().split(" ", 2)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await http.request(method, path, content=body, headers=headers)

    many = Theirs.pushing(token, days_ago([9, 8, 7, 2]))()
    one = Theirs.pushing(token, days_ago([1]))()
    assert (await send(many)).json() == {"current": 1, "longest": 3}
    for _ in range(2):
        answer = await send(one)
        assert (answer.status_code, answer.json()) == (201, {"current": 2, "longest": 3})
    read = Theirs.reading(token)()
    assert (await send(read)).json() == {"current": 2, "longest": 3}
    other = (await http.post("/clients")).json()["access_token"]
    assert (await send(read, other)).json() == {"current": 0, "longest": 0}
    assert (await send(read, f"{token}x")).status_code == 401
