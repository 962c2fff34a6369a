from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta, Struct

from server.kit.errors import FieldError, Invalid
from server.kit.explain import explain, field_error, pointer_of

CANARY = "CANARY"


class Part(Struct, frozen=True, kw_only=True):
    id: UUID
    size: Annotated[int, Meta(ge=0, le=10)] = 0
    word: Annotated[str, Meta(min_length=2, max_length=4, pattern="^[A-Z]+$")] = "AB"
    kind: Literal["a", "b"] = "a"
    step: Annotated[int, Meta(multiple_of=5)] = 5


class Whole(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    parts: Annotated[list[Part], Meta(max_length=2)]
    counts: dict[str, int] = {}


A_PART: dict[str, object] = {"id": "00000000-0000-7000-8000-000000000000"}


def refusal(body: bytes) -> Invalid:
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        return explain(error)
    raise AssertionError("It was taken.")


def said_of(value: Any) -> FieldError:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(msgspec.json.encode(value), type=Whole)
    (error,) = explain(caught.value).errors
    return error


@pytest.mark.parametrize(
    "part, pointer, code",
    [
        ({"id": CANARY}, "/parts/0/id", "wrong_format"),
        ({"id": 5}, "/parts/0/id", "wrong_type"),
        ({}, "/parts/0/id", "missing"),
        (A_PART | {"size": 11}, "/parts/0/size", "out_of_range"),
        (A_PART | {"size": 1.5}, "/parts/0/size", "wrong_type"),
        (A_PART | {"word": CANARY}, "/parts/0/word", "wrong_length"),
        (A_PART | {"word": "C4N"}, "/parts/0/word", "wrong_format"),
        (A_PART | {"kind": CANARY}, "/parts/0/kind", "not_allowed"),
        (A_PART | {"step": 7}, "/parts/0/step", "out_of_range"),
    ],
)
def test_what_is_wrong_gets_a_pointer_and_a_code_and_never_the_value(
    part: dict[str, object], pointer: str, code: str
) -> None:
    error = said_of({"parts": [part]})
    assert (error.pointer, error.code) == (pointer, code)
    assert CANARY not in error.detail
    assert "C4N" not in error.detail


def test_msgspec_itself_would_have_told_the_value() -> None:
    with pytest.raises(msgspec.ValidationError, match=CANARY):
        msgspec.json.decode(msgspec.json.encode(A_PART | {"kind": CANARY}), type=Part)


def test_too_many_parts_are_a_wrong_length() -> None:
    assert said_of({"parts": [A_PART] * 3}).code == "wrong_length"


def test_a_value_in_a_mapping_is_pointed_at_by_the_mapping_alone() -> None:
    assert said_of({"parts": [], "counts": {CANARY: "x"}}) == FieldError(
        pointer="/counts", code="wrong_type", detail="Expected int, got str."
    )


def test_an_unknown_field_is_not_named() -> None:
    assert said_of({"parts": [], CANARY: 1}) == FieldError(pointer="", code="invalid", detail="Not acceptable here.")


def test_a_body_of_another_type_is_pointed_at_as_a_whole() -> None:
    assert said_of([1]).pointer == ""


def test_an_item_of_a_batch_is_pointed_at_from_the_body() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"id": 1}, Part)
    assert explain(caught.value, "/items/3").errors[0].pointer == "/items/3/id"


def test_anything_unforeseen_is_told_without_its_words() -> None:
    assert field_error(f"{CANARY} is a strange thing - at `$.a`").detail == "Not acceptable here."


@pytest.mark.parametrize(
    "path, pointer", [("", ""), (".a", "/a"), (".a[0].b", "/a/0/b"), ("[2]", "/2"), (".a[...].b", "/a")]
)
def test_paths_become_json_pointers(path: str, pointer: str) -> None:
    assert pointer_of(path) == pointer


@pytest.mark.parametrize(
    "body, code",
    [(b"{", "malformed"), (b"[1,]", "malformed"), (b"[" * 100_000, "too_deep"), (b'["\xff"]', "not_utf8")],
)
def test_what_is_not_json_says_so(body: bytes, code: str) -> None:
    assert refusal(body).code == code
