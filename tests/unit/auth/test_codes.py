from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.auth.codes import ALPHABET, HALF, hash_code, new_code, read_code, same_code, show_code

CODES = st.text(ALPHABET, min_size=2 * HALF, max_size=2 * HALF)


def test_the_alphabet_has_32_characters_that_are_told_apart_by_ear() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_new_codes_use_the_whole_alphabet_and_do_not_repeat() -> None:
    codes = [new_code() for _ in range(500)]
    assert len(set(codes)) == 500
    assert set("".join(codes)) == set(ALPHABET)
    assert {len(code) for code in codes} == {10}


def test_a_code_is_shown_in_two_groups() -> None:
    assert show_code("ABCDEFGHJK") == "ABCDE-FGHJK"


@given(CODES, st.data())
def test_a_code_is_read_however_it_was_typed(code: str, data: st.DataObject) -> None:
    heard = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from(heard.get(each, each + each.lower()))) + data.draw(st.sampled_from(["", " ", "-"]))
        for each in code
    )
    assert read_code(typed) == (code[:HALF], code[HALF:])


@pytest.mark.parametrize("typed, secret", [("", ""), ("ABCDE", ""), ("ABCDEFGHJKM", "FGHJKM"), ("-- --", "")])
def test_a_code_of_another_length_has_another_secret(typed: str, secret: str) -> None:
    assert read_code(typed)[1] == secret


@given(st.text(max_size=30))
def test_anything_typed_is_read_without_an_error(typed: str) -> None:
    locator, secret = read_code(typed)
    assert len(locator) <= HALF
    assert not same_code(secret + "A", hash_code(secret))


@given(CODES, CODES)
def test_only_the_very_secret_fits_its_hash(one: str, other: str) -> None:
    assert same_code(one, hash_code(one))
    assert same_code(one, hash_code(other)) == (one == other)
    assert all(hash_code(a) != hash_code(b) for a, b in pairwise({one, other}))
