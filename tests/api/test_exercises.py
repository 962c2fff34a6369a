import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar.di import Provide
from support.catalogue import CONTENT, WAVE, Folder
from support.problems import words
from support.web import an_app, calling

from server.catalogue.answers import Answers
from server.catalogue.api import routes
from server.catalogue.snapshot import load_snapshot
from server.media.place import Place
from server.media.service import Media
from server.media.sound import SoundStudio, recorded
from server.media.voices import recorded_sentences, recorded_voices

LIST, DETAIL = "/v1/exercises", f"/v1/exercises/{WAVE}"


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(load_snapshot(CONTENT))


@pytest_asyncio.fixture
async def client(answers: Answers) -> AsyncIterator[httpx.AsyncClient]:
    async with served(answers) as client:
        yield client


@asynccontextmanager
async def served(answers: Answers) -> AsyncIterator[httpx.AsyncClient]:
    app = an_app(routes=routes, dependencies={"answers": Provide(lambda: answers, sync_to_thread=False)})
    async with calling(app) as client:
        yield client


def heard(content: Path, audio: Path) -> Answers:
    """Return the answers of a content folder with the narration that is committed."""
    snapshot, studio = load_snapshot(content), SoundStudio(narrator=recorded, sentences=recorded_sentences)
    return Answers(snapshot, Media(Place(folder=audio), snapshot.exercises, recorded_voices(), studio).audio_of)


async def slugs(client: httpx.AsyncClient, **filters: Any) -> list[str]:
    answer = await client.get(LIST, params=filters)
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in answer.json()["items"]]


async def test_the_list_has_every_exercise_and_the_catalogues_version(client: httpx.AsyncClient) -> None:
    answer = await client.get(LIST)
    body = answer.json()
    assert body["version"] == load_snapshot(CONTENT).version
    assert len(body["items"]) == 65
    item = next(item for item in body["items"] if item["slug"] == WAVE)
    assert item["seconds"]["medium"] == 300
    assert item["review_status"] == "draft"
    assert None not in item.values()


@pytest.mark.parametrize(
    "filters",
    [
        {"technique": "breathing"},
        {"track": "perinatal"},
        {"phase": "integration"},
        {"posture": "side_lying"},
        {"max_minutes": 4},
        {"max_load": 3},
        {"method": "breath_pace"},
        {"anchor": "breath"},
        {"arousal": "settling"},
        {"attention": "mixed"},
        {"eyes": "choice"},
        {"text_alone": "false"},
        {"q": "WAVE soft"},
        {"q": "wavves"},
        {"locale": "en-GB"},
        {"technique": "breathing", "track": "perinatal", "q": "wave"},
    ],
)
async def test_filters_narrow_the_list(client: httpx.AsyncClient, filters: dict[str, Any]) -> None:
    found = await slugs(client, **filters)
    assert WAVE in found
    assert set(found) <= set(await slugs(client))


async def test_filters_that_fit_nothing_give_an_empty_list(client: httpx.AsyncClient) -> None:
    assert await slugs(client, q="no such words anywhere") == []
    assert await slugs(client, locale="fr") == []


@pytest.mark.parametrize(
    "name, value",
    [
        ("technique", "yoga"),
        ("track", "everyone"),
        ("phase", "now"),
        ("posture", "floating"),
        ("max_minutes", "-77"),
        ("max_minutes", "many"),
        ("max_load", "-88"),
        ("method", "yoga"),
        ("anchor", "floating"),
        ("arousal", "asleep"),
        ("attention", "nowhere"),
        ("eyes", "closed"),
        ("text_alone", "perhaps"),
        ("facets", "perhaps"),
        ("limit", "-99"),
        ("cursor", "x" * 121),
        ("cursor", "not-one-of-ours"),
        ("v", "elsewhere"),
        ("q", "x" * 101),
        ("locale", "../en"),
    ],
)
async def test_an_unknown_filter_value_is_a_problem_that_points_at_it(
    client: httpx.AsyncClient, name: str, value: str
) -> None:
    answer = await client.get(LIST, params={name: value})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"?{name}"]
    assert value not in words(answer)


async def test_an_exercise_has_every_word_and_pause_of_every_length(client: httpx.AsyncClient) -> None:
    body = (await client.get(DETAIL)).json()
    plain = [script for script in body["scripts"] if not script["alt_variants"]]
    assert [script["length"] for script in plain] == ["short", "medium", "long"]
    assert len(body["scripts"]) == 3 * (1 + len(body["alt_variants"]))
    first = plain[1]["steps"][0]["items"][1]
    assert first == {"kind": "line", "say": "You can stop at any point, and it still counts.", "pause_s": 2.0}
    breaths = next(item for step in plain[1]["steps"] for item in step["items"] if item["kind"] == "breaths")
    assert len(breaths["overlay"]) == breaths["breaths"] == 5


async def test_what_nobody_has_narrated_lists_no_audio_and_is_practised_by_its_text(tmp_path: Path) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.replace(f"exercises/{WAVE}/en.md", "it still counts.", "a line of this morning counts.")
    async with served(heard(CONTENT, tmp_path)) as client:
        said = await client.get(DETAIL)
    async with served(heard(folder.path, tmp_path)) as client:
        unsaid = await client.get(DETAIL)
    assert {each["status"] for each in said.json()["audio"]} == {"preparing"}, "control"
    assert unsaid.json()["audio"] == []
    assert unsaid.headers["cache-control"] == "public, max-age=300"
    assert len(unsaid.json()["scripts"]) == len(said.json()["scripts"])


async def test_an_exercise_says_that_it_is_not_reviewed_and_hides_its_grade(
    client: httpx.AsyncClient,
) -> None:
    body = (await client.get(DETAIL)).json()
    assert body["review"] == body["words_review"] == {"status": "draft"}
    assert "evidence_grade" not in body
    assert body["audio"] == []


@pytest.mark.parametrize(
    "path, code",
    [
        ("/v1/exercises/no-such-thing", "not_found"),
        ("/v1/exercises/..%2Fsecret", "not_found"),
        ("/v1/exercises/%00", "not_found"),
        (f"{DETAIL}?locale=fr", "language_not_found"),
    ],
)
async def test_what_is_not_there_is_a_404_problem(client: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.status_code == 404:
        assert answer.json()["code"] == code


@pytest.mark.parametrize("path", [LIST, DETAIL, f"{LIST}?technique=grounding"])
@pytest.mark.parametrize("accept", ["application/json", "application/vnd.msgpack"])
@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd", "br"])
async def test_each_form_has_its_own_tag_and_answers_304_to_it(
    client: httpx.AsyncClient, path: str, accept: str, encoding: str
) -> None:
    asked = {"Accept": accept, "Accept-Encoding": encoding}
    first = await client.get(path, headers=asked)
    assert first.headers["content-type"] == accept
    assert "accept-encoding" in first.headers["vary"].lower()
    again = await client.get(path, headers=asked | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = "application/json" if accept != "application/json" else "application/vnd.msgpack"
    assert (
        await client.get(path, headers=asked | {"Accept": other, "If-None-Match": first.headers["etag"]})
    ).status_code == 200


async def test_messagepack_and_gzip_say_what_json_says(client: httpx.AsyncClient) -> None:
    plain = await client.get(DETAIL, headers={"Accept-Encoding": "identity"})
    packed = await client.get(DETAIL, headers={"Accept": "application/vnd.msgpack", "Accept-Encoding": "identity"})
    assert msgspec.msgpack.decode(packed.content) == plain.json()
    async with client.stream("GET", DETAIL, headers={"Accept-Encoding": "gzip"}) as zipped:
        raw = b"".join([part async for part in zipped.aiter_raw()])
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert zipped.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("path", [LIST, DETAIL])
async def test_head_answers_the_headers_of_get_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    got, asked = await client.get(path), await client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "cache-control"):
        assert asked.headers[name] == got.headers[name]


async def test_the_document_names_both_operations_and_their_problems(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    listed, read = paths[LIST]["get"], paths["/v1/exercises/{slug}"]["get"]
    assert (listed["operationId"], read["operationId"]) == ("listExercises", "readExercise")
    assert set(listed["responses"]) == {"200", "304", "400", "404", "409", "414"}
    assert set(read["responses"]) == {"200", "304", "400", "404", "414"}
