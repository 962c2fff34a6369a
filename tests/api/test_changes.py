"""The change feed: what a phone pulls of its owner's scope (`sync.md`, Pull)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, check_in, completion
from support.feed import digest_of, pull, whole
from support.plans import assign, plan_session

from server.practice.changes.kinds import KINDS

# For a page of everything: who asks, the head before and after, the places, two keys, and one or two for each kind.
MOST_STATEMENTS = 20

CLIENT_AND_CLINIC = 2

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


@contextmanager
def counted(clinic: Clinic) -> Iterator[list[str]]:
    """Collect the statements that the application sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = clinic.app.app.state.sessions.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def statements(clinic: Clinic, ana: Person, query: str = "") -> int:
    with counted(clinic) as sent:
        await ana.get(f"/v1/me/changes{query}")
    return len(sent)


async def live(theo: Person, ana: Person) -> None:
    """Write something of every kind into a client's scope."""
    await plan_session(theo, ana, NOON + timedelta(days=3))
    await assign(theo, ana)
    await ana.post("/v1/me/pauses", {"from": NOON.date().isoformat()})
    zone = {"at": (NOON - timedelta(days=1)).isoformat(), "zone": "Asia/Tokyo"}
    told, unsaid = check_in(NOON, mood_word="grey"), check_in(NOON)
    kept = completion(NOON, note="A note of hers.", distress_before=3)
    taken_back = completion(NOON)
    await ana.push(told, unsaid, {"id": unsaid["id"], "op": "void", "type": "check_in"})
    await ana.push(kept, taken_back, {"id": str(uuid4()), "op": "put", "type": "zone", "body": zone})
    await ana.push({"id": taken_back["id"], "op": "void", "type": "completion"})
    told, untold = check_in(NOON, distress=3, mood_word="grey"), check_in(NOON, ease=4)
    await ana.push(told, untold, {"id": untold["id"], "op": "void", "type": "check_in"})
    wanted = {"times": [{"days": [0], "at": "18:30"}], "own_words": "Kettle first."}
    assert (await ana.ask("PUT", "/v1/me/reminders", json=wanted)).status_code == 200
    known = {"flags": ["panic"], "dates": {"due": "2026-09-01"}}
    path = f"/v1/clients/{ana.id}/flags"
    assert (await theo.ask("PUT", path, json=known, headers={"If-Match": "*"})).status_code == 200


async def test_everything_of_a_scope_is_told_in_the_order_it_was_written(theo: Person, ana: Person) -> None:
    await live(theo, ana)
    page = await ana.get("/v1/me/changes")
    versions = [each["version"] for each in page["items"]]
    assert versions == sorted(set(versions))
    assert page["version"] == versions[-1]
    assert {(each["kind"], each["deleted"]) for each in page["items"]} == {
        ("client", False),
        ("zone", False),
        ("session", False),
        ("assignment", False),
        ("pause", False),
        ("check_in", False),
        ("check_in", True),
        ("completion", False),
        ("completion", True),
        ("check_in", False),
        ("check_in", True),
        ("reminders", False),
        ("flags", False),
    }
    assert [each for each in page["items"] if each["deleted"] and "body" in each] == []
    assert [each for each in page["items"] if not each["deleted"] and "body" not in each] == []


async def test_a_body_says_what_the_phone_needs(theo: Person, ana: Person) -> None:
    await live(theo, ana)
    told = {each["kind"]: each["body"] for each in (await ana.get("/v1/me/changes"))["items"] if not each["deleted"]}
    assert told["client"]["display"] == "gentle"
    assert told["client"]["left_out"] == {"properties": [], "postures": []}
    assert (told["session"]["kind"], told["session"]["status"]) == ("dosing", "scheduled")
    assert told["assignment"]["title"]
    assert told["assignment"]["items"][0]["exercise"]
    assert "to" not in told["assignment"]
    assert told["zone"] == {"at": "2026-05-31T12:00:00Z", "zone": "Asia/Tokyo"}
    assert (told["completion"]["practice_date"], told["completion"]["note"]) == ("2026-06-01", "A note of hers.")


async def test_pages_follow_each_other_and_the_last_has_the_digest(theo: Person, ana: Person) -> None:
    await live(theo, ana)
    once = await ana.get("/v1/me/changes")
    for limit in (1, 2, 3, 500):
        pages = [page async for page in pull(ana, limit=limit)]
        assert [each for page in pages for each in page["items"]] == once["items"]
        assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
        assert ["digest" in page for page in pages] == [False] * (len(pages) - 1) + [True]
        assert pages[-1]["cursor"] == once["cursor"]
    assert once["digest"] == digest_of(once["items"])


async def test_a_cursor_brings_what_came_after_it_and_a_change_brings_a_row_again(theo: Person, ana: Person) -> None:
    await live(theo, ana)
    before = await ana.get("/v1/me/changes")
    assert (await ana.get(f"/v1/me/changes?since={before['cursor']}"))["items"] == []
    await ana.ask("PATCH", "/v1/me/preferences", json={"display": "off"})
    after = await ana.get(f"/v1/me/changes?since={before['cursor']}")
    assert [(each["kind"], each["body"]["display"]) for each in after["items"]] == [("client", "off")]
    assert after["digest"] == digest_of((await whole(ana)).values())


async def test_a_practice_that_is_taken_back_comes_as_a_tombstone_in_place_of_itself(ana: Person) -> None:
    item = completion(NOON)
    await ana.push(item)
    before = await ana.get("/v1/me/changes")
    await ana.push({"id": item["id"], "op": "void", "type": "completion"})
    after = await ana.get(f"/v1/me/changes?since={before['cursor']}")
    version = before["version"] + 1
    tombstone = {"kind": "completion", "version": version, "id": item["id"], "deleted": True}
    assert after["items"] == [tombstone]
    assert [each for each in (await ana.get("/v1/me/changes"))["items"] if each["id"] == item["id"]] == [tombstone]


async def test_what_was_taken_back_before_it_came_is_a_tombstone(ana: Person) -> None:
    item = completion(NOON)
    await ana.push({"id": item["id"], "op": "void", "type": "completion"})
    await ana.push(item)
    told = [each for each in (await ana.get("/v1/me/changes"))["items"] if each["id"] == item["id"]]
    assert [(each["kind"], each["deleted"]) for each in told] == [("completion", True)]


async def test_nothing_new_is_answered_from_the_head_alone_and_304_to_who_has_it(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    cursor = (await ana.get("/v1/me/changes"))["cursor"]
    answer = await ana.ask("GET", f"/v1/me/changes?since={cursor}")
    with counted(clinic) as sent:
        again = await ana.ask(
            "GET", f"/v1/me/changes?since={cursor}", headers={"If-None-Match": answer.headers["ETag"]}
        )
    assert (again.status_code, again.content) == (304, b"")
    rows = ("completions", "zone_reports", "sessions", "assignments", "voids", "data_keys")
    assert [each for each in sent if any(f"FROM {table}" in each for table in rows)] == []
    await ana.push(completion(NOON))
    fresh = await ana.ask("GET", f"/v1/me/changes?since={cursor}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (fresh.status_code, len(fresh.json()["items"])) == (200, 1)


async def test_a_page_costs_as_many_statements_after_a_long_history_as_after_a_short_one(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    early = (await ana.get("/v1/me/changes"))["cursor"]
    await ana.push(completion(NOON))
    few = {query: await statements(clinic, ana, query) for query in ("?limit=3", "?limit=500", f"?since={early}")}
    for _ in range(4):
        await ana.push(*(completion(NOON, seconds=n) for n in range(450)))
    many = {query: await statements(clinic, ana, query) for query in few}
    # A page that is full does not look at the head once more.
    assert [query for query in few if many[query] > few[query]] == []
    assert max(few.values()) <= MOST_STATEMENTS


async def test_every_page_is_found_by_an_index(clinic: Clinic, theo: Person, ana: Person) -> None:
    await live(theo, ana)
    engine = clinic.app.app.state.sessions.engine
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if " version > " in statement or ".version > " in statement:
            asked.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    await ana.get("/v1/me/changes?limit=500")
    event.remove(engine.sync_engine, "before_cursor_execute", note)
    assert len(asked) == 1 + len(KINDS)
    lines: list[str] = []
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # Of a few rows an index is never the cheapest way; whether there is one shows when there is no other.
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked:
            plan = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            lines += [str(row[-1]) for row in await connection.exec_driver_sql(f"{plan} {statement}", parameters)]
    # What is scanned are the few rows that an index has found.
    assert [line for line in lines if re.search(r"^SCAN (?!anon_)|Seq Scan", line)] == []
    # Of what a client has one row of, the primary key is as good.
    many = [kind.table.__tablename__ for kind in KINDS if len(kind.table.__table__.primary_key) > CLIENT_AND_CLINIC]
    used = [sum(f"ix_{name}_organisation_id_client_id_version" in line for line in lines) for name in many]
    assert used == [2] * len(many)


async def test_a_cursor_of_another_epoch_or_ahead_of_the_head_is_a_reset(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    mara = await clinic.phone(theo, "Mara")
    page = await ana.get("/v1/me/changes")
    strangers = (await mara.get("/v1/me/changes"))["cursor"]
    for cursor in (f"{page['epoch']}.{page['version'] + 1}", f"{uuid4()}.0", strangers):
        answer = await ana.ask("GET", f"/v1/me/changes?since={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (410, "sync_reset")


AN_EPOCH = "6f1d2c9e-8f0a-4b7e-9d53-0c2f4e6a8b10"


@pytest.mark.parametrize("cursor", ["", "1", "x.1", f"{AN_EPOCH}.-1", f"{AN_EPOCH}.01", f"{AN_EPOCH}.{9:030}"])
async def test_what_is_no_cursor_is_refused(ana: Person, cursor: str) -> None:
    answer = await ana.ask("GET", "/v1/me/changes", params={"since": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?since")


@pytest.mark.parametrize("limit", ["0", "501", "many"])
async def test_a_limit_out_of_bounds_is_refused(ana: Person, limit: str) -> None:
    answer = await ana.ask("GET", f"/v1/me/changes?limit={limit}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?limit")


async def test_only_a_client_pulls_and_only_their_own(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = completion(NOON)
    await mara.push(hers)
    assert hers["id"] not in {each["id"] for each in (await ana.get("/v1/me/changes"))["items"]}
    assert (await theo.ask("GET", "/v1/me/changes")).status_code == 403
