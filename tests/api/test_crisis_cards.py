"""Whom to call, without signing in (content brief 2.6 and 6.5)."""

import re
from itertools import product
from string import ascii_uppercase
from typing import Any

import pytest
from support import lasting as shared
from support.catalogue import CONTENT
from support.clinic import Clinic

from server.catalogue.crisis.loader import LANGUAGES, load_crisis

lasting, clinic = shared.lasting, shared.clinic

CARDS = load_crisis(CONTENT).cards
NUMBERS = {
    number for card in CARDS.values() for entry in card.entries for number in (entry.call, entry.text) if number
} | {card.emergency for card in CARDS.values()}


async def card(clinic: Clinic, country: str, locale: str = "en") -> dict[str, Any]:
    answer = await clinic.http.get(f"/v1/crisis/{country}", params={"locale": locale})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_anybody_reads_whom_to_call(clinic: Clinic) -> None:
    told = await card(clinic, "US")
    assert told["emergency"] == {"shown": "911", "dialled": "911"}
    first, second = told["entries"]
    assert (first["name"], first["call"]["dialled"], first["kind"]) == (
        "988 Suicide & Crisis Lifeline",
        "988",
        "crisis_line",
    )
    assert (second["call"], second["kind"], second["tracks"]) == (
        {"shown": "1-833-852-6262", "dialled": "18338526262"},
        "support_line",
        ["perinatal"],
    )
    assert "missing" not in told
    assert (told["documented_on"], told["look_again_on"], told["review_status"]) == (
        "2026-11-22",
        "2027-05-21",
        "draft",
    )


async def test_a_card_speaks_spanish_and_keeps_its_numbers(clinic: Clinic) -> None:
    english, spanish = await card(clinic, "GB"), await card(clinic, "GB", "es-MX")
    assert (spanish["language"], spanish["entries"][1]["note"]) == ("es", "Elige la opción 2.")
    assert spanish["title"] != english["title"]
    assert spanish["version"] == english["version"]
    assert [each.get("call") for each in spanish["entries"]] == [each.get("call") for each in english["entries"]]


async def test_a_language_without_words_is_answered_in_english_and_says_so(clinic: Clinic) -> None:
    told = await card(clinic, "FR", "fr")
    assert (told["language"], told["entries"][0]["call"]["dialled"]) == ("en", "3114")


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_no_country_is_ever_shown_the_helpline_of_another(clinic: Clinic, locale: str) -> None:
    for first, second in product(ascii_uppercase, "ABSUXZ"):
        country = first + second
        told = await card(clinic, country, locale)
        assert told["country"] == country
        if country in CARDS:
            assert all(each["id"].startswith(f"{country.lower()}-") for each in told["entries"])
            continue
        assert (told["entries"], "emergency" in told) == ([], False)
        assert told["missing"]
        said = " ".join(value for value in told.values() if isinstance(value, str) and value != told["version"])
        assert not re.search(r"\d", said)


def test_the_numbers_that_must_not_be_shown_elsewhere_are_some() -> None:
    assert {"911", "988", "116 123", "13 11 14"} <= NUMBERS


@pytest.mark.parametrize("country", ["us", "USA", "U", "1A", "%C3%84A"])
async def test_what_is_no_country_is_refused(clinic: Clinic, country: str) -> None:
    assert (await clinic.http.get(f"/v1/crisis/{country}")).status_code == 400


async def test_the_stop_list_begins_with_emergencies_and_keeps_birth_apart(clinic: Clinic) -> None:
    told = (await clinic.http.get("/v1/stop-and-get-help")).json()
    assert (told["groups"][0]["call"], told["groups"][0]["tracks"]) == ("emergency", [])
    for group in told["groups"]:
        said = " ".join([group["title"], *group["items"]]).lower()
        if any(word in said for word in ("baby", "birth", "pregnan", "matern")):
            assert group["tracks"] == ["perinatal"]
    spanish = (await clinic.http.get("/v1/stop-and-get-help", params={"locale": "es"})).json()
    assert [len(each["items"]) for each in spanish["groups"]] == [len(each["items"]) for each in told["groups"]]
