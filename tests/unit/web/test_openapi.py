import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from litestar import Litestar, get
from litestar.openapi.config import OpenAPIConfig
from msgspec import UNSET, Meta, Struct, UnsetType
from support.bounds import missing_bounds, structs_within
from support.web import Batch, Thing, an_app, call, log_batch

from server.web.openapi import camel_case, document, documented
from server.web.problems import ProblemDetails
from server.web.schema import repaired

DOCUMENT = document(an_app().app)
PATHS = DOCUMENT["paths"]
SCHEMAS = DOCUMENT["components"]["schemas"]


async def test_the_document_is_served_with_an_etag() -> None:
    answer = await call("GET", "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DOCUMENT
    again = await call("GET", "/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_every_bound_of_every_struct_is_in_the_document() -> None:
    structs = structs_within([Batch, Thing, ProblemDetails])
    assert len(structs) == 7
    assert missing_bounds(SCHEMAS, structs) == []


def test_litestar_alone_would_have_lost_bounds() -> None:
    alone = Litestar([log_batch], openapi_config=OpenAPIConfig(title="alone", version="1")).openapi_schema.to_schema()
    assert missing_bounds(alone["components"]["schemas"], structs_within([Batch])) != []


def test_bounds_of_parameters_are_there_also_when_optional() -> None:
    parameters = {each["name"]: each for each in PATHS["/things"]["get"]["parameters"]}
    assert parameters["size"] == {
        "name": "size",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 5},
    }
    assert parameters["from"]["description"] == "Begin here."
    assert parameters["from"]["schema"] == {"type": "integer", "default": 0}
    assert PATHS["/things/{name}"]["get"]["parameters"][0]["schema"] == {"type": "string", "maxLength": 30}


def test_nothing_may_be_null() -> None:
    assert '"null"' not in json.dumps(DOCUMENT)
    assert ": null" not in json.dumps(DOCUMENT)
    assert SCHEMAS["Item"]["properties"]["weight"] == {"type": "integer", "minimum": 1}
    assert SCHEMAS["Item"]["required"] == ["id", "count"]


def test_an_answer_that_may_hold_null_stops_the_document() -> None:
    class Nullable(Struct, frozen=True, kw_only=True):
        size: int | None = None

    @get("/nullable", sync_to_thread=False)
    def nullable() -> Nullable:
        return Nullable()

    with pytest.raises(TypeError, match=r"Nullable\.size may be null"):
        document(an_app(routes=[nullable]).app)


def test_tagged_unions_are_one_of_with_a_discriminator() -> None:
    found = SCHEMAS["Item"]["properties"]["found"]
    assert [each["$ref"].rsplit("/")[-1] for each in found["oneOf"]] == ["Shell", "Pebble"]
    assert found["discriminator"]["propertyName"] == "type"


def test_enumerations_have_a_type() -> None:
    assert SCHEMAS["Colour"]["type"] == "string"
    assert repaired({"enum": [1, 2]})["type"] == "integer"
    assert "type" not in repaired({"enum": [1, "a"]})


def test_pythons_end_of_text_is_written_as_a_schema_does() -> None:
    assert repaired({"pattern": r"^[a-f]+\Z"}) == {"pattern": "^[a-f]+$"}


def test_answers_are_documented_in_both_media_types() -> None:
    content = PATHS["/things/{name}"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["application/json", "application/vnd.msgpack"]
    assert content["application/json"] == content["application/vnd.msgpack"]


def test_text_and_sound_are_documented_as_what_they_are() -> None:
    assert PATHS["/words"]["get"]["responses"]["200"]["content"] == {"text/vtt": {"schema": {"type": "string"}}}
    ranged = PATHS["/file"]["get"]["responses"]
    assert list(ranged) == ["200", "206", "304", "400", "416"]
    assert ranged["206"]["content"] == {"audio/mp4": {"schema": {"type": "string", "format": "binary"}}}


@pytest.mark.parametrize(
    "path, method, statuses",
    [
        ("/things", "get", ["200", "304", "400", "401", "414", "503"]),
        ("/things/{name}", "get", ["200", "304", "400", "404", "414"]),
        ("/batches", "post", ["201", "400", "409", "413", "415", "503"]),
    ],
)
def test_problems_are_documented(path: str, method: str, statuses: list[str]) -> None:
    responses = PATHS[path][method]["responses"]
    assert list(responses) == statuses
    for status, answer in responses.items():
        if int(status) >= 400:
            schema = {"$ref": "#/components/schemas/ProblemDetails"}
            assert answer["content"] == {"application/problem+json": {"schema": schema}}


def test_who_must_sign_in_is_documented() -> None:
    assert PATHS["/things"]["get"]["security"] == [{"bearer": []}]
    assert DOCUMENT["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


def test_operations_have_unique_ids_in_camel_case_and_a_summary() -> None:
    operations = [operation for methods in PATHS.values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert all(each.isalnum() and each[0].islower() for each in ids)
    assert {"listThings", "getHealth"} <= set(ids)
    assert PATHS["/things"]["get"]["summary"] == "List things"


def test_two_operations_of_one_name_stop_the_document() -> None:
    @get("/one", sync_to_thread=False, operation_id="same")
    def one() -> int:
        return 1

    @get("/other", sync_to_thread=False, operation_id="same")
    def other() -> int:
        return 2

    with pytest.raises(Exception, match="operation_ids"):
        document(an_app(routes=[one, other]).app)


@pytest.mark.parametrize("name, identifier", [("list_all_things", "listAllThings"), ("healthz", "healthz")])
def test_names_become_operation_ids(name: str, identifier: str) -> None:
    assert camel_case(name) == identifier


def test_paths_and_schemas_are_in_order() -> None:
    assert list(PATHS) == sorted(PATHS)
    assert list(SCHEMAS) == sorted(SCHEMAS)


def test_the_document_is_the_same_in_every_process() -> None:
    script = (
        "from support.web import an_app; from server.web.openapi import documented; print(documented(an_app().app))"
    )
    tests = Path(__file__).parents[2]
    outputs = {
        subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            cwd=tests.parent,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{tests}:{tests.parent}"},
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{documented(an_app().app)!r}\n".encode()}


def test_an_optional_union_keeps_its_choices() -> None:
    class Choice(Struct, frozen=True, kw_only=True):
        either: Annotated[int, Meta(ge=3)] | Annotated[str, Meta(max_length=2)] | UnsetType | None = UNSET

    schemas = msgspec.json.schema_components([Choice], ref_template="{name}")[1]
    assert repaired(schemas["Choice"])["properties"]["either"]["anyOf"] == [
        {"type": "integer", "minimum": 3},
        {"type": "string", "maxLength": 2},
    ]
