from typing import Annotated, Literal
from uuid import UUID

import pytest
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter
from msgspec import Meta
from support.web import an_app, call, calling


@pytest.mark.parametrize(
    "path, pointer, code",
    [
        ("/things?size=0", "?size", "out_of_range"),
        ("/things?size=x", "?size", "wrong_type"),
        ("/things?from=x", "?from", "wrong_type"),
        ("/things?colour=mauve", "?colour", "not_allowed"),
        ("/needed", "?word", "missing"),
        ("/things/" + "x" * 31, "{name}", "wrong_length"),
    ],
)
async def test_a_wrong_parameter_gets_a_pointer_and_a_code(path: str, pointer: str, code: str) -> None:
    answer = await call("GET", path)
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_all_wrong_parameters_are_told_together() -> None:
    errors = (await call("GET", "/things?size=9&from=x")).json()["errors"]
    assert [error["pointer"] for error in errors] == ["?size", "?from"]


async def test_a_parameter_of_a_dependency_is_pointed_at_by_its_name_on_the_wire() -> None:
    def a_range(until: Annotated[int, QueryParameter(name="to", ge=1)] = 1) -> range:
        return range(until)

    @get("/range", sync_to_thread=False, dependencies={"days": Provide(a_range, sync_to_thread=False)})
    def count(days: NamedDependency[range]) -> int:
        return len(days)

    async with calling(an_app(routes=[count])) as client:
        answer = await client.get("/range?to=0")
    assert answer.json()["errors"][0]["pointer"] == "?to"


def test_a_bound_that_would_be_ignored_stops_the_start() -> None:
    @get("/bounded", sync_to_thread=False)
    def bounded(size: FromQuery[Annotated[int, Meta(ge=1)] | None] = None) -> int:
        return size or 0

    with pytest.raises(TypeError, match="bound `size` by QueryParameter"):
        an_app(routes=[bounded])


def test_a_type_that_no_value_can_be_read_as_stops_the_start() -> None:
    @get("/either", sync_to_thread=False)
    def either(which: FromQuery[Literal["last"] | UUID]) -> int:
        return 1 if which == "last" else 0

    with pytest.raises(TypeError, match="no value can be read as the type of `which`"):
        an_app(routes=[either])
