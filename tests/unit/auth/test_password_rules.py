"""Which passwords are taken, and that each is taken as it was typed."""

import asyncio
import time
from datetime import timedelta
from unittest.mock import patch

import msgspec
import pytest
from support.clinic import Clinic, Person, cheap_passwords
from zxcvbn import matching

from server.auth import guessable
from server.auth.credentials import check_new_password
from server.auth.guessable import is_guessable
from server.auth.passwords import check_password, hash_password
from server.auth.schemas import SignIn
from server.kit.errors import Invalid

OF_ANY_KIND = [
    "only small letters",
    "ONLYCAPITALLETTERS",
    "592038471660213",
    "ключ от старого сада",
    "🌱🌿🌳🌲🍀🌻🌷🌹🌵🌾🍁🍂🍃🌴🌼",
    "6+$7[95<|1({@!%84302",
    "' OR 1=1; --       ",
    "sixty-four characters of nothing but small letters and more even",
    "many words of my own, one after the other, " * 23,
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
    await check_new_password(password, ("theo@clinic.example", "clinic"))
    assert msgspec.convert({"email": "a@b.example", "password": password}, SignIn).password == password
    with cheap_passwords():
        assert await check_password(password, await hash_password(password))


@pytest.mark.parametrize("password", OF_ITS_OWNER)
async def test_a_password_of_the_words_around_its_owner_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        await check_new_password(password, ("theo.lang@clinic.example", "river-house"))
    assert refused.value.code == "guessable_password"


# The first four are among the 30 000 leaked passwords that are used most; the others are put together of such.
OFTEN_CHOSEN = [
    "mailcreated5240",
    "qazwsxedcrfvtgb",
    "lhbjkjubz2957704",
    "nemvxyheqdd5oqxyxyzi",
    "passw0rdpassw0rd",
    "trustno1trustno1",
    "iloveyouforever",
    "1qaz2wsx3edc4rfv",
    "footballbaseball",
    "letmeinletmein123",
    "111222333444555666",
    "long " * 200,
]


@pytest.mark.parametrize("password", OFTEN_CHOSEN)
async def test_a_password_that_many_choose_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        await check_new_password(password, ())
    assert refused.value.code == "guessable_password"


async def test_a_name_is_guessed_first_of_its_owner_and_of_nobody_else() -> None:
    assert await is_guessable("zwzqkvbnrtgh2026", ["Zwzqkvbnrtgh"])
    assert not await is_guessable("zwzqkvbnrtgh2026", ["Somebody"])


async def test_the_words_of_one_owner_are_not_kept_for_the_next() -> None:
    await is_guessable("a canary of Zwzqk", ["zwzqk-canary"])
    kept = repr(matching.RANKED_DICTIONARIES.get("user_inputs"))
    assert "zwzqk-canary" not in kept
    matching.RANKED_DICTIONARIES["user_inputs"] = {"zwzqk-canary": 1}
    assert "zwzqk-canary" in repr(matching.RANKED_DICTIONARIES.pop("user_inputs"))


async def test_the_work_is_bounded_and_the_loop_stays_free() -> None:
    asked: list[str] = []

    def slow(password: str, words: list[str]) -> int:
        assert not words
        asked.append(password)
        time.sleep(0.05)
        return 4

    with patch.object(guessable, "_score", slow):
        checks = asyncio.gather(*(is_guessable(each, ()) for each in ("x" * 1024, "48({[<3691!|70$5")))
        ticks = 0
        while not checks.done():
            await asyncio.sleep(0.001)
            ticks += 1
        await checks
    assert sorted(asked) == ["48({[<3691", "x" * 72]
    assert ticks > 5


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
