import logging
import warnings

import pytest
import structlog
from support.web import an_app, calling, logged

from server.web.tracing import log_failure


async def test_a_request_leaves_one_line_with_the_route_and_not_the_path() -> None:
    with logged() as log:
        async with calling(an_app()) as client:
            answer = await client.get("/things/somebody?names=somebody")
    (line,) = [line for line in log.lines() if line["event"] == "request"]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/things/{name}", 200)
    assert line["bytes"] == len(answer.content)
    assert 0 < line["ms"] < 1000
    assert set(line) == {
        "request_id",
        "method",
        "route",
        "status",
        "ms",
        "bytes",
        "event",
        "logger",
        "level",
        "timestamp",
    }


@pytest.mark.parametrize(
    "method, path, expected",
    [
        ("GET", "/nowhere", ("GET", "(none)", 404)),
        ("BREW", "/things", ("OTHER", "(none)", 405)),
        ("HEAD", "/things", ("HEAD", "/things", 200)),
        ("GET", "/broken/a", ("GET", "/broken/{word}", 500)),
        ("GET", "/things?names=%00", ("GET", "(none)", 400)),
    ],
)
async def test_a_request_that_fails_leaves_a_line_too(method: str, path: str, expected: tuple[str, str, int]) -> None:
    with logged() as log:
        async with calling(an_app()) as client:
            await client.request(method, path)
    (line,) = [line for line in log.lines() if line["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == expected


async def test_health_checks_do_not_fill_the_log() -> None:
    with logged() as log:
        async with calling(an_app()) as client:
            await client.get("/healthz")
    assert not [line for line in log.lines() if line["event"] == "request"]


async def test_a_failure_is_logged_by_types_and_places_without_its_words() -> None:
    with logged() as log:
        async with calling(an_app()) as client:
            answer = await client.get("/broken/CANARY")
    (line,) = [line for line in log.lines() if line["event"] == "failure"]
    assert line["exception"] == "KeyError > RuntimeError"
    assert line["request_id"] == answer.headers["x-request-id"]
    assert any("fail_by_bug" in place for place in line["at"])
    assert "CANARY" not in log.getvalue()


def test_the_standard_librarys_logs_go_the_same_way() -> None:
    with logged() as log:
        logging.getLogger("uvicorn.error").info("Started server process [%d]", 5)
        structlog.get_logger("groundwork").info("ready", seconds=1)
    first, second = log.lines()
    assert (first["event"], first["logger"], first["level"]) == ("Started server process [5]", "uvicorn.error", "info")
    assert (second["event"], second["seconds"]) == ("ready", 1)


def test_a_traceback_of_the_server_holds_no_words_either() -> None:
    with logged() as log:
        try:
            int("CANARY")
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = log.lines()
    assert line["exception"] == "ValueError"
    assert "CANARY" not in log.getvalue()


def test_of_a_librarys_sentence_only_the_place_is_kept() -> None:
    with logged() as log:
        logging.getLogger("httpx").warning("GET /CANARY")
        logging.getLogger("asyncio").error("Task exception was never retrieved: %r", ValueError("CANARY"))
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("CANARY", UserWarning, stacklevel=1)
    assert [line["logger"] for line in log.lines()] == ["httpx", "asyncio", "py.warnings"]
    assert "CANARY" not in log.getvalue()


def test_a_name_that_only_begins_like_ours_is_not_trusted() -> None:
    with logged() as log:
        logging.getLogger("groundworker").warning("CANARY")
    assert "CANARY" not in log.getvalue()


def test_a_chain_of_causes_that_bites_its_tail_ends() -> None:
    first, second = ValueError("CANARY"), KeyError("CANARY")
    first.__cause__, second.__cause__ = second, first
    with logged() as log:
        log_failure(first)
    assert log.lines()[0]["exception"] == "KeyError > ValueError"


def test_quiet_levels_are_left_out() -> None:
    with logged("warning") as log:
        structlog.get_logger("groundwork").info("not this")
        structlog.get_logger("groundwork").warning("this")
    assert [line["event"] for line in log.lines()] == ["this"]


def test_people_get_lines_they_can_read() -> None:
    with logged(form="console") as log:
        structlog.get_logger("groundwork").info("ready", seconds=1)
    assert "ready" in log.getvalue()
    assert "{" not in log.getvalue()
