import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.web import call

from server.web.coding import CODINGS
from server.web.negotiation import JSON, MEDIA_TYPES, MESSAGEPACK, content_encoding, media_type


@pytest.mark.parametrize(
    "accept, chosen",
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (MESSAGEPACK, MESSAGEPACK),
        ("application/x-msgpack", "application/x-msgpack"),
        ("application/msgpack", "application/msgpack"),
        (f"{JSON};q=0.5, {MESSAGEPACK}", MESSAGEPACK),
        (f"{JSON}, {MESSAGEPACK};q=0.9", JSON),
        (f"{MESSAGEPACK};q=0, */*", JSON),
        (f"{MESSAGEPACK};q=2", JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("image/png", JSON),
        ("", JSON),
    ],
)
def test_json_is_sent_unless_messagepack_is_liked_better(accept: str | None, chosen: str) -> None:
    assert media_type(accept) == chosen


@pytest.mark.parametrize(
    "accept, chosen",
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("br;q=0.9, gzip", "gzip"),
        ("br;q=0, zstd;q=0, *", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("br", "br"),
        ("deflate", "identity"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity;q=0", "identity"),
    ],
)
def test_what_is_liked_best_is_sent_and_of_several_the_smallest(accept: str | None, chosen: str) -> None:
    assert content_encoding(accept) == chosen


@given(st.text())
def test_no_accept_field_breaks_the_choice(field: str) -> None:
    assert media_type(field) in MEDIA_TYPES
    assert content_encoding(field) in CODINGS


async def test_an_answer_is_messagepack_on_request() -> None:
    answer = await call("GET", "/things/a", headers={"Accept": MESSAGEPACK})
    assert answer.headers["content-type"] == MESSAGEPACK
    assert msgspec.msgpack.decode(answer.content) == {"name": "a", "size": 1}


async def test_an_answer_says_that_it_depends_on_accept() -> None:
    assert (await call("GET", "/things/a")).headers["vary"] == "Accept"


async def test_a_declared_media_type_is_not_negotiated() -> None:
    answer = await call("GET", "/words", headers={"Accept": MESSAGEPACK})
    assert (answer.text, answer.headers["content-type"]) == ("WEBVTT", "text/vtt; charset=utf-8")
    assert "vary" not in answer.headers
