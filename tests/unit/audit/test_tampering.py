"""Somebody with every right in the database and without the key (`promises.md` P21)."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.exc import DBAPIError
from support.audited import ANA, Audited, open_audited, read_of

from server.audit.schemas import Head

OTHER = "00000000000000000000000000000063"
DELETE = "DELETE FROM audit_entries WHERE organisation_id = :mine AND number {}"
CHANGE = "UPDATE audit_entries SET {} WHERE organisation_id = :mine AND number = {}"
HEAD = "UPDATE audit_heads SET {} WHERE organisation_id = :mine"
SET_BACK = HEAD.format("number = 3, mac = :mac")


@pytest.fixture
async def audited(database: str) -> AsyncIterator[Audited]:
    async with open_audited(database) as audited:
        await audited.fill(5)
        yield audited


async def faults(audited: Audited, anchor: Head | None = None) -> list[tuple[int, str]]:
    return [(fault.number, fault.kind) for fault in (await audited.verify(anchor)).faults]


async def test_an_untouched_chain_is_whole_with_its_guards_gone(audited: Audited) -> None:
    await audited.tamper()
    assert await faults(audited) == []


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-06-01 12:02:00.000001'",
        f"actor_id = '{OTHER}'",
        "actor_id = NULL",
        "actor_role = 'admin'",
        "action = 'readReport'",
        f"client_id = '{OTHER}'",
        "client_id = NULL",
        f"object_id = '{OTHER}'",
    ],
)
async def test_any_edited_field_is_found(audited: Audited, change: str) -> None:
    await audited.tamper(CHANGE.format(change, 3))
    assert await faults(audited) == [(3, "edited")]


@pytest.mark.parametrize(
    "change",
    ["at = 'soon'", "at = 5", "actor_id = 'nobody'", "client_id = 5", "action = x'ff'", "mac = 'none'", "mac = 10"],
)
async def test_what_is_no_such_value_at_all_is_refused_by_the_database_or_found(audited: Audited, change: str) -> None:
    try:
        await audited.tamper(CHANGE.format(change, 3))
    except DBAPIError:
        assert await faults(audited) == []
    else:
        assert (await faults(audited))[0] == (3, "edited")
        assert (await audited.verify()).entries == 5


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([DELETE.format("= 1")], [(1, "missing")]),
        ([DELETE.format("= 3")], [(3, "missing")]),
        ([DELETE.format("> 3")], [(4, "truncated")]),
        ([DELETE.format("> 0")], [(1, "truncated")]),
        ([DELETE.format("= 3"), CHANGE.format("number = 3", 4)], [(3, "edited"), (4, "missing")]),
        ([HEAD.format("number = 9")], [(6, "truncated")]),
        ([HEAD.format("number = 4")], [(4, "head_changed")]),
        ([HEAD.format("mac = ''")], [(5, "head_changed")]),
        (["DELETE FROM audit_heads WHERE organisation_id = :mine"], [(5, "head_changed")]),
        ([CHANGE.format("number = 0", 1)], [(0, "out_of_order"), (1, "missing")]),
    ],
)
async def test_deletion_renumbering_and_truncation_are_found(
    audited: Audited, statements: list[str], expected: list[tuple[int, str]]
) -> None:
    await audited.tamper(*statements)
    assert await faults(audited) == expected


@pytest.mark.parametrize("one, other", [(2, 3), (1, 5)])
async def test_two_entries_whose_numbers_were_exchanged_are_found(audited: Audited, one: int, other: int) -> None:
    moves = ((one, 99), (other, one), (99, other))
    await audited.tamper(*(CHANGE.format(f"number = {new}", old) for old, new in moves))
    assert {(one, "edited"), (other, "out_of_order")} <= set(await faults(audited))


async def test_a_truncation_with_a_genuine_earlier_head_needs_what_was_kept_outside(audited: Audited) -> None:
    clinic = await audited.neighbour()
    await clinic.fill(3)
    earlier = await clinic.head_mac()
    anchors = [await clinic.record(read_of(ANA)) for _ in range(2)]
    await clinic.tamper(DELETE.format("> 3"), SET_BACK, mac=earlier)
    assert await faults(clinic) == []
    assert [await faults(clinic, anchor) for anchor in anchors] == [[(4, "behind_anchor")]] * 2


async def test_a_truncation_is_not_healed_by_going_on(audited: Audited) -> None:
    clinic = await audited.neighbour()
    await clinic.fill(2)
    third = await clinic.record(read_of(ANA))
    await clinic.fill(2)
    assert third
    await clinic.tamper(DELETE.format("> 3"), SET_BACK, mac=third.mac)
    assert await faults(clinic) == [(3, "head_changed")]
    await clinic.fill(3)
    assert await faults(clinic) == [(4, "edited")]


async def test_another_clinic_s_entry_cannot_stand_in(audited: Audited) -> None:
    other = await audited.neighbour()
    await other.fill(5)
    await audited.tamper(DELETE.format("= 3"))
    await other.run(CHANGE.format("organisation_id = :theirs", 3), theirs=audited.organisation)
    assert (await faults(audited))[0] == (3, "edited")
    assert await faults(other) == [(3, "missing")]
