from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.vault.sealing import DataKey, Place, SealBroken, Sealed, framed, new_data_key

CANARY = "heron-canary-7f3a91"
HERE = Place(table="notes", column="text", organisation=uuid4(), owner=uuid4(), row=uuid4())
KEY = new_data_key()
OTHERS = {"table": "names", "column": "title", "organisation": uuid4(), "owner": uuid4(), "row": uuid4()}

texts = st.text()
places = st.builds(Place, table=st.text(), column=st.text(), organisation=st.uuids(), owner=st.uuids(), row=st.uuids())


@given(texts, places)
def test_a_sealed_text_opens_in_its_place(text: str, place: Place) -> None:
    assert KEY.open(place, KEY.seal(place, text)) == text


def test_an_empty_text_is_sealed_like_any_other() -> None:
    sealed = KEY.seal(HERE, "")
    assert len(sealed) == 1 + 4 + 12 + 16
    assert KEY.open(HERE, sealed) == ""


def test_a_sealed_text_does_not_show_and_never_looks_the_same() -> None:
    first, second = KEY.seal(HERE, CANARY), KEY.seal(HERE, CANARY)
    assert CANARY.encode() not in first
    assert first[:5] == second[:5] == b"\x01\x00\x00\x00\x01"
    assert first[5:17] != second[5:17]
    assert first[17:] != second[17:]


def test_any_flipped_bit_breaks_the_seal() -> None:
    sealed = KEY.seal(HERE, CANARY)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            KEY.open(HERE, Sealed(bytes(flipped)))
    assert KEY.open(HERE, sealed) == CANARY


def test_any_piece_of_a_seal_is_not_enough() -> None:
    sealed = KEY.seal(HERE, CANARY)
    for length in range(len(sealed)):
        for piece in (sealed[:length], sealed[length + 1 :]):
            with pytest.raises(SealBroken):
                KEY.open(HERE, Sealed(piece))
    with pytest.raises(SealBroken):
        KEY.open(HERE, Sealed(sealed + b"\x00"))


@pytest.mark.parametrize("field", Place.__struct_fields__)
def test_a_sealed_text_opens_in_no_other_place(field: str) -> None:
    sealed = KEY.seal(HERE, CANARY)
    elsewhere = msgspec.structs.replace(HERE, **{field: OTHERS[field]})
    with pytest.raises(SealBroken):
        KEY.open(elsewhere, sealed)
    assert KEY.open(elsewhere, KEY.seal(elsewhere, CANARY)) == CANARY


@given(places, places)
def test_two_places_are_never_taken_for_one(one: Place, other: Place) -> None:
    sealed = KEY.seal(one, CANARY)
    if one == other:
        assert KEY.open(other, sealed) == CANARY
    else:
        with pytest.raises(SealBroken):
            KEY.open(other, sealed)


def test_names_that_run_together_alike_are_two_places() -> None:
    id_ = UUID(int=0)
    one = Place(table="ab", column="c", organisation=id_, owner=id_, row=id_)
    other = Place(table="a", column="bc", organisation=id_, owner=id_, row=id_)
    with pytest.raises(SealBroken):
        KEY.open(other, KEY.seal(one, CANARY))


@given(st.lists(st.binary()), st.lists(st.binary()))
def test_framed_parts_are_told_apart(one: list[bytes], other: list[bytes]) -> None:
    assert (framed(*one) == framed(*other)) == (one == other)


def test_no_other_key_opens_a_sealed_text() -> None:
    sealed = KEY.seal(HERE, CANARY)
    for other in (new_data_key(), DataKey(version=2, secret=KEY.secret)):
        with pytest.raises(SealBroken):
            other.open(HERE, sealed)


def test_an_owners_version_is_part_of_the_seal() -> None:
    second = DataKey(version=2, secret=KEY.secret)
    relabelled = bytearray(KEY.seal(HERE, CANARY))
    relabelled[4] = 2
    with pytest.raises(SealBroken):
        second.open(HERE, Sealed(bytes(relabelled)))
    assert second.open(HERE, second.seal(HERE, CANARY)) == CANARY


def test_neither_a_key_nor_a_broken_seal_shows_anything() -> None:
    key = DataKey(version=1, secret=CANARY.encode())
    assert repr(key) == str(key) == "DataKey(version=1, …)"
    with pytest.raises(SealBroken) as broken:
        KEY.open(HERE, Sealed(CANARY.encode()))
    assert CANARY not in str(broken.value)
    assert broken.value.__cause__ is None


def test_new_keys_are_256_bits_and_differ() -> None:
    assert len({new_data_key().secret for _ in range(100)}) == 100
    assert len(KEY.secret) == 32
