import json
from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.web import call

from server.kit.errors import Invalid
from server.web.limits import check_json, is_deeper

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((depth_of(each) for each in inner), default=0)


def holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(holds_nul(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(holds_nul(each) for each in value)


def code_of(body: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        check_json(body)
    return caught.value.code


@given(JSON, st.integers(0, 6), st.booleans())
def test_the_depth_is_that_of_a_slow_reading(value: Any, depth: int, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert is_deeper(body, depth) == (depth_of(value) > depth)


@given(st.text(st.sampled_from('[]{}"\\,:a')), st.integers(0, 3))
def test_brackets_in_strings_do_not_count(text: str, depth: int) -> None:
    body = json.dumps([text]).encode()
    assert is_deeper(body, depth) == (depth < 1)


@given(JSON)
def test_nul_is_found_wherever_a_slow_reading_finds_it(value: Any) -> None:
    body = json.dumps(value).encode()
    if holds_nul(value):
        assert code_of(body) == "nul"
    else:
        check_json(body)


@given(st.integers(0, 9))
def test_a_backslash_before_u0000_that_is_itself_escaped_is_no_nul(backslashes: int) -> None:
    body = b'"' + b"\\" * backslashes + b'u0000"'
    if backslashes % 2:
        assert code_of(body) == "nul"
    else:
        check_json(body)


@given(st.binary())
def test_no_bytes_break_the_checks(body: bytes) -> None:
    try:
        check_json(body)
    except Invalid as problem:
        assert problem.code in {"nul", "not_utf8", "too_deep"}  # noqa: PT017 - a law about all that is raised


def test_thirty_two_levels_are_enough_and_one_more_is_too_deep() -> None:
    check_json(b"[" * 32 + b"]" * 32)
    assert code_of(b"[" * 33 + b"]" * 33) == "too_deep"
    assert code_of(b'{"a":' * 33 + b"1" + b"}" * 33) == "too_deep"


@pytest.mark.parametrize(
    "piece", [b"[", b"]", b"[]", b'"', b"\\", b'\\"', b"\\u0000"[:5], b'"\\"[', b"{}", b"\\\\u000"], ids=repr
)
def test_a_mebibyte_of_anything_is_checked_at_once(piece: bytes) -> None:
    body = b'"' + piece * (1024 * 1024 // len(piece))
    for hostile in (body, body[1:]):
        began = perf_counter()
        with suppress(Invalid):
            check_json(hostile)
        assert perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "path, headers, status, code",
    [
        ("/things?names=" + "x" * 5000, {}, 414, "uri_too_long"),
        ("/things/" + "x" * 2000, {}, 414, "uri_too_long"),
        ("/things", {"X-Long": "x" * 17_000}, 431, "headers_too_large"),
        ("/things?names=%00", {}, 400, "bad_address"),
        ("/things?names=%ff", {}, 400, "bad_address"),
        ("/things/%00", {}, 400, "bad_address"),
        ("/things/%ff", {}, 400, "bad_address"),
    ],
)
async def test_an_address_or_header_out_of_bounds_is_refused(
    path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await call("GET", path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_letters_of_any_language_are_welcome_in_an_address() -> None:
    answer = await call("GET", "/things/%C3%A4?q=%E2%9C%93")
    assert answer.json()["name"] == "ä"
