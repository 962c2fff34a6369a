"""`docs/proxy/nginx-audio.conf`, run by nginx in front of the server: to a player both are the same."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bench.ours import unspoken
from bench.recording import keep
from support.documents import read
from support.proxies import nginx
from support.ranges import single_ranges
from support.server import serving

from server.media.store import file_name

CONTENT = hashlib.shake_256(b"sound").digest(1024 * 1024)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SIZE = len(CONTENT)
PATH = f"/v1/audio/{SHA256}"
FILE = "docs/proxy/nginx-audio.conf"
ETAG = f'"{SHA256}"'
ORIGIN = "https://console.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def behind(folder: Path) -> Iterator[str]:
    """Serve one recording for nginx to send."""
    keep(folder, CONTENT)
    environ = {
        "GROUNDWORK_DATA": str(folder),
        "GROUNDWORK_CONTENT": unspoken(folder),
        "GROUNDWORK_ACCEL": "/_audio/",
        "GROUNDWORK_CORS_ORIGINS": ORIGIN,
    }
    with serving(**environ) as address:
        yield address


@pytest.fixture(scope="module")
def proxied(folder: Path, behind: str) -> Iterator[str]:
    """Run nginx with our location; yield the recording's address there."""
    with nginx(folder, behind, folder / "audio", read(FILE)) as address:
        yield address + PATH


def ask(address: str, method: str = "GET", **fields: str) -> httpx.Response:
    return httpx.request(method, address, headers={name.replace("_", "-"): value for name, value in fields.items()})


def test_nginx_sends_the_file_with_all_that_the_server_says_of_it(proxied: str) -> None:
    answer = ask(proxied)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["server"].startswith("nginx")
    assert "x-accel-redirect" not in answer.headers
    told = {
        "content-type": "audio/mp4",
        "content-length": str(SIZE),
        "accept-ranges": "bytes",
        "etag": ETAG,
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=63072000; includeSubDomains",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers[name] for name in told} == told
    assert len(answer.headers.get_list("x-request-id")) == 1


@pytest.mark.parametrize("wanted, start, length", single_ranges(SIZE))
def test_a_range_is_answered_with_that_part(proxied: str, wanted: str, start: int, length: int) -> None:
    answer = ask(proxied, Range=wanted)
    assert (answer.status_code, answer.content) == (206, CONTENT[start : start + length])
    assert answer.headers["content-range"] == f"bytes {start}-{start + length - 1}/{SIZE}"
    assert answer.headers["etag"] == ETAG


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "seconds=1-2"])
def test_several_ranges_and_other_units_are_answered_by_the_whole(proxied: str, wanted: str) -> None:
    answer = ask(proxied, Range=wanted)
    assert (answer.status_code, answer.content) == (200, CONTENT)


@pytest.mark.parametrize("wanted", ["bytes=9-5", "bytes=-"])
def test_nginx_refuses_what_is_no_range_at_all(proxied: str, wanted: str) -> None:
    """The server ignores it; RFC 9110 14.2 allows both."""
    answer = ask(proxied, Range=wanted)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert len(answer.headers.get_list("x-request-id")) == 1


def test_a_range_behind_the_end_is_a_problem_of_the_server(proxied: str) -> None:
    answer = ask(proxied, Range=f"bytes={SIZE}-")
    assert (answer.status_code, answer.json()["code"]) == (416, "range")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_a_download_goes_on_only_with_the_same_file(proxied: str) -> None:
    same, other = (ask(proxied, Range="bytes=5-", If_Range=etag) for etag in (ETAG, '"other"'))
    assert (same.status_code, same.content) == (206, CONTENT[5:])
    assert (other.status_code, other.content) == (200, CONTENT)


def test_with_an_etag_of_its_own_nginx_would_begin_anew(tmp_path: Path, folder: Path, behind: str) -> None:
    own = "\n".join(line for line in read(FILE).splitlines() if "etag" not in line)
    with nginx(tmp_path, behind, folder / "audio", own) as address:
        answer = ask(address + PATH, Range="bytes=5-", If_Range=ETAG)
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_who_has_the_file_is_told_so(proxied: str) -> None:
    assert ask(proxied, If_None_Match=ETAG).status_code == 304
    assert ask(proxied, If_None_Match='"other"').status_code == 200


def test_head_is_answered_as_get_without_a_body(proxied: str) -> None:
    answer = ask(proxied, "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["content-length"], answer.headers["etag"]) == (str(SIZE), ETAG)


def test_a_page_of_a_configured_origin_may_read_it(proxied: str) -> None:
    allowed = ask(proxied, Origin=ORIGIN).headers
    assert allowed["access-control-allow-origin"] == ORIGIN
    assert "ETag" in allowed["access-control-expose-headers"]
    assert allowed["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in ask(proxied, Origin="https://other.example").headers


def test_nobody_reaches_the_folder_past_the_server(proxied: str) -> None:
    beside = httpx.URL(proxied).copy_with(path=f"/_audio/{file_name(SHA256)}")
    assert ask(str(beside)).status_code == 404


def test_a_file_that_is_gone_is_a_problem_of_the_server(proxied: str, folder: Path) -> None:
    place = folder / "audio" / file_name(SHA256)
    place.rename(folder / "away")
    try:
        answer = ask(proxied)
    finally:
        (folder / "away").rename(place)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
