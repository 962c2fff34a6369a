import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.problems import words
from support.web import an_app, call

ID = "00000000-0000-7000-8000-000000000000"
JSON = {"Content-Type": "application/json"}


async def test_a_body_that_fits_is_taken() -> None:
    answer = await call("POST", "/batches", json={"items": [{"id": ID, "count": 1, "unknown": [1]}]})
    assert (answer.status_code, answer.json()) == (201, {"name": "logged", "size": 1})


@pytest.mark.parametrize(
    "item, pointer, code",
    [
        ({"id": "x", "count": 1}, "/items/0/id", "wrong_format"),
        ({"id": ID}, "/items/0/count", "missing"),
        ({"id": ID, "count": 11}, "/items/0/count", "out_of_range"),
        ({"id": ID, "count": "1"}, "/items/0/count", "wrong_type"),
        ({"id": ID, "count": 1, "colour": "mauve"}, "/items/0/colour", "not_allowed"),
        ({"id": ID, "count": 1, "found": {"type": "mauve"}}, "/items/0/found/type", "not_allowed"),
    ],
)
async def test_a_body_that_does_not_fit_is_told_where(item: dict[str, Any], pointer: str, code: str) -> None:
    answer = await call("POST", "/batches", json={"items": [item]})
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert "mauve" not in words(answer)


@pytest.mark.parametrize(
    "body, code",
    [
        (b"{", "malformed"),
        (b"\xef\xbb\xbf{}", "malformed"),
        (b'{"unread": "\xff"}', "not_utf8"),
        (b'{"unread": "\\u0000"}', "nul"),
        (b'{"unread": "\0"}', "nul"),
        (b'{"unread": ' + b"[" * 33 + b"]" * 33 + b"}", "too_deep"),
        (b'{"unread": ' + b"[" * 100_000, "too_deep"),
        (b'{"items": ' + b"9" * 5000 + b"}", "invalid"),
        (b"null", "invalid"),
        (b"", "invalid"),
    ],
)
async def test_what_is_not_proper_json_is_a_clear_400(body: bytes, code: str) -> None:
    answer = await call("POST", "/batches", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_a_body_must_be_declared_as_json(media_type: str) -> None:
    answer = await call("POST", "/batches", content=b"{}", headers={"Content-Type": media_type})
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")


async def test_a_packed_body_is_refused() -> None:
    packed = gzip.compress(b"{}")
    answer = await call("POST", "/batches", content=packed, headers=JSON | {"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "content_encoding")
    assert answer.headers["accept-encoding"] == "identity"


async def test_no_coding_hides_behind_another() -> None:
    headers = [*JSON.items(), ("Content-Encoding", "identity"), ("Content-Encoding", "gzip")]
    assert (await call("POST", "/batches", content=b"{}", headers=headers)).status_code == 415


@pytest.mark.parametrize("name", ["Content-Type", "Authorization", "Host"])
async def test_what_two_readers_could_read_differently_is_refused(name: str) -> None:
    headers = [(name, "application/json"), (name, "text/plain")]
    answer = await call("POST", "/batches", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "repeated_header")


@pytest.mark.parametrize("host", ["a:999999", "a:b", "[::1", "a b", "a/b", "a@b", "\xff", "a,b", "a:1:2"])
async def test_a_host_that_is_none_is_refused(host: str) -> None:
    # With a parameter that does not fit: that is when the framework reads the address of the request.
    answer = await call("GET", "/things?size=9", headers={"Host": host.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_host")


@pytest.mark.parametrize("host", ["a", "a.example:443", "127.0.0.1:8000", "[2001:db8::1]:8000", "a_b"])
async def test_any_name_or_address_is_a_host(host: str) -> None:
    assert (await call("GET", "/things?size=9", headers={"Host": host})).json()["errors"][0]["pointer"] == "?size"


async def test_of_a_name_that_is_there_twice_the_last_one_counts() -> None:
    answer = await call("POST", "/tiny", content=b'{"a": 1, "a": 2}', headers=JSON)
    assert (answer.status_code, answer.json()) == (201, {"a": 2})


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_a_header_field_changes_no_method(name: str) -> None:
    assert (await call("POST", "/tiny", json={"a": 1}, headers={name: "DELETE"})).status_code == 201
    assert (await call("GET", "/tiny", params={"_method": "POST"}, headers={name: "POST"})).status_code == 405


async def in_pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(0)
        yield b"          "


@pytest.mark.parametrize("pieces, status", [(1, 400), (2, 400), (3, 413), (10**6, 413)])
async def test_a_body_is_limited_while_it_streams_in_without_a_length(pieces: int, status: int) -> None:
    answer = await call("POST", "/tiny", content=in_pieces(pieces), headers=JSON)
    assert "content-length" not in answer.request.headers
    assert answer.status_code == status


async def test_a_body_announced_as_too_large_is_refused_unread() -> None:
    answer = await call("POST", "/tiny", json={"a": 10**15})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_caller_who_hangs_up_is_not_a_failure_of_ours() -> None:
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/batches",
        "raw_path": b"/batches",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    app: Any = an_app()
    await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["code"] == "incomplete"
