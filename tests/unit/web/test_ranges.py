import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.web import FILE, call

from server.web.problems import FrameworkProblem
from server.web.ranges import Span, parse_range

SIZE = len(FILE)


@pytest.mark.parametrize(
    "field, start, end",
    [
        ("bytes=0-1", 0, 2),
        ("bytes=0-0", 0, 1),
        ("bytes=100-", 100, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        (f"bytes=5000-{SIZE * 2}", 5000, SIZE),
        ("bytes=0-" + "9" * 5000, 0, SIZE),
        ("BYTES= 7-8 ", 7, 9),
    ],
)
async def test_a_part_is_sent_on_request(field: str, start: int, end: int) -> None:
    answer = await call("GET", "/file", headers={"Range": field})
    assert (answer.status_code, answer.content) == (206, FILE[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize(
    "field",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-3", "items=0-1", "bytes=0-1,5-6", "bytes=--1", "0-1"],
)
async def test_several_ranges_and_nonsense_are_ignored(field: str) -> None:
    answer = await call("GET", "/file", headers={"Range": field})
    assert (answer.status_code, answer.content) == (200, FILE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-range" not in answer.headers


@pytest.mark.parametrize(
    "field", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 1}", "bytes=-0", "bytes=" + "9" * 5000 + "-"]
)
async def test_a_range_behind_the_end_is_told_the_size(field: str) -> None:
    answer = await call("GET", "/file", headers={"Range": field})
    assert (answer.status_code, answer.json()["code"]) == (416, "range")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "if_range, status",
    [('"abc"', 206), ('"old"', 200), ('W/"abc"', 200), ("Sun, 06 Nov 1994 08:49:37 GMT", 200)],
)
async def test_a_download_goes_on_only_with_the_same_file(if_range: str, status: int) -> None:
    answer = await call("GET", "/file", headers={"Range": "bytes=10-19", "If-Range": if_range})
    assert answer.status_code == status


async def test_two_parts_make_the_whole() -> None:
    first = await call("GET", "/file", headers={"Range": "bytes=0-4999"})
    rest = await call("GET", "/file", headers={"Range": "bytes=5000-", "If-Range": first.headers["etag"]})
    assert first.content + rest.content == FILE


async def test_what_the_caller_has_counts_before_the_range() -> None:
    answer = await call("GET", "/file", headers={"Range": "bytes=0-1", "If-None-Match": '"abc"'})
    assert answer.status_code == 304


async def test_a_range_means_nothing_to_head() -> None:
    answer = await call("HEAD", "/file", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(SIZE), b"")


async def test_an_empty_file_has_a_whole_and_no_parts() -> None:
    assert (await call("GET", "/empty-file")).headers["content-length"] == "0"
    assert (await call("GET", "/empty-file", headers={"Range": "bytes=-5"})).status_code == 200
    assert (await call("GET", "/empty-file", headers={"Range": "bytes=0-"})).status_code == 416


RANGES = st.from_regex(re.compile(r"bytes=\d*-\d*"), fullmatch=True) | st.text()


@given(RANGES, st.integers(min_value=0, max_value=10**6))
def test_no_range_breaks_the_reading_and_every_part_lies_inside(field: str, size: int) -> None:
    try:
        span = parse_range(field, size)
    except FrameworkProblem as problem:
        assert problem.status == 416  # noqa: PT017 - a law about all that is raised
        return
    assert span is None or (span.length >= 1 and 0 <= span.start <= span.start + span.length <= size)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 300))
def test_a_range_is_what_python_would_slice(first: int, last: int, size: int) -> None:
    whole = bytes(size % 256 for _ in range(size))
    if not first <= last or first >= size:
        return
    span = parse_range(f"bytes={first}-{last}", size)
    assert isinstance(span, Span)
    assert whole[first : last + 1] == whole[span.start : span.start + span.length]
