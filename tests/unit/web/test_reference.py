import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from support.web import an_app, call, calling

from server.web.openapi import document
from server.web.reference import reference, shape

DOCUMENT = document(an_app().app)
PAGE = reference(DOCUMENT).decode()


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not [name for name, _ in attrs if name in {"src", "style"} or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_loads_nothing() -> None:
    reader = Reader(PAGE)
    assert reader.open == []
    assert not {"script", "link", "img", "iframe", "form"} & set(reader.tags)
    assert "//" not in re.sub(r"<style>.*</style>", "", PAGE, flags=re.DOTALL)


def test_every_link_leads_somewhere_on_the_page() -> None:
    reader = Reader(PAGE)
    assert len(set(reader.ids)) == len(reader.ids)
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)
    assert [link for link in reader.links if not link.startswith("#")] == ["/openapi.json"]


def test_headings_begin_with_one_and_leave_out_no_level() -> None:
    tags = Reader(PAGE).tags
    levels = [int(tag[1]) for tag in tags[tags.index("main") :] if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_operation_and_schema_is_on_the_page() -> None:
    ids = set(Reader(PAGE).ids)
    assert {each["operationId"] for methods in DOCUMENT["paths"].values() for each in methods.values()} <= ids
    assert {f"schema-{name}" for name in DOCUMENT["components"]["schemas"]} <= ids
    assert "#main" in Reader(PAGE).links


@pytest.mark.parametrize(
    "words", ["at least <code>1</code>, at most <code>5</code>", "Needs a bearer token.", "Conflict"]
)
def test_parameters_bounds_and_problems_are_told(words: str) -> None:
    assert words in PAGE


@pytest.mark.parametrize(
    "schema, words",
    [
        ({"type": "array", "items": {"type": "string"}}, "array of string"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "string or integer"),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}, "array of string, integer"),
        ({"enum": ["<a>"], "type": "string"}, "one of <code>&lt;a&gt;</code>"),
        ({"type": "boolean", "default": True}, "boolean, default <code>true</code>"),
        ({}, "anything"),
    ],
)
def test_shapes_are_told_in_words(schema: dict[str, object], words: str) -> None:
    assert shape(schema) == words


async def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    answer = await call("GET", "/docs")
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_page_can_be_switched_off() -> None:
    async with calling(an_app(docs=False)) as client:
        assert (await client.get("/docs")).status_code == 404
        assert (await client.get("/openapi.json")).status_code == 200
