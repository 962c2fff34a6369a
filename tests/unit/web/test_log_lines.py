"""A line of the log is one line, in UTC, whatever is written into it."""

import json
from datetime import UTC, datetime, timedelta

import structlog
from support.web import an_app, calling, logged

FORGED = 'x\n{"event":"request","status":200}\r\n\x1b[31m\x00\u2028'


def test_what_is_logged_cannot_begin_a_line_of_its_own() -> None:
    with logged() as log:
        structlog.get_logger("groundwork").info("said", words=FORGED)
    (line,) = log.getvalue().splitlines(keepends=True) if "\u2028" not in log.getvalue() else (log.getvalue(),)
    assert line.count("\n") == 1
    assert "\x1b" not in line
    assert json.loads(line)["words"] == FORGED


async def test_a_name_for_a_request_cannot_begin_a_line_of_its_own() -> None:
    with logged() as log:
        async with calling(an_app()) as client:
            await client.get("/things", headers={"X-Request-Id": '0000000000000000","status":"200'})
    (line,) = [each for each in log.lines() if each["event"] == "request"]
    assert '"' not in line["request_id"]


def test_every_line_has_its_moment_in_utc() -> None:
    with logged() as log:
        structlog.get_logger("groundwork").info("said")
    (line,) = log.lines()
    assert line["timestamp"].endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line["timestamp"])) < timedelta(minutes=1)


async def test_a_refused_request_is_a_line_with_its_status() -> None:
    with logged() as log:
        async with calling(an_app()) as client:
            for path in ("/nowhere", "/things?size=9", "/busy"):
                await client.get(path)
    assert [each["status"] for each in log.lines() if each["event"] == "request"] == [404, 400, 429]
