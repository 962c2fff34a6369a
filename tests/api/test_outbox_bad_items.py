from typing import Any
from uuid import uuid4

import httpx
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import lasting as shared
from support.clinic import NOON, Person, completion
from support.problems import words

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

ID = "0190a000-0000-7000-8000-000000000001"
SECRET = "a-word-nobody-may-repeat"


async def send(phone: Person, body: bytes | str) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    return await phone.ask("POST", "/v1/me/outbox", content=content, headers={"Content-Type": "application/json"})


async def between(phone: Person, item: bytes) -> dict[str, Any]:
    """Send an item between two good ones; return its result, once its neighbours are stored."""
    before, after = (msgspec.json.encode(completion(NOON)) for _ in range(2))
    answer = await send(phone, b'{"schema":1,"items":[%s,%s,%s]}' % (before, item, after))
    assert answer.status_code == 200, answer.text
    first, result, last = answer.json()["results"]
    assert (first["status"], last["status"]) == ("stored", "stored")
    assert SECRET not in words(answer)
    found: dict[str, Any] = result
    return found


BODIES: list[tuple[dict[str, Any], str, str]] = [
    ({"exercise": 5}, "/exercise", "wrong_type"),
    ({"exercise": ""}, "/exercise", "wrong_length"),
    ({"exercise": SECRET * 3}, "/exercise", "wrong_length"),
    ({"exercise": None}, "/exercise", "wrong_type"),
    ({"exercise_version": 0}, "/exercise_version", "out_of_range"),
    ({"exercise_version": 10**30}, "/exercise_version", "out_of_range"),
    ({"exercise_version": 2**31}, "/exercise_version", "out_of_range"),
    ({"exercise_version": 1.5}, "/exercise_version", "wrong_type"),
    ({"zone": SECRET}, "/zone", "unknown_zone"),
    ({"zone": "../../etc/passwd"}, "/zone", "unknown_zone"),
    ({"zone": "zone.tab"}, "/zone", "unknown_zone"),
    ({"zone": "America"}, "/zone", "unknown_zone"),
    ({"zone": "🌊"}, "/zone", "unknown_zone"),
    ({"zone": SECRET * 3}, "/zone", "wrong_length"),
    ({"outcome": SECRET}, "/outcome", "not_allowed"),
    ({"source": SECRET}, "/source", "not_allowed"),
    ({"stop_reason": SECRET}, "/stop_reason", "not_allowed"),
    ({"started_at": SECRET}, "/started_at", "wrong_format"),
    ({"started_at": "2026-06-01T12:00:00"}, "/started_at", "wrong_format"),
    ({"started_at": "2026-13-01T12:00:00Z"}, "/started_at", "wrong_format"),
    ({"started_at": 1780315200}, "/started_at", "wrong_type"),
    ({"started_at": "0001-01-01T00:00:00Z"}, "/started_at", "out_of_range"),
    ({"started_at": "9999-12-31T23:59:59.999999Z"}, "/started_at", "out_of_range"),
    ({"ended_at": "9999-12-31T23:59:59-23:59"}, "/ended_at", "out_of_range"),
    ({"logged_at": "0001-01-01T00:00:00+23:59"}, "/logged_at", "out_of_range"),
    ({"practice_date": "2026-02-30"}, "/practice_date", "wrong_format"),
    ({"source": "manual"}, "/practice_date", "missing"),
    ({"seconds": -1}, "/seconds", "out_of_range"),
    ({"seconds": 86_401}, "/seconds", "out_of_range"),
    ({"seconds": 2**63}, "/seconds", "out_of_range"),
    ({"seconds": "60"}, "/seconds", "wrong_type"),
    ({"target_seconds": 10**400}, "/target_seconds", "out_of_range"),
    ({"occurrence_id": SECRET}, "/occurrence_id", "wrong_format"),
    ({"distress_before": 11}, "/distress_before", "out_of_range"),
    ({"distress_after": -1}, "/distress_after", "out_of_range"),
    ({"presence": 5.5}, "/presence", "wrong_type"),
    ({"ease": True}, "/ease", "wrong_type"),
]


async def test_a_malformed_field_is_named_and_never_repeated(ana: Person) -> None:
    for broken, place, code in BODIES:
        item = completion(NOON)
        item["body"].update(broken)
        result = await between(ana, msgspec.json.encode(item))
        errors = [(each["pointer"], each["code"]) for each in result["errors"]]
        assert (result["status"], result["id"], errors) == (
            "invalid",
            item["id"],
            [(f"/items/1/body{place}", code)],
        ), broken
    control = await between(ana, msgspec.json.encode(completion(NOON)))
    assert control["status"] == "stored"


REQUIRED = ["exercise", "exercise_version", "zone", "started_at"]


async def test_a_missing_field_is_named(ana: Person) -> None:
    for missing in REQUIRED:
        item = completion(NOON)
        del item["body"][missing]
        result = await between(ana, msgspec.json.encode(item))
        assert [(each["pointer"], each["code"]) for each in result["errors"]] == [
            (f"/items/1/body/{missing}", "missing")
        ]


ITEMS: list[tuple[str, str, str]] = [
    ("null", "/items/1", "wrong_type"),
    ("7", "/items/1", "wrong_type"),
    (f'"{SECRET}"', "/items/1", "wrong_type"),
    ("[]", "/items/1", "wrong_type"),
    ("{}", "/items/1/id", "missing"),
    ('{"op":"put"}', "/items/1/id", "missing"),
    (f'{{"id":"{SECRET}","op":"void"}}', "/items/1/id", "wrong_format"),
    ('{"id":17,"op":"void"}', "/items/1/id", "wrong_type"),
    (f'{{"id":"{ID}"}}', "/items/1/op", "missing"),
    (f'{{"id":"{ID}","op":"{SECRET}"}}', "/items/1/op", "not_allowed"),
    (f'{{"id":"{ID}","op":"put","type":"{SECRET}","body":{{}}}}', "/items/1/type", "not_allowed"),
    (f'{{"id":"{ID}","op":"put"}}', "/items/1/body", "missing"),
    (f'{{"id":"{ID}","op":"put","body":null}}', "/items/1/body", "wrong_type"),
    (f'{{"id":"{ID}","op":"put","body":[1]}}', "/items/1/body", "wrong_type"),
    (f'{{"id":"{ID}","op":"put","body":"{SECRET}"}}', "/items/1/body", "wrong_type"),
    (f'{{"id":"{ID}","op":"put","type":"zone","body":{{}}}}', "/items/1/body/at", "missing"),
    (f'{{"id":"{ID}","op":"void","type":"zone"}}', "/items/1/op", "not_voidable"),
]


async def test_a_malformed_item_blocks_none_of_its_neighbours(ana: Person) -> None:
    for item, pointer, code in ITEMS:
        result = await between(ana, item.encode())
        errors = [(each["pointer"], each["code"]) for each in result["errors"]]
        assert (result["status"], errors) == ("invalid", [(pointer, code)]), item
        assert result.get("id") == (ID if ID in item else None), item


async def test_a_field_of_tomorrow_with_a_number_nothing_can_hold_is_its_own_item_s_fault(ana: Person) -> None:
    for number in (b"1e999", b"9" * 5000):
        whole = msgspec.json.encode(completion(NOON))
        result = await between(ana, whole[:-2] + b',"later":%s}}' % number)
        assert [(each["pointer"], each["code"]) for each in result["errors"]] == [("/items/1/body", "out_of_range")]


NO_JSON = [
    (b'{"a":1', "malformed"),
    (b"NaN", "malformed"),
    (b"Infinity", "malformed"),
    (b"{'id':1}", "malformed"),
    (b'"\xff\xfe"', "not_utf8"),
    (b'{"id":"\\u0000"}', "nul"),
    (b'"\0"', "nul"),
    (b'"\\ud800"', "malformed"),
    (b"[" * 40 + b"]" * 40, "too_deep"),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
]


async def test_what_is_no_json_at_all_is_refused_as_a_whole(ana: Person) -> None:
    for inner, code in NO_JSON:
        good = msgspec.json.encode(completion(NOON))
        answer = await send(ana, b'{"schema":1,"items":[%s,%s]}' % (good, inner))
        assert (answer.status_code, answer.json()["code"]) == (400, code), inner
        assert (await ana.get("/v1/me/streak"))["current"] == 0, "nothing was done"


NO_ITEMS = ["", "null", "[]", "7", "{}", '{"items":null}', '{"items":{}}', '{"items":7}']


async def test_an_outbox_without_items_is_refused(ana: Person) -> None:
    for body in NO_ITEMS:
        assert (await send(ana, body)).status_code == 400, body


anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
        st.sampled_from(["put", "void", "completion", "zone", "manual", "Europe/Berlin", "2026-06-01", ID]),
        st.datetimes().map(lambda when: f"{when.isoformat()}Z"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
fields = list(completion(NOON)["body"])
extra = ["source", "practice_date", "logged_at", "ended_at", "occurrence_id", "stop_reason", "ease", "at", "later"]


@st.composite
def items(draw: st.DrawFn) -> Any:
    """Return a practice with some of its parts replaced, or anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(anything)
    item = {**completion(NOON), "id": str(draw(st.uuids()))}
    broken = draw(st.dictionaries(st.sampled_from([*fields, *extra]), anything, max_size=3))
    item["body"] = {**item["body"], **broken}
    return {**item, **draw(st.dictionaries(st.sampled_from(["id", "op", "type", "body"]), anything, max_size=1))}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pushed=st.lists(items(), max_size=6))
async def test_no_item_whatever_it_holds_brings_the_server_down(pushed: list[Any], ana: Person) -> None:
    answer = await send(ana, msgspec.json.encode({"schema": 1, "items": pushed}))
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert len(results) == len(pushed)
    for item, result in zip(pushed, results, strict=True):
        assert result["status"] in {"stored", "duplicate", "conflict", "voided", "invalid"}
        assert all(each["pointer"].startswith("/items/") for each in result.get("errors", []))
        if result["status"] != "invalid":
            assert result["id"].replace("-", "") == item["id"].replace("-", "").lower()
    assert (await ana.ask("GET", "/v1/me/streak")).status_code == 200
    assert (await ana.ask("GET", "/v1/me/streak/explain")).status_code == 200


async def test_the_sentence_of_an_error_holds_no_value(ana: Person) -> None:
    result = await between(ana, msgspec.json.encode(completion(NOON, id=str(uuid4()), zone=SECRET, note=SECRET)))
    assert all(SECRET not in each["detail"] for each in result["errors"])
