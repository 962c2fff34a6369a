from support.web import an_app, calling


async def counted(method: str, path: str) -> str:
    async with calling(an_app()) as client:
        await client.request(method, path)
        return (await client.get("/metrics")).text


async def test_requests_are_counted_by_method_route_and_true_status() -> None:
    name = "http_request_duration_seconds_count"
    for method, path, labels in (
        ("GET", "/things/somebody", 'method="GET",route="/things/{name}",status="200"'),
        ("GET", "/conflict", 'method="GET",route="/conflict",status="409"'),
        ("GET", "/broken/a", 'method="GET",route="/broken/{word}",status="500"'),
        ("GET", "/nowhere/somebody", 'method="GET",route="(none)",status="404"'),
        ("SOMEBODY", "/things", 'method="OTHER",route="(none)",status="405"'),
        ("HEAD", "/things", 'method="HEAD",route="/things",status="200"'),
    ):
        text = await counted(method, path)
        assert f"{name}{{{labels}}} 1.0" in text
        assert "somebody" not in text.lower()


async def test_requests_being_served_are_counted() -> None:
    assert "http_requests_in_flight 1.0" in await counted("GET", "/things/a")


async def test_each_application_counts_for_itself() -> None:
    assert 'route="/things/{name}"' in await counted("GET", "/things/a")
    assert 'route="/things/{name}"' not in await counted("GET", "/conflict")
