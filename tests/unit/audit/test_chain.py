from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit.chain import MOST_FAULTS, entry_mac, extend, faults, start
from server.audit.schemas import Entry, Fault, Head, Link, Seal

KEY = bytes(range(32))
CLINIC, ELSEWHERE = UUID(int=1), UUID(int=2)
MORNING = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ENTRY = Entry(at=MORNING, actor=UUID(int=7), role="therapist", action="readClient", client=UUID(int=8), object=None)

Chain = tuple[list[Link], Seal]
# Every field with another value of its kind, also the ones that are nearly the same.
CHANGES: tuple[tuple[str, Any], ...] = (
    ("at", MORNING + timedelta(microseconds=1)),
    ("actor", UUID(int=9)),
    ("actor", None),
    ("role", "admin"),
    ("action", "readclient"),
    ("client", UUID(int=7)),
    ("client", None),
    ("object", UUID(int=0)),
)


def chain(length: int, organisation: UUID = CLINIC) -> Chain:
    entries = [msgspec.structs.replace(ENTRY, at=MORNING + timedelta(minutes=minute)) for minute in range(length)]
    macs, seal = extend(KEY, start(KEY, organisation), entries)
    links = [Link(number=n, entry=e, mac=mac) for n, (e, mac) in enumerate(zip(entries, macs, strict=True), 1)]
    return links, seal


def found(links: list[Link], seal: Seal | None, anchor: Head | None = None) -> list[tuple[int, str]]:
    return [(fault.number, fault.kind) for fault in told(links, seal, anchor)]


def told(links: list[Link], seal: Seal | None, anchor: Head | None = None) -> list[Fault]:
    return faults(KEY, CLINIC, links, seal, anchor)


def head(links: list[Link]) -> Head:
    return Head(number=links[-1].number, mac=links[-1].mac)


def edited(link: Link, **changes: Any) -> Link:
    assert link.entry
    return msgspec.structs.replace(link, entry=msgspec.structs.replace(link.entry, **changes))


def numbered(link: Link, number: int) -> Link:
    return msgspec.structs.replace(link, number=number)


@pytest.mark.parametrize("length", [0, 1, 2, 9])
def test_an_untouched_chain_is_whole_also_behind_an_earlier_head(length: int) -> None:
    links, seal = chain(length)
    assert found(links, seal) == []
    for number in range(1, length + 1):
        assert found(links, seal, head(links[:number])) == []


def test_a_chain_that_was_never_begun_is_whole() -> None:
    assert found([], None) == []


def test_a_chain_is_extended_from_its_seal_alone() -> None:
    links, seal = chain(3)
    macs, further = extend(KEY, seal, [ENTRY])
    assert found([*links, Link(number=4, entry=ENTRY, mac=macs[0])], further) == []


@pytest.mark.parametrize("field, value", CHANGES)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_edited_field_is_one_fault(place: int, field: str, value: Any) -> None:
    links, seal = chain(5)
    change = value + timedelta(minutes=place) if isinstance(value, datetime) else value
    links[place] = edited(links[place], **{field: change})
    assert found(links, seal) == [(place + 1, "edited")]


def test_an_edited_mac_is_found() -> None:
    links, seal = chain(3)
    links[1] = msgspec.structs.replace(links[1], mac=bytes(32))
    assert found(links, seal) == [(2, "edited"), (3, "edited")]


def test_an_entry_that_cannot_be_read_is_found() -> None:
    links, seal = chain(3)
    links[1] = msgspec.structs.replace(links[1], entry=None)
    assert found(links, seal) == [(2, "edited")]


@pytest.mark.parametrize("first, last", [(1, 1), (3, 3), (3, 5), (1, 8)])
def test_deleted_entries_are_found_at_the_start_and_in_the_middle(first: int, last: int) -> None:
    links, seal = chain(9)
    del links[first - 1 : last]
    assert found(links, seal) == [(first, "missing")]


@pytest.mark.parametrize("kept", [8, 1, 0])
def test_deleted_entries_are_found_at_the_end(kept: int) -> None:
    links, seal = chain(9)
    assert found(links[:kept], seal) == [(kept + 1, "truncated")]


@pytest.mark.parametrize("one, other", [(1, 2), (4, 5), (2, 6), (1, 9)])
def test_two_entries_whose_numbers_were_exchanged_are_found(one: int, other: int) -> None:
    links, seal = chain(9)
    links[one - 1], links[other - 1] = numbered(links[other - 1], one), numbered(links[one - 1], other)
    exchanged = told(links, seal)
    assert (one, "edited") in [(fault.number, fault.kind) for fault in exchanged]
    sentence = f"Entry {other} is the one that was written as entry {one}: they were exchanged."
    assert [fault.sentence for fault in exchanged if fault.kind == "out_of_order"] == [sentence]


def test_entries_told_in_another_order_are_found() -> None:
    links, seal = chain(4)
    links[1], links[2] = links[2], links[1]
    assert found(links, seal) == [(2, "missing"), (2, "out_of_order")]


@pytest.mark.parametrize("gone", [1, 4, 8])
def test_entries_renumbered_after_a_deletion_are_found(gone: int) -> None:
    links, seal = chain(9)
    closed = [*links[: gone - 1], *(numbered(link, link.number - 1) for link in links[gone:])]
    assert found(closed, seal)[0] == (gone, "edited")
    assert found(closed, msgspec.structs.replace(seal, number=8))[0] == (gone, "edited")


def test_a_forged_entry_at_the_end_is_found() -> None:
    links, seal = chain(3)
    forged = Link(number=4, entry=ENTRY, mac=entry_mac(bytes(32), links[-1].mac, 4, ENTRY))
    assert found([*links, forged], seal) == [(4, "edited"), (3, "head_changed")]


def test_a_head_made_up_for_a_truncated_chain_is_found() -> None:
    links, _ = chain(9)
    assert found(links[:5], Seal(number=5, mac=links[4].mac)) == [(5, "head_changed")]
    assert found(links[:5], None) == [(5, "head_changed")]


def test_what_is_appended_behind_a_made_up_head_keeps_showing_it() -> None:
    links, _ = chain(9)
    macs, seal = extend(KEY, Seal(number=5, mac=links[4].mac), [ENTRY])
    assert found([*links[:5], Link(number=6, entry=ENTRY, mac=macs[0])], seal) == [(6, "edited")]


def test_a_chain_set_back_with_its_genuine_earlier_head_needs_an_anchor() -> None:
    links, _ = chain(9)
    earlier, seal = chain(5)
    assert earlier == links[:5]
    assert found(earlier, seal) == []
    assert found(earlier, seal, head(links)) == [(6, "behind_anchor")]
    assert found([], None, head(links)) == [(1, "behind_anchor")]


def test_a_chain_written_anew_by_somebody_with_the_key_needs_an_anchor() -> None:
    links, _ = chain(9)
    macs, seal = extend(KEY, start(KEY, CLINIC), [ENTRY] * 9)
    anew = [Link(number=number, entry=ENTRY, mac=mac) for number, mac in enumerate(macs, 1)]
    assert found(anew, seal) == []
    assert found(anew, seal, head(links)) == [(9, "edited")]


def test_another_clinic_s_chain_is_found() -> None:
    assert found(*chain(3, ELSEWHERE))[0] == (1, "edited")


def test_a_wrong_key_is_told_in_a_list_of_bounded_length() -> None:
    links, seal = chain(MOST_FAULTS * 2)
    assert MOST_FAULTS <= len(faults(bytes(32), CLINIC, links, seal, None)) <= MOST_FAULTS + 3


def test_the_end_is_told_behind_any_number_of_faults() -> None:
    links, seal = chain(MOST_FAULTS * 2)
    spoilt = [edited(link, role="x") for link in links[:-1]]
    assert found(spoilt, seal)[-1] == (MOST_FAULTS * 2, "truncated")


def test_no_two_entries_have_the_same_bytes() -> None:
    moved = {
        entry_mac(KEY, b"", 1, msgspec.structs.replace(ENTRY, role=role, action=action))
        for role, action in (("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""))
    }
    assert len(moved) == 4


def test_an_instant_is_the_same_in_every_zone() -> None:
    away = msgspec.structs.replace(ENTRY, at=MORNING.astimezone(timezone(timedelta(hours=2))))
    assert entry_mac(KEY, b"", 1, away) == entry_mac(KEY, b"", 1, ENTRY)


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda links: links[:1] + links[2:], "Entry 2 is missing."),
        (lambda links: links[:1] + links[3:], "Entries 2 to 3 are missing."),
        (lambda links: links[:3], "Entry 4 is missing at the end of the chain."),
        (lambda links: [edited(links[0], role="x"), *links[1:]], "Entry 1 is not what was written there."),
    ],
)
def test_faults_are_said_in_sentences(spoil: Callable[[list[Link]], list[Link]], sentence: str) -> None:
    links, seal = chain(4)
    assert [fault.sentence for fault in told(spoil(links), seal)] == [sentence]


INSTANTS = st.datetimes(timezones=st.just(UTC))
IDS = st.none() | st.uuids()
WORDS = st.text(max_size=12)
ENTRIES = st.builds(Entry, at=INSTANTS, actor=IDS, role=WORDS, action=WORDS, client=IDS, object=IDS)


@given(entries=st.lists(ENTRIES, min_size=2, max_size=12), data=st.data())
def test_no_single_tampering_with_any_chain_goes_unnoticed(entries: list[Entry], data: st.DataObject) -> None:
    macs, seal = extend(KEY, start(KEY, CLINIC), entries)
    links = [Link(number=n, entry=e, mac=mac) for n, (e, mac) in enumerate(zip(entries, macs, strict=True), 1)]
    assert found(links, seal) == []
    assert found(*data.draw(st.sampled_from(TAMPERINGS))(links, seal, data)) != []


def _edit(links: list[Link], seal: Seal, data: st.DataObject) -> Chain:
    place = data.draw(st.integers(0, len(links) - 1))
    whole = links[place].entry
    other = data.draw(ENTRIES.filter(lambda entry: entry != whole))
    field = data.draw(st.sampled_from([f for f in other.__struct_fields__ if getattr(other, f) != getattr(whole, f)]))
    links[place] = edited(links[place], **{field: getattr(other, field)})
    return links, seal


def _delete(links: list[Link], seal: Seal, data: st.DataObject) -> Chain:
    first = data.draw(st.integers(0, len(links) - 1))
    last = data.draw(st.integers(first, len(links) - 1))
    return links[:first] + links[last + 1 :], seal


def _close_up(links: list[Link], seal: Seal, data: st.DataObject) -> Chain:
    kept, _ = _delete(links, seal, data)
    renumbered = [numbered(link, number) for number, link in enumerate(kept, 1)]
    number = data.draw(st.sampled_from([seal.number, len(kept)]))
    return renumbered, Seal(number=number, mac=seal.mac)


def _exchange(links: list[Link], seal: Seal, data: st.DataObject) -> Chain:
    one, other = data.draw(st.permutations(range(len(links))))[:2]
    links[one], links[other] = numbered(links[other], one + 1), numbered(links[one], other + 1)
    return links, seal


def _forge_head(links: list[Link], seal: Seal, data: st.DataObject) -> tuple[list[Link], Seal | None]:
    kept = data.draw(st.integers(1, len(links) - 1))
    mac = data.draw(st.sampled_from([link.mac for link in links] + [seal.mac, bytes(32)]))
    return links[:kept], data.draw(st.sampled_from([None, Seal(number=kept, mac=mac)]))


TAMPERINGS = (_edit, _delete, _close_up, _exchange, _forge_head)
