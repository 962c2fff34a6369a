import httpx
from support.web import an_app, calling

HERE = "https://app.example.org"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


async def asked(method: str, path: str, origin: str, **headers: str) -> httpx.Response:
    async with calling(an_app(cors_origins=[HERE])) as client:
        return await client.request(method, path, headers={"Origin": origin} | headers)


async def test_a_page_of_a_configured_origin_may_read_answers() -> None:
    answer = await asked("GET", "/things/a", HERE)
    assert answer.headers["access-control-allow-origin"] == HERE
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["vary"] == "Accept, Origin"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_also_problems_can_be_read() -> None:
    assert (await asked("GET", "/things?names=%00", HERE)).headers["access-control-allow-origin"] == HERE


async def test_a_page_may_ask_first() -> None:
    answer = await asked("OPTIONS", "/batches", HERE, **PREFLIGHT)
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"If-Match", "Range", "If-Range"} <= set(answer.headers["access-control-allow-headers"].split(", "))


async def test_no_other_origin_is_let_in() -> None:
    for origin in (f"{HERE}.evil.example", "https://APP.example.org", "null", f"{HERE}:444"):
        for answer in (
            await asked("GET", "/things/a", origin),
            await asked("OPTIONS", "/batches", origin, **PREFLIGHT),
        ):
            assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_nobody_is_let_in_unless_configured() -> None:
    async with calling(an_app()) as client:
        answer = await client.get("/things/a", headers={"Origin": HERE})
    assert "access-control-allow-origin" not in answer.headers
