import gzip
from itertools import product

import msgspec
import pytest
from support.web import CATALOGUE, call

from server.web.conditional import Prepared, public_for
from server.web.negotiation import JSON, MESSAGEPACK

FORMS = list(product([JSON, MESSAGEPACK], ["identity", "gzip"]))


async def test_every_read_has_an_etag_and_answers_304_to_it() -> None:
    first = await call("GET", "/things/a")
    again = await call("GET", "/things/a", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept"
    assert "content-type" not in again.headers


async def test_another_answer_has_another_etag() -> None:
    first = await call("GET", "/things/a")
    other = await call("GET", "/things/b", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


async def test_json_and_messagepack_never_share_a_strong_etag() -> None:
    for path in ("/things/a", "/revised", "/catalogue"):
        answers = [await call("GET", path, headers={"Accept": form}) for form in (JSON, MESSAGEPACK)]
        assert len({answer.headers["etag"] for answer in answers}) == 2


async def test_a_revision_is_its_own_etag() -> None:
    answer = await call("GET", "/revised")
    assert answer.headers["etag"] == '"r7"'
    assert (await call("GET", "/revised", headers={"If-None-Match": '"r7"'})).status_code == 304


@pytest.mark.parametrize("if_match, status", [({}, 428), ({"If-Match": '"r6"'}, 412), ({"If-Match": '"r7"'}, 200)])
async def test_a_write_changes_only_the_revision_it_has_read(if_match: dict[str, str], status: int) -> None:
    answer = await call("PATCH", "/revised", json={"name": "a", "size": 1}, headers=if_match)
    assert answer.status_code == status


async def test_people_s_data_is_never_stored_by_a_cache() -> None:
    assert (await call("GET", "/things/a")).headers["cache-control"] == "no-store"


async def test_what_is_the_same_for_everybody_may_be_kept() -> None:
    assert (await call("GET", "/catalogue")).headers["cache-control"] == "public, max-age=60"
    assert (await call("GET", "/words")).headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("form, coding", FORMS)
async def test_prepared_content_is_sent_as_asked_for(form: str, coding: str) -> None:
    answer = await call("GET", "/catalogue", headers={"Accept": form, "Accept-Encoding": coding})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == form
    assert answer.headers.get("content-encoding", "identity") == coding
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    decoded = answer.json() if form == JSON else msgspec.msgpack.decode(answer.content)
    assert len(decoded) == 200


async def test_each_form_of_prepared_content_has_an_etag_of_its_own() -> None:
    found = [
        (await call("GET", "/catalogue", headers={"Accept": form, "Accept-Encoding": coding})).headers["etag"]
        for form, coding in FORMS
    ]
    assert len(set(found)) == 4


async def test_prepared_content_answers_304_in_the_form_that_would_be_sent() -> None:
    packed = {"Accept-Encoding": "gzip"}
    etag = (await call("GET", "/catalogue", headers=packed)).headers["etag"]
    same = await call("GET", "/catalogue", headers=packed | {"If-None-Match": f'"x", W/{etag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    plain = await call("GET", "/catalogue", headers={"Accept-Encoding": "identity", "If-None-Match": etag})
    assert plain.status_code == 200


def test_preparing_the_same_twice_gives_the_same_bytes() -> None:
    one, other = (Prepared(["a" * 2000], cache_control=public_for(1)).answer(None, "gzip", None) for _ in range(2))
    assert (one.body, one.headers) == (other.body, other.headers)


def test_what_is_short_is_not_packed() -> None:
    short = Prepared(["a"], cache_control=public_for(1)).answer(None, "gzip", None)
    assert (b"content-encoding", b"gzip") not in short.headers
    assert len(gzip.decompress(CATALOGUE.answer(None, "gzip", None).body)) > 1024


@pytest.mark.parametrize("path", ["/things/a", "/catalogue", "/file", "/revised"])
async def test_head_is_get_without_a_body(path: str) -> None:
    whole, head = await call("GET", path), await call("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    unlike = {"x-request-id"}
    assert {k: v for k, v in head.headers.items() if k not in unlike} == {
        k: v for k, v in whole.headers.items() if k not in unlike
    }
    unchanged = await call("HEAD", path, headers={"If-None-Match": whole.headers["etag"]})
    assert unchanged.status_code == 304
