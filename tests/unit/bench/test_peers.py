"""What `make bench` asks of both sides, and what it believes of their answers."""

import json
from datetime import datetime
from typing import Any

import httptools
import pytest
from bench.load import Make, Tally
from bench.ours import Ours
from bench.peers import days_ago, is_true
from bench.rows import at_least, at_most
from bench.theirs import Theirs
from bench.wire import Side


class Request:
    """A request as a server reads it."""

    def __init__(self, whole: bytes) -> None:
        self.body = b""
        self.complete = False
        self.fields: dict[bytes, bytes] = {}
        parser = httptools.HttpRequestParser(self)
        parser.feed_data(whole)
        self.method = parser.get_method()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields[name] = value

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


def asked(make: Make) -> Request:
    request = Request(make())
    assert request.complete
    assert request.fields[b"Authorization"] == b"Bearer a-token"
    return request


def practices(body: Any) -> list[dict[str, Any]]:
    """Return what is in an outbox, in a batch, or alone."""
    if isinstance(body, list):
        return body
    return list(body.get("items", [body]))


@pytest.mark.parametrize("kind", [Ours, Theirs])
@pytest.mark.parametrize("count", [1, 20])
def test_each_push_is_a_whole_request_with_practices_that_were_never_there(kind: type[Side], count: int) -> None:
    days = days_ago(range(count))
    make = kind.pushing("a-token", days)
    pushes = [practices(json.loads(asked(make).body)) for _ in range(3)]
    assert [len(each) for each in pushes] == [count] * 3
    assert len({practice["id"] for each in pushes for practice in each}) == 3 * count
    starts = [practice.get("body", practice)["started_at"] for practice in pushes[0]]
    assert [datetime.fromisoformat(each) for each in starts] == days


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_a_read_is_a_whole_request_without_a_body(kind: type[Side]) -> None:
    request = asked(kind.reading("a-token"))
    assert (request.method, request.body) == (b"GET", b"")


def test_answers_are_believed_when_what_they_say_is_stored() -> None:
    def believed(good: int, others: int, size: int, stored: int) -> bool:
        return is_true(Tally(good=good, others=others, seconds=1, busy=0, latencies=[]), size, stored)

    assert believed(5, 0, 20, 100)
    assert believed(5, 0, 0, 0)
    assert believed(5, 1, 20, 100)
    assert believed(5, 1, 20, 120)
    assert not believed(5, 0, 20, 99)
    assert not believed(5, 0, 20, 120)
    assert not believed(0, 5, 20, 0)


def test_a_target_is_met_by_the_median_of_the_rounds() -> None:
    assert at_least([1.5, 2.0, 9.0], 2) == {"ratio": "2.00 (1.50 to 9.00)", "target": "≥ 2 met"}
    assert at_least([1.5, 1.9, 9.0], 2)["target"] == "≥ 2 missed"
    assert at_least([4.0], None) == {"ratio": "4.00 (4.00 to 4.00)"}
    assert at_most(1.3, 1.3) == {"ratio": "1.30", "target": "≤ 1.3 met"}
    assert at_most(1.31, 1.3)["target"] == "≤ 1.3 missed"
