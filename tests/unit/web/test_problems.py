import pytest
from support.web import call

from server.web.problems import MEDIA_TYPE, phrase, problems


async def test_a_problem_is_told_as_rfc_9457_says() -> None:
    answer = await call("GET", "/conflict")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "urn:groundwork:problem:already_there",
        "title": "This contradicts what is already there",
        "status": 409,
        "code": "already_there",
        "detail": "It is already there.",
        "request_id": answer.headers["x-request-id"],
    }


async def test_a_problem_is_json_whatever_is_accepted() -> None:
    answer = await call("GET", "/conflict", headers={"Accept": "application/vnd.msgpack"})
    assert answer.json()["code"] == "already_there"


async def test_an_address_without_a_route_is_not_found() -> None:
    answer = await call("GET", "/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_wrong_method_is_told_the_right_ones() -> None:
    answer = await call("DELETE", "/things")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


async def test_a_problem_that_passes_says_when_to_come_back() -> None:
    answer = await call("GET", "/busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize("path", ["/broken/CANARY", "/lost-file"])
async def test_what_nobody_foresaw_tells_only_the_request_id(path: str) -> None:
    answer = await call("GET", path)
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:groundwork:problem:internal_error",
        "title": "Something went wrong on our side",
        "status": 500,
        "code": "internal_error",
        "detail": "Something went wrong on our side.",
        "request_id": answer.headers["x-request-id"],
    }


def test_handlers_declare_their_problems() -> None:
    declared = problems(404, 409)
    assert [(status, spec.media_type) for status, spec in declared.items()] == [(404, MEDIA_TYPE), (409, MEDIA_TYPE)]


def test_names_of_statuses_are_the_same_on_every_python() -> None:
    assert [phrase(status) for status in (413, 416, 422)] == [
        "Content Too Large",
        "Range Not Satisfiable",
        "Unprocessable Content",
    ]
