from collections.abc import Iterator

import pytest
from sqlalchemy import event
from support.clinic import Clinic, Person


@pytest.fixture
def statements(clinic: Clinic) -> Iterator[list[str]]:
    """What the application says to its database while the test runs."""
    said: list[str] = []
    engine = clinic.app.app.state.sessions.engine.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/exercises?technique=breathing",
        "/v1/exercises/soft-wave-breath",
        "/v1/crisis/US",
        "/v1/crisis/XY",
        "/v1/stop-and-get-help?locale=es",
        "/v1/exercises?q=wavves&facets=true",
        "/v1/tracks",
    ],
)
async def test_the_catalogue_answers_without_a_query_and_304_to_who_has_it(
    clinic: Clinic, statements: list[str], path: str
) -> None:
    first = await clinic.http.get(path)
    again = await clinic.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert statements == []


async def test_a_query_would_be_noticed(ana: Person, statements: list[str]) -> None:
    await ana.get("/v1/me")
    assert statements
