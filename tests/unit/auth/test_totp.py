from base64 import b32encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.auth.factors.recovery import hash_typed, new_codes
from server.auth.factors.totp import STEP, new_secret, read_digits, step_of, uri_of

# RFC 6238, appendix B: the SHA-1 secret, and the last six digits of its eight.
SECRET = b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("seconds", VECTORS)
def test_the_codes_are_those_of_the_rfc(seconds: int) -> None:
    assert step_of(SECRET, VECTORS[seconds], at(seconds), None) == seconds // STEP


@pytest.mark.parametrize("late, fits", [(-30, False), (-1, False), (0, True), (29, True), (59, True), (60, False)])
def test_a_code_lives_for_sixty_seconds(late: int, fits: bool) -> None:  # noqa: FBT001 - what is expected
    begins = 1111111111 // STEP * STEP
    assert (step_of(SECRET, VECTORS[1111111111], at(begins + late), None) is not None) is fits


def test_a_code_fits_only_after_the_last_step_that_was_used() -> None:
    step = 1234567890 // STEP
    assert step_of(SECRET, VECTORS[1234567890], at(1234567890), step - 1) == step
    assert step_of(SECRET, VECTORS[1234567890], at(1234567890), step) is None


@given(st.text(max_size=12))
def test_anything_typed_is_six_digits_or_nothing(typed: str) -> None:
    digits = read_digits(typed)
    assert digits is None or (len(digits) == 6 and set(digits) <= set("0123456789"))


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", "١٢٣٤٥٦", "¹²³⁴⁵⁶", "", "      "])
def test_what_is_not_six_digits_is_none(typed: str) -> None:
    assert read_digits(typed) is None


def test_a_secret_has_160_bits_and_never_repeats() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(each) for each in secrets} == {32}


def test_the_link_names_clinic_and_owner() -> None:
    uri = uri_of(SECRET, "theo@clinic.example", "Quiet & Clear")
    assert uri.startswith("otpauth://totp/Quiet%20%26%20Clear:theo%40clinic.example?secret=")


def test_recovery_codes_never_repeat_and_are_read_however_they_are_typed() -> None:
    codes = [code for _ in range(20) for code in new_codes()]
    assert len({hash_typed(code) for code in codes}) == 200
    assert all(hash_typed(code.lower().replace("-", " ")) == hash_typed(code) for code in codes)
