"""Methods, redirects and repeated parameters: what a browser or a proxy could be tricked with."""

import pytest
from support.web import an_app, call, calling

REDIRECTS = {301, 302, 303, 307, 308}


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "BREW"])
@pytest.mark.parametrize("path", ["/things", "/batches", "/docs", "/metrics", "/nowhere"])
async def test_a_method_that_nobody_serves_is_refused_and_echoes_nothing(method: str, path: str) -> None:
    answer = await call(method, path, headers={"X-Canary": "c4narybird"})
    assert answer.status_code in {404, 405}
    assert "c4narybird" not in answer.text + str(answer.headers)


async def test_what_changes_something_cannot_be_asked_for_by_get() -> None:
    assert (await call("GET", "/batches", params={"items": "[]"})).status_code == 405


@pytest.mark.parametrize("override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_no_field_changes_the_method(override: str) -> None:
    answer = await call("POST", "/things", headers={override: "GET"})
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["//evil.example", "/things/", "/docs/", "/%2F%2Fevil.example", "/\\evil.example"])
async def test_nobody_is_redirected(path: str) -> None:
    answer = await call("GET", path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code not in REDIRECTS
    assert "location" not in answer.headers
    assert "evil.example" not in answer.text


@pytest.mark.parametrize("path", ["/", "/static/", "/docs/..", "/.git/config", "/.env", "/things/../.git/HEAD"])
async def test_there_are_no_folders_to_list_and_no_files_beside_the_routes(path: str) -> None:
    assert (await call("GET", path)).status_code in {400, 404, 405}


async def test_an_address_is_decoded_once() -> None:
    assert (await call("GET", "/things/%2541%253Cb")).json()["name"] == "%41%3Cb"
    assert (await call("GET", "/needed?word=%252527%2500")).json()["name"] == "%2527%00"
    assert (await call("GET", "/needed?word=%2527%00")).status_code == 400


async def test_a_field_of_the_body_cannot_be_given_by_the_address_or_a_cookie() -> None:
    given = {"params": {"name": "other", "size": "9"}, "headers": {"If-Match": '"r7"', "Cookie": "name=other"}}
    answer = await call("PATCH", "/revised", json={"name": "kept", "size": 7}, **given)
    assert answer.json() == {"name": "kept", "size": 7}


async def test_a_parameter_that_is_given_twice_has_one_meaning_or_is_refused() -> None:
    answer = await call("GET", "/needed?word=first&word=second")
    assert answer.status_code == 400 or answer.json()["name"] in {"first", "second"}
    again = await call("GET", "/needed?word=first&word=second")
    assert (again.status_code, again.json().get("name")) == (answer.status_code, answer.json().get("name"))


@pytest.mark.parametrize("field", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "X-User-Id"])
async def test_what_a_caller_says_about_themselves_in_fields_of_proxies_changes_nothing(field: str) -> None:
    plain, told = await call("GET", "/things"), await call("GET", "/things", headers={field: "127.0.0.1"})
    assert (plain.status_code, plain.content) == (told.status_code, told.content)


async def test_the_application_is_never_in_debug_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITESTAR_DEBUG", "1")
    monkeypatch.setenv("DEBUG", "1")
    app = an_app()
    assert app.app.debug is False
    async with calling(app) as client:
        answer = await client.get("/broken/a")
    assert set(answer.json()) == {"type", "title", "status", "code", "detail", "request_id"}
