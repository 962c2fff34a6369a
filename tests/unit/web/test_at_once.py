"""What stands on the shelf leaves the server at once, and on the wire nobody can tell."""

import asyncio
from asyncio import Transport
from typing import cast

import pytest
from support.served import listening
from support.web import CATALOGUE, ROUTES, an_app, logged
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.web.shelf import MOST_KEPT
from server.web.whole import Burst

PLAIN = b"GET /catalogue HTTP/1.1\r\nHost: a\r\n%b\r\n"


async def answers(port: int, request: bytes, count: int = 1) -> list[tuple[list[str], bytes]]:
    """Send bytes; return the lines of so many heads, without what differs each time, and the bodies."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    found = []
    for _ in range(count):
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().strip().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:])
        bodiless = request.startswith(b"HEAD") or " 304 " in head[0]
        body = b"" if bodiless else await reader.readexactly(int(fields["content-length"]))
        found.append(([line for line in head if not line.startswith(("x-request-id", "date"))], body))
    writer.close()
    return found


def alike(answer: tuple[list[str], bytes]) -> tuple[str, set[str], bytes]:
    (first, *lines), body = answer
    return first, set(lines), body


@pytest.mark.parametrize(
    "request_",
    [
        PLAIN % b"",
        PLAIN % b"Accept-Encoding: gzip, br\r\nAccept: application/vnd.msgpack\r\n",
        PLAIN % b"Connection: close\r\n",
        PLAIN % b"If-None-Match: *\r\n",
        PLAIN.replace(b"GET", b"HEAD") % b"",
        PLAIN.replace(b"1.1", b"1.0") % b"",
        PLAIN % b"Content-Length: 3\r\n" + b"abc",
        PLAIN % b"Host: b\r\n",
        PLAIN % b"Content-Encoding: gzip\r\n",
        PLAIN % b"Origin: https://app.example\r\n",
        PLAIN.replace(b"GET", b"POST") % b"",
    ],
)
async def test_it_is_what_the_usual_way_would_send(request_: bytes) -> None:
    app = an_app(cors_origins=["https://app.example"])
    async with listening(app) as ours, listening(an_app(), HttpToolsProtocol) as usual:
        await answers(ours, PLAIN % b"")
        assert app.shelf.has({"path": "/catalogue", "query_string": b""})  # type: ignore[typeddict-item]  # all it reads
        (at_once,) = await answers(ours, request_)
        (later,) = await answers(usual, request_)
    if b"Origin" in request_:
        assert "access-control-allow-origin: https://app.example" in at_once[0]
    elif at_once[1].startswith(b'{"type"'):
        assert alike(at_once)[:1] == alike(later)[:1]
    else:
        assert alike(at_once) == alike(later)


async def test_requests_in_a_row_are_answered_in_their_order() -> None:
    app = an_app()
    async with listening(app) as port:
        await answers(port, PLAIN % b"")
        row = PLAIN % b"" + b"GET /things/a HTTP/1.1\r\nHost: a\r\n\r\n" + PLAIN % b"Accept: application/msgpack\r\n"
        first, second, third = await answers(port, row, 3)
    assert (first[1], second[1]) == (CATALOGUE.answer(None, None, None).body, b'{"name":"a","size":1}')
    assert third[1] == CATALOGUE.answer("application/msgpack", None, None).body


async def test_it_is_logged_and_counted_like_any_other() -> None:
    app = an_app()
    with logged() as log:
        async with listening(app) as port:
            for _ in range(3):
                await answers(port, PLAIN % b"X-Request-Id: 0123456789abcdef\r\n")
    lines = [line for line in log.lines() if line["event"] == "request"]
    assert [(line["route"], line["status"], line["request_id"]) for line in lines] == [
        ("/catalogue", 200, "0123456789abcdef")
    ] * 3
    assert 'route="/catalogue",status="200"} 3.0' in app.metrics.exposition().decode()


async def test_only_what_is_public_is_kept_and_only_so_much() -> None:
    app = an_app(routes=ROUTES)
    async with listening(app) as port:
        for path in (b"/things/a", b"/revised", b"/words", b"/nowhere"):
            await answers(port, b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % path)
            assert not app.shelf.has({"path": path.decode(), "query_string": b""})  # type: ignore[typeddict-item]  # same
        for number in range(MOST_KEPT + 1):
            await answers(port, b"GET /catalogue?n=%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)
    kept = [app.shelf.has({"path": "/catalogue", "query_string": b"n=%d" % n}) for n in (0, 1, MOST_KEPT)]  # type: ignore[typeddict-item]  # same
    assert kept == [False, True, True]


async def test_what_was_answered_at_once_comes_before_the_refusal_of_what_follows() -> None:
    app = an_app()
    async with listening(app) as port:
        await answers(port, PLAIN % b"")
        first, second = await answers(port, PLAIN % b"" + b"no HTTP at all\r\n\r\n", 2)
    assert [lines[0] for lines, _ in (first, second)] == ["HTTP/1.1 200 OK", "HTTP/1.1 400 Bad Request"]


class Wire:
    """A transport that remembers what was done to it, in order, with all others."""

    def __init__(self, name: str, done: list[str], *, gone: bool = False) -> None:
        self.name, self.done, self.gone = name, done, gone

    def is_closing(self) -> bool:
        return self.gone

    def writelines(self, parts: list[bytes]) -> None:
        assert not self.gone, "uvloop fails here"
        self.done.append(f"{self.name} {b''.join(parts)[:9].decode()}")

    def close(self) -> None:
        self.done.append(f"{self.name} closed")


async def test_a_burst_is_written_in_order_once_all_were_read_and_who_has_gone_costs_nobody_an_answer() -> None:
    done: list[str] = []
    burst, wires = Burst(), [Wire("a", done), Wire("b", done, gone=True), Wire("c", done)]
    for wire in wires:
        burst.write(cast("Transport", wire), [b"1"], last=wire.name == "a")
    burst.write(cast("Transport", wires[2]), [b"2"], last=False)
    assert done == []
    await asyncio.sleep(0)
    assert done == ["a 1", "a closed", "c 1", "c 2"]
    burst.write(cast("Transport", wires[2]), [b"3"], last=False)
    burst.flush()
    await asyncio.sleep(0)
    assert done[4:] == ["c 3"], "once, and at once where the order asks for it"


async def test_a_burst_holds_no_more_than_a_mebibyte() -> None:
    done: list[str] = []
    burst, wire = Burst(), cast("Transport", Wire("a", done))
    for name in b"1", b"2", b"3":
        burst.write(wire, [name * 400_000], last=False)
    assert done == ["a 111111111", "a 222222222", "a 333333333"]
    burst.write(wire, [b"4"], last=False)
    assert len(done) == 3
    await asyncio.sleep(0)
    assert done[3:] == ["a 4"]
