"""Bytes that no client sends, to the server as an operator runs it: it answers, it lives, it does not grow."""

import gzip
import re
import socket
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from support.asgi import Told
from support.attack import faults
from support.hostile import CANARY
from support.server import serving

C = CANARY.encode()
HOST = b"Host: clinic.test\r\n"
JSON = b"Content-Type: application/json\r\n"
SIGN_IN = b"POST /v1/auth/sign-in HTTP/1.1\r\n" + HOST + JSON
CHUNKED = SIGN_IN + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
MEGABYTE = 1024 * 1024

NONSENSE = {
    "no HTTP": C * 100,
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown version": b"GET /%b HTTP/7.3\r\n" % C + HOST + b"\r\n",
    "no version": b"GET /%b\r\n\r\n" % C,
    "an unknown method": b"%b / HTTP/1.1\r\n" % C.upper() + HOST + b"\r\n",
    "a proxy's request": b"GET http://%b.example/healthz HTTP/1.1\r\n" % C + HOST + b"\r\n",
    "CONNECT": b"CONNECT %b:443 HTTP/1.1\r\n" % C + HOST + b"\r\n",
    "OPTIONS of everything": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\n" + HOST + b"X: %b\r\n\r\n" % C,
    "raw bytes in the path": b"GET /\xc3\xa9%b HTTP/1.1\r\n" % C + HOST + b"\r\n",
    "a space in the path": b"GET /a %b HTTP/1.1\r\n" % C + HOST + b"\r\n",
    "a path of slashes": b"GET //%b//..//.. HTTP/1.1\r\n" % C + HOST + b"\r\n",
    "two hosts": GET + HOST + b"Host: %b\r\n\r\n" % C,
    "no host": GET + b"\r\n",
    "a host that is none": GET + b"Host: %b:99999\r\n\r\n" % C,
    "NUL in a field": GET + HOST + b"X: %b\0\r\n\r\n" % C,
    "a bare CR in a field": GET + HOST + b"X: %b\rY: 1\r\n\r\n" % C,
    "a folded field": GET + HOST + b"X: a\r\n %b\r\n\r\n" % C,
    "a field without a colon": GET + HOST + b"%b\r\n\r\n" % C,
    "a space before the colon": GET + HOST + b"X : %b\r\n\r\n" % C,
    "two lengths": SIGN_IN + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    "a length and chunks": SIGN_IN + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length below nothing": SIGN_IN + b"Content-Length: -1\r\n\r\n{}",
    "a length that is none": SIGN_IN + b"Content-Length: %b\r\n\r\n{}" % C,
    "an enormous length": SIGN_IN + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "a length that is too large": SIGN_IN + b"Content-Length: 999999999\r\n\r\n{}",
    "less than announced": SIGN_IN + b"Content-Length: 400\r\n\r\n{}",
    "more than announced": SIGN_IN + b"Content-Length: 2\r\n\r\n{}%b" % C,
    "an unknown coding": SIGN_IN + b"Transfer-Encoding: %b\r\n\r\n{}" % C,
    "chunked twice": SIGN_IN + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk of no size": CHUNKED + b"\r\n{}\r\n0\r\n\r\n",
    "a chunk of a strange size": CHUNKED + b"%b\r\n{}\r\n0\r\n\r\n" % C,
    "a chunk of an enormous size": CHUNKED + b"ffffffffffffffffff\r\n{}",
    "a chunk below nothing": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "a chunk without its end": CHUNKED + b"2\r\n{}0\r\n\r\n",
    "a chunk with extensions": CHUNKED + b'2;%b="%b"\r\n{}\r\n0\r\n\r\n' % (C, C),
    "trailers": CHUNKED + b"2\r\n{}\r\n0\r\nAuthorization: Bearer %b\r\nContent-Length: 9\r\n\r\n" % C,
    "single bytes": CHUNKED + b"1\r\n{\r\n" + b"1\r\n \r\n" * 5000 + b"1\r\n}\r\n0\r\n\r\n",
    "an expectation": SIGN_IN + b"Expect: %b\r\nContent-Length: 2\r\n\r\n{}" % C,
    "an upgrade": GET
    + HOST
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "a socket": GET + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: %b\r\n\r\n" % C,
    "a hundred requests at once": (GET + HOST + b"\r\n") * 100,
    "a request in a request": SIGN_IN + b"Content-Length: 2\r\n\r\n{}GET /%b HTTP/1.1\r\n\r\n" % C,
    "a body for GET": GET + HOST + b"Content-Length: 3\r\n\r\n\xff\xfe\x00",
}

BOMBS: dict[str, tuple[bytes, bytes, int]] = {
    "an endless field": (GET + HOST + b"X: ", b"a" * MEGABYTE, 100),
    "endless fields": (GET + HOST, b"a: b\r\n" * (MEGABYTE // 6), 100),
    "an endless address": (b"GET /", b"a" * MEGABYTE, 100),
    "endless trailers": (CHUNKED + b"0\r\n", b"a: b\r\n" * (MEGABYTE // 6), 100),
    "an endless body": (SIGN_IN + b"Content-Length: 999999999999\r\n\r\n", b"[" * MEGABYTE, 100),
    "endless chunks": (CHUNKED, b"100000\r\n" + b"9" * MEGABYTE + b"\r\n", 100),
    "a deep body": (SIGN_IN + b"Content-Length: 1000000\r\n\r\n", b"[" * 1_000_000, 1),
    "a long number": (SIGN_IN + b"Content-Length: 1000000\r\n\r\n", b"9" * 1_000_000, 1),
    "a packed body": (SIGN_IN + b"Content-Encoding: gzip\r\n", gzip.compress(bytes(50 * MEGABYTE)), 1),
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving("demo", "--serve", GROUNDWORK_DATA=str(tmp_path_factory.mktemp("hostile"))) as url:
        yield url


def told(url: str, request: bytes, more: bytes = b"", times: int = 0, patience: float = 0.15) -> list[Told]:
    """Send bytes, then `more` as often as it is taken; return every answer until the server closes or is silent."""
    answered = b""
    with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0), timeout=20) as connection:
        # Whoever is cut off while they send gets what was answered until then, or nothing.
        with suppress(ConnectionError):
            connection.sendall(request)
            for _ in range(times):
                connection.sendall(more)
        connection.settimeout(patience)
        with suppress(ConnectionError, TimeoutError):
            while part := connection.recv(65536):
                answered += part
    return list(answers(answered))


def answers(raw: bytes) -> Iterator[Told]:
    """Read answers that carry their length."""
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        headers = dict(field.lower().split(": ", 1) for field in fields)
        length = int(headers.get("content-length", 0))
        yield Told(status=int(status.split()[1]), headers=headers, body=rest[:length])
        raw = rest[length:]


@pytest.mark.parametrize("what", NONSENSE)
def test_no_bytes_are_a_failure_or_repeated(url: str, what: str) -> None:
    found = [fault for each in told(url, NONSENSE[what]) for fault in faults(each)]
    assert found == []
    assert httpx.get(f"{url}/readyz").status_code == 200


def test_what_is_read_from_the_wire_is_what_was_answered(url: str) -> None:
    last = GET + HOST + b"Connection: close\r\n\r\n"
    for what, statuses in ("a hundred requests at once", [200] * 100), ("a request in a request", [400, 404]):
        assert [each.status for each in told(url, NONSENSE[what] + last, patience=20)] == [*statuses, 200]
    broken = Told(status=500, headers={"content-type": "text/plain"}, body=C)
    assert faults(broken) == ["answered 500", "not a problem document", f"repeats {CANARY}"]


def memory(url: str) -> float:
    """Return the memory of the server in MiB."""
    figure = re.search(r"^process_resident_memory_bytes (\S+)", httpx.get(f"{url}/metrics").text, re.MULTILINE)
    assert figure
    return float(figure[1]) / MEGABYTE


def test_bombs_do_not_make_it_grow(url: str) -> None:
    """Promise: at most 50 MiB, though each bomb alone would take 100."""
    before = memory(url)
    for request, more, times in BOMBS.values():
        assert [fault for each in told(url, request, more, times) for fault in faults(each)] == []
    assert memory(url) - before < 50
