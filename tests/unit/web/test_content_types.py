"""Every answer with a body says what it is, and a browser that opens one runs nothing."""

from typing import Annotated

import pytest
from litestar import get
from litestar.params import QueryParameter
from support.web import an_app, call, calling

PATHS = {
    "/things": "application/json",
    "/catalogue": "application/json",
    "/words": "text/vtt; charset=utf-8",
    "/file": "audio/mp4",
    "/docs": "text/html; charset=utf-8",
    "/openapi.json": "application/json",
    "/healthz": "application/json",
    "/nowhere": "application/problem+json",
    "/broken/a": "application/problem+json",
    "/things?size=9": "application/problem+json",
}


@pytest.mark.parametrize("path, media_type", PATHS.items())
async def test_every_answer_with_a_body_says_what_it_is(path: str, media_type: str) -> None:
    answer = await call("GET", path)
    assert answer.content
    assert answer.headers["content-type"] == media_type


async def test_metrics_are_text_in_utf_8() -> None:
    told = (await call("GET", "/metrics")).headers["content-type"]
    assert told.startswith("text/plain")
    assert "charset=utf-8" in told


@pytest.mark.parametrize("path", [*PATHS, "/metrics"])
async def test_a_browser_that_opens_an_answer_runs_nothing_and_embeds_it_nowhere(path: str) -> None:
    policy = policy_of((await call("GET", path)).headers["content-security-policy"])
    assert policy["default-src"] == policy["frame-ancestors"] == ["'none'"]
    assert "script-src" not in policy
    assert not [each for sources in policy.values() for each in sources if "unsafe" in each or "*" in each]


@pytest.mark.parametrize("path", [*PATHS, "/metrics"])
async def test_no_object_no_other_base_and_no_form_is_allowed(path: str) -> None:
    policy = policy_of((await call("GET", path)).headers["content-security-policy"])
    assert policy.get("object-src", policy["default-src"]) == ["'none'"]
    assert policy["base-uri"] == policy["form-action"] == ["'none'"]


def policy_of(text: str) -> dict[str, list[str]]:
    parts = [each.split() for each in text.split(";")]
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", ["/things", "/nowhere", "/docs", "/file", "/healthz"])
async def test_no_answer_sets_a_cookie_that_was_not_asked_for(path: str) -> None:
    assert "set-cookie" not in (await call("GET", path)).headers


async def test_words_of_a_caller_in_a_page_or_a_field_stay_words() -> None:
    async with calling(an_app()) as client:
        answer = await client.get("/things/%3Cscript%3Ealert(1)%3C%2Fscript%3E%0D%0ASet-Cookie:a=b")
    assert answer.status_code == 400 or "set-cookie" not in answer.headers
    assert not answer.headers["content-type"].startswith("text/html")


async def test_markup_in_the_words_of_an_operation_stays_words_on_the_page() -> None:
    @get("/marked", summary="<script>alert(1)</script>", sync_to_thread=False)
    def read_marked(word: Annotated[str, QueryParameter(description='a " onload=x <img src=y>')]) -> str:
        return word

    async with calling(an_app(routes=[read_marked])) as client:
        page = (await client.get("/docs")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert "<img" not in page


async def test_words_that_look_like_json_stay_inside_their_string() -> None:
    answer = await call("GET", "/needed", params={"word": '","size":99,"x":"\u2028</script>'})
    assert answer.json() == {"name": '","size":99,"x":"\u2028</script>', "size": 0}
