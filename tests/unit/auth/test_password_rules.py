"""Which passwords are taken, and that each is taken as it was typed."""

from datetime import timedelta

import msgspec
import pytest
from support.clinic import Clinic, Person, cheap_passwords

from server.auth.credentials import check_new_password
from server.auth.passwords import check_password, hash_password
from server.auth.schemas import SignIn
from server.kit.errors import Invalid

OF_ANY_KIND = [
    "only small letters",
    "ONLYCAPITALLETTERS",
    "111222333444555666",
    "ключ от старого сада",
    "🌱🌿🌳🌲🍀🌱🌿🌳🌲🍀🌱🌿🌳🌲🍀",
    "' OR 1=1; --       ",
    "sixty-four characters of nothing but small letters and more even",
    "long " * 200,
]
OF_ITS_OWNER = [
    "theo.lang@clinic.example",
    "River-House-River-House",
    "theo.lang 2026 river-house",
    "groundworkgroundwork",
    "Groundwork-2026-Groundwork",
]
BASE = "a password 2 remember"
OTHERS = [
    "A password 2 remember",
    " a password 2 remember",
    "a password 2 remember ",
    "a password 2 remember\0",
    "a  password 2 remember",
    "a password \N{FULLWIDTH DIGIT TWO} remember",
]


@pytest.mark.parametrize("password", OF_ANY_KIND)
async def test_a_password_may_be_of_any_characters_and_long(password: str) -> None:
    check_new_password(password, ("theo@clinic.example", "clinic"))
    assert msgspec.convert({"email": "a@b.example", "password": password}, SignIn).password == password
    with cheap_passwords():
        assert await check_password(password, await hash_password(password))


@pytest.mark.parametrize("password", OF_ITS_OWNER)
def test_a_password_of_the_words_around_its_owner_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_new_password(password, ("theo.lang@clinic.example", "river-house"))
    assert refused.value.code == "guessable_password"


@pytest.mark.parametrize("other", OTHERS)
async def test_a_password_is_checked_exactly_as_it_was_typed(other: str) -> None:
    with cheap_passwords():
        assert not await check_password(other, await hash_password(BASE))


async def test_the_last_of_many_characters_counts() -> None:
    with cheap_passwords():
        stored = await hash_password("x" * 999 + "y")
        assert not await check_password("x" * 999 + "z", stored)
        assert not await check_password("x" * 999, stored)


async def test_an_old_password_is_as_good_as_a_new_one(clinic: Clinic, theo: Person) -> None:
    clinic.clock.at += timedelta(days=5 * 365)
    await theo.sign_in_again()
    assert theo.tokens["role"] == "therapist"
