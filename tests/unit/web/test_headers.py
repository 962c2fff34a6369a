from uuid import UUID

import pytest
from support.web import call

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/things/a", "/nowhere", "/broken/a", "/file", "/things?names=%00", "/catalogue"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    headers = (await call("GET", path)).headers
    assert {name: headers[name] for name in ALWAYS} == ALWAYS
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(headers["permissions-policy"].split(", "))
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/nowhere", "/broken/a", "/things?names=%00"])
async def test_problems_are_not_kept(path: str) -> None:
    assert (await call("GET", path)).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("given", ["0" * 16, "01a204b7-f5fe-729a-bf5b-a848300d36e7", "ABCDEF0123456789"])
async def test_a_well_formed_request_id_is_kept(given: str) -> None:
    assert (await call("GET", "/things/a", headers={"X-Request-Id": given})).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "name-of-somebody-else", "0" * 65, "0" * 16 + " ", '{"a":"b"}', "0" * 15]
)
async def test_any_other_request_id_is_replaced(given: str) -> None:
    kept = (await call("GET", "/things/a", headers={"X-Request-Id": given})).headers["x-request-id"]
    assert UUID(kept).version == 7


async def test_requests_have_different_ids() -> None:
    assert len({(await call("GET", "/things/a")).headers["x-request-id"] for _ in range(3)}) == 3
